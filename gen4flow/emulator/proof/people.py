"""People, without a face: a proof stands for whoever will be in the picture."""

from __future__ import annotations

import math
import random

from gen4flow.emulator.proof.colours import Scheme
from gen4flow.emulator.proof.solids import Part, ellipse, turned


def figure(scheme: Scheme, _: random.Random) -> list[Part]:
    """Return head and shoulders of a person with short hair, without a face."""
    back = Part(outline=ellipse(0, 0.80, 0.172, 0.185), colour=scheme.hair, form="round")
    return [back, *_bust(scheme), _fringe(scheme, low=0.80)]


def figure_long(scheme: Scheme, _: random.Random) -> list[Part]:
    """Return head and shoulders of a person with long hair, without a face."""
    back = Part(
        outline=turned([(0.30, 0.20), (0.48, 0.205), (0.74, 0.195), (0.90, 0.14), (0.975, 0.03)]), colour=scheme.hair
    )
    return [back, *_bust(scheme), _fringe(scheme, low=0.74)]


def _bust(scheme: Scheme) -> list[Part]:
    """Return neck, clothes and head."""
    torso = [(-0.10, 0.43), (0.06, 0.42), (0.17, 0.40), (0.255, 0.335), (0.31, 0.22), (0.345, 0.13), (0.365, 0.095)]
    collar = ((-0.115, 0.385), (0.0, 0.225), (0.115, 0.385), (0.078, 0.40), (0.0, 0.295), (-0.078, 0.40))
    jaw = [(0.465, 0.052), (0.50, 0.088), (0.57, 0.125), (0.66, 0.142), (0.76, 0.142), (0.85, 0.115), (0.905, 0.05)]
    return [
        Part(outline=turned([(0.26, 0.10), (0.36, 0.076), (0.54, 0.080)]), colour=scheme.skin.bent(lightness=-0.09)),
        Part(outline=turned(torso, sag=0.02), colour=scheme.subject),
        Part(outline=collar, colour=scheme.subject.bent(lightness=0.09), form="flat"),
        Part(outline=ellipse(-0.145, 0.69, 0.022, 0.045), colour=scheme.skin.bent(lightness=-0.05), form="round"),
        Part(outline=ellipse(0.145, 0.69, 0.022, 0.045), colour=scheme.skin.bent(lightness=-0.05), form="round"),
        Part(outline=turned(jaw), colour=scheme.skin),
    ]


def _fringe(scheme: Scheme, *, low: float) -> Part:
    """Return the hair above a face, parted at one side."""
    crown = [
        (0.168 * math.cos(math.pi * step / 16), 0.80 + 0.178 * math.sin(math.pi * step / 16)) for step in range(17)
    ]
    line = [
        (-0.156, low),
        (-0.128, 0.845),
        (-0.06, 0.885),
        (0.03, 0.895),
        (0.10, 0.87),
        (0.14, low + 0.01),
        (0.158, low),
    ]
    return Part(outline=(*crown, *line), colour=scheme.hair, form="round")


def standing(scheme: Scheme, _: random.Random) -> list[Part]:
    """Return a person from head to foot."""
    trousers = scheme.accent.bent(lightness=-0.24)
    sleeve = scheme.subject.bent(lightness=-0.04)
    coat = [(0.30, 0.125), (0.46, 0.112), (0.60, 0.098), (0.72, 0.118), (0.785, 0.120), (0.822, 0.075), (0.842, 0.036)]
    parts = [
        Part(outline=turned([(0.0, 0.040), (0.03, 0.034), (0.46, 0.052)], x=side * 0.058, sag=0.3), colour=trousers)
        for side in (-1, 1)
    ]
    parts += [
        part
        for side in (-1, 1)
        for part in (
            Part(outline=ellipse(side * 0.150, 0.415, 0.019, 0.026), colour=scheme.skin, form="round"),
            Part(outline=ellipse(side * 0.136, 0.61, 0.030, 0.188, turn=side * 0.08), colour=sleeve, form="round"),
        )
    ]
    return [
        *parts,
        Part(outline=turned([(0.80, 0.027), (0.88, 0.027)]), colour=scheme.skin.bent(lightness=-0.09)),
        Part(outline=turned(coat, sag=0.06), colour=scheme.subject),
        Part(outline=ellipse(0, 0.936, 0.056, 0.064), colour=scheme.hair, form="round"),
        Part(outline=ellipse(0, 0.918, 0.044, 0.060), colour=scheme.skin, form="round"),
        Part(
            outline=(
                (-0.05, 0.93),
                (-0.045, 0.975),
                (0.0, 1.0),
                (0.045, 0.975),
                (0.05, 0.93),
                (0.03, 0.955),
                (-0.02, 0.962),
            ),
            colour=scheme.hair,
            form="round",
        ),
    ]
