"""The sampling nodes, with the starter model."""

import dataclasses
from typing import Any

import pytest
import torch
from torch.nn import functional

from diffusion.sampling import sample
from graph.context import NodeContext
from graph.errors import Cancelled
from nodes.latent import latent_from_batch
from nodes.sampling import k_sampler, k_sampler_advanced
from nodes.watching import LatentPreview
from tests.nodes.conftest import Starter, Told
from tests.support.list_journal import ListJournal


def _noise(batch: int = 1) -> dict[str, Any]:
    return {"samples": torch.zeros(batch, 4, 8, 8)}


def _prompts(starter: Starter) -> dict[str, Any]:
    return {
        "positive": starter.clip.encode("a red heart on a white background"),
        "negative": starter.clip.encode(""),
    }


def _sampled(
    context: NodeContext,
    starter: Starter,
    latent: dict[str, Any],
    **options: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """A short run of KSampler."""
    chosen = {"sampler_name": "euler", "scheduler": "normal", "steps": 4, "cfg": 4.0, **options}
    return k_sampler(context, starter.model, **_prompts(starter), latent_image=latent, **chosen)


def _advanced(
    context: NodeContext,
    starter: Starter,
    latent: dict[str, Any],
    **options: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """A short run of KSamplerAdvanced."""
    chosen: dict[str, Any] = {
        "add_noise": "enable",
        "noise_seed": 7,
        "steps": 6,
        "cfg": 4.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "return_with_leftover_noise": "disable",
        **options,
    }
    return k_sampler_advanced(
        context, starter.model, **_prompts(starter), latent_image=latent, **chosen
    )


def test_the_node_samples_as_the_numerics_do(context: NodeContext, starter: Starter) -> None:
    latent = {"samples": torch.full((1, 4, 8, 8), 0.5)}

    sampled = _sampled(context, starter, latent, seed=7, scheduler="karras", denoise=0.6)

    expected = sample(
        starter.model,
        **_prompts(starter),
        latent=latent,
        seed=7,
        steps=4,
        cfg=4.0,
        sampler="euler",
        schedule="karras",
        denoise=0.6,
    )
    assert torch.equal(sampled["samples"], expected)


def test_what_else_a_latent_holds_goes_through(context: NodeContext, starter: Starter) -> None:
    latent = {**_noise(), "batch_index": [3], "custom": "kept"}

    sampled = _sampled(context, starter, latent, steps=1)

    assert sampled["batch_index"] == [3]
    assert sampled["custom"] == "kept"


def test_conditioning_with_keys_of_other_packs_is_taken(
    context: NodeContext, starter: Starter
) -> None:
    prompts = _prompts(starter)
    strange = [[embedding, {**more, "custom": object()}] for embedding, more in prompts["positive"]]

    sampled = k_sampler(
        context,
        starter.model,
        steps=1,
        sampler_name="euler",
        scheduler="normal",
        positive=strange,
        negative=prompts["negative"],
        latent_image=_noise(),
    )

    assert sampled["samples"].shape == (1, 4, 8, 8)


def test_each_step_is_told_with_a_preview_that_is_drawn_on_demand(
    context: NodeContext, starter: Starter, told: Told
) -> None:
    latent = _sampled(context, starter, _noise(2))

    assert [(value, total) for value, total, _ in told.progress] == [(n, 4) for n in (1, 2, 3, 4)]
    *_, last = (preview for _, _, preview in told.progress)
    assert isinstance(last, LatentPreview)
    preview = last()
    assert preview is not None
    assert preview.shape == (1, 8, 8, 3)
    picture = starter.vae.decode(latent["samples"][:1]).movedim(-1, 1)
    small = functional.avg_pool2d(picture, 8).movedim(1, -1)
    alike = torch.corrcoef(torch.stack([preview.flatten(), small.flatten()]))[0, 1]
    assert alike > 0.5


def test_sampling_stops_at_the_step_where_it_is_cancelled(
    context: NodeContext, starter: Starter, told: Told
) -> None:
    def cancel() -> None:
        if len(told.progress) == 2:
            raise Cancelled

    stopping = dataclasses.replace(context, raise_if_cancelled=cancel)
    with pytest.raises(Cancelled):
        _sampled(stopping, starter, _noise())

    assert len(told.progress) == 2


def test_sampling_stops_between_two_questions_of_a_step(
    context: NodeContext, starter: Starter, told: Told
) -> None:
    asked = 0

    def cancel() -> None:
        nonlocal asked
        asked += bool(told.progress)
        if asked == 3:
            raise Cancelled

    stopping = dataclasses.replace(context, raise_if_cancelled=cancel)
    with pytest.raises(Cancelled):
        _sampled(stopping, starter, _noise(), sampler_name="heun")

    assert len(told.progress) == 1


@pytest.mark.parametrize("step", [1, 3])
def test_a_killed_node_goes_on_where_it_was(
    context: NodeContext, starter: Starter, told: Told, step: int
) -> None:
    journal = ListJournal()
    whole = _sampled(
        dataclasses.replace(context, open_journal=lambda: journal),
        starter,
        _noise(),
        sampler_name="euler_ancestral",
    )
    told.progress.clear()
    left = ListJournal(journal.written[:step])

    resumed = _sampled(
        dataclasses.replace(context, open_journal=lambda: left),
        starter,
        _noise(),
        sampler_name="euler_ancestral",
    )

    assert torch.equal(resumed["samples"], whole["samples"])
    assert len(left.written) == 4 - step
    assert [value for value, _, _ in told.progress] == list(range(step, 5))


def test_the_two_samplers_keep_a_journal_alike(context: NodeContext, starter: Starter) -> None:
    journal = ListJournal()

    _advanced(dataclasses.replace(context, open_journal=lambda: journal), starter, _noise())

    assert len(journal.written) == 6


@pytest.mark.parametrize(
    ("sampler", "indices"), [("euler", (0, 1, 2, 3)), ("dpmpp_2m", (2,)), ("heun", (3,))]
)
def test_an_item_of_a_batch_is_the_picture_made_alone(
    context: NodeContext, starter: Starter, sampler: str, indices: tuple[int, ...]
) -> None:
    batch = _noise(4)
    options = {"seed": 11, "steps": 10, "sampler_name": sampler}
    together = _sampled(context, starter, batch, **options)["samples"]

    for index in indices:
        single = latent_from_batch(batch, batch_index=index)
        alone = _sampled(context, starter, single, **options)["samples"]
        assert (alone[0] - together[index]).abs().max() <= 1e-4


def test_two_halves_of_a_schedule_make_the_whole(context: NodeContext, starter: Starter) -> None:
    whole = _advanced(context, starter, _noise())

    first = _advanced(
        context, starter, _noise(), end_at_step=3, return_with_leftover_noise="enable"
    )
    second = _advanced(context, starter, first, start_at_step=3, add_noise="disable")

    torch.testing.assert_close(second["samples"], whole["samples"], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(first["samples"], whole["samples"], atol=0.1)


def test_leftover_noise_is_removed_unless_asked_for(context: NodeContext, starter: Starter) -> None:
    options = {"end_at_step": 3, "cfg": 1.0}

    clean = _advanced(context, starter, _noise(), **options)["samples"]
    noisy = _advanced(context, starter, _noise(), **options, return_with_leftover_noise="enable")[
        "samples"
    ]

    assert (noisy - clean).std() > 2.0


def test_the_greatest_seed_is_a_seed(context: NodeContext, starter: Starter) -> None:
    sampled = _sampled(context, starter, _noise(), seed=2**64 - 1, steps=1)

    assert bool(torch.isfinite(sampled["samples"]).all())
