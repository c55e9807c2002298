"""How much a run dares at once: windows that grow and halve, and caution after a submit without an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

START = 2  # predictions under way at first, where nothing is set
CEILING = 64  # and at most
CAUTIOUS_ANSWERS = 20  # answered submits in a row after which one at a time is over
MAX_LOST = 3  # lost submits in a row that stop submitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How many predictions may be under way: grows by one an answer at first, and after a 429 by one a window."""

    size: int
    ceiling: int
    throttled: bool = False
    answered: int = 0

    @classmethod
    def of(cls, concurrency: int | None) -> Window:
        """Return the first window: a concurrency that is set is start and ceiling."""
        return cls(size=concurrency or START, ceiling=concurrency or CEILING)

    def after_answer(self) -> Window:
        """Return the window after an accepted submit."""
        answered = self.answered + 1
        if answered < (self.size if self.throttled else 1):
            return replace(self, answered=answered)
        return replace(self, size=min(self.size + 1, self.ceiling), answered=0)

    def after_throttle(self) -> Window:
        """Return the window after a 429: half."""
        return replace(self, size=max(1, self.size // 2), throttled=True, answered=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """What lost submits teach: three in a row stop submitting; after one, one at a time until 20 were answered."""

    lost_in_row: int = 0
    answers_owed: int = 0

    def after_lost(self) -> Caution:
        """Return the caution after a submit without an answer."""
        return Caution(lost_in_row=self.lost_in_row + 1, answers_owed=CAUTIOUS_ANSWERS)

    def after_answer(self) -> Caution:
        """Return the caution after a submit that was answered."""
        return Caution(answers_owed=max(0, self.answers_owed - 1))

    def at_once(self, submitting: int) -> int:
        """Return how many submits may be unanswered."""
        return 1 if self.answers_owed else submitting

    @property
    def stops(self) -> bool:
        """Tell whether nothing more may be submitted."""
        return self.lost_in_row >= MAX_LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryBudget:
    """How many retries a run may make: a few at once, then one for every ten requests."""

    left: float = 10.0

    def after_request(self) -> RetryBudget:
        """Return the budget after a request of any kind."""
        return RetryBudget(left=min(10.0, self.left + 0.1))

    def after_retry(self) -> RetryBudget | None:
        """Return the budget after a retry, None where there is none left for it."""
        return RetryBudget(left=self.left - 1) if self.left >= 1 else None
