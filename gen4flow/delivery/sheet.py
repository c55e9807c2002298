"""A contact sheet: pictures side by side in one PNG, each with what tells it apart beneath it.

The same pictures, captions and letters give the same bytes.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Protocol

from gen4flow.core.framing import Framing, Size
from gen4flow.core.image import ImageInvalid
from gen4flow.core.marks import Marks
from gen4flow.delivery.encoding import Picture
from gen4flow.delivery.marking import mark
from gen4flow.delivery.picture import source

PAPER, INK, FAINT, EMPTY = "#ffffff", "#16181d", "#5c6370", "#e9eaec"
MAX_PIXELS = 100_000_000  # of a sheet: what is larger, few programs open
MAX_LINES = 3  # beneath a picture
PLAIN = "image/jpeg"  # a sheet has no transparent parts: pictures are put on paper


class Letters(Protocol):
    """How text is drawn: which of it can be, how wide it is, and where its baseline begins; sizes in pixels."""

    def readable(self, text: str) -> str:
        """Return a text in letters that can be drawn, on one line."""

    def width(self, text: str, size: int) -> float:
        """Return the width of a line."""

    def write(self, pen: Picture, at: tuple[float, float], text: str, size: int, ink: str) -> None:
        """Draw a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One picture of a sheet: what reads its bytes (raising OSError), and what tells it apart."""

    read: Callable[[], bytes]
    caption: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where everything goes, in pixels: `side` is the room of a picture, square."""

    count: int
    columns: int
    side: int

    @classmethod
    def of(cls, count: int, columns: int | None, side: int) -> Grid:
        """Return the grid of so many pictures; without columns, about as wide as high."""
        return cls(count=count, columns=min(columns or ceil(sqrt(count)), count), side=side)

    @property
    def gap(self) -> int:
        """Return the room between pictures."""
        return max(8, self.side // 16)

    @property
    def type_size(self) -> int:
        """Return the height of letters."""
        return max(11, self.side // 22)

    @property
    def leading(self) -> int:
        """Return the height of a line."""
        return round(self.type_size * 1.35)

    @property
    def head(self) -> int:
        """Return the height of what stands above the pictures."""
        return self.gap + 2 * self.leading

    @property
    def size(self) -> Size:
        """Return width and height of the sheet."""
        rows = ceil(self.count / self.columns)
        height = self.head + rows * (self.side + MAX_LINES * self.leading + self.gap) + self.gap
        return self.columns * (self.side + self.gap) + self.gap, height

    def place(self, number: int) -> Size:
        """Return where the room of a picture begins."""
        row, column = divmod(number, self.columns)
        across = self.gap + column * (self.side + self.gap)
        return across, self.head + row * (self.side + MAX_LINES * self.leading + self.gap)


def contact_sheet(tiles: Sequence[Tile], grid: Grid, *, title: str, letters: Letters, marks: Marks) -> bytes:
    """Return the sheet as a PNG with its marks; a picture that can't be read is an empty place that says so."""
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", grid.size, PAPER)
    pen = ImageDraw.Draw(sheet)
    _line(pen, letters, title, (grid.gap, grid.gap + grid.leading), grid, INK, grid.size[0] - 2 * grid.gap)
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="sheet") as pool:
        for number, (tile, small) in enumerate(zip(tiles, _small(pool, tiles, grid.side), strict=True)):
            left, top = grid.place(number)
            if small is None:
                pen.rectangle((left, top, left + grid.side - 1, top + grid.side - 1), fill=EMPTY)
                _line(pen, letters, "can't be read", (left + grid.gap, top + grid.side // 2), grid, FAINT, grid.side)
            else:
                sheet.paste(small, (left + (grid.side - small.width) // 2, top + (grid.side - small.height) // 2))
            for row, line in enumerate(tile.caption[:MAX_LINES]):
                ink = INK if row == 0 else FAINT
                place = (left, top + grid.side + (row + 1) * grid.leading)
                _line(pen, letters, line, place, grid, ink, grid.side)
    file = io.BytesIO()
    sheet.save(file, "PNG", compress_level=6)
    return mark(file.getvalue(), "image/png", marks).content


def _small(pool: ThreadPoolExecutor, tiles: Sequence[Tile], side: int) -> Iterator[Picture]:
    """Yield pictures in the size of their room, in order, a few ahead of the one that is asked for."""
    ahead = 4 * (os.cpu_count() or 1)
    for start in range(0, len(tiles), ahead):
        yield from pool.map(lambda tile: _fitted(tile, side), tiles[start : start + ahead])


def _fitted(tile: Tile, side: int) -> Picture | None:
    """Return a picture no larger than its room, None where it can't be had."""
    try:
        with source(tile.read()) as opened:
            width, height = opened.size
            scale = min(1.0, side / max(width, height))
            size = max(1, round(width * scale)), max(1, round(height * scale))
            return opened.framed(Framing(box=(0, 0, width, height), size=size), PLAIN, PAPER)
    except (OSError, ImageInvalid):
        return None


def _line(pen: Picture, letters: Letters, text: str, at: Size, grid: Grid, ink: str, room: int) -> None:
    """Draw a line, cut with an ellipsis where it is wider than its room."""
    text = letters.readable(text)
    if letters.width(text, grid.type_size) > room:
        while text and letters.width(f"{text}...", grid.type_size) > room:
            text = text[:-1]
        text = f"{text.rstrip()}..."
    letters.write(pen, at, text, grid.type_size, ink)
