"""Reading picture files of every kind, and making 8-bit pictures of tensors."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from graph.errors import NodeInputError
from nodes.pictures import MAX_PIXELS, read_picture, to_pictures

_COLOUR = (10, 128, 250)


def _saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def _png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_pixels_are_levels_divided_by_255(tmp_path: Path) -> None:
    path = _saved(tmp_path / "a.png", Image.new("RGB", (5, 3), _COLOUR))

    pixels, mask = read_picture(path)

    assert pixels.shape == (1, 3, 5, 3)
    assert pixels.dtype == torch.float32
    torch.testing.assert_close(pixels[0, 1, 2], torch.tensor(_COLOUR) / 255)
    assert torch.equal(mask, torch.zeros(1, 64, 64))


@pytest.mark.parametrize("suffix", ["png", "webp", "bmp", "tiff", "gif"])
def test_a_file_of_any_kind_is_read(tmp_path: Path, suffix: str) -> None:
    path = _saved(tmp_path / f"a.{suffix}", Image.new("RGB", (8, 8), (255, 0, 0)), lossless=True)

    pixels, _ = read_picture(path)

    torch.testing.assert_close(pixels, torch.tensor([1.0, 0, 0]).expand(1, 8, 8, 3))


def test_the_mask_is_one_where_the_picture_is_transparent(tmp_path: Path) -> None:
    image = Image.new("RGBA", (4, 2), (*_COLOUR, 255))
    image.putpixel((1, 0), (*_COLOUR, 51))

    pixels, mask = read_picture(_saved(tmp_path / "a.png", image))

    expected = torch.zeros(1, 2, 4)
    expected[0, 0, 1] = 0.8
    torch.testing.assert_close(mask, expected)
    torch.testing.assert_close(pixels[0, 0, 1], torch.tensor(_COLOUR) / 255)


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_transparent_colour_is_transparent(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGB", (4, 4), (255, 255, 255))
    image.putpixel((2, 3), (0, 0, 0))
    image = image.convert(mode)
    key = image.getpixel((2, 3))

    _, mask = read_picture(_saved(tmp_path / "a.png", image, transparency=key))

    expected = torch.zeros(1, 4, 4)
    expected[0, 3, 2] = 1.0
    assert torch.equal(mask, expected)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA"])
def test_every_mode_becomes_three_channels(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGB", (3, 3), (255, 255, 255)).convert(mode)
    suffix = "tiff" if mode == "CMYK" else "png"

    pixels, _ = read_picture(_saved(tmp_path / f"a.{suffix}", image))

    torch.testing.assert_close(pixels, torch.ones(1, 3, 3, 3))


def test_sixteen_bits_of_grey_are_all_kept(tmp_path: Path) -> None:
    levels = np.array([[0, 1, 257], [32768, 65534, 65535]], dtype=np.uint16)

    pixels, _ = read_picture(_saved(tmp_path / "a.png", Image.fromarray(levels)))

    expected = torch.from_numpy(levels.astype(np.float32) / 65535)
    torch.testing.assert_close(pixels[0, ..., 1], expected, rtol=0, atol=1e-7)


def test_a_rotation_in_the_exif_data_is_applied(tmp_path: Path) -> None:
    image = Image.new("RGB", (16, 8))
    image.paste((255, 255, 255), (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to view

    pixels, _ = read_picture(_saved(tmp_path / "a.png", image, exif=exif))

    assert pixels.shape == (1, 16, 8, 3)
    assert pixels[0, :8].mean() > 0.99
    assert pixels[0, 8:].mean() < 0.01


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_an_animation_becomes_a_batch_of_its_frames(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / f"a.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)

    pixels, mask = read_picture(path)

    assert pixels.shape == (3, 4, 6, 3)
    torch.testing.assert_close(pixels[:, 0, 0], torch.eye(3))
    assert mask.shape == (3, 64, 64)


def test_one_pixel_is_a_picture(tmp_path: Path) -> None:
    pixels, _ = read_picture(_saved(tmp_path / "a.png", Image.new("RGB", (1, 1), "white")))

    assert torch.equal(pixels, torch.ones(1, 1, 1, 3))


@pytest.mark.parametrize("side", [12_000, 30_000])
def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(_png_header(side, side))

    with pytest.raises(NodeInputError, match=f"bomb.png has .*{MAX_PIXELS:,} pixels.*smaller"):
        read_picture(path)


def test_frames_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodes.pictures.MAX_PIXELS", 100)
    frames = [Image.new("L", (6, 6), level) for level in (0, 100, 200)]
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:])

    with pytest.raises(NodeInputError, match="6×6 × 3 frames"):
        read_picture(path)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_cut, "a.png is a damaged picture"),
        (lambda data: b"hello", "a.png is no picture of a known kind"),
        (lambda data: b"", "a.png is no picture of a known kind"),
    ],
    ids=["cut off", "text", "empty"],
)
def test_what_is_no_whole_picture_is_said_so(
    tmp_path: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, format="PNG")
    path = tmp_path / "a.png"
    path.write_bytes(damage(buffer.getvalue()))

    with pytest.raises(NodeInputError, match=words):
        read_picture(path)


def test_a_missing_picture_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NodeInputError, match="does not exist"):
        read_picture(tmp_path / "none.png")


def test_what_was_read_is_saved_as_it_was(tmp_path: Path) -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=-1)
    pixels, _ = read_picture(_saved(tmp_path / "a.png", Image.fromarray(levels)))

    (picture,) = to_pictures(pixels)

    assert np.array_equal(np.asarray(picture), levels)


def test_values_are_rounded_and_clipped() -> None:
    values = torch.tensor([-1.0, 0.0019, 0.002, 2.0]).reshape(1, 2, 2, 1)

    (picture,) = to_pictures(values)

    assert np.asarray(picture).tolist() == [[0, 0], [1, 255]]


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA")])
def test_channels_decide_the_mode(channels: int, mode: str) -> None:
    pictures = to_pictures(torch.rand(2, 3, 5, channels))

    assert [(picture.mode, picture.size) for picture in pictures] == [(mode, (5, 3))] * 2


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (torch.zeros(4, 4, 3), "must be pictures of shape"),
        (torch.zeros(1, 4, 4, 2), "must be pictures of shape"),
        (torch.zeros(0, 4, 4, 3), "must be pictures of shape"),
        (torch.full((1, 4, 4, 3), float("nan")), "NaN"),
    ],
)
def test_what_is_no_picture_is_not_saved(images: torch.Tensor, words: str) -> None:
    with pytest.raises(NodeInputError, match=words):
        to_pictures(images)
