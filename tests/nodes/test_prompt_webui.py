"""Prompts in the web UI's syntax, encoded and drawn with the starter model."""

from typing import Any

import pytest
import torch

from graph.context import NodeContext
from graph.errors import NodeInputError
from nodes.conditioning import clip_text_encode
from nodes.prompt_webui import clip_text_encode_a1111
from nodes.sampling import k_sampler
from tests.nodes.conftest import Starter

STEPS = 6


def _encoded(starter: Starter, text: str) -> list[tuple[torch.Tensor, dict[str, Any]]]:
    return [(entry[0], entry[1]) for entry in clip_text_encode_a1111(text, starter.clip, STEPS)]


def _plain(starter: Starter, text: str) -> torch.Tensor:
    context: torch.Tensor = clip_text_encode(text, starter.clip)[0][0]
    return context


def _picture(context: NodeContext, starter: Starter, positive: Any) -> torch.Tensor:  # noqa: ANN401
    made = k_sampler(
        context,
        starter.model,
        seed=3,
        steps=STEPS,
        cfg=5.0,
        sampler_name="euler",
        scheduler="normal",
        positive=positive,
        negative=clip_text_encode("", starter.clip),
        latent_image={"samples": torch.zeros(1, 4, 8, 8)},
    )
    return starter.vae.decode(made["samples"])


def test_a_plain_prompt_is_encoded_as_ever(starter: Starter) -> None:
    ((context, options),) = _encoded(starter, r"a red heart \(large\)")

    plain = clip_text_encode(r"a red heart \(large\)", starter.clip)[0]
    torch.testing.assert_close(context, plain[0], rtol=1e-6, atol=1e-6)
    assert set(options) == {"pooled_output"}
    assert torch.equal(options["pooled_output"], plain[1]["pooled_output"])


def test_weights_multiply_embeddings_and_keep_the_chunk_s_mean(starter: Starter) -> None:
    plain = _plain(starter, "a red heart")

    ((context, _),) = _encoded(starter, "a (red:1.5) heart")

    weights = torch.ones(77)
    weights[2] = 1.5
    changed = plain * weights[:, None]
    torch.testing.assert_close(context, changed * (plain.mean() / changed.mean()))
    assert float(context.mean()) == pytest.approx(float(plain.mean()), rel=1e-4)


def test_square_brackets_weigh_less(starter: Starter) -> None:
    ((less, _),) = _encoded(starter, "a [red] heart")
    ((explicit, _),) = _encoded(starter, f"a (red:{1 / 1.1:.12f}) heart")

    torch.testing.assert_close(less, explicit, rtol=1e-5, atol=1e-5)


def test_break_starts_a_chunk(starter: Starter) -> None:
    ((context, _),) = _encoded(starter, "a red heart BREAK a blue star")

    assert context.shape[1] == 2 * 77
    both = torch.cat([_plain(starter, "a red heart"), _plain(starter, "a blue star")], dim=1)
    torch.testing.assert_close(context, both, rtol=1e-6, atol=1e-6)


def test_a_change_is_an_entry_for_each_stretch_of_steps(starter: Starter) -> None:
    entries = _encoded(starter, "a [red:blue:0.5] heart")

    stretches = [(o["start_step"], o["end_step"], o["of_steps"]) for _, o in entries]
    assert stretches == [(0, 3, STEPS), (3, STEPS, STEPS)]
    for (context, _), text in zip(entries, ["a red heart", "a blue heart"], strict=True):
        torch.testing.assert_close(context, _plain(starter, text), rtol=1e-6, atol=1e-6)


def test_turns_are_encoded_once_each(starter: Starter) -> None:
    entries = _encoded(starter, "a [red|blue] heart")

    assert [options["start_step"] for _, options in entries] == list(range(STEPS))
    assert len({context.data_ptr() for context, _ in entries}) == 2


def test_and_makes_members_with_weights(starter: Starter) -> None:
    entries = _encoded(starter, "a red heart :0.7 AND [a:b:3]")

    assert [(o["and_member"], o["and_weight"]) for _, o in entries] == [(0, 0.7), (1, 1), (1, 1)]


def test_a_change_at_once_or_never_is_no_change(context: NodeContext, starter: Starter) -> None:
    red = _picture(context, starter, clip_text_encode("a red heart", starter.clip))

    for text in ("a [blue:red:0] heart", f"a [red:blue:{STEPS}] heart"):
        made = _picture(context, starter, clip_text_encode_a1111(text, starter.clip, STEPS))
        torch.testing.assert_close(made, red, rtol=1e-3, atol=1e-3)


def test_a_late_change_keeps_the_layout_and_an_early_one_the_new_words(
    context: NodeContext, starter: Starter
) -> None:
    def colour(text: str) -> torch.Tensor:
        """Blue less red, over the picture."""
        entries = clip_text_encode_a1111(text, starter.clip, STEPS)
        made = _picture(context, starter, entries)
        return (made[..., 2] - made[..., 0]).mean()

    red, blue = (colour(f"a {name} circle on a white background") for name in ("red", "blue"))
    early = colour("a [red:blue:1] circle on a white background")
    late = colour(f"a [red:blue:{STEPS - 1}] circle on a white background")

    assert blue > red + 0.05
    assert abs(early - blue) < abs(early - red)
    assert abs(late - red) < abs(late - blue)


def test_a_member_of_weight_zero_changes_nothing(context: NodeContext, starter: Starter) -> None:
    text = "a red circle on a white background AND a red circle on a white background :0.0"
    both = _picture(context, starter, clip_text_encode_a1111(text, starter.clip, STEPS))

    alone = clip_text_encode("a red circle on a white background", starter.clip)
    torch.testing.assert_close(both, _picture(context, starter, alone), rtol=1e-3, atol=1e-3)


def test_a_missing_text_encoder_is_named() -> None:
    with pytest.raises(NodeInputError, match="input 'clip' is empty"):
        clip_text_encode_a1111("a", None)
