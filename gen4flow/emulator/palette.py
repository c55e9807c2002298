"""Colours for 256 shades: from dark ink over two hues to paper, ever lighter, so that text stays readable."""

from __future__ import annotations

import colorsys
import itertools
import random
from typing import TypeAlias

Colour: TypeAlias = tuple[float, float, float]

INK = 0
PAPER = 255

# Hue of the dark half, hue of the light half (turns of the colour circle): pairs that go together
HUE_PAIRS = (
    (0.62, 0.10),  # night blue, sand
    (0.95, 0.08),  # wine, apricot
    (0.47, 0.15),  # pine, straw
    (0.72, 0.02),  # violet, coral
    (0.58, 0.48),  # deep blue, mint
    (0.03, 0.13),  # brick, honey
    (0.80, 0.55),  # plum, sky
    (0.40, 0.28),  # forest, lime
)


def palette_of(subject: random.Random, variant: random.Random) -> list[int]:
    """Return red, green and blue for shades 0 to 255: the subject picks the hues, the variant bends them."""
    dark, light = HUE_PAIRS[subject.randrange(len(HUE_PAIRS))]
    bend = variant.uniform(-0.05, 0.05)
    # (shade, colour): lightness rises throughout
    stops = [
        (0, _colour(dark + bend, 0.13, 0.45)),
        (80, _colour(dark + bend, 0.36, 0.50)),
        (150, _colour((dark + light) / 2 + bend if abs(dark - light) < 0.5 else light + bend, 0.58, 0.48)),
        (215, _colour(light + bend, 0.80, 0.62)),
        (255, _colour(light + bend, 0.965, 0.55)),
    ]
    return [channel for shade in range(256) for channel in _between(stops, shade)]


def _colour(hue: float, lightness: float, saturation: float) -> Colour:
    return colorsys.hls_to_rgb(hue % 1.0, lightness, saturation)


def _between(stops: list[tuple[int, Colour]], shade: int) -> list[int]:
    for (low, dark), (high, light) in itertools.pairwise(stops):
        if shade <= high:
            share = (shade - low) / (high - low)
            return [round(255 * (a + (b - a) * share)) for a, b in zip(dark, light, strict=True)]
    raise AssertionError("the last stop is the last shade")
