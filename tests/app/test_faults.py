"""Outputs that are not what their type says are found out where they are made."""

from __future__ import annotations

import pytest
import torch

from app.faults import fault

PICTURE = torch.zeros(1, 2, 2, 3)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("IMAGE", PICTURE),
        ("MASK", PICTURE[..., 0]),
        ("LATENT", {"samples": PICTURE}),
        ("MODEL", "whatever"),
        ("*", None),
    ],
)
def test_sound_values_and_unknown_types_pass(kind: str, value: object) -> None:
    assert fault(kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("IMAGE", "a.png", "expected a tensor [B, H, W, C], got a str"),
        ("MASK", None, "expected a tensor [B, H, W], got nothing"),
        (
            "LATENT",
            PICTURE,
            "expected a dictionary with a tensor 'samples' [B, C, h, w], got a Tensor",
        ),
        (
            "LATENT",
            {"x": 1},
            "expected a dictionary with a tensor 'samples' [B, C, h, w], got a dictionary with 'x'",
        ),
    ],
)
def test_others_are_described(kind: str, value: object, sentence: str) -> None:
    assert fault(kind, value) == sentence
