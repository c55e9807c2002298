"""Files made for placements: their pixels, sizes, formats and byte limits, with the marks in every one of them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageStat

from gen4flow.core.copies import Copy, Made, NotMade
from gen4flow.core.deliverable import FORMATS, Deliverable
from gen4flow.core.image import Image as Original
from gen4flow.core.marks import Marked
from gen4flow.core.problem import Mark
from gen4flow.delivery.making import make
from gen4flow.delivery.marking import original_candidates, read_marks
from tests.delivery.pictures import MARKS, TYPES, exiftool, picture, pixels, with_credentials

SIZE = (240, 320)
NOWHERE = Mark(file="")


def photograph(kind: str = "png", mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture that weighs something: no two pixels alike."""
    noise = Image.effect_noise(SIZE, 60)
    image = Image.merge("RGB", [noise, noise.rotate(90).resize(SIZE), noise.rotate(180)]).convert(mode)
    file = io.BytesIO()
    image.save(file, kind.upper(), **options)
    return file.getvalue()


PHOTOGRAPH = photograph()


def wish(name: str = "x", **facts: Any) -> Deliverable:
    """Return a deliverable with these facts; `format` is a word, as in a recipe."""
    word = facts.pop("format", None)
    return Deliverable(name=name, media_type=FORMATS.get(word) if word else None, mark=NOWHERE, **facts)


def copy_of(content: bytes, way: Deliverable | None, media_type: str = "image/png") -> Copy:
    """Return a copy that is wanted of an original."""
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
    original = Original(
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        width=width,
        height=height,
        media_type=media_type,
    )
    return Copy(path="x", original=original, marks=MARKS, made="a" * 64, deliverable=way)


def made(content: bytes, media_type: str = "image/png", **facts: Any) -> Made:
    """Return the one file that is made of an original."""
    (found,) = make(content, [copy_of(content, wish(**facts), media_type)])
    assert isinstance(found, Made), found
    return found


def refused(content: bytes, **facts: Any) -> NotMade:
    """Return why nothing is made of an original."""
    (found,) = make(content, [copy_of(content, wish(**facts))])
    assert isinstance(found, NotMade)
    return found


