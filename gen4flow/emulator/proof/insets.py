"""Reference images in place: each as a print that lies on the proof, with a caption."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageOps

from gen4flow.emulator.proof.colours import FAINT_INK, INK, PAPER
from gen4flow.emulator.proof.frame import Frame
from gen4flow.emulator.proof.lettering import Style, cut, shorten
from gen4flow.emulator.proof.typefaces import Face, readable, write

MAX_PIXELS = 40_000_000  # of a reference; more is not decoded
FORMATS = ("PNG", "JPEG", "WEBP")
SIDE_SHARES = {1: 0.34, 2: 0.29, 3: 0.265}  # by their number: a reference's longer side, of the picture's shorter one
BORDER_SHARE, CAPTION_SHARE, GAP_SHARE = 0.010, 0.0225, 0.016
EMPTY = (214, 216, 219)
NARROWEST = 0.45  # of its longer side, a print is at least this wide and high


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference image: where it is from, and its file where the emulator has it."""

    name: str
    content: bytes | None = None


def row_size(frame: Frame, count: int) -> tuple[int, int]:
    """Return the width and the height that so many references may take above the slug, with the room around them."""
    if not count:
        return 0, 0
    side = _side(frame, count) + 2 * round(BORDER_SHARE * frame.unit)
    gap = round(GAP_SHARE * frame.unit)
    return frame.margin + count * (side + gap) + gap, side + 2 * gap + round(1.25 * CAPTION_SHARE * frame.unit)


def _side(frame: Frame, count: int) -> int:
    return round(SIDE_SHARES[min(3, count)] * frame.unit)


def draw_insets(canvas: Image.Image, frame: Frame, references: Sequence[Reference], *, on_left: bool) -> None:
    """Lay the references side by side above the slug, at the side where the subject is not."""
    prints = [
        _print(frame, number, reference, _side(frame, len(references)))
        for number, reference in enumerate(references, 1)
    ]
    gap = round(GAP_SHARE * frame.unit)
    x = frame.margin if on_left else frame.width - frame.margin - sum(each.width + gap for each in prints) + gap
    for each in prints:
        y = frame.live_height - each.height - gap
        shadow = (x + gap // 3, y + gap // 3, x + each.width + gap // 4, y + each.height + gap // 4)
        ImageDraw.Draw(canvas, "RGBA").rectangle(shadow, fill=(10, 12, 16, 90))
        canvas.paste(each, (x, y))
        x += each.width + gap


def _print(frame: Frame, number: int, reference: Reference, side: int) -> Image.Image:
    border = round(BORDER_SHARE * frame.unit)
    picture = _thumbnail(reference, side) or _stand_in(frame, reference, side)
    style = Style(face=Face.STRONG, size=round(CAPTION_SHARE * frame.unit), width=picture.width)
    sheet = Image.new("RGB", (picture.width + 2 * border, picture.height + 2 * border + style.leading), PAPER)
    sheet.paste(picture, (border, border))
    baseline = sheet.height - border - round(0.1 * style.size)
    # Its number, as prompts count references: an upload's name is often a hash.
    write(ImageDraw.Draw(sheet), (border, baseline), shorten(f"ref {number}", style), style.face, style.size, fill=INK)
    return sheet


def _thumbnail(reference: Reference, side: int) -> Image.Image | None:
    """Return a reference in small, or None where it is not there or not to be decoded."""
    if reference.content is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of files that are slightly out of order
            return _decoded(reference.content, side)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, ArithmeticError, LookupError, TypeError):
        return None  # a stranger's bytes: Pillow has many words for what is wrong with them
    except Image.DecompressionBombError:
        return None


def _decoded(content: bytes, side: int) -> Image.Image | None:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            return None
        image.draft("RGB", (2 * side, 2 * side))  # a JPEG is decoded in the size that is needed
        image.thumbnail((4 * side, 4 * side), Image.Resampling.BOX)
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    ground = Image.new("RGBA", upright.size, PAPER)
    ground.alpha_composite(upright)
    small = ImageOps.contain(ground.convert("RGB"), (side, side), Image.Resampling.BICUBIC)
    least = round(NARROWEST * side)
    if min(small.size) >= least:
        return small
    return ImageOps.pad(small, (max(small.width, least), max(small.height, least)), color=EMPTY)


def _stand_in(frame: Frame, reference: Reference, side: int) -> Image.Image:
    """Return an empty print that names the reference."""
    sheet = Image.new("RGB", (side, side), EMPTY)
    pen = ImageDraw.Draw(sheet)
    pen.line((0, 0, side, side), fill=(190, 193, 198), width=max(1, frame.unit // 540))
    pen.line((0, side, side, 0), fill=(190, 193, 198), width=max(1, frame.unit // 540))
    style = Style(face=Face.REGULAR, size=round(0.85 * CAPTION_SHARE * frame.unit), width=round(0.88 * side))
    lines = cut(readable(reference.name[:200]).text, style, limit=5)
    y = (side - style.leading * len(lines)) // 2
    for number, line in enumerate(lines):
        write(
            pen,
            (round(0.06 * side), y + number * style.leading + style.size),
            line,
            style.face,
            style.size,
            fill=FAINT_INK,
        )
    return sheet
