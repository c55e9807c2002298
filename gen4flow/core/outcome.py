"""How a run ended, and the exit code that says so."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Ending(enum.Enum):
    """Why a run stopped buying before its plan was done."""

    INTERRUPTED = "interrupted"  # Ctrl-C
    TERMINATED = "terminated"  # SIGTERM
    BROKEN = "broken"  # the disk, the ledger or the network gave out
    DENIED = "denied"  # the key, the account or the balance was refused
    LOST = "lost"  # too many submits without an answer
    CAPPED = "capped"  # the next purchase would pass a cap
    FAILURES = "failures"  # too many failures in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a run: why it stopped early, if it did, and the jobs of its plan that are not well."""

    endings: tuple[tuple[Ending, str], ...] = ()
    failed: int = 0
    unfetched: int = 0
    unknown: int = 0
    held: int = 0

    def has(self, ending: Ending) -> bool:
        """Tell whether the run stopped for that reason."""
        return any(one is ending for one, _ in self.endings)

    @property
    def exit_code(self) -> int:
        """Return the first that holds of 130 and 143, 1, 4, 7, 3, 6, 0."""
        judged = (
            (130, self.has(Ending.INTERRUPTED)),
            (143, self.has(Ending.TERMINATED)),
            (1, self.has(Ending.BROKEN)),
            (4, self.has(Ending.DENIED)),
            (7, self.unknown > 0 or self.has(Ending.LOST)),
            (3, self.held > 0 or self.has(Ending.CAPPED)),
            (6, self.failed + self.unfetched > 0 or self.has(Ending.FAILURES)),
        )
        return next((code for code, holds in judged if holds), 0)
