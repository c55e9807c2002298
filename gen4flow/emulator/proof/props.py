"""Small things beside a subject, other ones in every take, as a stylist would lay them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeAlias

from gen4flow.emulator.proof.colours import Colour, Scheme
from gen4flow.emulator.proof.solids import Part, ellipse, ring, turned

Prop: TypeAlias = Callable[[Scheme, Colour], list[Part]]

WITH_PROPS = ("bottle", "cup", "vase", "bag", "lamp", "box", "ball", "still-ball", "still-arch", "still-stack")
LEAF = Colour(0.30, 0.26, 0.36)
# How many a take has: fewer more often
COUNTS = (0, 0, 1, 1, 2)


def _fruit(_: Scheme, colour: Colour) -> list[Part]:
    stalk = ((-0.01, 0.96), (0.03, 1.12), (0.06, 1.11), (0.03, 0.95))
    return [
        Part(outline=ellipse(0, 0.5, 0.52, 0.5), colour=colour, form="round"),
        Part(outline=stalk, colour=LEAF.bent(lightness=-0.1), form="flat", tone=0.5),
    ]


def _dish(_: Scheme, colour: Colour) -> list[Part]:
    return [
        Part(outline=turned([(0.02, 0.55), (0.14, 0.95), (0.20, 1.0)], sag=0.14), colour=colour),
        Part(outline=ellipse(0, 0.21, 0.97, 0.13), colour=colour, form="flat", tone=0.44),
    ]


def _block(_: Scheme, colour: Colour) -> list[Part]:
    return [
        Part(outline=((-0.6, 0.10), (0.1, 0.0), (0.1, 0.8), (-0.6, 0.86)), colour=colour, form="flat", tone=0.62),
        Part(outline=((0.1, 0.0), (0.55, 0.13), (0.55, 0.88), (0.1, 0.8)), colour=colour, form="flat", tone=0.42),
        Part(outline=((-0.6, 0.86), (0.1, 0.8), (0.55, 0.88), (-0.12, 0.96)), colour=colour, form="flat", tone=0.76),
    ]


def _hoop(_: Scheme, colour: Colour) -> list[Part]:
    return [Part(outline=ring(0, 0.62, 0.62, 0.62, 0.44, 0.44), colour=colour, form="round")]


def _sprig(scheme: Scheme, _: Colour) -> list[Part]:
    leaves = [
        ellipse(-0.9 + 0.32 * n, 0.16 + 0.13 * (n % 2), 0.24, 0.085, turn=0.5 if n % 2 else -0.35) for n in range(6)
    ]
    stem = ((-1.2, 0.10), (0.9, 0.20), (0.9, 0.24), (-1.2, 0.13))
    return [
        Part(outline=stem, colour=LEAF.bent(lightness=-0.08), form="flat", tone=0.5),
        *(Part(outline=leaf, colour=LEAF.bent(hue=0.1 * (scheme.wall.hue - 0.3)), form="round") for leaf in leaves),
    ]


PROPS: tuple[Prop, ...] = (_fruit, _dish, _block, _hoop, _sprig)


def choose_props(scheme: Scheme, dice: random.Random) -> list[tuple[list[Part], float, float]]:
    """Return the props of a take: their parts, how far aside from -1 to 1, and how far in front."""
    chosen = dice.sample(PROPS, dice.choice(COUNTS))
    colours = dice.sample((scheme.accent, scheme.floor.bent(lightness=-0.12), scheme.wall.bent(lightness=0.08)), 2)
    side = dice.choice((-1, 1))
    return [
        (prop(scheme, colour), side * (-1) ** number * dice.uniform(0.7, 1.0), dice.uniform(-0.5, 1.0))
        for number, (prop, colour) in enumerate(zip(chosen, colours, strict=False))
    ]
