"""Still lifes of plain shapes: what stands for a subject that no word of a prompt names."""

from __future__ import annotations

import math
import random

from gen4flow.emulator.proof.colours import Scheme
from gen4flow.emulator.proof.solids import Part, ellipse, turned


def still_ball(scheme: Scheme, _: random.Random) -> list[Part]:
    """Return a ball on a plinth."""
    return [
        Part(outline=turned([(0, 0.30), (0.44, 0.30)], sag=0.16), colour=scheme.accent),
        Part(outline=ellipse(0, 0.445, 0.30, 0.048), colour=scheme.accent, form="flat", tone=0.74),
        Part(outline=ellipse(0, 0.71, 0.27, 0.27), colour=scheme.subject, form="round", gloss=0.06),
    ]


def still_arch(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return an arch with a ball in front."""
    side = dice.choice((-1, 1))
    over = [(math.cos(math.pi * step / 24), math.sin(math.pi * step / 24)) for step in range(25)]
    outer = [(0.36, 0.0), *((0.36 * x, 0.64 + 0.36 * y) for x, y in over), (-0.36, 0.0)]
    inner = [(-0.21, 0.0), *((0.21 * x, 0.64 + 0.21 * y) for x, y in reversed(over)), (0.21, 0.0)]
    return [
        Part(outline=(*outer, *inner), colour=scheme.subject, form="round"),
        Part(outline=ellipse(side * 0.30, 0.15, 0.17, 0.17), colour=scheme.accent, form="round", gloss=0.06),
    ]


def still_stack(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return stones that lie on each other."""
    widths = sorted((dice.uniform(0.20, 0.46) for _ in range(4)), reverse=True)
    parts, low = [], 0.0
    for number, wide in enumerate(widths):
        up = 0.135 - 0.01 * number
        colour = (scheme.subject, scheme.accent)[number % 2]
        parts.append(Part(outline=ellipse(dice.uniform(-0.03, 0.03), low + up, wide, up), colour=colour, form="round"))
        low += 1.9 * up
    return parts
