"""The typefaces that the package brings along, and what they can show: the same letters on every machine.

Inter has the Latin, Greek and Cyrillic letters, Droid Sans Fallback the common Chinese, Japanese and Korean ones. What
neither has is written in Latin letters (anyascii), and the proof says so: joined and right-to-left scripts need a
layout engine that Pillow has only where the system brings fribidi.
"""

from __future__ import annotations

import enum
import functools
import itertools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anyascii import anyascii
from PIL import ImageDraw, ImageFont

FOLDER = Path(__file__).parent / "fonts"
PROBE_SIZE = 24  # pixels; large enough for two different letters to look different
NO_LETTER = "\U0010ffff"  # no typeface has it, so it looks like what is missing


class Face(enum.Enum):
    """One typeface: the name of its file."""

    REGULAR = "Inter-Regular"
    STRONG = "Inter-SemiBold"
    EAST_ASIAN = "DroidSansFallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A text in letters that can be shown; `respelled` tells that some of them stand for others."""

    text: str
    respelled: bool


@functools.lru_cache(maxsize=64)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """Return a typeface in a size in pixels."""
    # The basic layout: the other one is there on some machines alone, and spaces letters otherwise.
    return ImageFont.truetype(FOLDER / f"{face.value}.woff", size, layout_engine=ImageFont.Layout.BASIC)


@functools.lru_cache(maxsize=4096)
def has(face: Face, character: str) -> bool:
    """Tell whether a typeface has a character, by looking whether it is drawn as a missing one."""
    return _look(face, character) != _look(face, NO_LETTER)


def _look(face: Face, character: str) -> tuple[tuple[int, int], bytes]:
    mask = font(face, PROBE_SIZE).getmask(character)
    return mask.size, bytes(mask)


def readable(text: str) -> Readable:
    """Return a text in the letters of the typefaces: one line, no controls, nothing that would be drawn as a box."""
    sound = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    written, respelled = [], False
    for character in sound:
        if character.isspace() or unicodedata.category(character) == "Cc":
            written.append(" ")
        elif unicodedata.category(character) in ("Cf", "Mn", "Me") and not has(Face.REGULAR, character):
            respelled |= unicodedata.category(character) == "Mn"
        elif _face(character) is not None:
            written.append(character)
        else:
            # Some letters are silent in the Latin spelling; a sign that has none must not go unnoticed.
            written.append(anyascii(character) or ("" if character.isalpha() else "?"))
            respelled = True
    return Readable(text=" ".join("".join(written).split()), respelled=respelled)


@functools.lru_cache(maxsize=4096)
def _face(character: str) -> Face | None:
    return next((face for face in (Face.REGULAR, Face.EAST_ASIAN) if character == " " or has(face, character)), None)


def is_east_asian(character: str) -> bool:
    """Tell whether a line may be broken beside a character that is no space."""
    return _face(character) is Face.EAST_ASIAN


def width(text: str, face: Face, size: int) -> float:
    """Return the width of a line in pixels."""
    return sum(_advance(face, size, character) for character in text)


@functools.lru_cache(maxsize=16_384)
def _advance(face: Face, size: int, character: str) -> float:
    # Letters don't move closer to each other in the basic layout, so that a line is as wide as they are together.
    return font(Face.EAST_ASIAN if is_east_asian(character) else face, size).getlength(character)


def write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, face: Face, size: int, **ink: object) -> None:
    """Draw a line whose baseline starts at a point; `ink` is what Pillow's `text` takes."""
    x, y = at
    for each, run in _runs(text, face):
        pen.text((x, y), run, font=font(each, size), anchor="ls", **ink)  # type: ignore[arg-type]
        x += font(each, size).getlength(run)


def _runs(text: str, face: Face) -> Iterator[tuple[Face, str]]:
    """Yield the text in pieces of one typeface each."""
    for east_asian, run in itertools.groupby(text, is_east_asian):
        yield Face.EAST_ASIAN if east_asian else face, "".join(run)
