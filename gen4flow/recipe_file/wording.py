"""How names, values and suggestions are worded in messages about a recipe."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from gen4flow.core.values import scalar_text
from gen4flow.recipe_file.document import KeyPath

MAX_SHOWN = 60  # characters of a value


def shown(value: object) -> str:
    """Return a value for a message: short, on one line, without characters that a terminal acts on."""
    if isinstance(value, str):
        return repr(value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…")
    if value is None or isinstance(value, int | float):
        return scalar_text(value)[:MAX_SHOWN]
    return kind(value)


def kind(value: object) -> str:
    """Return what sort of value it is, and the value itself where that is short."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, bool):
        return shown(value)
    return f"the number {shown(value)}"


def place_name(path: KeyPath) -> str:
    """Return the dotted name of a place in the recipe."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{_key(part)}"
    return name.removeprefix(".") or "the recipe"


def _key(text: str) -> str:
    """Return a key for a dotted name: quoted where it is no plain word."""
    return text if text.isascii() and text.replace("-", "_").isidentifier() else shown(text)


def listed(words: Iterable[str]) -> str:
    """Return words with commas between them."""
    return ", ".join(words)


def close_to(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that is most like the one written, if any is."""
    near = difflib.get_close_matches(word[:MAX_SHOWN], known, n=1)
    return near[0] if near else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return the question that names the nearest known word, empty when none is near."""
    near = close_to(word, known)
    return f"did you mean {near}?" if near else ""
