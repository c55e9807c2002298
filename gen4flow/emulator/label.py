"""What a proof says about itself: the word PROOF, the prompt, the parameters."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from gen4flow.emulator.palette import INK, PAPER

MARK = "PROOF"
SHOWN_CHARACTERS = 800  # of a longer prompt, the start is enough
FAINT = 70  # the shade of the parameters
# Heights of a prompt's line, as shares of the shorter side: the largest that fits is taken
LINE_SHARES = (0.062, 0.052, 0.044, 0.037, 0.031, 0.026, 0.022)
FACTS_SHARE = 0.027
STAMP_SHARE = 0.056
PROMPT_SHARE = 0.42  # of the picture's height, the prompt takes this much at most

PLAIN_SIGNS = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "×": "x",
        "•": "-",
        "→": "->",
        "ß": "ss",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Text broken into lines that fit: the size of its type in pixels, and the height of a line."""

    lines: tuple[str, ...]
    type_size: int

    @property
    def leading(self) -> int:
        """The distance from line to line in pixels."""
        return round(self.type_size * 1.3)

    @property
    def height(self) -> int:
        """The height of all lines in pixels."""
        return self.leading * len(self.lines)


@functools.lru_cache(maxsize=32)
def font(type_size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own typeface in a size."""
    return ImageFont.load_default(type_size)


def draw_label(image: Image.Image, *, prompt: str, facts: list[str]) -> None:
    """Draw a card at the foot of the picture, and the mark at its head."""
    width, height = image.size
    unit = min(width, height)
    margin, padding = round(0.045 * unit), round(0.04 * unit)
    inner = width - 2 * (margin + padding)
    words = fit(_printable(prompt), width=inner, height=round(PROMPT_SHARE * height), unit=unit)
    note_size = round(FACTS_SHARE * unit)
    notes = Block(lines=tuple(_pack(facts, inner, note_size)), type_size=note_size)
    card_height = 2 * padding + words.height + padding // 2 + notes.height
    top = height - margin - card_height
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((margin, top, width - margin, height - margin), radius=round(0.022 * unit), fill=PAPER)
    _write(pen, words, x=margin + padding, y=top + padding, shade=INK)
    _write(pen, notes, x=margin + padding, y=top + padding + words.height + padding // 2, shade=FAINT)
    _stamp(pen, x=margin, y=margin, type_size=round(STAMP_SHARE * unit))


def _stamp(pen: ImageDraw.ImageDraw, *, x: int, y: int, type_size: int) -> None:
    """Draw the mark in its box."""
    text = " ".join(MARK)
    pad_x, pad_y = round(0.55 * type_size), round(0.38 * type_size)
    left, up, right, down = pen.textbbox((0, 0), text, font=font(type_size))
    box = (x, y, x + right - left + 2 * pad_x, y + down - up + 2 * pad_y)
    pen.rounded_rectangle(box, radius=round(0.25 * type_size), fill=INK)
    pen.text((x + pad_x - left, y + pad_y - up), text, font=font(type_size), fill=PAPER)


def fit(text: str, *, width: int, height: int, unit: int) -> Block:
    """Break text into lines in the largest type that fits into a box; where none does, cut it with dots."""
    for share in LINE_SHARES:
        block = Block(
            lines=tuple(wrap(text, width=width, type_size=round(share * unit))), type_size=round(share * unit)
        )
        if block.height <= height:
            return block
    room = max(1, height // block.leading)
    return Block(lines=(*block.lines[: room - 1], block.lines[room - 1][:-3] + "..."), type_size=block.type_size)


def wrap(text: str, *, width: int, type_size: int) -> list[str]:
    """Break text between words, and a word that is wider than a line within it."""
    space = _width(" ", type_size)
    lines: list[str] = []
    room = 0.0
    for piece in _pieces(text, width=width, type_size=type_size):
        taken = _width(piece, type_size)
        if lines and taken + space <= room:
            lines[-1] += f" {piece}"
            room -= taken + space
        else:
            lines.append(piece)
            room = width - taken
    return lines or [""]


def _pieces(text: str, *, width: int, type_size: int) -> Iterator[str]:
    for word in text.split():
        if _width(word, type_size) <= width:
            yield word
        else:
            yield from _broken(word, width=width, type_size=type_size)


def _broken(word: str, *, width: int, type_size: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and _width(pieces[-1] + character, type_size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _pack(facts: list[str], width: int, type_size: int) -> list[str]:
    """Put facts side by side as long as they fit, and the rest on further lines."""
    lines = [facts[0]]
    for fact in facts[1:]:
        longer = f"{lines[-1]}   |   {fact}"
        if _width(longer, type_size) <= width:
            lines[-1] = longer
        else:
            lines.append(fact)
    return lines


def _width(text: str, type_size: int) -> float:
    return font(type_size).getlength(text)


def _write(pen: ImageDraw.ImageDraw, block: Block, *, x: int, y: int, shade: int) -> None:
    for number, line in enumerate(block.lines):
        pen.text((x, y + number * block.leading), line, font=font(block.type_size), fill=shade)


def _printable(text: str) -> str:
    """Return the start of a text in the characters that Pillow's typeface has, as far as they can be had.

    It has ASCII alone: accents are dropped, typographic signs replaced; what is left over is drawn as a box.
    Control characters become spaces, halves of surrogate pairs question marks.
    """
    start = text[:SHOWN_CHARACTERS] + ("..." if len(text) > SHOWN_CHARACTERS else "")
    sound = start.translate(PLAIN_SIGNS).encode("utf-8", "replace").decode()
    plain = (each for each in unicodedata.normalize("NFKD", sound) if not unicodedata.combining(each))
    return "".join(character if character.isprintable() else " " for character in plain)
