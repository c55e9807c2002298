"""What `deliver` asks for: a file of a size, a shape and a format, made from an image for a place where it is shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gen4flow.core.image import EXTENSIONS
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import Rule
from gen4flow.core.values import Value

FORMATS = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
QUALITY = 85  # of JPEG and WebP where nothing else is said
WHITE = "#ffffff"
FOCUS: Mapping[str, tuple[float, float]] = {
    "center": (0.5, 0.5),
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
}
SHOWN = 6  # names that a message lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A place where images are shown, with what it takes; `source` says who says so, and when that was read.

    `formats` are media types, the first one is taken where a recipe names none.
    """

    name: str
    width: int
    height: int
    formats: tuple[str, ...]
    source: str
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverable:
    """One file that is made of an image; `width` and `height` in pixels, None: as follows from the shape.

    `crop` is width over height. `focus` is the point that stays as near to the middle as can be, from 0 to 1 across and
    down. `media_type` None: that of the image. `quality` None: 85, or nothing that needs encoding. `when` tells for
    which rows it is made, all of them where it is empty.
    """

    name: str
    width: int | None = None
    height: int | None = None
    crop: Fraction | None = None
    focus: tuple[float, float] = FOCUS["center"]
    media_type: str | None = None
    quality: int | None = None
    max_bytes: int | None = None
    background: str = WHITE
    upscale: bool = False
    when: Mapping[str, Value] = field(default_factory=dict)
    mark: Mark

    @property
    def shape(self) -> Fraction | None:
        """Return width over height, None: that of the image."""
        return Fraction(self.width, self.height) if self.width and self.height else self.crop

    def facts(self) -> dict[str, object]:
        """Return everything that the bytes of the file depend on, beside the image and its marks."""
        return {
            "background": self.background,
            "crop": str(self.crop) if self.crop else None,
            "focus": list(self.focus),
            "height": self.height,
            "max_bytes": self.max_bytes,
            "media_type": self.media_type,
            "quality": self.quality,
            "width": self.width,
        }


def read_deliver(rule: Rule, placements: Mapping[str, Placement]) -> Deliverable | list[Problem]:
    """Return an item of `deliver`, which the schema has found well-formed, or what is wrong with it."""
    values: Mapping[str, Any] = rule.values
    if not values.keys() & {"placement", "name"}:
        told, remedy = "an item of deliver needs the key placement or name", "add name: ..., which names its files"
        return [Problem(mark=rule.mark, code="missing-key", message=told, help=remedy)]
    name = values.get("placement")
    placement = placements.get(name) if name is not None else None
    if name is not None and placement is None:
        return [_unknown(str(name), placements, rule.marks["placement"])]
    made = Deliverable(
        name=values.get("name") or str(name),
        width=values.get("width", placement.width if placement else None),
        height=values.get("height", placement.height if placement else None),
        crop=_ratio(values["crop"]) if "crop" in values else None,
        focus=_point(values.get("focus", "center")),
        media_type=_media_type(values.get("format"), placement),
        quality=values.get("quality"),
        max_bytes=min((n for n in (values.get("max_bytes"), placement and placement.max_bytes) if n), default=None),
        background=str(values.get("background", WHITE)).lower(),
        upscale=bool(values.get("upscale", False)),
        when=values.get("when", {}),
        mark=rule.mark,
    )
    return list(_problems(made, rule, placement)) or made


def _problems(made: Deliverable, rule: Rule, placement: Placement | None) -> Iterator[Problem]:
    """Yield what contradicts itself, or the placement."""
    if made.crop and made.width and made.height:
        told = f"{made.name} has a width and a height, which are its shape already"
        yield Problem(mark=rule.marks["crop"], code="not-allowed", message=told, help="remove crop, or one of the two")
    if placement and made.media_type not in placement.formats:
        takes = ", ".join(_word(one) for one in placement.formats)
        told = f"{placement.name} takes {takes}, and no {rule.values['format']}"
        remedy = "change format, or remove placement and write its width and height"
        yield Problem(mark=rule.marks["format"], code="not-allowed", message=told, help=remedy)
    if made.media_type == "image/png" and made.quality is not None:
        told, remedy = "a PNG keeps every pixel, so it has no quality", "remove quality, or say format: jpeg or webp"
        yield Problem(mark=rule.marks["quality"], code="not-allowed", message=told, help=remedy)


def _unknown(name: str, placements: Mapping[str, Placement], mark: Mark) -> Problem:
    """Return the problem of a placement that is not in the list."""
    near = difflib.get_close_matches(name, placements, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    remedy = f"{hint}gen4flow help placements lists them; or give a name, width and height of your own"
    return Problem(mark=mark, code="unknown-placement", message=f"{name!r} is no placement that is known", help=remedy)


def _ratio(text: object) -> Fraction:
    """Return width over height of a text such as 1.91:1."""
    width, _, height = str(text).partition(":")
    return Fraction(width) / Fraction(height)


def _point(written: Any) -> tuple[float, float]:
    """Return a focus as the point that it is."""
    return FOCUS[written] if isinstance(written, str) else (float(written[0]), float(written[1]))


def _media_type(written: str | None, placement: Placement | None) -> str | None:
    """Return the format that is asked for, or that the placement takes first."""
    if written is not None:
        return FORMATS[written]
    return placement.formats[0] if placement else None


def _word(media_type: str) -> str:
    return next(word for word, one in FORMATS.items() if one == media_type)


def extension_of(media_type: str) -> str:
    """Return the ending of a file of a kind."""
    return EXTENSIONS.get(media_type, ".bin")
