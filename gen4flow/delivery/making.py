"""Makes the bytes of copies: what leaves gen4flow, from the original as the provider sent it."""

from __future__ import annotations

from collections.abc import Sequence

from gen4flow.core.copies import Copy, Made
from gen4flow.core.marks import Marked
from gen4flow.delivery.marking import MarkedBytes, mark


def make(content: bytes, copies: Sequence[Copy]) -> list[Made]:
    """Return the bytes of copies of one original: the same for the same original and wishes."""
    return [_made(copy, content) for copy in copies]


def _made(copy: Copy, content: bytes) -> Made:
    """Return one copy."""
    original = copy.original
    done = mark(content, copy.media_type, copy.marks) if copy.marks else MarkedBytes(content=content)
    return Made(
        content=done.content,
        sidecar=done.sidecar,
        marks=done.where if copy.marks else Marked.NONE,
        width=original.width,
        height=original.height,
    )
