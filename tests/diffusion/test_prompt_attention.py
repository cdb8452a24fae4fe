"""Keys and values of a prompt are computed once, and the answers are diffusers'."""

import pytest
import torch
from diffusers.models.attention_processor import Attention, AttnProcessor2_0
from torch import Tensor, nn

from diffusion.checkpoints import load_checkpoint
from diffusion.prompt_attention import KnownPrompt, PromptAttention, PromptMemory
from diffusion.sampling import sample
from diffusion.unet import UNet
from tests.support.checkpoints import write_tiny_checkpoint
from tests.support.tensors import noise

KEY_VALUE_BYTES = 2 * 77 * 16 * 4  # of `_layer` and a prompt of 77 tokens


def _layer(prompt: int | None = 24) -> Attention:
    torch.manual_seed(0)
    return Attention(16, cross_attention_dim=prompt, heads=2, dim_head=8).requires_grad_(False)


@pytest.mark.parametrize("prompt", [None, 24])
def test_attention_is_diffusers_own(prompt: int | None) -> None:
    layer = _layer(prompt)
    hidden = noise(2, 30, 16)
    context = None if prompt is None else noise(2, 77, prompt)
    layer.set_processor(AttnProcessor2_0())
    expected = layer(hidden, context)

    layer.set_processor(PromptAttention())

    assert torch.allclose(layer(hidden, context), expected, atol=1e-6)
    if context is not None:
        for _ in range(2):
            known = KnownPrompt(context)
            assert torch.allclose(layer(hidden, context, known=known), expected, atol=1e-6)


def test_a_layer_makes_keys_and_values_of_a_prompt_once() -> None:
    layer, other = _layer(), _layer()
    memory = PromptMemory()
    context = noise(1, 77, 24)

    made = [memory.known(context.clone()).key_value(layer) for _ in range(3)]

    assert all(pair[0] is made[0][0] and pair[1] is made[0][1] for pair in made)
    assert memory.known(context).key_value(other)[0] is not made[0][0]
    assert torch.equal(made[0][0], layer.to_k(context))
    assert torch.equal(made[0][1], layer.to_v(context))


@pytest.mark.parametrize(
    "other",
    [
        noise(1, 77, 24, seed=1),
        noise(1, 77, 24).half(),
        noise(1, 77, 24).repeat(1, 2, 1),
        noise(1, 77, 24).repeat(2, 1, 1),
    ],
    ids=["words", "precision", "length", "batch"],
)
def test_another_prompt_is_not_taken_for_one_that_is_known(other: Tensor) -> None:
    memory = PromptMemory()
    first = memory.known(noise(1, 77, 24))

    assert memory.known(other) is not first
    assert memory.known(noise(1, 77, 24)) is first


def test_the_prompts_seen_longest_ago_are_forgotten_when_they_take_too_much() -> None:
    layer = _layer()
    memory = PromptMemory(budget=2 * KEY_VALUE_BYTES)
    prompts = [noise(1, 77, 24, seed=seed) for seed in range(4)]
    known = []
    for prompt in prompts:
        known.append(memory.known(prompt))
        known[-1].key_value(layer)

    assert known[0].size == KEY_VALUE_BYTES
    assert memory.known(prompts[3]) is known[3]
    assert memory.known(prompts[2]) is known[2]
    assert memory.known(prompts[0]) is not known[0]


def test_forgetting_makes_them_anew() -> None:
    memory = PromptMemory()
    first = memory.known(noise(1, 77, 24))

    memory.forget()

    assert memory.known(noise(1, 77, 24)) is not first


def test_a_run_asks_each_layer_for_keys_of_its_prompts_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = write_tiny_checkpoint(tmp_path_factory.mktemp("run") / "x.safetensors")
    checkpoint = load_checkpoint(path)
    assert isinstance(checkpoint.model.network, UNet)
    assert checkpoint.clip is not None
    calls: dict[str, int] = {}

    def count(name: str) -> None:
        calls[name] = calls.get(name, 0) + 1

    for name, layer in checkpoint.model.network.module.named_modules():
        if name.endswith(("attn2.to_k", "attn2.to_v", "attn1.to_k")):
            assert isinstance(layer, nn.Linear)
            layer.register_forward_hook(lambda *_, name=name: count(name))
    steps = 4

    sample(
        checkpoint.model,
        checkpoint.clip.encode("a cat"),
        checkpoint.clip.encode("blurry"),
        {"samples": torch.zeros(1, 4, 8, 8)},
        seed=3,
        steps=steps,
        cfg=4.0,
        sampler="euler",
        schedule="normal",
    )

    assert {count for name, count in calls.items() if "attn2" in name} == {1}
    assert {count for name, count in calls.items() if "attn1" in name} == {steps}
