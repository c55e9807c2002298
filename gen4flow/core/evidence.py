"""Which prediction a lost submit was: judged from the provider's history and billing, cautiously.

A submit whose answer was lost is matched by model and time alone, since the history holds no inputs. By itself gen4flow
believes a match only when nothing else could be meant; absence from the history is never proof of anything.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CATCH_UP = timedelta(seconds=30)  # after a submit was sent, until the history is believed to show it
BEFORE = timedelta(seconds=30)  # the provider's clock may be behind
AFTER = timedelta(seconds=120)  # or ahead, or slow to write


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSubmit:
    """A submit without an answer: sent at `sent`, given up at `deadline`."""

    number: int
    key: str
    model: str
    sent: datetime
    deadline: datetime

    @property
    def window(self) -> tuple[datetime, datetime]:
        """Return between which moments its prediction may have been created."""
        return self.sent - BEFORE, self.deadline + AFTER

    def overlaps(self, other: LostSubmit) -> bool:
        """Tell whether a prediction could be either's."""
        (start, end), (other_start, other_end) = self.window, other.window
        return self.model == other.model and start <= other_end and other_start <= end


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A prediction in the provider's history."""

    prediction_id: str
    model: str
    status: str
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was read of the history; `complete`: back past every window that is asked about."""

    items: Sequence[Listed]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """What was read of the billing: which key each prediction was paid with, and which keys are known to be ours."""

    key_of: Mapping[str, str]
    ours: Collection[str]

    def names_another_key(self, prediction_id: str) -> bool:
        """Tell whether a prediction was surely paid with somebody else's key."""
        key = self.key_of.get(prediction_id)
        return key is not None and bool(self.ours) and key not in self.ours


class Doubt(enum.Enum):
    """Why a match is left to a person."""

    NONE = "it is the only prediction that it can be"
    INCOMPLETE = "the provider's history could not be read past it"
    ABSENT = "the history shows no prediction that it could be, which proves nothing"
    SEVERAL = "several predictions could be it"
    SHARED = "another lost submit could be the same prediction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the evidence says of one lost submit: the predictions that it may be, and why that is not enough."""

    lost: LostSubmit
    candidates: Sequence[Listed]
    doubt: Doubt

    @property
    def certain(self) -> bool:
        """Tell whether nothing else can be meant, as far as history and billing say."""
        return self.doubt is Doubt.NONE


def judge(lost: Sequence[LostSubmit], history: History, billing: Billing, *, claimed: Collection[str]) -> list[Verdict]:
    """Return a verdict for each lost submit; `claimed` are the predictions that have an owner already."""
    return [_verdict(one, lost, history, billing, claimed) for one in lost]


def _verdict(
    one: LostSubmit, lost: Sequence[LostSubmit], history: History, billing: Billing, claimed: Collection[str]
) -> Verdict:
    """Return the verdict on one lost submit: the first doubt that holds."""
    start, end = one.window
    candidates = [
        item
        for item in history.items
        if item.model == one.model
        and start <= item.created <= end
        and item.prediction_id not in claimed
        and not billing.names_another_key(item.prediction_id)
    ]
    doubts = (
        (Doubt.INCOMPLETE, not history.complete),
        (Doubt.SHARED, any(other is not one and one.overlaps(other) for other in lost)),
        (Doubt.SEVERAL, len(candidates) > 1),
        (Doubt.ABSENT, not candidates),
    )
    doubt = next((doubt for doubt, holds in doubts if holds), Doubt.NONE)
    return Verdict(lost=one, candidates=candidates, doubt=doubt)
