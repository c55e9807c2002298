"""What every source of axis values is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import SourceAxis
from gen4flow.core.values import Value

MAX_ROWS = 200_000  # of one data file: twenty times the jobs that a recipe may become unless it says more
MAX_PROBLEMS = 1_000  # of one file: after so many, it is another file than was meant


class YamlDocument(Protocol):
    """A YAML file as plain values that know their places."""

    @property
    def value(self) -> Value:
        """The whole value."""

    def mark(self, path: tuple[str | int, ...]) -> Mark:
        """Return the place of the value at a path of keys and indexes."""


LoadYaml: TypeAlias = Callable[[bytes, str], YamlDocument]
CompileWhere: TypeAlias = Callable[[str], Callable[[Mapping[str, Value]], bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One axis to read, and the means: the project's root, the reader of YAML, the compiler of conditions."""

    axis: SourceAxis
    root: Path
    load_yaml: LoadYaml
    compile_where: CompileWhere

    def setting(self, name: str) -> str | None:
        """Return a setting that is text, None when it is not set."""
        value = self.axis.settings.get(name)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a data file: its number from 1, its value, its place."""

    number: int
    value: Value
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rows that a data file holds, and everything that is wrong with it."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def failure(mark: Mark, code: str, message: str, help: str = "") -> RecipeError:  # noqa: A002  # as in Problem
    """Return the error for one thing that is wrong."""
    return RecipeError([Problem(mark=mark, code=code, message=message, help=help)])


def shown(text: str) -> str:
    """Return a text for a message: short, on one line, without characters that a terminal acts on."""
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
