"""Models put together from files of their own."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from benchmarks.random_checkpoint import Sizes
from diffusion.checkpoints import load_checkpoint
from diffusion.layouts import clip_tensors
from diffusion.model import DiffusionModel
from diffusion.parameterisation import Prediction
from diffusion.unet import UNet
from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.loaders import checkpoint_loader
from nodes.model_parts import clip_loader, diffusers_loader, dual_clip_loader, unet_loader
from nodes.prompts_sdxl import clip_text_encode_sdxl, clip_text_encode_sdxl_refiner
from tests.nodes.conftest import Told
from tests.support.checkpoints import (
    TINY_FAMILIES,
    TINY_NOTES,
    TINY_SDXL,
    tiny_tensors,
    write_tiny_checkpoint,
    write_tiny_family,
)
from tests.support.tensors import noise

UNET = "model.diffusion_model."


def _place(context: NodeContext, kind: str, name: str) -> Path:
    folder = context.folders.models[kind][0]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def _tensors(sizes: Sizes, prefix: str) -> dict[str, Tensor]:
    tensors = tiny_tensors(sizes=sizes, dtype=torch.float32)
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _write_clip(
    context: NodeContext, name: str, kind: str, sizes: Sizes = TINY_SDXL, *, ours: bool = False
) -> None:
    """One of a family's text encoders, in the layout its authors gave it or in transformers'."""
    place = sizes.text_place if kind == "l" else sizes.open_text_place
    tensors = _tensors(sizes, place + ".")
    if ours:
        tensors = {f"text_model.{n}": t.contiguous() for n, t in clip_tensors(tensors).items()}
        projection = tensors.pop("text_model.text_projection.weight", None)
        tensors |= {} if projection is None else {"text_projection.weight": projection}
    metadata = TINY_NOTES | {"safelight.text": kind}
    save_file(tensors, _place(context, "clip", name), metadata=metadata)


def _answer(model: DiffusionModel, sizes: Sizes) -> Tensor:
    vector = {"vector": noise(1, sizes.vector)} if sizes.vector else {}
    x = noise(1, sizes.channels, 8, 8)
    return model.network(x, torch.ones(1), noise(1, 77, sizes.context), **vector)


@pytest.mark.parametrize("family", TINY_FAMILIES)
@pytest.mark.parametrize("layout", ["bare", "prefixed", "diffusers"])
def test_a_unet_alone_is_the_checkpoints(
    context: NodeContext, tmp_path: Path, family: str, layout: str
) -> None:
    sizes = TINY_FAMILIES[family]
    whole = load_checkpoint(write_tiny_family(tmp_path / "whole.safetensors", family)).model
    tensors = _tensors(sizes, "" if layout == "prefixed" else UNET)
    if layout == "diffusers":
        assert isinstance(whole.network, UNet)
        tensors = whole.network.module.state_dict()
    save_file(tensors, _place(context, "diffusion_models", "x.safetensors"), metadata=TINY_NOTES)

    model = unet_loader(context, "x.safetensors", "default")

    assert model.family == whole.family
    assert model.extra_channels == whole.extra_channels
    assert torch.equal(_answer(model, sizes), _answer(whole, sizes))


@pytest.mark.parametrize("kept", ["fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"])
def test_a_unet_may_be_kept_in_8_bits(context: NodeContext, kept: str) -> None:
    write_tiny_family(_place(context, "diffusion_models", "x.safetensors"), "SDXL")
    exact = unet_loader(context, "x.safetensors", "default")

    rough = unet_loader(context, "x.safetensors", kept)

    assert isinstance(rough.network, UNet)
    state = rough.network.module.state_dict()
    assert state["conv_out.weight"].itemsize == 1
    assert state["conv_norm_out.weight"].dtype == torch.float32
    expected = _answer(exact, TINY_SDXL)
    assert 0.0 < (_answer(rough, TINY_SDXL) - expected).abs().max() < 0.5 * expected.abs().max()
    assert state["conv_out.weight"].itemsize == 1


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("ours", [False, True])
def test_two_text_encoders_are_sdxls_in_any_order_and_layout(
    context: NodeContext, tmp_path: Path, swapped: bool, ours: bool
) -> None:
    whole = load_checkpoint(write_tiny_family(tmp_path / "x.safetensors", "SDXL")).clip
    assert whole is not None
    names = ["clip_l.safetensors", "clip_g.safetensors"]
    for name, kind in zip(names, "lg", strict=True):
        _write_clip(context, name, kind, ours=ours)

    first, second = reversed(names) if swapped else names
    clip = dual_clip_loader(context, first, second, "sdxl")

    for expected, came in zip(whole.encode("a cat"), clip.encode("a cat"), strict=True):
        assert torch.allclose(expected[0], came[0], atol=1e-5)
        assert torch.allclose(expected[1]["pooled_output"], came[1]["pooled_output"], atol=1e-5)


@pytest.mark.parametrize(
    ("family", "kind"), [("SD 1.x inpainting", "l"), ("SD 2.x", "h"), ("SDXL refiner", "g")]
)
def test_one_text_encoder_is_read_as_its_family_does(
    context: NodeContext, tmp_path: Path, family: str, kind: str
) -> None:
    whole = load_checkpoint(write_tiny_family(tmp_path / "x.safetensors", family)).clip
    assert whole is not None
    _write_clip(context, "x.safetensors", kind, TINY_FAMILIES[family])

    clip = clip_loader(context, "x.safetensors", "stable_diffusion", "cpu")

    assert torch.allclose(clip.encode("a cat")[0][0], whole.encode("a cat")[0][0], atol=1e-5)


def test_a_text_encoder_is_taken_out_of_a_checkpoint(context: NodeContext) -> None:
    write_tiny_family(_place(context, "clip", "x.safetensors"), "SD 1.x")

    clip = clip_loader(context, "x.safetensors", "stable_diffusion")

    assert [part.name for part in clip.parts] == ["l"]


@pytest.mark.parametrize(
    ("names", "kind", "message"),
    [
        (["l", "l"], "sdxl", "are the text encoders l and l: expected CLIP-L and CLIP-G"),
        (["l", "g"], "flux", "input 'type': text encoders of the kind 'flux' are not read so far"),
        (["l", "lora"], "sdxl", "lora has no CLIP text encoder: it is a LoRA; its 1 tensors are"),
    ],
)
def test_text_encoders_that_do_not_go_together_are_refused_in_a_sentence(
    context: NodeContext, names: list[str], kind: str, message: str
) -> None:
    for name in names:
        if name == "lora":
            lora = {"lora_unet_x.lora_up.weight": torch.zeros(2)}
            save_file(lora, _place(context, "clip", "lora.safetensors"))
        else:
            _write_clip(context, f"{name}.safetensors", name)
    first, second = (f"{name}.safetensors" for name in names)

    with pytest.raises(NodeInputError, match=message.replace("lora has", r"lora\.safetensors has")):
        dual_clip_loader(context, first, second, kind)


def test_a_diffusers_folder_is_loaded_by_its_name(context: NodeContext, told: Told) -> None:
    folder = _place(context, "diffusers", "tiny")
    tensors = _tensors(TINY_SDXL, UNET)
    write_tiny_family(context.folders.base / "x.safetensors", "SDXL")
    network = load_checkpoint(context.folders.base / "x.safetensors").model.network
    assert isinstance(network, UNet)
    network.module.save_pretrained(folder / "unet", max_shard_size="100KB")  # type: ignore[operator]
    (folder / "model_index.json").write_text("{}")

    model, clip, vae = diffusers_loader(context, "tiny")

    assert len(list((folder / "unet").glob("*.safetensors"))) > 1
    assert len(tensors) == len(list(network.module.state_dict()))
    assert torch.equal(_answer(model, TINY_SDXL), network_answer(network))
    assert clip is None
    assert vae is None
    assert told.progress[-1][0] == told.progress[-1][1]


def network_answer(network: UNet) -> Tensor:
    """What a network of SDXL's kind answers to `_answer`'s question."""
    return network(
        noise(1, 4, 8, 8),
        torch.ones(1),
        noise(1, 77, TINY_SDXL.context),
        vector=noise(1, TINY_SDXL.vector),
    )


@pytest.mark.parametrize(
    ("config", "prediction", "layer"),
    [
        ("v1-inference.yaml", Prediction.EPS, None),
        ("v1-inference_clip_skip_2_fp16.yaml", Prediction.EPS, -2),
        ("v2-inference-v_fp32.yaml", Prediction.V, None),
        ("v2-inpainting-inference.yaml", Prediction.EPS, None),
    ],
)
def test_a_configurations_name_says_what_a_file_cannot(
    context: NodeContext, config: str, prediction: Prediction, layer: int | None
) -> None:
    write_tiny_checkpoint(_place(context, "checkpoints", "x.safetensors"))

    model, clip, _ = checkpoint_loader(context, config, "x.safetensors")

    assert model.parameterisation.prediction is prediction
    assert clip is not None
    assert clip.parts[0].layer == layer


def test_sdxls_encoders_read_a_text_each_and_are_told_sizes(tmp_path: Path) -> None:
    clip = load_checkpoint(write_tiny_family(tmp_path / "x.safetensors", "SDXL")).clip
    assert clip is not None

    ((embeddings, told),) = clip_text_encode_sdxl(
        clip, 640, 512, 1, 2, 1024, 768, text_g="a cat", text_l="a dog " * 60
    )

    long, short = clip.encode("a dog " * 60)[0], clip.encode("a cat")[0]
    assert embeddings.shape == (1, 2 * 77, TINY_SDXL.context)
    by_l, by_g = embeddings.split([TINY_SDXL.text, TINY_SDXL.open_text], dim=-1)
    assert torch.allclose(by_l, long[0][..., : TINY_SDXL.text], atol=1e-5)
    assert torch.allclose(by_g[:, :77], short[0][..., TINY_SDXL.text :], atol=1e-5)
    empty = clip.encode("")[0][0][..., TINY_SDXL.text :]
    assert torch.allclose(by_g[:, 77:], empty, atol=1e-5)
    assert torch.allclose(told.pop("pooled_output"), short[1]["pooled_output"], atol=1e-5)
    assert told == {
        "width": 640,
        "height": 512,
        "crop_w": 1,
        "crop_h": 2,
        "target_width": 1024,
        "target_height": 768,
    }


def test_the_refiner_is_told_a_score(tmp_path: Path) -> None:
    clip = load_checkpoint(write_tiny_family(tmp_path / "x.safetensors", "SDXL refiner")).clip
    assert clip is not None

    ((embeddings, told),) = clip_text_encode_sdxl_refiner(4.5, 640, 512, text="a cat", clip=clip)

    assert torch.equal(embeddings, clip.encode("a cat")[0][0])
    assert (told["aesthetic_score"], told["width"], told["height"]) == (4.5, 640, 512)
