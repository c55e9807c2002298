"""Colours of a scene: local colours, what light makes of them, and schemes in which they go together."""

from __future__ import annotations

import colorsys
import functools
import random
from dataclasses import dataclass, replace
from typing import TypeAlias

RGB: TypeAlias = tuple[int, int, int]

PAPER: RGB = (248, 247, 243)
INK: RGB = (22, 24, 29)
FAINT_INK: RGB = (74, 78, 86)
LOCAL = 0.62  # the light in which a surface has its own colour; 0 is darkness, 1 a highlight
SHADOW_TINT = (0.80, 0.88, 1.0)  # shadows are lit by the sky
HIGHLIGHT = 0.8  # how far the strongest light bleaches a colour


@dataclass(frozen=True, slots=True)
class Colour:
    """A surface's own colour: hue in turns, saturation and lightness from 0 to 1."""

    hue: float
    saturation: float
    lightness: float

    def bent(self, *, hue: float = 0.0, lightness: float = 0.0, strength: float = 1.0) -> Colour:
        """Return a neighbour of this colour: hue and lightness are added, the saturation is multiplied."""
        lighter = min(0.95, max(0.05, self.lightness + lightness))
        return Colour((self.hue + hue) % 1.0, min(0.7, self.saturation * strength), lighter)


@functools.lru_cache(maxsize=4096)
def lit(colour: Colour, light: float) -> RGB:
    """Return what a colour looks like in a light from 0 to 1."""
    own = colorsys.hls_to_rgb(colour.hue, colour.lightness, colour.saturation)
    if light >= LOCAL:
        share = HIGHLIGHT * min(1.0, (light - LOCAL) / (1 - LOCAL))
        return _bytes(channel + (1 - channel) * share for channel in own)
    depth = max(0.0, light) / LOCAL
    return _bytes(channel * depth * (tint + (1 - tint) * depth) for channel, tint in zip(own, SHADOW_TINT, strict=True))


def ramp(colour: Colour) -> list[int]:
    """Return a palette: what a colour looks like in 256 lights from darkness to highlight."""
    return [channel for light in range(256) for channel in lit(colour, light / 255)]


def _bytes(channels: object) -> RGB:
    red, green, blue = (round(255 * channel) for channel in channels)  # type: ignore[attr-defined]
    return red, green, blue


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """Colours that go together: what stands behind, what is stood upon, the subject, and a touch of something else."""

    wall: Colour
    floor: Colour
    subject: Colour
    accent: Colour
    skin: Colour
    hair: Colour

    def bent(self, dice: random.Random) -> Scheme:
        """Return the scheme as another take would have it: other hues and lights, of the same family."""
        turn, strength = dice.uniform(-0.05, 0.05), dice.uniform(0.5, 1.3)
        return replace(
            self,
            wall=self.wall.bent(hue=turn, lightness=dice.uniform(-0.20, 0.12), strength=strength),
            floor=self.floor.bent(hue=turn / 2, lightness=dice.uniform(-0.16, 0.14), strength=strength),
            subject=self.subject.bent(hue=turn / 3, lightness=dice.uniform(-0.03, 0.03)),
            accent=self.accent.bent(hue=-turn, lightness=dice.uniform(-0.06, 0.06)),
        )


def _scheme(*four: tuple[float, float, float]) -> Scheme:
    wall, floor, subject, accent = (Colour(*each) for each in four)
    return Scheme(wall=wall, floor=floor, subject=subject, accent=accent, skin=SKINS[0], hair=HAIRS[0])


# As a maker of lay figures would choose them
SKINS = (Colour(0.06, 0.40, 0.72), Colour(0.06, 0.38, 0.60), Colour(0.05, 0.36, 0.46), Colour(0.05, 0.34, 0.34))
HAIRS = (Colour(0.07, 0.30, 0.16), Colour(0.08, 0.34, 0.30), Colour(0.60, 0.05, 0.62), Colour(0.10, 0.40, 0.50))


# Muted on purpose: a proof says where things are, and must not outshine the picture that is bought.
SCHEMES: tuple[Scheme, ...] = (
    _scheme((0.09, 0.34, 0.74), (0.08, 0.30, 0.62), (0.49, 0.38, 0.36), (0.03, 0.48, 0.50)),  # sand and teal
    _scheme((0.36, 0.14, 0.66), (0.10, 0.26, 0.66), (0.04, 0.50, 0.48), (0.13, 0.42, 0.60)),  # sage and terracotta
    _scheme((0.61, 0.22, 0.56), (0.07, 0.22, 0.56), (0.11, 0.58, 0.54), (0.02, 0.40, 0.46)),  # dusk and amber
    _scheme((0.98, 0.30, 0.76), (0.04, 0.24, 0.70), (0.42, 0.36, 0.30), (0.08, 0.52, 0.58)),  # blush and bottle green
    _scheme((0.60, 0.07, 0.68), (0.09, 0.10, 0.60), (0.61, 0.46, 0.42), (0.10, 0.54, 0.56)),  # stone and cobalt
    _scheme((0.05, 0.38, 0.56), (0.07, 0.32, 0.60), (0.12, 0.30, 0.80), (0.45, 0.26, 0.34)),  # clay and ivory
    _scheme((0.55, 0.20, 0.70), (0.57, 0.10, 0.62), (0.02, 0.54, 0.54), (0.14, 0.46, 0.64)),  # mist and coral
    _scheme((0.17, 0.20, 0.58), (0.12, 0.26, 0.62), (0.86, 0.26, 0.34), (0.09, 0.40, 0.66)),  # olive and plum
)
