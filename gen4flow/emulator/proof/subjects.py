"""What a proof shows: things made of a few solid parts, in heights of the thing, drawn in the order of their list."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TypeAlias

from gen4flow.emulator.proof.colours import Colour, Scheme
from gen4flow.emulator.proof.people import figure, figure_long, standing
from gen4flow.emulator.proof.solids import Part, ellipse, ring, rounded_box, turned
from gen4flow.emulator.proof.stills import still_arch, still_ball, still_stack

# What is drawn from the scheme, with chances that every take of one prompt shares
Subject: TypeAlias = Callable[[Scheme, random.Random], list[Part]]

WOOD = Colour(0.08, 0.34, 0.46)
AUTUMN = 0.18  # the hue where leaves turn from yellow to green
LEAF = Colour(0.30, 0.28, 0.34)


def bottle(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a bottle with a lid."""
    waist = dice.uniform(0.115, 0.155)
    body = [(0, waist - 0.015), (0.03, waist), (0.58, waist), (0.72, 0.62 * waist), (0.79, 0.058), (0.87, 0.058)]
    return [
        Part(outline=turned(body), colour=scheme.subject, gloss=0.10),
        Part(outline=turned([(0.85, 0.068), (0.98, 0.068), (0.985, 0.06)]), colour=WOOD),
    ]


