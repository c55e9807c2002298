"""One check of `doctor`: what was looked at, how it is, and what to do."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.Enum):
    """How a check went."""

    FINE = "ok"
    WARNS = "warning"  # a run may go on, and something is probably not as it was meant
    FAILS = "fails"  # a run would not get far


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, how it is, and what to do where it is not well."""

    name: str
    told: str
    verdict: Verdict = Verdict.FINE
    help: str = ""

    def as_text(self) -> str:
        """Return the check on a line, and the remedy below it."""
        line = f"{self.verdict.value:<8} {self.name}: {self.told}"
        return f"{line}\n         help: {self.help}" if self.help else line

    def as_json(self) -> dict[str, str]:
        """Return the check as JSON values."""
        return {"name": self.name, "verdict": self.verdict.value, "told": self.told, "help": self.help}
