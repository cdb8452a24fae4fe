"""Each family's parts against those that diffusers and transformers make of the same tensors."""

from dataclasses import dataclass

import pytest
import torch
from diffusers.models.embeddings import get_timestep_embedding
from torch import Tensor, nn

from benchmarks.random_checkpoint import Sizes
from diffusion.assembly import Checkpoint
from diffusion.checkpoints import load_checkpoint
from diffusion.parameterisation import Prediction
from diffusion.size_conditioning import Told
from diffusion.text_encoder import TextEncoder
from diffusion.tokens import END, tokenise
from tests.diffusion.reference_modules import (
    reference_open_text,
    reference_text,
    reference_unet,
    reference_vae,
)
from tests.support.checkpoints import TINY_FAMILIES, tiny_tensors, write_tiny_family
from tests.support.tensors import noise, picture

BAR = 1e-4
PROMPT = "a (photo:1.2) of a cat, quickly drawn"


@dataclass(frozen=True)
class Loaded:
    """A tiny model of a family, and what it was made of."""

    family: str
    sizes: Sizes
    tensors: dict[str, Tensor]
    checkpoint: Checkpoint

    @property
    def clip(self) -> TextEncoder:
        """Its text encoder."""
        assert self.checkpoint.clip is not None
        return self.checkpoint.clip


@pytest.fixture(scope="module", params=TINY_FAMILIES)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    family = str(request.param)
    path = tmp_path_factory.mktemp("family") / "x.safetensors"
    checkpoint = load_checkpoint(write_tiny_family(path, family))
    sizes = TINY_FAMILIES[family]
    return Loaded(family, sizes, tiny_tensors(sizes=sizes, dtype=torch.float32), checkpoint)


def test_the_family_is_recognised(loaded: Loaded) -> None:
    model = loaded.checkpoint.model

    assert model.family == loaded.family.removesuffix(" inpainting")
    assert model.extra_channels == loaded.sizes.channels - 4
    assert model.parameterisation.prediction is Prediction.EPS
    assert model.latent_format.scale == (0.13025 if "SDXL" in loaded.family else 0.18215)


def test_the_unet_answers_what_diffusers_answers(loaded: Loaded) -> None:
    sizes, width = loaded.sizes, loaded.sizes.vector
    heads = tuple(channels // 8 for channels in sizes.unet)
    reference = reference_unet(loaded.tensors, sizes, heads=heads, groups=8)
    x, context = noise(2, sizes.channels, 8, 12), noise(2, 77, sizes.context)
    timestep = torch.tensor([999.0, 3.0])
    numbers = [[64.0, 96.0, 8.0, 0.0, 64.0, 6.5], [1024.0, 768.0, 0.0, 16.0, 32.0, 2.5]]
    count = 5 if "refiner" in loaded.family else 6
    ids = torch.tensor([row[:count] for row in numbers])
    pooled = noise(2, max(width - count * 256, 0), seed=1)

    expected = reference(
        x, timestep, context, added_cond_kwargs={"text_embeds": pooled, "time_ids": ids}
    ).sample
    vector = torch.cat([pooled, *(_waves(ids[:, n]) for n in range(count))], dim=1)
    answer = loaded.checkpoint.model.network(x, timestep, context, vector=vector if width else None)

    assert answer.shape == (2, 4, 8, 12)
    assert answer.std() > 0.1
    assert (answer - expected).abs().max() <= BAR


def _waves(numbers: Tensor) -> Tensor:
    waves: Tensor = get_timestep_embedding(
        numbers, 256, flip_sin_to_cos=True, downscale_freq_shift=0
    )
    return waves


def test_the_autoencoder_answers_what_diffusers_answers(loaded: Loaded) -> None:
    vae = loaded.checkpoint.vae
    assert vae is not None
    reference = reference_vae(loaded.tensors, loaded.sizes, groups=4)
    image, latents = picture(1, 16, 24, 3), noise(1, 4, 4, 6)

    pixels = reference.get_submodule("decoder")(
        reference.get_submodule("post_quant_conv")(latents)
    ).movedim(1, -1)
    moments = reference.get_submodule("quant_conv")(
        reference.get_submodule("encoder")(image.movedim(-1, 1) * 2 - 1)
    )

    assert (vae.decode(latents) - (pixels / 2 + 0.5).clamp(0, 1)).abs().max() <= BAR
    assert (vae.encode(image) - moments[:, :4]).abs().max() <= BAR


def test_prompts_are_embedded_as_transformers_does(loaded: Loaded) -> None:
    ((embeddings, extras),) = loaded.clip.encode(PROMPT)

    expected, pooled = _reference_embeddings(loaded, PROMPT)
    assert embeddings.shape == expected.shape
    assert embeddings.std() > 0.1
    assert (embeddings - expected).abs().max() <= BAR
    assert (extras["pooled_output"] - pooled).abs().max() <= BAR


def _reference_embeddings(loaded: Loaded, prompt: str) -> tuple[Tensor, Tensor]:
    """Embeddings as the family's authors read them: layer, norm, padding, projection."""
    sizes = loaded.sizes
    sdxl = "SDXL" in loaded.family
    parts = []
    if sizes.text:
        module = reference_text(loaded.tensors, sizes, heads=sizes.text // 16)
        layer, normed = (-2, False) if sdxl else (-1, True)
        parts.append(_embedded(module, prompt, layer=layer, normed=normed, padding=END))
    if sizes.open_text:
        module = reference_open_text(loaded.tensors, sizes, heads=sizes.open_text // 16)
        parts.append(_embedded(module, prompt, layer=-2, normed=not sdxl, padding=0))
    return torch.cat([hidden for hidden, _ in parts], dim=-1), parts[-1][1]


def _embedded(
    module: nn.Module, prompt: str, *, layer: int, normed: bool, padding: int
) -> tuple[Tensor, Tensor]:
    chunks = [*tokenise(prompt, padding=padding), *tokenise("", padding=padding)]
    answer = module(
        torch.tensor([[token.id for token in chunk] for chunk in chunks]),
        output_hidden_states=True,
    )
    hidden = answer.hidden_states[layer]
    if normed:
        inner = getattr(module, "text_model", module)
        assert isinstance(inner, nn.Module)
        hidden = inner.get_submodule("final_layer_norm")(hidden)
    weights = torch.tensor([token.weight for token in chunks[0]]).view(1, 77, 1)
    weighted = hidden[1:] + (hidden[:1] - hidden[1:]) * weights
    pooled = getattr(answer, "text_embeds", None)
    return weighted, (answer.pooler_output if pooled is None else pooled)[:1]


def test_clip_skip_reads_the_same_layer_of_every_encoder(loaded: Loaded) -> None:
    by_layer = [loaded.clip.with_skip(stop).encode("a cat")[0][0] for stop in (-1, -2)]

    for stop, embeddings in zip((-1, -2), by_layer, strict=True):
        alone = [TextEncoder((part.at_layer(stop),)) for part in loaded.clip.parts]
        assert torch.equal(embeddings, torch.cat([e.encode("a cat")[0][0] for e in alone], dim=-1))
    assert not torch.equal(*by_layer)


def test_what_is_told_besides_the_prompt_is_as_wide_as_the_unet_wants(loaded: Loaded) -> None:
    told = loaded.checkpoint.model.told
    if not loaded.sizes.vector:
        assert told is None
        return
    assert told is not None
    assert told.told is (Told.AESTHETICS if "refiner" in loaded.family else Told.SIZES)
    ((_, extras),) = loaded.clip.encode("a cat")
    assert told.vector(extras, width=64, height=64).shape == (1, loaded.sizes.vector)
