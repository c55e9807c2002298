"""Solid things: outlines that are shaded as if light fell on them from one side.

A solid's tones are outlines within outlines, the lighter the nearer to the light, drawn small, blurred and enlarged;
its edge is drawn at full size. So a large thing costs little and looks round.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter

from gen4flow.emulator.proof.colours import Colour, lit, ramp

Point: TypeAlias = tuple[float, float]  # in heights of the subject, from the middle of its foot, upwards
Box: TypeAlias = tuple[int, int, int, int]

STEPS = 12
COARSE = 4  # tones are drawn this many times smaller
FINE = 3  # edges are drawn this many times larger
EDGE_LIGHT, PEAK_LIGHT = 0.36, 0.76
LEAN = 0.42  # how far the peak moves towards the light, in half widths


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where and how large a subject stands in pixels, and the light there: -1 from the left, 1 from the right."""

    x: float
    y: float
    height: float
    light: int
    exposure: float

    def at(self, point: Point) -> Point:
        """Return the pixel of a point of the subject."""
        return self.x + point[0] * self.height, self.y - point[1] * self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a subject: its outline, its colour, and how it is shaded.

    `turned` parts are round from side to side, as if made on a lathe; `round` ones in every direction; `flat` ones have
    one light, `tone`. `gloss` adds to the light of the brightest place.
    """

    outline: tuple[Point, ...]
    colour: Colour
    form: str = "turned"
    tone: float = 0.6
    gloss: float = 0.0


def paint(canvas: Image.Image, part: Part, spot: Spot) -> None:
    """Draw a part onto a picture."""
    points = [spot.at(point) for point in part.outline]
    box = _box(points)
    size = (box[2] - box[0], box[3] - box[1])
    if size[0] < 2 or size[1] < 2:
        return
    mask = _mask(points, box)
    if part.form == "flat":
        canvas.paste(lit(part.colour, part.tone + spot.exposure), box, mask)
        return
    tones = _tones(points, box, part, spot).resize(size, Image.Resampling.BICUBIC)
    tones.putpalette(ramp(part.colour))
    canvas.paste(tones.convert("RGB"), box, mask)


def _box(points: Sequence[Point]) -> Box:
    across, down = zip(*points, strict=True)
    return math.floor(min(across)), math.floor(min(down)), math.ceil(max(across)) + 1, math.ceil(max(down)) + 1


def _mask(points: Sequence[Point], box: Box) -> Image.Image:
    image = Image.new("L", (FINE * (box[2] - box[0]), FINE * (box[3] - box[1])))
    ImageDraw.Draw(image).polygon([(FINE * (x - box[0]), FINE * (y - box[1])) for x, y in points], fill=255)
    return image.reduce(FINE)


def _tones(points: Sequence[Point], box: Box, part: Part, spot: Spot) -> Image.Image:
    """Return the light on a part, a few times too small."""
    size = (math.ceil((box[2] - box[0]) / COARSE), math.ceil((box[3] - box[1]) / COARSE))
    coarse = [((x - box[0]) / COARSE, (y - box[1]) / COARSE) for x, y in points]
    image = Image.new("L", size, _level(EDGE_LIGHT, spot))
    pen = ImageDraw.Draw(image)
    for step in range(1, STEPS + 1):
        share = step / STEPS
        light = EDGE_LIGHT + (PEAK_LIGHT + part.gloss - EDGE_LIGHT) * share**1.15
        inner = _turned(coarse, 1 - share, spot.light) if part.form == "turned" else _rounded(coarse, 1 - share, spot)
        if len(inner) > 2:
            pen.polygon(inner, fill=_level(light, spot))
    return image.filter(ImageFilter.GaussianBlur(0.035 * min(size) + 0.5))


def _level(light: float, spot: Spot) -> int:
    return round(255 * min(1.0, max(0.0, light + spot.exposure)))


def _turned(points: Sequence[Point], share: float, light: int) -> list[Point]:
    """Shrink an outline from side to side towards the lit side of each height."""
    half = len(points) // 2
    right, left = points[:half], points[half:][::-1]
    inner = []
    for (right_x, y), (left_x, _) in zip(right, left, strict=False):
        middle, radius = (right_x + left_x) / 2, (right_x - left_x) / 2
        centre = middle + light * LEAN * radius * (1 - share)
        inner.append(((centre - radius * share, y), (centre + radius * share, y)))
    return [b for _, b in inner] + [a for a, _ in reversed(inner)]


def _rounded(points: Sequence[Point], share: float, spot: Spot) -> list[Point]:
    """Shrink an outline in every direction towards a place in its upper lit part."""
    across, down = zip(*points, strict=True)
    low, high = min(across), max(across)
    x = (low + high) / 2 + spot.light * LEAN * (high - low) / 2
    y = min(down) + 0.32 * (max(down) - min(down))
    return [(x + (px - x) * share, y + (py - y) * share) for px, py in points]


def turned(profile: Sequence[tuple[float, float]], *, x: float = 0.0, sag: float = 0.10) -> tuple[Point, ...]:
    """Return the outline of what a lathe makes: `profile` holds heights and half widths from the foot upwards.

    The right side comes first, upwards, then the left one, downwards; `sag` bends the foot as if seen from above.
    """
    smooth = list(_smoothed(profile))
    (foot, radius), (top, upper) = smooth[0], smooth[-1]
    bows = [
        (foot - sag * radius * math.cos(step * math.pi / 16), radius * math.sin(step * math.pi / 16))
        for step in range(9)
    ]
    brim = [
        (top + sag * upper * math.sin(step * math.pi / 16), upper * math.cos(step * math.pi / 16))
        for step in range(1, 9)
    ]
    heights = [*bows, *smooth, *brim]
    return (*((x + half, y) for y, half in heights), *((x - half, y) for y, half in reversed(heights)))


def _smoothed(profile: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """Put points between those of a profile, so that it bends softly where they are far apart."""
    points: list[tuple[float, float]] = []
    for (low, a), (high, b) in itertools.pairwise(profile):
        points += [
            (low + (high - low) * s, a + (b - a) * s * s * (3 - 2 * s)) for s in (0.0, 0.17, 0.33, 0.5, 0.67, 0.83)
        ]
    return [*points, profile[-1]]


def ellipse(x: float, y: float, across: float, up: float, *, turn: float = 0.0) -> tuple[Point, ...]:
    """Return an ellipse around a point, given its half axes, turned by an angle in radians."""
    sweep = [2 * math.pi * step / 48 for step in range(48)]
    bend, lift = math.cos(turn), math.sin(turn)
    plain = [(across * math.cos(angle), up * math.sin(angle)) for angle in sweep]
    return tuple((x + a * bend - b * lift, y + a * lift + b * bend) for a, b in plain)


def ring(x: float, y: float, across: float, up: float, inner_across: float, inner_up: float) -> tuple[Point, ...]:
    """Return a ring around a point: its outer edge one way round, its inner edge the other way."""
    outer, inner = ellipse(x, y, across, up), ellipse(x, y, inner_across, inner_up)
    return (*outer, outer[0], inner[0], *reversed(inner))


def rounded_box(left: float, low: float, right: float, high: float, radius: float) -> tuple[Point, ...]:
    """Return a rectangle with round corners."""
    corners = [(right - radius, low + radius, -0.25), (right - radius, high - radius, 0.0)]
    corners += [(left + radius, high - radius, 0.25), (left + radius, low + radius, 0.5)]
    return tuple(
        (
            x + radius * math.cos(2 * math.pi * (start + step / 24)),
            y + radius * math.sin(2 * math.pi * (start + step / 24)),
        )
        for x, y, start in corners
        for step in range(7)
    )
