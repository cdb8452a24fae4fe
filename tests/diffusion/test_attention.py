"""Attention watched and changed for some rows of a pass, on a UNet with diffusers' own layers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from diffusion.attention import AttentionWatch, attention_patched, values_alone
from diffusion.errors import DiffusionError
from diffusion.evaluation import Evaluation, evaluate
from tests.diffusion.formula_model import formula_model
from tests.diffusion.tiny_unet import tiny_model, tiny_module

SIGMA = 3.0


def _layers() -> list[nn.Module]:
    middle: Any = tiny_module(4).mid_block
    return [block.attn1 for block in middle.attentions[0].transformer_blocks]


def _x(batch: int = 2, height: int = 8, width: int = 8) -> Tensor:
    return torch.randn(batch, 4, height, width, generator=torch.Generator().manual_seed(batch))


def _context(seed: int) -> Tensor:
    return torch.randn(1, 77, 8, generator=torch.Generator().manual_seed(seed))


class _Reference:
    """A processor of diffusers' attention, written over its own helpers."""

    def __init__(self, *, identity: bool) -> None:
        self.identity = identity
        self.maps: list[Tensor] = []

    def __call__(self, attn: Any, hidden_states: Tensor, **_: object) -> Tensor:  # noqa: ANN401
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))
        key = attn.head_to_batch_dim(attn.to_k(hidden_states))
        value = attn.head_to_batch_dim(attn.to_v(hidden_states))
        scores = attn.get_attention_scores(query, key)
        self.maps.append(scores.unflatten(0, (len(hidden_states), -1)))
        weighed = value if self.identity else scores @ value
        output: Tensor = attn.to_out[0](attn.batch_to_head_dim(weighed))
        return output


@contextmanager
def _processed(processor: _Reference) -> Iterator[None]:
    layers: list[Any] = _layers()
    before = [layer.processor for layer in layers]
    for layer in layers:
        layer.set_processor(processor)
    try:
        yield
    finally:
        for layer, old in zip(layers, before, strict=True):
            layer.set_processor(old)


def test_values_alone_is_attention_with_the_identity_as_its_map() -> None:
    model, x = tiny_model(), _x()
    patched = evaluate(model, [Evaluation(x, SIGMA, _context(1), attention=values_alone)])[0]

    with _processed(_Reference(identity=True)):
        expected = evaluate(model, [Evaluation(x, SIGMA, _context(1))])[0]
    plain = evaluate(model, [Evaluation(x, SIGMA, _context(1))])[0]

    torch.testing.assert_close(patched, expected, rtol=1e-5, atol=1e-5)
    assert (patched - plain).abs().max() > 1e-4


def test_a_watch_records_what_each_place_receives_and_changes_nothing() -> None:
    model, x, watch = tiny_model(), _x(), AttentionWatch()
    watched = evaluate(model, [Evaluation(x, SIGMA, _context(1), attention=watch)])[0]

    reference = _Reference(identity=False)
    with _processed(reference):
        evaluate(model, [Evaluation(x, SIGMA, _context(1))])
    plain = evaluate(model, [Evaluation(x, SIGMA, _context(1))])[0]

    assert torch.equal(watched, plain)
    assert watch.received is not None
    expected = reference.maps[0].mean(dim=1).sum(dim=1)
    torch.testing.assert_close(watch.received, expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(watch.received.mean(dim=1), torch.ones(2))


def test_only_the_rows_of_the_patched_evaluation_are_changed() -> None:
    model, x = tiny_model(), _x()
    watch = AttentionWatch()

    together = evaluate(
        model,
        [
            Evaluation(x, SIGMA, _context(1), attention=values_alone),
            Evaluation(x[:1], SIGMA, _context(2)),
            Evaluation(x, SIGMA, _context(2), attention=watch),
        ],
    )

    apart = [
        Evaluation(x, SIGMA, _context(1), attention=values_alone),
        Evaluation(x[:1], SIGMA, _context(2)),
        Evaluation(x, SIGMA, _context(2)),
    ]
    for answer, alone in zip(together, apart, strict=True):
        torch.testing.assert_close(answer, evaluate(model, [alone])[0], rtol=1e-5, atol=1e-5)
    assert watch.received is not None
    assert watch.received.shape == (2, 16)


def test_nothing_stays_on_the_modules_even_after_a_failure() -> None:
    def fail(_attention: nn.Module, _hidden: Tensor, _output: Tensor, /) -> Tensor:
        raise KeyboardInterrupt

    model = tiny_model()
    with pytest.raises(KeyboardInterrupt):
        evaluate(model, [Evaluation(_x(), SIGMA, _context(1), attention=fail)])

    assert not any(layer._forward_hooks for layer in _layers())


@pytest.mark.parametrize(("height", "width"), [(8, 8), (9, 12), (7, 5)])
def test_where_attention_went_is_told_at_the_latents_size(height: int, width: int) -> None:
    watch = AttentionWatch()
    x = _x(1, height, width)
    evaluate(tiny_model(), [Evaluation(x, SIGMA, _context(1), attention=watch)])

    marked = watch.attended(height, width)

    assert marked.shape == (1, 1, height, width)
    assert set(marked.flatten().tolist()) == {0.0, 1.0}
    assert watch.received is not None
    rows, columns = -(-height // 2), -(-width // 2)
    peak = int(watch.received[0].argmax())
    place = -(-(peak // columns) * height // rows), -(-(peak % columns) * width // columns)
    assert marked[0, 0][place] == 1.0


def test_a_watch_that_saw_nothing_and_a_size_that_does_not_fit_are_told() -> None:
    watch = AttentionWatch()
    with pytest.raises(DiffusionError, match="no self-attention"):
        watch.attended(8, 8)
    watch.received = torch.ones(1, 15)
    with pytest.raises(DiffusionError, match="8 × 8 as 15 places"):
        watch.attended(8, 8)


def test_a_network_without_such_layers_is_told_apart() -> None:
    with pytest.raises(DiffusionError, match="the model has none"):
        evaluate(formula_model(), [Evaluation(_x(), SIGMA, _context(1), attention=values_alone)])


def test_with_nothing_to_patch_any_network_will_do() -> None:
    with attention_patched(object(), [2, 1], [None, None]):
        pass


def test_another_threads_pass_through_the_same_modules_is_left_alone() -> None:
    module, x, timestep = tiny_module(4), _x(1), torch.tensor([100.0])
    plain = module(x, timestep, _context(1)).sample

    with (
        attention_patched(tiny_model().network, [1], [values_alone]),
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        here = module(x, timestep, _context(1)).sample
        there = pool.submit(module, x, timestep, _context(1)).result().sample

    assert torch.equal(there, plain)
    assert not torch.allclose(here, plain)