def cup(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a mug with a handle."""
    top, foot, side = 0.50, dice.uniform(0.38, 0.47), dice.choice((-1, 1))
    body = [(0, foot - 0.03), (0.06, foot), (0.95, top), (1.0, top)]
    return [
        Part(outline=ring(side * 0.54, 0.54, 0.26, 0.29, 0.165, 0.195), colour=scheme.subject, form="round"),
        Part(outline=turned(body, sag=0.16), colour=scheme.subject, gloss=0.06),
        Part(outline=ellipse(0, 1.0, top - 0.02, 0.075), colour=scheme.subject, form="flat", tone=0.34),
        Part(outline=ellipse(0, 0.985, top - 0.06, 0.052), colour=Colour(0.06, 0.45, 0.22), form="flat", tone=0.6),
    ]


def vase(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a vase with a few twigs."""
    belly, neck = dice.uniform(0.22, 0.30), dice.uniform(0.07, 0.11)
    body = [
        (0, 0.13),
        (0.03, 0.15),
        (0.26, belly),
        (0.48, 0.72 * belly),
        (0.58, neck),
        (0.64, neck),
        (0.68, neck + 0.03),
    ]
    twigs = [
        part
        for lean in (-0.30, -0.12, 0.05, 0.20, 0.33)
        for part in _twig(lean + dice.uniform(-0.05, 0.05), dice.uniform(0.86, 1.02), scheme.accent)
    ]
    rim = neck + 0.022
    return [
        *twigs,
        Part(outline=turned(body), colour=scheme.subject, gloss=0.05),
        Part(outline=ellipse(0, 0.683, rim, 0.018), colour=scheme.subject, form="flat", tone=0.32),
    ]


def _twig(lean: float, top: float, bloom: Colour) -> list[Part]:
    stem = ((-0.006, 0.6), (lean - 0.004, top), (lean + 0.004, top), (0.006, 0.6))
    leaf = ellipse(0.5 * lean + 0.03, (0.6 + top) / 2, 0.045, 0.016, turn=0.5)
    return [
        Part(outline=stem, colour=LEAF, form="flat", tone=0.45),
        Part(outline=leaf, colour=LEAF, form="round"),
        Part(outline=ellipse(lean, top, 0.042, 0.05), colour=bloom, form="round"),
    ]


def bag(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a bag with a handle, a flap and a pocket."""
    wide = dice.uniform(0.32, 0.40)
    seam = scheme.subject.bent(lightness=-0.07)
    return [
        Part(outline=ring(0, 0.86, 0.14, 0.14, 0.105, 0.105), colour=WOOD, form="round"),
        Part(outline=rounded_box(-wide, 0, wide, 0.88, 0.11), colour=scheme.subject, form="round"),
        Part(outline=rounded_box(-wide + 0.045, 0.05, wide - 0.045, 0.40, 0.06), colour=seam, form="round"),
        Part(
            outline=rounded_box(-wide - 0.008, 0.56, wide + 0.008, 0.885, 0.10), colour=seam, form="round", gloss=0.05
        ),
        Part(outline=rounded_box(-0.028, 0.44, 0.028, 0.62, 0.015), colour=Colour(0.12, 0.4, 0.5), form="round"),
    ]


def lamp(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a lamp with a lit shade."""
    shade = [(0.60, dice.uniform(0.26, 0.32)), (1.0, dice.uniform(0.14, 0.22))]
    return [
        Part(outline=turned([(0, 0.17), (0.035, 0.17), (0.05, 0.13)]), colour=scheme.subject),
        Part(outline=turned([(0.04, 0.02), (0.62, 0.02)]), colour=scheme.subject, gloss=0.1),
        Part(outline=turned(shade, sag=0.12), colour=Colour(0.12, 0.55, 0.82), gloss=0.14),
    ]


def seat(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return an armchair on wooden legs."""
    wide = dice.uniform(0.40, 0.46)
    legs = [
        Part(
            outline=((x - 0.02, 0.26), (x + 0.02, 0.26), (x + lean + 0.012, 0.0), (x + lean - 0.012, 0.0)),
            colour=WOOD,
            form="flat",
            tone=tone,
        )
        for x, lean, tone in (
            (-wide + 0.06, -0.03, 0.50),
            (wide - 0.06, 0.03, 0.50),
            (-0.22, 0.0, 0.34),
            (0.22, 0.0, 0.34),
        )
    ]
    dark = scheme.subject.bent(lightness=-0.05)
    return [
        *legs[2:],
        Part(outline=rounded_box(-wide + 0.05, 0.28, wide - 0.05, 1.0, 0.15), colour=scheme.subject, form="round"),
        *legs[:2],
        Part(outline=rounded_box(-wide + 0.06, 0.24, wide - 0.06, 0.48, 0.07), colour=dark, form="round", gloss=0.06),
        Part(outline=rounded_box(-wide - 0.02, 0.22, -wide + 0.12, 0.64, 0.065), colour=scheme.subject, form="round"),
        Part(outline=rounded_box(wide - 0.12, 0.22, wide + 0.02, 0.64, 0.065), colour=scheme.subject, form="round"),
    ]


def animal(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a small animal that sits."""
    side = dice.choice((-1, 1))
    coat, belly = scheme.subject, Colour(0.10, 0.30, 0.82)
    ears = [((s * 0.13, 0.86), (s * 0.155, 1.04), (s * 0.03, 0.93)) for s in (-1, 1)]
    return [
        Part(outline=ellipse(side * 0.34, 0.14, 0.24, 0.085, turn=side * 0.5), colour=coat, form="round"),
        *(Part(outline=ear, colour=coat.bent(lightness=-0.08), form="round") for ear in ears),
        Part(outline=turned([(0, 0.22), (0.06, 0.26), (0.28, 0.24), (0.58, 0.13), (0.72, 0.10)]), colour=coat),
        Part(outline=ellipse(0, 0.34, 0.085, 0.20), colour=belly, form="round"),
        Part(outline=ellipse(0, 0.80, 0.165, 0.145), colour=coat, form="round"),
        Part(outline=ellipse(0.0, 0.745, 0.062, 0.052), colour=belly, form="round"),
        Part(outline=ellipse(0.0, 0.765, 0.018, 0.014), colour=Colour(0.6, 0.1, 0.12), form="flat"),
        *(
            Part(outline=ellipse(s * 0.065, 0.825, 0.014, 0.018), colour=Colour(0.6, 0.1, 0.1), form="flat")
            for s in (-1, 1)
        ),
    ]


def house(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a tower with a lower building beside it."""
    side = dice.choice((-1, 1))
    roof = Colour(0.02, 0.42, 0.40)
    near, far = side * 0.12, side * 0.46
    gable = ((min(near, far) - 0.04, 0.24), ((near + far) / 2, 0.38), (max(near, far) + 0.04, 0.24))
    wing = ((near, 0.0), (far, 0.0), (far, 0.25), (near, 0.25))
    return [
        Part(outline=wing, colour=scheme.subject, form="flat", tone=0.52),
        Part(outline=gable, colour=roof, form="flat", tone=0.56),
        Part(
            outline=(
                (far - side * 0.12, 0.06),
                (far - side * 0.2, 0.06),
                (far - side * 0.2, 0.16),
                (far - side * 0.12, 0.16),
            ),
            colour=scheme.wall,
            form="flat",
            tone=0.22,
        ),
        Part(outline=turned([(0, 0.145), (0.74, 0.10)], sag=0.05), colour=scheme.subject),
        Part(outline=turned([(0.32, 0.127), (0.46, 0.119)], sag=0.05), colour=roof),
        Part(outline=turned([(0.74, 0.125), (0.77, 0.125)], sag=0.05), colour=scheme.subject.bent(lightness=-0.25)),
        Part(outline=turned([(0.77, 0.07), (0.88, 0.07)], sag=0.05), colour=Colour(0.13, 0.7, 0.78), gloss=0.14),
        Part(outline=turned([(0.88, 0.095), (1.0, 0.006)], sag=0.05), colour=roof),
    ]


def tree(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a tree with a crown of a few rounds."""
    rounds = [(dice.uniform(-0.22, 0.22), dice.uniform(0.52, 0.84), dice.uniform(0.15, 0.21)) for _ in range(6)]
    crown = [(0.0, 0.66, 0.26), *sorted(rounds, key=lambda each: each[1])]
    hue = scheme.subject.hue
    green = scheme.subject if AUTUMN < hue < 0.45 or hue < 0.13 else LEAF
    return [
        Part(outline=turned([(0, 0.055), (0.10, 0.035), (0.55, 0.025)]), colour=WOOD.bent(lightness=-0.1)),
        *(
            Part(outline=ellipse(x, y, r, 0.9 * r), colour=green.bent(lightness=0.03 * (y - 0.6)), form="round")
            for x, y, r in crown
        ),
    ]


def box(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a box seen from a corner, from a little above."""
    front, side = dice.uniform(0.50, 0.70), dice.uniform(0.30, 0.42)
    near, left, right, back = (0.0, 0.0), (-front, 0.09), (side, 0.13), (side - front, 0.22)
    up = 0.78
    face = (left, near, (near[0], up), (left[0], left[1] + up))
    end = (near, right, (right[0], right[1] + up), (near[0], up))
    lid = ((left[0], left[1] + up), (near[0], up), (right[0], right[1] + up), (back[0], back[1] + up))
    label = ((-0.84 * front, 0.37), (-0.22 * front, 0.315), (-0.22 * front, 0.555), (-0.84 * front, 0.61))
    faces = ((face, 0.62), (end, 0.40), (lid, 0.76))
    return [
        *(Part(outline=outline, colour=scheme.subject, form="flat", tone=tone) for outline, tone in faces),
        Part(outline=label, colour=scheme.accent, form="flat", tone=0.66),
    ]


def ball(scheme: Scheme, dice: random.Random) -> list[Part]:
    """Return a round thing with a smaller one beside it."""
    side = dice.choice((-1, 1))
    return [
        Part(outline=ellipse(side * 0.62, 0.25, 0.25, 0.25), colour=scheme.accent, form="round"),
        Part(outline=ellipse(0, 0.5, 0.5, 0.5), colour=scheme.subject, form="round", gloss=0.06),
    ]


SUBJECTS: Mapping[str, Subject] = {
    "figure": figure,
    "figure-long": figure_long,
    "standing": standing,
    "bottle": bottle,
    "cup": cup,
    "vase": vase,
    "bag": bag,
    "lamp": lamp,
    "seat": seat,
    "animal": animal,
    "house": house,
    "tree": tree,
    "box": box,
    "ball": ball,
    "still-ball": still_ball,
    "still-arch": still_arch,
    "still-stack": still_stack,
}
