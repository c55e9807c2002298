"""Makes the bytes of copies: what leaves gen4flow, from the original as the provider sent it.

The original is decoded once, however many files are made of it, and not at all where none has other pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

from gen4flow.core.copies import Copy, Made, NotMade
from gen4flow.core.deliverable import Deliverable
from gen4flow.core.file_names import enlarged
from gen4flow.core.framing import Framing, framing
from gen4flow.core.image import ImageInvalid
from gen4flow.core.marks import Marked
from gen4flow.delivery.encoding import TooLarge, encoded
from gen4flow.delivery.marking import MarkedBytes, mark
from gen4flow.delivery.picture import Source, source


def make(content: bytes, copies: Sequence[Copy]) -> list[Made | NotMade]:
    """Return the bytes of copies of one original, or why there are none: the same for the same original and wishes."""
    if all(copy.deliverable is None for copy in copies):
        return [_itself(copy, content) for copy in copies]
    try:
        with source(content) as opened:
            return [_made(copy, content, opened) for copy in copies]
    except ImageInvalid as error:
        return [NotMade(message=str(error), help="`gen4flow verify` tells which images are damaged")] * len(copies)


def _itself(copy: Copy, content: bytes) -> Made:
    """Return the copy that is the original with its marks."""
    return _with_size(_marked(copy, content), copy, (copy.original.width, copy.original.height))


def _made(copy: Copy, content: bytes, opened: Source) -> Made | NotMade:
    """Return one copy, or why there is none."""
    wish = copy.deliverable
    if wish is None:
        return _itself(copy, content)
    frame = framing(opened.size, wish)
    if frame.enlarges and not wish.upscale:
        problem = enlarged(wish, opened.size)
        return NotMade(message=problem.message, help=problem.help)
    if _stays(copy, wish, frame, opened):
        done = _marked(copy, content)
        if wish.max_bytes is None or len(done.content) <= wish.max_bytes:
            return _with_size(done, copy, opened.size)
    try:
        pixels = opened.framed(frame, copy.media_type, wish.background)
        made = encoded(
            pixels,
            copy.media_type,
            quality=wish.quality,
            most=wish.max_bytes,
            finish=lambda one: _marked(copy, one).content,
        )
    except TooLarge as error:
        told = f"deliver {wish.name}: {error}, and max_bytes is {wish.max_bytes:,}"
        return NotMade(message=told, help="allow more bytes, make it smaller, or say format: jpeg or webp")
    return _with_size(MarkedBytes(content=made), copy, frame.size)


def _stays(copy: Copy, wish: Deliverable, frame: Framing, opened: Source) -> bool:
    """Tell whether a deliverable is the original as it is: then nothing is encoded again."""
    same = wish.quality is None and copy.media_type == copy.original.media_type
    return same and frame.is_whole(opened.size) and opened.is_plain


def _marked(copy: Copy, content: bytes) -> MarkedBytes:
    """Return a file with the marks that its copy bears."""
    return mark(content, copy.media_type, copy.marks) if copy.marks else MarkedBytes(content=content)


def _with_size(done: MarkedBytes, copy: Copy, size: tuple[int, int]) -> Made:
    """Return a finished copy."""
    where = done.where if copy.marks else Marked.NONE
    return Made(content=done.content, sidecar=done.sidecar, marks=where, width=size[0], height=size[1])
