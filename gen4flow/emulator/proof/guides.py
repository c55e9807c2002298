"""Draws a placement's guides lightly over a picture: a light line beside a dark one, seen on any ground."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from gen4flow.emulator.proof.frame import Frame
from gen4flow.emulator.proof.placements import GUIDES, Guide
from gen4flow.emulator.proof.typefaces import Face, width, write

LIGHT, DARK = (255, 255, 255, 190), (0, 0, 0, 110)
LETTERS, EDGE = (255, 255, 255, 240), (16, 18, 24, 170)
# Shares of the shorter side
CAPTION_SHARE = 0.0185
MARK_SHARE = 0.035  # the length of the mark of a corner or a cut
DASH_SHARE = 0.012


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What the guides are drawn with, and at which side their names stand."""

    pen: ImageDraw.ImageDraw
    frame: Frame
    captions_on_left: bool

    def size(self, share: float) -> float:
        """Return a share of the shorter side in pixels."""
        return share * self.frame.unit

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw an upright or level line: light, with a dark edge at its right or below."""
        thick = max(1, round(self.frame.unit / 540))
        left, right = sorted((round(start[0]), round(end[0])))
        top, low = sorted((round(start[1]), round(end[1])))
        self.pen.rectangle((left, top, right + thick - 1, low + thick - 1), fill=LIGHT)
        if low > top:
            self.pen.rectangle((right + thick, top, right + 2 * thick - 1, low + thick - 1), fill=DARK)
        else:
            self.pen.rectangle((left, low + thick, right + thick - 1, low + 2 * thick - 1), fill=DARK)

    def dashed(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw an upright or level line with gaps."""
        length = max(end[0] - start[0], end[1] - start[1])
        dash = self.size(DASH_SHARE)
        x, y = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        for number in range(int(length / (2 * dash))):
            begin, stop = 2 * number * dash, (2 * number + 1) * dash
            self.line((start[0] + x * begin, start[1] + y * begin), (start[0] + x * stop, start[1] + y * stop))

    def caption(self, text: str, left: float, right: float, low: float) -> None:
        """Write a name above a height, at the right or the left end of a stretch."""
        size = round(self.size(CAPTION_SHARE))
        x = left if self.captions_on_left else right - width(text, Face.REGULAR, size)
        ink = {"fill": LETTERS, "stroke_width": max(1, size // 12), "stroke_fill": EDGE}
        write(self.pen, (round(x), round(low)), text, Face.REGULAR, size, **ink)


def draw_guides(canvas: Image.Image, frame: Frame, *, captions_on_left: bool = False) -> None:
    """Draw what the placement of the frame's ratio covers or cuts off; insets and slug are laid over it."""
    drawing = Drawing(pen=ImageDraw.Draw(canvas, "RGBA"), frame=frame, captions_on_left=captions_on_left)
    for guide in GUIDES[frame.ratio]:
        DRAWN[guide.kind](drawing, guide)


def _area(drawing: Drawing, guide: Guide) -> None:
    """Mark the corners of an area."""
    mark = drawing.size(MARK_SHARE)
    left, top, right, low = _pixels(drawing.frame, guide)
    for x, inwards in ((left, 1), (right, -1)):
        for y, down in ((top, 1), (low, -1)):
            drawing.line((x, y), (x + inwards * mark, y))
            drawing.line((x, y), (x, y + down * mark))
    drawing.caption(guide.name, left + 1.3 * mark, right - 1.3 * mark, top + drawing.size(0.006))


def _covered(drawing: Drawing, guide: Guide) -> None:
    """Draw the edges of what is covered, where they lie within the picture."""
    left, top, right, low = _pixels(drawing.frame, guide)
    if guide.top > 0:
        drawing.dashed((left, top), (right, top))
    if guide.low < 1:
        drawing.dashed((left, low), (right, low))
    if guide.left > 0:
        drawing.dashed((left, top), (left, low))
    edge = low if guide.top == 0 else top
    gap = drawing.size(0.02)
    drawing.caption(guide.name, gap, right - gap, edge - drawing.size(0.008))


def _cut(drawing: Drawing, guide: Guide) -> None:
    """Mark at the picture's edges where a cut would begin."""
    mark = drawing.size(MARK_SHARE)
    left, top, right, low = _pixels(drawing.frame, guide)
    gap = drawing.size(0.008)
    if guide.left > 0:
        foot = drawing.frame.live_height
        for x in (left, right):
            drawing.line((x, 0), (x, mark))
            drawing.line((x, foot - mark), (x, foot))
        drawing.caption(guide.name, left + gap, right - gap, 0.92 * mark)
    else:
        for y in (top, low):
            drawing.line((0, y), (mark, y))
            drawing.line((right - mark, y), (right, y))
        drawing.caption(guide.name, 1.3 * mark, right - 1.3 * mark, top + drawing.size(0.006))


def _pixels(frame: Frame, guide: Guide) -> tuple[float, float, float, float]:
    return guide.left * frame.width, guide.top * frame.height, guide.right * frame.width, guide.low * frame.height


DRAWN = {"area": _area, "covered": _covered, "cut": _cut}
