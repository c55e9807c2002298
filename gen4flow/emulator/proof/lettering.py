"""Breaks text into lines: between words, beside Chinese and Japanese characters, and within too wide words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gen4flow.emulator.proof.typefaces import Face, is_east_asian, width

ELLIPSIS = "…"
LEADING = 1.25  # the distance from line to line, in sizes of the type
NEVER_FIRST = "、。，．！？；：）」』】〉》ー々…)]},.;:!?"  # no line begins with one of these


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How lines are set: their typeface, its size in pixels, and the width that they have."""

    face: Face
    size: int
    width: int

    @property
    def leading(self) -> int:
        """The distance from line to line in pixels."""
        return round(self.size * LEADING)

    def measure(self, text: str) -> float:
        """Return the width of a line in pixels."""
        return width(text, self.face, self.size)


def set_lines(text: str, style: Style, *, limit: int) -> tuple[list[str], str]:
    """Break a text into at most `limit` lines and return them, and the text that is left over."""
    lines: list[str] = []
    pieces = list(_pieces(text, style))
    for number, piece in enumerate(pieces):
        if lines and _fits(lines[-1] + piece, style):
            lines[-1] += piece
        elif len(lines) == limit:
            return [line.rstrip() for line in lines], "".join(pieces[number:]).strip()
        else:
            lines.append(piece.lstrip())
    return [line.rstrip() for line in lines], ""


def cut(text: str, style: Style, *, limit: int) -> list[str]:
    """Break a text into at most `limit` lines; what is left over becomes an ellipsis."""
    lines, rest = set_lines(text, style, limit=limit)
    return [*lines[:-1], shorten(lines[-1] + ELLIPSIS, style)] if rest and lines else lines


def shorten(line: str, style: Style) -> str:
    """Return a line that fits, with an ellipsis at its end if something had to go."""
    if _fits(line, style):
        return line
    kept = line.removesuffix(ELLIPSIS)
    while kept and not _fits(kept + ELLIPSIS, style):
        kept = kept[:-1]
    return kept.rstrip(" ,;:.-") + ELLIPSIS


def _fits(line: str, style: Style) -> bool:
    return style.measure(line.rstrip()) <= style.width


def _pieces(text: str, style: Style) -> Iterator[str]:
    """Yield what may stand at the end of a line: words with the space after them, single characters, broken words."""
    for word in text.split():
        parts = list(_parts(word))
        for part in parts[:-1]:
            yield from _broken(part, style)
        yield from _broken(parts[-1] + " ", style)


def _parts(word: str) -> Iterator[str]:
    """Yield a word in parts between which a line may end."""
    part = ""
    for character in word:
        breaks = part and (is_east_asian(character) or is_east_asian(part[-1])) and character not in NEVER_FIRST
        if breaks:
            yield part
            part = ""
        part += character
    yield part


def _broken(part: str, style: Style) -> Iterator[str]:
    """Yield a part whole if it fits into a line, and otherwise in pieces that do."""
    if _fits(part, style):
        yield part
        return
    piece = ""
    for character in part:
        if piece and not _fits(piece + character, style):
            yield piece
            piece = ""
        piece += character
    yield piece
