"""The purchase protocol: one attempt to buy one image, as a pure function of its state and what happened.

    planned ── intent is durable ──> submitting ──┬── accepted ──> submitted ──┬── fetched ──> succeeded
                                                  ├── lost ──────> unknown     └── failed ───> failed
                                                  ├── refused ───> failed
                                                  └── never left, throttled, denied ──> planned (the attempt is over)

    unknown ──┬── adopted ───> submitted (again forgotten: planned)
              ├── forgotten ─> planned, and the attempt keeps counting
              └── given up ──> failed, and is never bought again

Only an attempt that came to nothing for certain lets its fingerprint be bought again. What an attempt's price
counts as follows from its state: see `Money`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias


class Status(enum.Enum):
    """Where a job is; an attempt has the status that it gives its job."""

    PLANNED = "planned"  # nothing is bought, nothing forbids buying
    HELD = "held"  # waits for somebody's approval
    SKIPPED = "skipped"  # what it needs has failed
    SUBMITTING = "submitting"  # the intent is durable, the answer is not known yet
    SUBMITTED = "submitted"  # accepted: the prediction runs, or is done and not fetched yet
    SUCCEEDED = "succeeded"  # the image is on disk, checked
    FAILED = "failed"  # no image will come of this attempt
    UNKNOWN = "unknown"  # nobody knows whether it was accepted: a person or evidence settles it


class Money(enum.Enum):
    """What an attempt's price counts as, against every cap."""

    RESERVED = "reserved"  # it may be charged any moment, or runs
    UNKNOWN = "unknown"  # it may have been charged
    SPENT = "spent"  # it is charged, as far as anybody knows
    RELEASED = "released"  # it was not charged, or given back


class Failure(enum.Enum):
    """Why an attempt brought no image."""

    REFUSED = "refused"  # the request was refused with 4xx: never accepted
    MODERATION = "moderation"  # the provider's safety system refused it
    REFERENCE = "reference"  # a reference image could not be uploaded, or fetched by the provider
    TASK = "task"  # the model's run failed
    CANCELLED = "cancelled"  # somebody cancelled it
    NO_IMAGE = "no-image"  # completed without an image
    FORBIDDEN_OUTPUT = "forbidden-output"  # its output lies where nothing may be fetched from
    EXPIRED = "expired"  # paid, and no longer to be had
    GIVEN_UP = "given-up"  # a person gave the attempt up

    @property
    def billed(self) -> bool:
        """Tell whether it counts as spent until the billing shows a refund."""
        return self in _BILLED


