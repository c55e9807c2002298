"""How a run went, for the person who started it: what came, what did not, and what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gen4flow.commands.run_plan import RunPlan
from gen4flow.core.advice import ADVICE, input_of
from gen4flow.core.manifest import Entry
from gen4flow.core.outcome import Outcome
from gen4flow.core.plan import Action
from gen4flow.core.price import from_micros, show_money
from gen4flow.core.purchase import Failure, Status
from gen4flow.terminal import conclude, say

EXPLAINED = 5  # jobs of each kind of failure that are told with their input and cost
_NO_IMAGE = frozenset({Status.FAILED, Status.UNKNOWN, Status.SKIPPED})


def report(plan: RunPlan, entries: Sequence[Entry], outcome: Outcome) -> None:
    """Print what is to be said of every job that is not well, why the run stopped early, and the sum."""
    typed = plan.planning.prepared.typed
    for line in (*_unwell(entries, typed), *_waiting(plan, entries)):
        say(line)
    for _, message in outcome.endings:
        say(f"stopped: {message}")
    report_sum(plan, done=sum(entry.status is Status.SUCCEEDED for entry in entries))


def report_sum(plan: RunPlan, *, done: int) -> None:
    """Print how many of the images are there, and where."""
    conclude(f"{done} of {len(plan.jobs)} images in {plan.planning.folder.path}")


def _unwell(entries: Sequence[Entry], typed: str) -> Iterator[str]:
    """Yield a line for every job that is not well; the first of each kind of failure with all that is known."""
    told: Counter[Failure] = Counter()
    for entry in entries:
        if (line := _line(entry)) is None:
            continue
        yield line
        if entry.status is Status.FAILED and entry.purchase:
            failure = entry.purchase.attempt.failure or Failure.TASK
            told[failure] += 1
            if told[failure] <= EXPLAINED:
                yield f"  {input_of(entry.job.request, failure)}"
                yield f"  cost: {_cost(entry.purchase.price, failure)}"
    for failure, count in told.items():
        of = f"{count} x " if count > 1 else ""
        yield f"{of}{failure.value}: {ADVICE[failure]}"
        if failure is not Failure.GIVEN_UP:
            yield f"  -> gen4flow run {typed} --retry {'billed' if failure.billed else 'failed'}"
    if any(entry.status is Status.UNKNOWN for entry in entries):
        told_of = "nobody knows whether the unknown ones were bought: they are not bought again"
        yield f"{told_of}\n  -> gen4flow reconcile {typed}"
    if any(entry.status is Status.SUBMITTED for entry in entries):
        yield f"what is paid and not fetched yet is not lost\n  -> gen4flow run {typed}"


def _cost(price: int, failure: Failure) -> str:
    """Return what a failure has cost."""
    if not price:
        return "nothing: a proof"
    if failure.billed:
        return f"${show_money(from_micros(price))}, until the billing shows a refund"
    return "nothing"


def _waiting(plan: RunPlan, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what waits for approval by step, and each job that was left out for want of what it needs."""
    typed = plan.planning.prepared.typed
    prices = {one.job.key: one.price or 0 for one in plan.jobs if one.action is Action.HELD}
    held = [entry for entry in entries if entry.status is Status.HELD]
    for step in dict.fromkeys(entry.job.step for entry in held):
        mine = [entry for entry in held if entry.job.step == step]
        total = show_money(from_micros(sum(prices.get(entry.job.key, 0) for entry in mine)))
        told = f"held: {len(mine)} job{'s' if len(mine) > 1 else ''} of the step {step}, ${total}"
        asks = any(entry.job.held for entry in mine)
        yield f"{told}\n  -> gen4flow run {typed} --approve {step}" if asks else f"{told}, with what it needs"
    keys = {entry.job.fingerprint: entry.job.key for entry in entries}
    bad = {entry.job.fingerprint for entry in entries if entry.status in _NO_IMAGE}
    for entry in entries:
        if entry.status is Status.SKIPPED:
            needed = [keys[one] for one in entry.job.request.upstream if one in bad]
            yield f"skipped: {entry.job.key}: no image of {', '.join(needed)}; nothing was paid for it"


def _line(entry: Entry) -> str | None:
    """Return what is to be said of a job, None where all is well or nothing was tried."""
    if entry.purchase is None:
        return None
    attempt, key = entry.purchase.attempt, entry.job.key
    match attempt.status:
        case Status.UNKNOWN:
            price = show_money(from_micros(entry.purchase.price))
            return f"unknown: {key}: ${price}, sent {entry.purchase.created}, and no answer ({attempt.message})"
        case Status.FAILED:
            return f"failed: {key}: {(attempt.failure or Failure.TASK).value}: {attempt.message}"
        case Status.SUBMITTED:
            return f"paid, not fetched yet: {key}: {attempt.message or 'still running'}"
        case _:
            return None
