"""A recipe as values: what was asked for, before any file of data is read and any row is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from gen4flow.core.problem import Mark
from gen4flow.core.values import Value, identity, key_text, line_text

REQUEST_PARAMETERS = ("aspect_ratio", "resolution", "seed")
PROVIDER_NAMES = ("local", "wavespeed")  # those of PROVIDERS, for all who need no dialect
DEFAULT_MODEL = "runwayml/gen4-image"
MAIN = "main"  # the name of the only step of a recipe without `steps`


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A template's source and where it starts; `mark.file` is the prompt file for a prompt from a file.

    `folder` is the one that a path in it is relative to.
    """

    text: str
    mark: Mark
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisValue:
    """One value of an axis: its identity (which goes into keys), the value itself, and where it was written.

    `quoted` is its identity as it stands in a key, `told` its JSON: a scalar's own, a mapping's identity. They are
    made once here, for they are asked for by every job that has the value.
    """

    id: str
    value: Value
    mark: Mark
    quoted: str = field(init=False, repr=False, compare=False)
    told: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quoted", key_text(self.id))
        object.__setattr__(self, "told", line_text(self.id if isinstance(self.value, Mapping) else self.value))

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
    """One item of exclude, include, add or deliver: values by name, each with its place."""

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
class PicksFile:
    """A picks file by the path that is written, the folder it is relative to, and where it is written."""

    path: str
    folder: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a step takes from an earlier one, under a name that its templates know.

    Without more, every job of `step` is taken. `collect` gathers along axes: one list for what else tells them apart.
    `pick` keeps one value of an axis, which tells nothing apart any more; `picks` keeps the jobs that a file picked.
    """

    name: str
    step: str
    collect: tuple[str, ...] = ()
    pick: Mapping[str, Value] = field(default_factory=dict)
    picks: PicksFile | None = None
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What a recipe says about marks: whether copies bear them, and whether the prompt is one of them."""

    wanted: bool = True
    prompt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: a prompt over a matrix, with everything that top-level values left to it.

    `parameters` holds request parameters as written: a scalar, or text that may be a template. `file` is the template
    of a delivered file's name, None: from the axes; `marking` says what is written into the file; `original`: the image
    itself is delivered, beside what `deliver` makes of it. `held`: its purchases wait for somebody's approval. `marks`
    finds the place of a key.
    """

    name: str = MAIN
    model: str = DEFAULT_MODEL
    vars: Mapping[str, Value] = field(default_factory=dict)
    prompt: Text
    references: tuple[Text, ...] = ()
    parameters: Mapping[str, Value] = field(default_factory=dict)
    matrix: Matrix = Matrix()
    repeat: int | None = None
    file: Text | None = None
    marking: Marking = Marking()
    original: bool = True
    deliver: tuple[Rule, ...] = ()
    tags: Mapping[str, Text] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    only: PicksFile | None = None
    held: bool = False
    marks: Mapping[str, Mark] = field(default_factory=dict)
    mark: Mark

    def place(self, key: str) -> Mark:
        """Return the place of one of its keys, or its own where that is not written."""
        return self.marks.get(key, self.mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One recipe, checked against the schema, with the place of everything in it.

    `sha256` is of the recipe file's bytes; `profiles` are those that were asked for, in order; `steps` stand so that
    each comes after what it needs. `dir` is the template of the output folder, None: `out/<name>`.
    """

    file: str
    sha256: str
    name: str
    description: str = ""
    provider: str = "local"
    model: str = DEFAULT_MODEL
    vars: Mapping[str, Value] = field(default_factory=dict)
    profiles: tuple[str, ...] = ()
    dir: Text | None = None
    limits: Limits = Limits()
    steps: tuple[Step, ...]
