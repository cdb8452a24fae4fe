"""Previews as JPEG: whatever nodes give, and nothing where there is nothing to see."""

from __future__ import annotations

import io

import pytest
import torch
from PIL import Image

from app.previews import LARGEST, encode_preview


def _opened(content: bytes | None) -> Image.Image:
    assert content is not None
    picture = Image.open(io.BytesIO(content))
    assert picture.format == "JPEG"
    return picture


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_first_picture_of_a_tensor_is_drawn(channels: int) -> None:
    batch = torch.cat([torch.ones(1, 8, 16, channels), torch.zeros(1, 8, 16, channels)])
    picture = _opened(encode_preview(batch))
    assert picture.size == (16, 8)
    assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_a_function_is_asked_for_the_picture() -> None:
    assert _opened(encode_preview(lambda: torch.ones(1, 8, 8, 3))).size == (8, 8)
    assert encode_preview(lambda: None) is None


def test_a_picture_of_pillow_is_drawn_smaller_and_left_as_it_is() -> None:
    picture = Image.new("RGBA", (LARGEST * 2, LARGEST))
    assert _opened(encode_preview(picture)).size == (LARGEST, LARGEST // 2)
    assert picture.size == (LARGEST * 2, LARGEST)


def test_bytes_are_passed_on() -> None:
    assert encode_preview(b"jpeg") == b"jpeg"


@pytest.mark.parametrize("strange", [None, "text", 7])
def test_what_is_no_picture_is_not_drawn(strange: object) -> None:
    assert encode_preview(strange) is None
