"""How a run went, for the person who started it: what came, what did not, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence

from gen4flow.commands.planning import Planning
from gen4flow.core.manifest import Entry
from gen4flow.core.outcome import Outcome
from gen4flow.core.price import from_micros, show_money
from gen4flow.core.purchase import Failure, Status
from gen4flow.terminal import conclude, say


def report(planning: Planning, entries: Sequence[Entry], outcome: Outcome) -> None:
    """Print a line for every job that is not well, why the run stopped early, and the sum."""
    for entry in entries:
        if (line := _line(entry)) is not None:
            say(line)
    for _, message in outcome.endings:
        say(f"stopped: {message}")
    done = sum(entry.status is Status.SUCCEEDED for entry in entries)
    conclude(f"{done} of {len(entries)} images in {planning.folder.path}")


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
