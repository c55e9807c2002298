"""Draws the stand-in for the photograph: a place, the light in it, and a subject that stands there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from gen4flow.emulator.proof.frame import Frame
from gen4flow.emulator.proof.places import PLACES
from gen4flow.emulator.proof.props import WITH_PROPS, choose_props
from gen4flow.emulator.proof.sketch import Sketch
from gen4flow.emulator.proof.solids import Part, Spot, paint
from gen4flow.emulator.proof.staging import Staging
from gen4flow.emulator.proof.subjects import SUBJECTS

BUSTS = (
    "figure",
    "figure-long",
)  # cut off by the picture's foot, so they throw no shadow on the ground and may touch the sides
WIDEST, WIDEST_BUST = 0.60, 0.94  # of the picture's width
HEADROOM = {"9:16": 0.17, "3:4": 0.12}  # of the picture's height, free above a subject: what an app covers
LEAST_HEADROOM = 0.07
BESIDE = 0.5  # of the width: what is wider, a subject stands above, not beside
PROP_SHARE = 0.36  # of the subject: how large what lies beside it is
SIDE = 0.03  # of the picture's width, free beside a subject
GROUNDED = 0.05  # of a subject's height: what is lower touches the ground


def draw_scene(frame: Frame, staging: Staging, *, taken: tuple[int, int] = (0, 0)) -> Image.Image:
    """Return the picture without a word on it.

    `taken` is the width and the height of a lower corner in pixels, at the side where the subject is not, that
    something will be laid over.
    """
    parts = SUBJECTS[staging.subject](staging.scheme, staging.form)
    spot = _spot(frame, staging, parts, taken)
    sketch = Sketch(frame.width, frame.height)
    PLACES[staging.place](sketch, staging, staging.dice("place"))
    if staging.subject in BUSTS:
        sketch.blur(0.012)
    sketch.glow(staging.axis + 0.30 * staging.light, 0.12, 0.6, 0.30)
    sketch.glow(staging.axis - 0.62 * staging.light, 0.9, 0.6, -0.26)
    if staging.subject not in BUSTS:
        _shadow(sketch, frame, spot, _foot_of(parts))
    props = (
        choose_props(staging.scheme, staging.dice("props")) if staging.subject in WITH_PROPS and not any(taken) else []
    )
    for prop, aside, front in props:
        _shadow(sketch, frame, _beside(spot, aside, front, parts), _foot_of(prop))
    canvas = sketch.enlarged(frame.width, frame.height, seen=frame.live_height)
    beside = [(_beside(spot, aside, front, parts), prop) for prop, aside, front in props]
    for place, thing in sorted([(spot, parts), *beside], key=lambda each: each[0].y):
        for part in thing:
            paint(canvas, part, place)
    return canvas


def _spot(frame: Frame, staging: Staging, parts: Sequence[Part], taken: tuple[int, int]) -> Spot:
    """Return where the subject stands, as large as the take wants it and the picture has room for."""
    bust = staging.subject in BUSTS
    left = min(x for part in parts for x, _ in part.outline)
    right = max(x for part in parts for x, _ in part.outline)
    top = HEADROOM.get(frame.ratio, LEAST_HEADROOM) * frame.height
    foot = frame.live_height * 1.01 if bust else staging.foot * frame.height
    wanted = staging.tall * (frame.live_height - (top if bust else 0))
    if bust:
        height = min(wanted, WIDEST_BUST * frame.width / (right - left))
        return Spot(x=staging.axis * frame.width, y=foot, height=height, light=staging.light, exposure=staging.exposure)
    across, down = taken if taken[0] < BESIDE * frame.width else (0, taken[1])
    room = frame.live_height - (0 if across else down) - top
    height = min(wanted, WIDEST * (frame.width - across) / (right - left), room)
    left_edge, right_edge = (across, 0) if staging.axis > 0.5 else (0, across)
    low, high = SIDE * frame.width + left_edge - left * height, (1 - SIDE) * frame.width - right_edge - right * height
    lowest = frame.live_height * 0.97 if across or not down else frame.live_height - down
    return Spot(
        x=min(max(staging.axis * frame.width, low), high),
        y=min(max(foot, top + height), lowest),
        height=height,
        light=staging.light,
        exposure=staging.exposure,
    )


def _beside(spot: Spot, aside: float, front: float, parts: Sequence[Part]) -> Spot:
    """Return where a prop lies: beside the subject, a little behind or before it."""
    half = max(abs(x) for part in parts for x, _ in part.outline)
    height = PROP_SHARE * (half + 0.30) * spot.height
    return replace(
        spot,
        x=spot.x + math.copysign(half * spot.height + 0.9 * abs(aside) * height, aside),
        y=spot.y + front * 0.25 * height,
        height=height,
    )


def _foot_of(parts: Sequence[Part]) -> tuple[float, float]:
    """Return from where to where a subject touches the ground, in its heights."""
    grounded = [x for part in parts for x, y in part.outline if y < GROUNDED]
    return (min(grounded), max(grounded)) if grounded else (-0.1, 0.1)


def _shadow(sketch: Sketch, frame: Frame, spot: Spot, foot: tuple[float, float]) -> None:
    """Draw the shadow that the subject throws, and the darkness where it touches the ground."""
    x, y = (spot.x + spot.height * sum(foot) / 2) / frame.width, spot.y / frame.height
    wide = spot.height * (foot[1] - foot[0]) / 2 / frame.width
    tall, reach = 0.05 * spot.height / frame.height, 0.75 * spot.height / frame.width
    away = -spot.light
    throw = (
        (x - wide, y),
        (x + away * reach - 0.8 * wide, y - 2.0 * tall),
        (x + away * (reach + 1.1 * wide), y - 1.8 * tall),
        (x + away * reach + 0.8 * wide, y - 0.7 * tall),
        (x + wide, y + 0.3 * tall),
    )
    sketch.darken(throw, 0.30, 0.020)
    turns = [math.tau * step / 24 for step in range(24)]
    touch = [(x + 1.12 * wide * math.cos(turn), y + 0.1 * tall + 0.7 * tall * math.sin(turn)) for turn in turns]
    sketch.darken(touch, 0.62, 0.009)
