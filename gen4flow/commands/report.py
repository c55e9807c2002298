"""How a run went, for the person who started it: what came, what did not, and what to type next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gen4flow.commands.run_plan import RunPlan
from gen4flow.core.manifest import Entry
from gen4flow.core.outcome import Outcome
from gen4flow.core.plan import Action
from gen4flow.core.price import from_micros, show_money
from gen4flow.core.purchase import Failure, Status
from gen4flow.terminal import conclude, say

_NO_IMAGE = frozenset({Status.FAILED, Status.UNKNOWN, Status.SKIPPED})


def report(plan: RunPlan, entries: Sequence[Entry], outcome: Outcome) -> None:
    """Print a line for every job that is not well, why the run stopped early, and the sum."""
    planning = plan.planning
    for entry in entries:
        if (line := _line(entry)) is not None:
            say(line)
    for line in _waiting(plan, entries):
        say(line)
    for _, message in outcome.endings:
        say(f"stopped: {message}")
    done = sum(entry.status is Status.SUCCEEDED for entry in entries)
    conclude(f"{done} of {len(entries)} images in {planning.folder.path}")


def _waiting(plan: RunPlan, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what waits for approval by step, and each job that was left out for want of what it needs."""
    prices = {one.job.key: one.price or 0 for one in plan.jobs if one.action is Action.HELD}
    held = [entry for entry in entries if entry.status is Status.HELD]
    for step in dict.fromkeys(entry.job.step for entry in held):
        mine = [entry for entry in held if entry.job.step == step]
        total = show_money(from_micros(sum(prices.get(entry.job.key, 0) for entry in mine)))
        yield f"held: {len(mine)} jobs of the step {step}, ${total}: --approve {step} buys them"
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
            return (
                f"unknown: {key}: ${price}, sent {entry.purchase.created}, and no answer ({attempt.message}); "
                "`gen4flow reconcile` settles it"
            )
        case Status.FAILED:
            failure = attempt.failure or Failure.TASK
            again = "billed" if failure.billed else "failed"
            return f"failed: {key}: {failure.value}: {attempt.message}; --retry {again} buys it again"
        case Status.SUBMITTED:
            return f"paid, not fetched yet: {key}: {attempt.message or 'still running'}; run again to fetch it"
        case _:
            return None