_BILLED = frozenset({Failure.MODERATION, Failure.NO_IMAGE, Failure.FORBIDDEN_OUTPUT, Failure.EXPIRED, Failure.GIVEN_UP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: at most one POST.

    `holds`: it forbids another purchase of its fingerprint. `failure` and `message` say why there is no image (yet).
    """

    status: Status = Status.PLANNED
    money: Money = Money.RELEASED
    holds: bool = False
    prediction_id: str | None = None
    failure: Failure | None = None
    message: str = ""
    adopted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """The purchase is about to be tried: durable before the POST leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider has answered with the id of a prediction."""

    prediction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverLeft:
    """No byte of the request reached the provider: nothing was bought, repeating is free."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The provider refused for now; `retry_after` in seconds, None where it did not say."""

    retry_after: float | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The request was refused for good, without being billed: by the provider, or because of a reference image."""

    message: str
    failure: Failure = Failure.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The provider refused the key, the account or the balance: no request would fare better."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The request may have been accepted, and nothing says whether."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The prediction ended without an image."""

    failure: Failure
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed:
    """The image is paid for and could not be fetched now; a later run tries again."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The image is on disk, decoded and checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """Evidence, or a person, says which prediction an unknown submit has become."""

    prediction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A person says that the purchase may be made again, whatever this attempt has cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A person says that the attempt counts as spent and is not made again."""


SubmitAnswer: TypeAlias = Accepted | NeverLeft | Throttled | Refused | Denied | Lost
Event: TypeAlias = Intended | SubmitAnswer | Failed | Delayed | Fetched | Adopted | Forgotten | GivenUp


class Effect(enum.Enum):
    """What the engine owes after a decision was made durable."""

    POST = "send the one POST of this attempt"
    COLLECT = "poll the prediction and fetch its image"
    REPEAT = "try the job again with a new attempt, after a pause"
    SLOW_DOWN = "the whole run submits and polls less often"
    STOP = "submit nothing more in this run"
    COUNT_LOST = "one more submit without an answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The attempt's next state, and what to do once that is durable."""

    attempt: Attempt
    effects: tuple[Effect, ...] = ()


class ProtocolError(AssertionError):
    """An event can't happen in this state: a bug, never the provider's doing."""


def decide(attempt: Attempt, event: Event) -> Decision:
    """Return the state after an event and what follows from it; raises ProtocolError for one that can't happen."""
    if attempt.status not in _FROM[type(event)]:
        raise ProtocolError(f"{type(event).__name__} in state {attempt.status.value}")
    match event:
        case Intended():
            state = Attempt(status=Status.SUBMITTING, money=Money.RESERVED, holds=True)
            return Decision(attempt=state, effects=(Effect.POST,))
        case Accepted(prediction_id=prediction_id):
            state = replace(attempt, status=Status.SUBMITTED, prediction_id=prediction_id)
            return Decision(attempt=state, effects=(Effect.COLLECT,))
        case NeverLeft(message=message):
            return Decision(attempt=_over(message), effects=(Effect.REPEAT,))
        case Throttled(message=message):
            return Decision(attempt=_over(message), effects=(Effect.SLOW_DOWN, Effect.REPEAT))
        case Denied(message=message):
            return Decision(attempt=_over(message), effects=(Effect.STOP,))
        case Refused(failure=failure, message=message) | Failed(failure=failure, message=message):
            return Decision(attempt=_failed(attempt, failure, message))
        case Lost(message=message):
            state = replace(attempt, status=Status.UNKNOWN, money=Money.UNKNOWN, message=message)
            return Decision(attempt=state, effects=(Effect.COUNT_LOST,))
        case Delayed(message=message):
            return Decision(attempt=replace(attempt, message=message))
        case Fetched():
            state = replace(attempt, status=Status.SUCCEEDED, money=Money.SPENT, failure=None, message="")
            return Decision(attempt=state)
        case Adopted() | Forgotten() | GivenUp():
            return _settled(attempt, event)


def _settled(attempt: Attempt, event: Adopted | Forgotten | GivenUp) -> Decision:
    """Return what evidence or a person makes of an attempt that nobody knew the end of."""
    match event:
        case Adopted(prediction_id=prediction_id):
            state = replace(attempt, status=Status.SUBMITTED, money=Money.RESERVED, adopted=True)
            state = replace(state, prediction_id=prediction_id, message="")
            return Decision(attempt=state, effects=(Effect.COLLECT,))
        case Forgotten():
            if attempt.status is not Status.UNKNOWN and not attempt.adopted:
                raise ProtocolError("only what is unknown, or was adopted, can be forgotten")
            return Decision(attempt=Attempt(money=Money.SPENT, message="forgotten by a person; it keeps counting"))
        case GivenUp():
            state = replace(attempt, status=Status.FAILED, money=Money.SPENT, failure=Failure.GIVEN_UP)
            return Decision(attempt=replace(state, message="given up by a person; it keeps counting"))


def _over(message: str) -> Attempt:
    """Return an attempt that came to nothing for certain: its job is planned again."""
    return Attempt(message=message)


def _failed(attempt: Attempt, failure: Failure, message: str) -> Attempt:
    """Return an attempt that will bring no image: billed or not by its class."""
    money = Money.SPENT if failure.billed else Money.RELEASED
    return replace(attempt, status=Status.FAILED, money=money, holds=False, failure=failure, message=message)


# In which states an event can happen: everything else is a bug of the engine.
_FROM: Mapping[type[Event], frozenset[Status]] = {
    Intended: frozenset({Status.PLANNED, Status.FAILED}),
    Accepted: frozenset({Status.SUBMITTING}),
    NeverLeft: frozenset({Status.SUBMITTING}),
    Throttled: frozenset({Status.SUBMITTING}),
    Refused: frozenset({Status.SUBMITTING}),
    Denied: frozenset({Status.SUBMITTING}),
    Lost: frozenset({Status.SUBMITTING}),
    Failed: frozenset({Status.SUBMITTED}),
    Delayed: frozenset({Status.SUBMITTED}),
    # a picture that is bought and lost from disk is fetched again: the state stays what it was
    Fetched: frozenset({Status.SUBMITTED, Status.SUCCEEDED}),
    Adopted: frozenset({Status.UNKNOWN}),
    Forgotten: frozenset({Status.UNKNOWN, Status.SUBMITTED, Status.SUCCEEDED, Status.FAILED}),
    GivenUp: frozenset({Status.UNKNOWN}),
}
