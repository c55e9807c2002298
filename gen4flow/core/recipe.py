"""A recipe as values: what was asked for, before any file of data is read and any row is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from gen4flow.core.problem import Mark
from gen4flow.core.values import Value, identity

REQUEST_PARAMETERS = ("aspect_ratio", "resolution", "seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A template's source and where it starts; `mark.file` is the prompt file for a prompt from a file."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisValue:
    """One value of an axis: its identity (which goes into keys), the value itself, and where it was written."""

    id: str
    value: Value
    mark: Mark

    @classmethod
    def of(cls, value: Value, mark: Mark) -> AxisValue:
        """Make an axis value that is identified the usual way."""
        return cls(id=identity(value), value=value, mark=mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAxis:
    """An axis whose values stand in the recipe."""

    name: str
    values: tuple[AxisValue, ...]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAxis:
    """An axis whose values a plug of AXIS_SOURCES brings: `form` is `from`, `glob` or `range`.

    `settings` is the mapping as written; `folder` is the folder that its paths are relative to.
    """

    name: str
    form: str
    settings: Mapping[str, Value]
    folder: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoSeedAxis:
    """`seed: {auto: n}`: seeds hashed from salt and number, and from the axes in `per` (or the `request`)."""

    count: int
    salt: str
    per: tuple[str, ...]
    mark: Mark
    name: str = "seed"

    @property
    def per_request(self) -> bool:
        """Tell whether the rest of the request is mixed in."""
        return self.per == ("request",)


Axis: TypeAlias = ListAxis | SourceAxis | AutoSeedAxis


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Axes that advance together: one axis, or the linked ones of a zip."""

    axes: tuple[Axis, ...]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One item of exclude, include or add: values by axis (or extra) name, each with its place."""

    values: Mapping[str, Value]
    marks: Mapping[str, Mark]
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Dimensions in written order, zips last; then exclude, include and add."""

    dimensions: tuple[Dimension, ...] = ()
    exclude: tuple[Rule, ...] = ()
    include: tuple[Rule, ...] = ()
    add: tuple[Rule, ...] = ()
    allow_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a recipe allows itself; amounts in US dollars. None: not set."""

    max_cost: Decimal | None = None
    concurrency: int | None = None
    images_per_minute: int | None = None
    submitting: int = 8
    max_jobs: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where images go: the folder's template (None: `out/<name>`) and the file's (None: from the axes)."""

    dir: Text | None = None
    file: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One recipe, checked against the schema, with the place of everything in it.

    `sha256` is of the recipe's bytes. `parameters` holds request parameters as written: a scalar, or text that may be
    a template. `marks` finds the place of a top-level key.
    """

    file: str
    sha256: str
    name: str
    description: str = ""
    provider: str = "local"
    model: str = "runwayml/gen4-image"
    vars: Mapping[str, Value] = field(default_factory=dict)
    prompt: Text
    parameters: Mapping[str, Value] = field(default_factory=dict)
    matrix: Matrix = Matrix()
    repeat: int | None = None
    output: Output = Output()
    tags: Mapping[str, Text] = field(default_factory=dict)
    limits: Limits = Limits()
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def mark(self, key: str) -> Mark:
        """Return the place of a top-level key, or the file where it is not written."""
        return self.marks.get(key, Mark(file=self.file))
