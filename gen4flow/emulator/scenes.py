"""Simple compositions in shades of grey: drawn at twice the size and halved, so that edges are smooth."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TypeAlias

from PIL import Image, ImageDraw

Size: TypeAlias = tuple[int, int]
Scene: TypeAlias = Callable[[Size, random.Random], Image.Image]

SKY = 222
SUN = 246


def hills(size: Size, dice: random.Random) -> Image.Image:
    """Draw a sun above ranges of hills, darker the nearer they are."""
    image, pen = _canvas(size)
    width, height = image.size
    _disc(pen, dice.uniform(0.2, 0.8) * width, dice.uniform(0.16, 0.34) * height, 0.13 * min(width, height), SUN)
    ranges = dice.randint(4, 6)
    for number in range(ranges):
        share = number / (ranges - 1)
        top = (0.34 + 0.42 * share) * height
        pen.polygon(_ridge(image.size, top, 0.07 * height, dice), fill=round(188 - 135 * share))
    return image.reduce(2)


def _ridge(size: Size, top: float, rise: float, dice: random.Random) -> list[tuple[float, float]]:
    width, height = size
    waves = [(dice.uniform(0.5, 1.0) / n, n * dice.uniform(0.7, 1.3), dice.uniform(0, math.tau)) for n in (1, 2, 4)]
    points = []
    for step in range(97):
        x = step / 96
        y = sum(strength * math.sin(math.tau * turns * x + phase) for strength, turns, phase in waves)
        points.append((x * width, top + rise * y))
    return [*points, (width, height), (0, height)]


def discs(size: Size, dice: random.Random) -> Image.Image:
    """Draw large discs and rings over each other."""
    image, pen = _canvas(size)
    width, height = image.size
    unit = min(width, height)
    for shade in (196, 170, 142, 112, 84):
        x, y, radius = (
            dice.uniform(0, 1) * width,
            dice.uniform(0, 0.8) * height,
            dice.uniform(0.14, 0.34) * unit,
        )
        _disc(pen, x, y, radius, shade)
        _disc(pen, x, y, radius * dice.uniform(0.35, 0.7), min(shade + 38, 246))
    return image.reduce(2)


def rays(size: Size, dice: random.Random) -> Image.Image:
    """Draw rays from a low sun over water."""
    image, pen = _canvas(size)
    width, height = image.size
    x, y, reach = dice.uniform(0.25, 0.75) * width, 0.55 * height, 2.0 * max(width, height)
    count = 2 * dice.randint(12, 20)
    turn = dice.uniform(0, math.tau)
    for number in range(0, count, 2):
        start, end = (turn + math.tau * (number + side) / count for side in (0, 1))
        corners = [(x + reach * math.cos(angle), y + reach * math.sin(angle)) for angle in (start, end)]
        pen.polygon([(x, y), *corners], fill=204)
    for number, shade in enumerate((176, 236, 246)):
        _disc(pen, x, y, (0.27 - 0.06 * number) * min(width, height), shade)
    bands = 7
    for number in range(bands):
        top = (0.6 + 0.4 * (number / bands) ** 1.3) * height
        pen.polygon(_ridge(image.size, top, 0.008 * height, dice), fill=150 - 13 * number)
    return image.reduce(2)


def tiles(size: Size, dice: random.Random) -> Image.Image:
    """Draw a floor of tiles, each with a quarter disc in one of its corners."""
    image, pen = _canvas(size)
    width, height = image.size
    side = min(width, height) / dice.randint(4, 6)
    for row in range(math.ceil(height / side)):
        for column in range(math.ceil(width / side)):
            x, y = column * side, row * side
            back, front = dice.sample((88, 116, 148, 180, 206, 232), 2)
            pen.rectangle((x, y, x + side, y + side), fill=back)
            _quarter(pen, x, y, side, dice.randrange(4), front)
    return image.reduce(2)


def _quarter(pen: ImageDraw.ImageDraw, x: float, y: float, side: float, corner: int, shade: int) -> None:
    """Draw a quarter disc around one corner of a tile: 0 top left, then clockwise."""
    centre_x, centre_y = x + side * (corner in (1, 2)), y + side * (corner in (2, 3))
    box = (centre_x - side, centre_y - side, centre_x + side, centre_y + side)
    pen.pieslice(box, 90 * corner, 90 * corner + 90, fill=shade)


def _canvas(size: Size) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (2 * size[0], 2 * size[1]), SKY)
    return image, ImageDraw.Draw(image)


def _disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, shade: int) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)


SCENES: tuple[Scene, ...] = (hills, discs, rays, tiles)
