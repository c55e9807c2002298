"""The letters of contact sheets: Pillow's own typeface, the same on every machine."""

from __future__ import annotations

import functools
import unicodedata
from typing import Any

SIGNS = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "×": "x", "…": "...", "ß": "ss"})


class PlainLetters:
    """Letters of a typeface that has ASCII alone: accents are dropped, what else it lacks is a question mark."""

    def readable(self, text: str) -> str:
        """Return a text in letters that can be drawn, on one line."""
        sound = text.translate(SIGNS).encode("utf-8", "replace").decode()
        bare = (sign for sign in unicodedata.normalize("NFKD", sound) if not unicodedata.combining(sign))
        return " ".join("".join(sign if " " < sign <= "~" else " " if sign.isspace() else "?" for sign in bare).split())

    def width(self, text: str, size: int) -> float:
        """Return the width of a line in pixels."""
        return float(_font(size).getlength(text))

    def write(self, pen: Any, at: tuple[float, float], text: str, size: int, ink: str) -> None:
        """Draw a line whose baseline begins at a point."""
        pen.text(at, text, font=_font(size), fill=ink, anchor="ls")


@functools.lru_cache(maxsize=8)
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)