def opened(content: bytes) -> Image.Image:
    """Return a picture with its pixels."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def close(first: Sequence[float], second: Sequence[float], most: float) -> bool:
    return all(abs(one - other) <= most for one, other in zip(first, second, strict=True))


def test_exiftool_reads_the_marks_in_every_format_made_from_every_format(tmp_path: Path) -> None:
    for kind, media_type in TYPES.items():
        content = photograph(kind)
        ways = [wish(format=word, width=100, crop=Fraction(4, 5)) for word in FORMATS]
        copies = [copy_of(content, way, media_type) for way in [None, *ways]]
        for number, one in enumerate(make(content, copies)):
            assert isinstance(one, Made)
            assert one.marks is Marked.EMBEDDED
            (tmp_path / f"{kind}{number}").write_bytes(one.content)
    found = exiftool(*sorted(tmp_path.iterdir()))
    assert len(found) == 12
    for told in found:
        assert told["XMP-iptcExt:DigitalSourceType"].endswith("/trainedAlgorithmicMedia")
        assert told["XMP-gen4flow:Key"] == MARKS.key
        assert told["XMP-gen4flow:Seed"] == 7
        assert told["ExifTool:Validate"] == "OK", told


@pytest.mark.parametrize("word", FORMATS)
def test_a_file_is_of_the_format_and_size_that_was_asked_for(word: str) -> None:
    found = made(PHOTOGRAPH, format=word, width=120, height=90)
    image = opened(found.content)
    assert (image.format, image.size) == (word.upper(), (120, 90))
    assert (found.width, found.height) == (120, 90)
    assert found == made(PHOTOGRAPH, format=word, width=120, height=90)


def test_a_part_that_keeps_its_size_keeps_its_pixels() -> None:
    found = opened(made(PHOTOGRAPH, crop=Fraction(1), focus=(0.5, 0.0)).content)
    assert found.tobytes() == opened(PHOTOGRAPH).crop((0, 0, 240, 240)).tobytes()


@pytest.mark.parametrize("kind", TYPES)
def test_what_asks_for_nothing_new_is_the_original_with_its_marks(kind: str) -> None:
    content = photograph(kind)
    found = made(content, TYPES[kind], format=kind, width=240)
    assert pixels(found.content) == pixels(content)
    assert content in list(original_candidates(found.content, TYPES[kind]))


def test_a_signed_picture_that_asks_for_nothing_new_stays_signed_and_another_is_a_new_picture() -> None:
    content = with_credentials("png")
    itself, smaller = make(content, [copy_of(content, wish()), copy_of(content, wish(width=20))])
    assert isinstance(itself, Made)
    assert isinstance(smaller, Made)
    assert (itself.content, itself.marks) == (content, Marked.SIDECAR)
    assert smaller.marks is Marked.EMBEDDED
    assert not read_marks(smaller.content, "image/png").credentials


@pytest.mark.parametrize("word", ["jpeg", "webp"])
def test_a_byte_limit_is_kept_with_the_highest_quality_that_keeps_it(word: str) -> None:
    free = len(made(PHOTOGRAPH, format=word).content)
    for most in (free, free - 1, free * 3 // 4, free // 2):
        found = made(PHOTOGRAPH, format=word, max_bytes=most)
        assert len(found.content) <= most
        assert read_marks(found.content, FORMATS[word]).key == MARKS.key
        sizes = [len(made(PHOTOGRAPH, format=word, quality=quality).content) for quality in range(20, 86)]
        best = max(size for size in sizes if size <= most)
        assert len(found.content) >= best * 0.97  # sizes do not grow strictly with quality
    assert len(made(PHOTOGRAPH, format=word, max_bytes=free).content) == free


@pytest.mark.parametrize("word", FORMATS)
def test_a_limit_that_nothing_keeps_is_said_with_what_was_reached(word: str) -> None:
    told = refused(PHOTOGRAPH, name="web", format=word, max_bytes=900)
    assert told.message.startswith("deliver web: it has ")
    assert told.message.endswith("and max_bytes is 900")


def test_a_png_is_packed_better_before_a_limit_is_given_up() -> None:
    content = picture("png")
    plain = made(content, width=50)
    assert len(made(content, width=50, max_bytes=len(plain.content) - 1).content) < len(plain.content)


def test_a_quality_that_was_asked_for_is_the_highest_that_is_tried() -> None:
    low = made(PHOTOGRAPH, format="jpeg", quality=30)
    assert len(low.content) < len(made(PHOTOGRAPH, format="jpeg").content)
    assert made(PHOTOGRAPH, format="jpeg", quality=30, max_bytes=10**6).content == low.content


def test_an_image_that_came_smaller_than_planned_is_never_enlarged_in_silence() -> None:
    told = refused(PHOTOGRAPH, name="web", width=241)
    assert told.message == "deliver web: 241x321 from an image of 240x320: it would be enlarged"
    assert opened(made(PHOTOGRAPH, width=241, upscale=True).content).size == (241, 321)


def test_transparent_parts_get_the_background_in_a_jpeg_and_stay_elsewhere() -> None:
    image = Image.new("RGBA", (40, 40), (255, 0, 0, 255))
    image.paste((0, 0, 255, 0), (0, 0, 20, 40))
    file = io.BytesIO()
    image.save(file, "PNG")
    flat = opened(made(file.getvalue(), format="jpeg", background="#00ff00", quality=95).content).convert("RGB")
    assert close(flat.getpixel((5, 20)), (0, 255, 0), 12)  # type: ignore[arg-type]  # three numbers
    assert close(flat.getpixel((35, 20)), (255, 0, 0), 12)  # type: ignore[arg-type]
    white = opened(made(file.getvalue(), format="jpeg", quality=95).content).convert("RGB")
    assert close(white.getpixel((5, 20)), (255, 255, 255), 4)  # type: ignore[arg-type]
    for word in ("png", "webp"):
        clear = opened(made(file.getvalue(), format=word, width=20).content)
        assert clear.mode == "RGBA"
        assert clear.getpixel((4, 10))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_that_its_file_turns_is_delivered_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = photograph("jpeg", exif=exif, quality=95)
    found = opened(made(content, "image/jpeg", format="png").content)
    assert found.size == (SIZE if orientation < 5 else SIZE[::-1])
    assert made(content, "image/jpeg").width == found.width


def test_colours_of_its_own_become_those_that_every_platform_knows() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = photograph(icc_profile=profile)
    found = opened(made(content, width=240).content)
    assert "icc_profile" not in found.info
    assert close(ImageStat.Stat(found).mean, ImageStat.Stat(opened(PHOTOGRAPH)).mean, 2)
    assert opened(made(photograph(icc_profile=b"no profile"), width=100).content).size == (100, 133)


def test_pictures_of_every_mode_are_delivered_in_every_format() -> None:
    deep = Image.new("I;16", (64, 64))
    deep.putdata([257 * (n % 64) * 4 for n in range(64 * 64)])
    palette = Image.linear_gradient("L").resize((64, 64)).convert("P")
    palette.info["transparency"] = 0
    sources = {
        "deep": (deep, "PNG"),
        "palette": (palette, "PNG"),
        "one bit": (Image.new("1", (64, 64), 1), "PNG"),
        "grey": (Image.linear_gradient("L").resize((64, 64)), "PNG"),
        "inks": (Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG"),
    }
    for name, (image, kind) in sources.items():
        file = io.BytesIO()
        image.save(file, kind)
        for word in FORMATS:
            found = opened(made(file.getvalue(), f"image/{kind.lower()}", format=word, width=32).content)
            assert (found.size, found.format) == ((32, 32), word.upper()), (name, word)
    file = io.BytesIO()
    deep.save(file, "PNG")
    assert opened(made(file.getvalue(), width=32).content).getextrema()[1] > 200  # type: ignore[operator]  # one band


def test_an_original_that_is_damaged_is_said_to_be_that() -> None:
    copies = [copy_of(PHOTOGRAPH, wish(width=10)), copy_of(PHOTOGRAPH, wish(height=10))]
    for one in make(PHOTOGRAPH[:4000], copies):
        assert isinstance(one, NotMade)
        assert "damaged" in one.message
