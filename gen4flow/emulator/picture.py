"""Draws a proof: a picture that shows what was asked for, in the size that was asked for.

The same `Picture` gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

from gen4flow.emulator.proof.frame import Frame
from gen4flow.emulator.proof.guides import draw_guides
from gen4flow.emulator.proof.insets import Reference, draw_insets, row_size
from gen4flow.emulator.proof.marking import encoded
from gen4flow.emulator.proof.scene import draw_scene
from gen4flow.emulator.proof.slug import draw_mark, draw_slug
from gen4flow.emulator.proof.staging import stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that a proof shows; `size` is width and height in pixels."""

    prompt: str
    model: str
    size: tuple[int, int]
    ratio: str
    resolution: str
    references: tuple[Reference, ...]
    seed: int
    seed_was_asked_for: bool
    image_format: str


def draw(picture: Picture) -> bytes:
    """Return the picture's file."""
    frame = Frame.of(picture.size)
    staging = stage(picture.prompt, picture.seed, frame)
    taken = row_size(frame, len(picture.references))
    canvas = draw_scene(frame, staging, taken=taken)
    on_left = staging.axis > 0.5  # where the subject leaves room
    draw_guides(canvas, frame, captions_on_left=bool(picture.references) and not on_left)
    if picture.references:
        draw_insets(canvas, frame, picture.references, on_left=on_left)
    draw_slug(canvas, frame, prompt=picture.prompt, facts=_facts(picture))
    draw_mark(canvas, frame)
    return encoded(canvas, picture.image_format)


def _facts(picture: Picture) -> list[str]:
    width, height = picture.size
    seed = f"seed {picture.seed}" + ("" if picture.seed_was_asked_for else " (random)")
    count = len(picture.references)
    references = [f"{count} reference{'s' * (count > 1)}"] if count else []
    resolution = [picture.resolution] if picture.resolution else []
    return [picture.ratio, *resolution, f"{width} × {height} px", seed, *references, picture.model]
