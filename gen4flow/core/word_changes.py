"""Shows how a text has changed, word by word: `a [-red-] {+blue+} cup`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

CONTEXT = 4  # words around a change that are shown
MOST = 20_000  # pairs of words that are compared; a change between larger parts is shown as one
_WORDS = re.compile(r"\S+")


def word_changes(before: str, after: str) -> str:
    """Return what was taken out of a text and what was put in, each with the words around it."""
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    if one == other:
        return "only its spaces and line ends"
    start = _alike(one, other)
    end = _alike(one[start:][::-1], other[start:][::-1])
    middle, replaced = one[start : len(one) - end], other[start : len(other) - end]
    parts = [
        *_elided(one[:start], before=False),
        *(_parts(middle, replaced) if len(middle) * len(replaced) <= MOST else _swapped(middle, replaced)),
        *_elided(one[len(one) - end :], after=False),
    ]
    return " ".join(parts)


def _elided(words: Sequence[str], *, before: bool = True, after: bool = True) -> Sequence[str]:
    """Return words that both texts have: of many, those next to the change `before` them and to the one `after`."""
    first = words[:CONTEXT] if before else []
    last = words[len(words) - CONTEXT :] if after else []
    return words if len(words) <= len(first) + len(last) + 1 else [*first, "…", *last]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many words that are the same both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (left, right) in pairs if left != right), min(len(one), len(other)))


def _parts(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """Yield the words in order; of many that both have, those next to a change."""
    for kind, start, end, other_start, other_end in difflib.SequenceMatcher(
        None, one, other, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            yield from _swapped(one[start:end], other[other_start:other_end])
        else:
            yield from _elided(one[start:end])


def _swapped(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """Yield the words that were taken out, and those that were put in."""
    if one:
        yield f"[-{' '.join(one)}-]"
    if other:
        yield f"{{+{' '.join(other)}+}}"
