"""Where a subject is: what is behind it and below it, out of focus."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from typing import TypeAlias

from gen4flow.emulator.proof.colours import Colour, lit
from gen4flow.emulator.proof.sketch import Sketch
from gen4flow.emulator.proof.staging import Staging

Place: TypeAlias = Callable[[Sketch, Staging, random.Random], None]

SKY = Colour(0.57, 0.36, 0.70)
SEA = Colour(0.53, 0.30, 0.42)
GREEN = Colour(0.27, 0.26, 0.36)
GRASS = Colour(0.22, 0.28, 0.42)
STONE = Colour(0.09, 0.10, 0.52)


def studio(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw a seamless backdrop, with a shape of card behind the subject."""
    wall, e = staging.scheme.wall, staging.exposure
    sketch.fade(0, staging.horizon, wall, (0.56 + e, 0.64 + e))
    sketch.fade(staging.horizon, 1, wall, (0.66 + e, 0.72 + e))
    sketch.blur(0.02)
    card = lit(staging.scheme.accent.bent(lightness=0.12), 0.60 + e)
    kind, x = dice.randrange(4), staging.axis + dice.uniform(-0.10, 0.10)
    if kind == 0:
        sketch.disc(x, staging.horizon * dice.uniform(0.45, 0.62), dice.uniform(0.24, 0.34), card)
    elif kind == 1:
        half = dice.uniform(0.16, 0.24) * sketch.across
        sketch.box(x - half, staging.horizon * 0.42, x + half, staging.horizon + 0.02, card)
        sketch.disc(x, staging.horizon * 0.42, half / sketch.across, card)
    elif kind == 2:
        half = dice.uniform(0.10, 0.24)
        sketch.box(x - half, 0, x + half, staging.horizon + 0.02, card)
    sketch.blur(0.008)


