"""Which part of a picture a deliverable shows, and at which size: geometry in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from gen4flow.core.deliverable import Deliverable
from gen4flow.core.sizes import SIZES

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """A box of the picture (left, top, right, bottom) and the size that it gets, in pixels."""

    box: tuple[int, int, int, int]
    size: Size

    @property
    def taken(self) -> Size:
        """Return the size of the box."""
        left, top, right, bottom = self.box
        return right - left, bottom - top

    @property
    def enlarges(self) -> bool:
        """Tell whether pixels would have to be made up."""
        return self.size[0] > self.taken[0] or self.size[1] > self.taken[1]

    def is_whole(self, picture: Size) -> bool:
        """Tell whether this is the picture as it is."""
        return self.taken == self.size == picture


def framing(picture: Size, deliverable: Deliverable) -> Framing:
    """Return the largest part of the deliverable's shape, with its focus as near to the middle as the edges allow."""
    width, height = picture
    shape = deliverable.shape or Fraction(width, height)
    taken = (
        (max(1, round(height * shape)), height)
        if Fraction(width, height) > shape
        else (width, max(1, round(width / shape)))
    )
    left = _start(width, taken[0], deliverable.focus[0])
    top = _start(height, taken[1], deliverable.focus[1])
    return Framing(box=(left, top, left + taken[0], top + taken[1]), size=_size(deliverable, shape, taken))


def _start(whole: int, part: int, focus: float) -> int:
    """Return where a part begins so that the focus is its middle, or as near as can be."""
    return min(max(round(focus * whole - part / 2), 0), whole - part)


def _size(deliverable: Deliverable, shape: Fraction, taken: Size) -> Size:
    """Return the size in pixels: as asked for, the other side by the shape."""
    width, height = deliverable.width, deliverable.height
    if width and height:
        return width, height
    if width:
        return width, (taken[1] if width == taken[0] else max(1, round(width / shape)))
    if height:
        return (taken[0] if height == taken[1] else max(1, round(height * shape))), height
    return taken


def large_enough(deliverable: Deliverable) -> list[str]:
    """Return the requests whose images need not be enlarged for it: `16:9 at 1080p`, the smallest first."""
    fitting = [(size, asked) for asked, size in SIZES.items() if not framing(size, deliverable).enlarges]
    return [f"{ratio} at {resolution}" for _, (ratio, resolution) in sorted(fitting, key=lambda one: _area(one[0]))]


def _area(size: Size) -> int:
    return size[0] * size[1]
