"""A whole image passes, whatever its kind; one whose end is missing does not, even where every pixel is there."""

from __future__ import annotations

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