def tabletop(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw a table before a wall on which light falls through a window."""
    wall, floor, e = staging.scheme.wall, staging.scheme.floor, staging.exposure
    sketch.fade(0, staging.horizon, wall, (0.46 + e, 0.60 + e))
    _window_light(sketch, staging, dice)
    sketch.blur(0.006)
    _things_behind(sketch, staging, dice)
    sketch.blur(0.011)
    sketch.fade(staging.horizon, 1, floor, (0.58 + e, 0.70 + e))
    sketch.blur(0.004)


def _window_light(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw the panes of a window as light on the wall."""
    light = lit(staging.scheme.wall, 0.78 + staging.exposure)
    left, top = dice.uniform(0.05, 0.5), dice.uniform(0.02, 0.14)
    wide, tall, lean = dice.uniform(0.10, 0.15), dice.uniform(0.13, 0.19), -0.08 * staging.light
    for column in range(dice.randint(2, 3)):
        for row in range(3):
            x, y = left + column * (wide + 0.016) + lean * row, top + row * (tall + 0.02)
            if y < staging.horizon:
                foot = min(y + tall, staging.horizon)
                sketch.polygon(((x, y), (x + wide, y - 0.02), (x + wide + lean, foot - 0.02), (x + lean, foot)), light)


def _things_behind(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw a few things that stand further back, away from the subject."""
    for _ in range(dice.randint(2, 4)):
        x = dice.uniform(0.04, 0.96)
        if abs(x - staging.axis) < 0.12:
            continue
        colour = dice.choice((staging.scheme.accent, staging.scheme.floor, staging.scheme.subject.bent(lightness=0.1)))
        shade, half = lit(colour, 0.50 + staging.exposure), dice.uniform(0.05, 0.10) * sketch.across
        top = staging.horizon - dice.uniform(0.10, 0.28)
        sketch.box(x - half, top, x + half, staging.horizon + 0.01, shade)
        sketch.disc(x, top, half / sketch.across, shade, flat=dice.choice((0.3, 1.0)))


def interior(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw a room: its window, or the light that falls through one, and what stands at its wall."""
    wall, floor, e = staging.scheme.wall, staging.scheme.floor, staging.exposure
    sketch.fade(0, staging.horizon, wall, (0.44 + e, 0.56 + e))
    if dice.random() < 0.6:
        _window(sketch, staging, dice)
    else:
        _window_light(sketch, staging, dice)
    if dice.random() < 0.6:
        _shelf(sketch, staging, dice)
        sketch.blur(0.014)
    else:
        sketch.blur(0.010)
        _things_behind(sketch, staging, dice)
        sketch.blur(0.012)
    sketch.fade(staging.horizon, 1, floor, (0.54 + e, 0.68 + e))
    sketch.blur(0.004)


def _window(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw a bright window with its bars on the side of the light."""
    wall, e = staging.scheme.wall, staging.exposure
    frame, glass = lit(wall, 0.66 + e), lit(Colour(0.13, 0.3, 0.90), 0.86 + e)
    middle = 0.5 + staging.light * dice.uniform(0.18, 0.38)
    half, top, low = dice.uniform(0.10, 0.19), dice.uniform(-0.04, 0.10), staging.horizon - dice.uniform(0.05, 0.16)
    sketch.box(middle - half - 0.015, top - 0.02, middle + half + 0.015, low + 0.03, frame)
    sketch.box(middle - half, top, middle + half, low, glass)
    bars = dice.randint(1, 3)
    for number in range(1, bars):
        x = middle - half + 2 * half * number / bars
        sketch.box(x - 0.006, top, x + 0.006, low, frame)
    sketch.box(middle - half, (top + low) / 2 - 0.008, middle + half, (top + low) / 2 + 0.008, frame)


def _shelf(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw a shelf with things on it on the other side."""
    floor, e = staging.scheme.floor, staging.exposure
    shelf, middle = staging.horizon * dice.uniform(0.36, 0.60), 0.5 - staging.light * dice.uniform(0.22, 0.36)
    sketch.box(middle - 0.18, shelf, middle + 0.18, shelf + 0.018, lit(floor, 0.40 + e))
    for number in range(5):
        tall, x = dice.uniform(0.05, 0.14), middle - 0.155 + 0.064 * number
        colour = dice.choice((staging.scheme.accent, floor, staging.scheme.wall))
        sketch.box(x, shelf - tall, x + 0.045, shelf, lit(colour, 0.48 + e))


def foliage(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw trunks and leaves, and the light between them."""
    e = staging.exposure
    green = GREEN.bent(hue=dice.uniform(-0.05, 0.06), lightness=dice.uniform(-0.06, 0.06))
    sketch.fade(0, staging.horizon, green.bent(lightness=0.18), (0.78 + e, 0.60 + e))
    for layer in range(3):
        light = 0.66 - 0.13 * layer + e
        for _ in range(14 - 3 * layer):
            lightness = green.bent(hue=dice.uniform(-0.03, 0.03), lightness=0.10 - 0.07 * layer)
            sketch.disc(
                dice.random(),
                dice.uniform(-0.05, 0.85 * staging.horizon),
                dice.uniform(0.05, 0.13),
                lit(lightness, light),
            )
        for _ in range(3):
            x, half = dice.random(), dice.uniform(0.006, 0.014) * (1 + layer)
            sketch.box(
                x - half, 0, x + half, staging.horizon + 0.02, lit(Colour(0.08, 0.18, 0.34), 0.62 - 0.12 * layer + e)
            )
        sketch.blur(0.014 - 0.003 * layer)
    for _ in range(16):
        sketch.disc(
            dice.random(),
            dice.uniform(0, 0.6 * staging.horizon),
            dice.uniform(0.016, 0.036),
            lit(green.bent(lightness=0.42), 0.82 + e),
        )
    sketch.blur(0.010)
    sketch.fade(staging.horizon, 1, GRASS.bent(hue=green.hue - GREEN.hue), (0.46 + e, 0.64 + e))
    sketch.blur(0.006)


def hills(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw ranges of hills below a wide sky, paler the further away."""
    e, wall = staging.exposure, staging.scheme.wall
    sky = Colour(wall.hue, min(0.42, wall.saturation + 0.08), 0.72)
    sketch.fade(0, staging.horizon, sky, (0.50 + e, 0.86 + e))
    sketch.disc(
        0.5 + staging.light * dice.uniform(0.16, 0.36),
        dice.uniform(0.10, 0.24),
        dice.uniform(0.035, 0.06),
        lit(Colour(0.12, 0.5, 0.9), 0.92 + e),
    )
    sketch.blur(0.010)
    ranges = dice.randint(3, 5)
    land = staging.scheme.floor.bent(hue=0.04 * dice.choice((-1, 1)))
    for number in range(ranges):
        share = (number + 1) / ranges
        haze = Colour(land.hue, land.saturation * share, land.lightness + 0.28 * (1 - share))
        top = staging.horizon - (0.22 - 0.20 * share) + dice.uniform(-0.02, 0.02)
        _ridge(sketch, top, 0.06 * (1.3 - share), dice, lit(haze, 0.66 - 0.18 * share + e))
        sketch.blur(0.003)
    sketch.fade(staging.horizon, 1, land, (0.46 + e, 0.66 + e))
    sketch.blur(0.004)


def _ridge(sketch: Sketch, top: float, rise: float, dice: random.Random, colour: tuple[int, int, int]) -> None:
    waves = [(dice.uniform(0.4, 1.0) / turns, turns, dice.uniform(0, math.tau)) for turns in (1, 2, 3, 5)]
    line = [
        (
            step / 40,
            top + rise * sum(strong * math.sin(math.tau * turns * step / 40 + phase) for strong, turns, phase in waves),
        )
        for step in range(41)
    ]
    sketch.polygon([*line, (1, 1), (0, 1)], colour)


def water(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw water below a sky, a far shore, and a ledge that the subject stands on."""
    e, turn = staging.exposure, dice.uniform(-0.05, 0.03)
    line = staging.horizon * dice.uniform(0.52, 0.72)
    warm = dice.choice((SKY, staging.scheme.wall.bent(lightness=0.06)))
    sketch.fade(0, line, warm, (0.54 + e, 0.82 + e))
    sketch.disc(
        0.5 + staging.light * dice.uniform(0.12, 0.36),
        line - dice.uniform(0.07, 0.2),
        0.045,
        lit(Colour(0.11, 0.6, 0.9), 0.92 + e),
    )
    sketch.blur(0.010)
    _ridge(sketch, line - 0.02, 0.024, dice, lit(SEA.bent(hue=turn, lightness=0.16), 0.58 + e))
    sketch.fade(line, staging.horizon + 0.01, SEA.bent(hue=turn), (0.70 + e, 0.48 + e))
    for _ in range(26):
        y = dice.uniform(line + 0.012, staging.horizon)
        depth = (y - line) / (staging.horizon - line)
        x, half = dice.random(), (0.02 + 0.06 * depth) * dice.uniform(0.5, 1.4)
        bright = lit(SEA.bent(hue=turn, lightness=0.14), dice.choice((0.56, 0.80)) + e)
        sketch.box(x - half, y, x + half, y + 0.003 + 0.007 * depth, bright)
    sketch.blur(0.006)
    sketch.fade(staging.horizon, 1, STONE.bent(lightness=0.10), (0.62 + e, 0.72 + e))
    sketch.blur(0.003)


def street(sketch: Sketch, staging: Staging, dice: random.Random) -> None:
    """Draw a street between houses that leads away from the camera."""
    e, wall = staging.exposure, staging.scheme.wall
    sketch.fade(0, staging.horizon, Colour(wall.hue, 0.18, 0.80), (0.66 + e, 0.90 + e))
    far = 0.5 - (staging.axis - 0.5) * 0.8 + dice.uniform(-0.05, 0.05)
    for side in (-1, 1):
        edge = 0.0 if side < 0 else 1.0
        for number in range(4):
            near, back = (1 - 0.24 * number), (1 - 0.24 * (number + 1))
            left, right = far + (edge - far) * near, far + (edge - far) * back
            roof = staging.horizon * (1 - dice.uniform(0.72, 1.15) * (0.28 + 0.80 * near))
            colour = dice.choice((wall, staging.scheme.floor, staging.scheme.accent.bent(lightness=0.1)))
            light = 0.46 + 0.07 * number + (0.08 if side != staging.light else 0.0) + e
            sketch.polygon(
                ((left, roof), (right, roof + 0.04), (right, staging.horizon + 0.02), (left, staging.horizon + 0.02)),
                lit(colour, light),
            )
            _windows(sketch, (left, right), (roof, staging.horizon), lit(colour, light - 0.16))
    sketch.blur(0.012)
    for _ in range(9):
        sketch.disc(
            dice.random(),
            staging.horizon * dice.uniform(0.5, 0.95),
            dice.uniform(0.016, 0.032),
            lit(Colour(0.11, 0.6, 0.80), 0.84 + e),
        )
    sketch.blur(0.010)
    sketch.fade(staging.horizon, 1, STONE, (0.54 + e, 0.68 + e))
    sketch.blur(0.004)


def _windows(
    sketch: Sketch, across: tuple[float, float], down: tuple[float, float], shade: tuple[int, int, int]
) -> None:
    for column in range(3):
        for row in range(4):
            x = across[0] + (across[1] - across[0]) * (0.2 + 0.28 * column)
            y = down[0] + (down[1] - down[0]) * (0.12 + 0.22 * row)
            sketch.box(
                min(x, x + 0.1 * (across[1] - across[0])),
                y,
                max(x, x + 0.1 * (across[1] - across[0])),
                y + 0.11 * (down[1] - down[0]),
                shade,
            )


PLACES: Mapping[str, Place] = {
    "studio": studio,
    "tabletop": tabletop,
    "interior": interior,
    "foliage": foliage,
    "hills": hills,
    "water": water,
    "street": street,
}
