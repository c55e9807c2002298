"""A whole image passes, whatever its kind; one whose end is missing does not, even where every pixel is there."""

from __future__ import annotations

import contextlib
import struct
import threading
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageFile, WebPImagePlugin

from gen4flow.core.image import ImageInvalid
from gen4flow.images import check
from gen4flow.images.opening import decode, opened

KINDS = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@pytest.fixture(params=KINDS)
def image(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a flat image, whose pixels are complete long before its end."""
    path = tmp_path / f"image.{request.param}"
    Image.new("RGB", (64, 64), "teal").save(path)
    return path


def test_a_whole_image_passes(image: Path) -> None:
    facts = check(image)
    assert (facts.width, facts.height, facts.media_type) == (64, 64, KINDS[image.suffix[1:]])


def test_notes_behind_the_end_are_left_alone(image: Path) -> None:
    image.write_bytes(image.read_bytes() + b"written by another tool")
    assert check(image).width == 64


@pytest.mark.parametrize("missing", [1, 2, 4, 8, 12, 20])
def test_an_image_without_its_end_does_not(image: Path, missing: int) -> None:
    image.write_bytes(image.read_bytes()[:-missing])
    with pytest.raises(ImageInvalid):
        check(image)


def test_a_png_with_one_changed_bit_does_not_pass_even_where_it_can_be_decoded(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    Image.linear_gradient("L").save(path, compress_level=1, compress_type=zlib.Z_RLE)
    whole, decoded = path.read_bytes(), 0
    for place in range(60, len(whole) - 16, 5):  # within the pixels
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        decoded += decodes(path)
        with pytest.raises(ImageInvalid):
            check(path)
    assert decoded  # the decoder alone would have let some through


def test_a_png_whose_palette_is_missing_does_not_pass(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    Image.new("P", (64, 64), 5).save(path)
    whole = path.read_bytes()
    start = whole.index(b"PLTE") - 4
    path.write_bytes(whole[:start] + whole[start + 12 + int.from_bytes(whole[start : start + 4]) :])
    assert decodes(path)
    with pytest.raises(ImageInvalid, match="palette"):
        check(path, thumbnail=True)


@pytest.mark.parametrize("error", [AssertionError, TypeError, struct.error, zlib.error])
def test_whatever_a_decoder_stumbles_over_is_a_damaged_image(
    image: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def stumble(*_: object) -> None:
        raise error("?")

    monkeypatch.setattr(ImageFile.ImageFile, "load", stumble)
    monkeypatch.setattr(WebPImagePlugin.WebPImageFile, "load", stumble)
    with pytest.raises(ImageInvalid, match="damaged"):
        check(image)


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        ({"format": "PNG"}, 8_800),
        ({"format": "WEBP", "quality": 1, "method": 0}, 5100),
        ({"format": "JPEG", "progressive": True}, 6400),
    ],
)
def test_an_image_that_takes_more_memory_than_its_pixels_is_refused_before_it_is_decoded(
    tmp_path: Path, kind: dict[str, object], side: int
) -> None:
    path = tmp_path / "image"
    Image.new("L" if kind["format"] == "JPEG" else "RGB", (side, side)).save(path, **kind)  # type: ignore[arg-type]
    with pytest.raises(ImageInvalid, match="MB to decode"):
        check(path)


def test_one_large_image_is_open_at_a_time(tmp_path: Path) -> None:
    path, seen = tmp_path / "image.png", []
    Image.new("L", (4000, 4000)).save(path, compress_level=1)

    def look() -> None:
        with opened(path) as image:
            seen.append("opened")
            decode(image)
            time.sleep(0.05)
            seen.append("done")

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["opened", "done"] * 3


def decodes(path: Path) -> bool:
    with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as image:
        image.load()
        return True
    return False
