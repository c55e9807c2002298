"""What would be done with each job, and why: a decision from the past, pure and without a look at any disk."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gen4flow.core.history import Purchase
from gen4flow.core.job import Job, Request
from gen4flow.core.purchase import Failure, Status


class Action(enum.Enum):
    """What a run does with a job."""

    ADD = "add"  # buys it: it is new
    CHANGE = "change"  # buys it: its slot held another request before
    RETRY = "retry"  # buys it again: it failed, and somebody asked for another try
    RESUME = "resume"  # is paid for and runs, or is done: it is fetched
    KEEP = "keep"  # is bought and in its place
    REUSE = "reuse"  # is bought under another name, here or by this very plan: it is delivered under this one too
    ELSEWHERE = "elsewhere"  # was bought with another ledger: the output folder's manifest says so
    HEAL = "heal"  # is bought, and its file is missing or edited: it is restored for free
    HELD = "held"  # waits for approval
    SKIP = "skip"  # is left alone: it failed, or nobody knows whether it was bought
    REMOVE = "remove"  # is in the output folder and no longer in the recipe: nothing is deleted

    # an enum's own hash is that of its name, worked out in Python: too slow for what every job of a plan is counted by
    __hash__ = object.__hash__


BUYS = frozenset({Action.ADD, Action.CHANGE, Action.RETRY})


class Retry(enum.Enum):
    """Which failed jobs are bought again."""

    NONE = "none"  # they are left alone
    FAILED = "failed"  # those that were not billed
    BILLED = "billed"  # all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What the output folder's manifest says of a key: what stood there, and whether its image came."""

    key: str
    fingerprint: str
    succeeded: bool
    request: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A job that brings no image now: its key, and whether it is held or skipped."""

    key: str
    action: Action


class Past(NamedTuple):
    """What is known of a job's past: its purchase, its slot, and what is still on disk. A tuple, as rows are.

    `outdated`: its files were made in another way than they are wanted now. `blocked` is a job that it needs and that
    brings no image now; `approved`: somebody approved its purchase.
    """

    purchase: Purchase | None = None
    slot: Slot | None = None
    elsewhere: bool = False
    in_place: bool = False
    outdated: bool = False
    originals: bool = False
    twin: str | None = None
    blocked: Blocked | None = None
    approved: bool = False


NO_PAST = Past()
_NEW = (Action.ADD, "new")


class PlannedJob(NamedTuple):
    """A job with what a run does with it; `price` in micro-dollars is what that costs, now or once approved."""

    job: Job
    action: Action
    reason: str
    changed: tuple[str, ...] = ()
    price: int | None = 0
    purchase: Purchase | None = None
    files: Sequence[str] = ()

    @property
    def buys(self) -> bool:
        """Tell whether a run pays for it."""
        return self.action in BUYS

    @property
    def status(self) -> Status:
        """Return where the job is before anything is done."""
        if self.purchase is not None and self.purchase.attempt.status is not Status.PLANNED:
            return self.purchase.attempt.status
        return _STATUS_BEFORE.get(self.action, Status.PLANNED)


_STATUS_BEFORE = {Action.HELD: Status.HELD, Action.SKIP: Status.SKIPPED, Action.ELSEWHERE: Status.SUCCEEDED}


def judge(job: Job, past: Past, *, retry: Retry = Retry.NONE, buy_elsewhere: bool = False) -> tuple[Action, str]:
    """Return what a run does with a job, and why."""
    if past is NO_PAST and not job.held:
        return _NEW
    action, reason = _judged(job, past, retry, buy_elsewhere=buy_elsewhere)
    if action not in BUYS:
        return action, reason
    if past.blocked is not None and past.blocked.action is Action.HELD:
        return Action.HELD, f"needs {past.blocked.key}, which waits for approval"
    if past.blocked is not None:
        return Action.SKIP, f"needs {past.blocked.key}, which has no image"
    if job.held and not past.approved:
        return Action.HELD, f"{reason}; waits for --approve {job.step}"
    return action, reason


def _judged(job: Job, past: Past, retry: Retry, *, buy_elsewhere: bool) -> tuple[Action, str]:
    """Return what its own past says of a job."""
    purchase = past.purchase
    if purchase is None or purchase.attempt.status is Status.PLANNED:
        return _new(job, past, buy_elsewhere=buy_elsewhere)
    match purchase.attempt.status:
        case Status.SUCCEEDED:
            return _bought(job, past, purchase)
        case Status.SUBMITTED:
            return Action.RESUME, f"paid for, not fetched yet (prediction {purchase.attempt.prediction_id})"
        case Status.FAILED:
            return _failed(past, purchase, retry)
        case _:
            return Action.SKIP, "its submit has no answer: `gen4flow reconcile` settles it"


def _new(job: Job, past: Past, *, buy_elsewhere: bool) -> tuple[Action, str]:
    """Return what happens to a job that nothing is bought for."""
    if past.elsewhere and not buy_elsewhere:
        return Action.ELSEWHERE, "bought with another ledger; --buy-elsewhere buys it again"
    if past.twin is not None:
        return Action.REUSE, f"the same request as {past.twin}"
    if past.slot is not None and past.slot.fingerprint != job.fingerprint:
        told = [_change(name, job, past.slot) for name in changed_fields(job, past.slot)]
        return Action.CHANGE, f"changed: {', '.join(told) or 'the request'}"
    return _NEW


def _bought(job: Job, past: Past, purchase: Purchase) -> tuple[Action, str]:
    """Return what happens to a job that is bought."""
    if past.in_place:
        return Action.KEEP, "bought, and in its place"
    if not past.originals:
        return Action.HEAL, "bought; its original is missing and is fetched again while the provider keeps it"
    if past.outdated:
        return Action.HEAL, "bought; its files are made anew, for free: they are wanted otherwise now"
    if purchase.key == job.key or (past.slot and past.slot.fingerprint == job.fingerprint):
        return Action.HEAL, "bought; its file is missing or edited and is restored"
    return Action.REUSE, f"bought as {purchase.key}"


def _failed(past: Past, purchase: Purchase, retry: Retry) -> tuple[Action, str]:
    """Return what happens to a job that failed."""
    failure = purchase.attempt.failure or Failure.TASK
    told = f"failed ({failure.value}): {purchase.attempt.message}"
    if failure is Failure.GIVEN_UP:
        return Action.SKIP, f"{told}; what was given up is not bought again"
    wanted = retry is Retry.BILLED or (retry is Retry.FAILED and not failure.billed)
    if wanted and not purchase.attempt.holds:
        if past.twin is not None:
            return Action.REUSE, f"the same request as {past.twin}"
        return Action.RETRY, told
    return Action.SKIP, f"{told}; --retry {'billed' if failure.billed else 'failed'} buys it again"


def request_facts(request: Request) -> dict[str, object]:
    """Return the parts of a request that people know."""
    return {
        "model": request.model,
        "prompt": request.prompt,
        "provider": request.provider,
        **request.parameters,
        **({"references": [one.identity() for one in request.references]} if request.references else {}),
        **({} if request.take is None else {"take": request.take}),
    }


def _change(name: str, job: Job, slot: Slot) -> str:
    """Return what was and what is of a short part of a request; of a prompt or a list, the name alone."""
    was, now = slot.request.get(name), request_facts(job.request).get(name)
    short = name != "prompt" and not isinstance(was, list) and not isinstance(now, list)
    return f"{name} {_shown(was)} -> {_shown(now)}" if short else name


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def changed_fields(job: Job, slot: Slot) -> tuple[str, ...]:
    """Return the names of the request's parts that are not what they were."""
    now = request_facts(job.request)
    names = [*now, *(name for name in slot.request if name not in now)]
    return tuple(name for name in names if now.get(name) != slot.request.get(name))
