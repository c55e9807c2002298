"""Thumbnails of every kind of image that is taken, and of what only looks like one."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gen4flow.core.image import ImageInvalid
from gen4flow.images import check, thumbnail
from gen4flow.images.thumbnails import SIDE, small_size

KINDS = {"png": ["RGB", "L", "1", "LA", "RGBA", "P"], "jpg": ["RGB", "L", "CMYK"], "webp": ["RGB", "RGBA"]}
SIXTEEN_BITS = {"grey": (0, 1), "colour": (2, 3), "grey and alpha": (4, 2), "colour and alpha": (6, 4)}
TURN_RIGHT = 6  # the EXIF orientation of a picture that was taken with the camera on its side


def png(width: int, height: int, *, kind: int, row: bytes, rows: int | None = None) -> bytes:
    """Return a PNG of 16 bits, every row of which is the same; `rows` are there, whatever its head says."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    pixels = zlib.compress((b"\0" + row) * (height if rows is None else rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def gradient(mode: str, size: tuple[int, int] = (800, 400)) -> Image.Image:
    """Return an image that is dark above and light below."""
    return Image.linear_gradient("L").resize(size).convert(mode)


def saved(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def pixels(content: bytes) -> Image.Image:
    """Return a thumbnail as it is decoded, which must be a WebP."""
    image = Image.open(io.BytesIO(content))
    assert image.format == "WEBP"
    return image.convert("RGBA")


def near(pixel: Any, wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 6 for one, other in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [(mode, suffix) for suffix, modes in KINDS.items() for mode in modes],
)
def test_both_ways_of_making_one_show_the_same_in_small(mode: str, suffix: str, tmp_path: Path) -> None:
    path = saved(tmp_path / f"image.{suffix}", gradient(mode))
    for small in (pixels(thumbnail(path)), pixels(check(path, thumbnail=True).thumbnail)):
        assert small.size == (SIDE, SIDE // 2)
        assert near(small.getpixel((200, 2)), (2, 2, 2, 255))
        assert near(small.getpixel((200, 100)), (128, 128, 128, 255)) or mode == "1"
        assert near(small.getpixel((200, 197)), (253, 253, 253, 255))


@pytest.mark.parametrize("told", SIXTEEN_BITS)
def test_sixteen_bits_become_eight_and_not_white(told: str, tmp_path: Path) -> None:
    kind, channels = SIXTEEN_BITS[told]
    row = b"".join(struct.pack(">H", column * 65_535 // 499) * channels for column in range(500))
    path = tmp_path / "image.png"
    path.write_bytes(png(500, 100, kind=kind, row=row))
    small = pixels(thumbnail(path))
    red, *_, alpha = small.getpixel((200, 40))  # type: ignore[misc]  # a pixel of RGBA
    assert near((red,), (128,))
    assert near((alpha,), (128,) if "alpha" in told else (255,))


def test_what_is_transparent_stays_so(tmp_path: Path) -> None:
    image = gradient("RGB").convert("RGBA")
    image.paste((255, 0, 0, 0), (0, 0, 400, 400))
    small = pixels(thumbnail(saved(tmp_path / "alpha.png", image)))
    assert near((small.getpixel((50, 100))[3], small.getpixel((350, 100))[3]), (0, 255))  # type: ignore[index]


def test_a_transparent_colour_of_a_palette_stays_so(tmp_path: Path) -> None:
    image = Image.new("P", (800, 400), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 400, 400))
    small = pixels(thumbnail(saved(tmp_path / "palette.png", image, transparency=0)))
    assert near((small.getpixel((50, 100))[3],), (0,))  # type: ignore[index]
    assert near(small.getpixel((350, 100)), (0, 0, 255, 255))


@pytest.mark.parametrize(("suffix", "size"), [("jpg", (200, 400)), ("png", (200, 400)), ("webp", (400, 200))])
def test_it_is_turned_where_browsers_turn_the_image(suffix: str, size: tuple[int, int], tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = TURN_RIGHT
    path = saved(tmp_path / f"turned.{suffix}", gradient("RGB"), exif=exif)
    assert pixels(thumbnail(path)).size == size
    assert pixels(check(path, thumbnail=True).thumbnail).size == size


@pytest.mark.parametrize(
    ("size", "small"), [((30, 20), (30, 20)), ((4000, 1), (400, 1)), ((3, 3000), (1, 400)), ((400, 400), (400, 400))]
)
def test_it_is_never_larger_than_the_image_and_no_side_is_nothing(
    size: tuple[int, int], small: tuple[int, int], tmp_path: Path
) -> None:
    assert small_size(*size) == small
    assert pixels(thumbnail(saved(tmp_path / "image.png", Image.new("RGB", size)))).size == small


def test_a_check_without_a_thumbnail_makes_none(tmp_path: Path) -> None:
    assert check(saved(tmp_path / "image.png", gradient("RGB"))).thumbnail == b""


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"\0" * 50])
def test_what_is_no_image_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(content)
    with pytest.raises(ImageInvalid):
        thumbnail(path)


def test_an_image_that_is_cut_off_has_none(tmp_path: Path) -> None:
    path = saved(tmp_path / "image.png", gradient("RGB"))
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(ImageInvalid):
        thumbnail(path)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(20_000, 6_000, kind=0, row=b"\0\0", rows=1))
    with pytest.raises(ImageInvalid, match="at most 100,000,000"):
        thumbnail(path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_hostile_orientation_is_no_reason_to_fail(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"image.{suffix}"
    gradient("RGB").save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\xff\xff\xff\xff" * 20)
    facts = check(path, thumbnail=True)
    assert facts.width == 800
    assert pixels(facts.thumbnail).size in {(400, 200), (200, 400)}
