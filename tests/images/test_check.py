"""A whole image passes, whatever its kind; one whose end is missing does not, even where every pixel is there."""

from __future__ import annotations

import contextlib
import zlib
from pathlib import Path

import pytest
from PIL import Image

from gen4flow.core.image import ImageInvalid
from gen4flow.images import check

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


def decodes(path: Path) -> bool:
    with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as image:
        image.load()
        return True
    return False
