"""What is wrong with a recipe, and where: the values that every message about a recipe is made of."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """How bad a problem is."""

    ERROR = "error"  # the recipe can't be planned
    WARNING = "warning"  # the recipe can be planned, and probably isn't what was meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in a file; `line` and `column` count from 1, 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: where, a stable code, what, and what to do about it (`help`).

    `near` is the word that it is about, where its column is not known: it stands at the mark or behind it.
    """

    mark: Mark
    code: str
    message: str
    help: str = ""
    severity: Severity = Severity.ERROR
    near: str = ""

    def position(self) -> tuple[str, int, int, str, str]:
        """Return the sort key that puts problems in reading order."""
        return (self.mark.file, self.mark.line, self.mark.column, self.code, self.message)

    def __str__(self) -> str:
        remedy = f"\n  help: {self.help}" if self.help else ""
        return f"{self.mark}: {self.severity.value}[{self.code}]: {self.message}{remedy}"
