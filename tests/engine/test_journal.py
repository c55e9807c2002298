"""The journal over a real ledger: many writes in one transaction, and nobody is told before it is on disk."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.history import Cap, Change, Held, OverCap, PredictionTaken, Reach
from gen4flow.core.purchase import Accepted, Attempt, Intended, decide
from gen4flow.engine.journal import Journal
from gen4flow.ledger import Ledger
from tests.engine.running import FACTS, PRICE, task

ACCEPTED = decide(decide(Attempt(), Intended()).attempt, Accepted(prediction_id="p-1")).attempt


class SlowDisk(Ledger):
    """A ledger whose transactions wait before they are durable, and whose disk can fail."""

    waits = 0.02
    fails = False
    transactions = 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """Wait, or fail, where the disk would."""
        self.transactions += 1
        with super().together():
            yield
            time.sleep(self.waits)
            if self.fails:
                raise OSError(28, "No space left on device")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SlowDisk]:
    opened = SlowDisk.open(tmp_path)
    assert isinstance(opened, SlowDisk)
    yield opened
    opened.close()


def intends(ledger: Ledger, number: int, *caps: Cap) -> Callable[[], int | OverCap | Held]:
    """Return the work that makes an intent."""
    return lambda: ledger.intend(task(number).order, run=1, recipe="spring", caps=caps)


def on_disk(path: Path) -> set[int]:
    """Return the attempts that another program sees."""
    with sqlite3.connect(f"file:{path / 'ledger.sqlite3'}?mode=ro", uri=True) as database:
        found = {number for (number,) in database.execute("SELECT id FROM attempts")}
    database.close()
    return found


def through_journal(ledger: Ledger, *works: Callable[[], Any], then: Callable[[Any], Any] = lambda it: it) -> list[Any]:
    """Do works at once, and what comes of each as soon as its caller goes on; errors are results."""

    async def one(journal: Journal, work: Callable[[], Any]) -> Any:
        return then(await journal.do(work))

    async def whole() -> list[Any]:
        ledger.start_run(FACTS)
        journal = Journal(ledger)
        try:
            return await asyncio.gather(*(one(journal, work) for work in works), return_exceptions=True)
        finally:
            journal.close()

    return asyncio.run(whole())


def test_nobody_goes_on_before_all_that_is_written_together_is_on_disk(ledger: SlowDisk, tmp_path: Path) -> None:
    works = [intends(ledger, number) for number in range(40)]
    seen = through_journal(ledger, *works, then=lambda number: number in on_disk(tmp_path))
    assert seen == [True] * 40


def test_what_comes_while_the_disk_is_waited_for_is_one_transaction(ledger: SlowDisk) -> None:
    numbers = through_journal(ledger, *(intends(ledger, number) for number in range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert ledger.transactions <= 3


def test_a_cap_counts_the_intents_of_its_own_transaction(ledger: SlowDisk, tmp_path: Path) -> None:
    cap = Cap(reach=Reach.RUN, limit=7 * PRICE, told="--max-cost")
    found = through_journal(ledger, *(intends(ledger, number, cap) for number in range(20)))
    assert sum(isinstance(one, int) for one in found) == 7
    assert sum(isinstance(one, OverCap) for one in found) == 13
    assert len(on_disk(tmp_path)) == 7


def test_a_fingerprint_is_held_once_within_a_transaction(ledger: SlowDisk) -> None:
    found = through_journal(ledger, *(intends(ledger, 5) for _ in range(6)))
    assert [type(one) for one in found] == [int, Held, Held, Held, Held, Held]


def test_a_write_that_is_refused_undoes_itself_alone(ledger: SlowDisk) -> None:
    through_journal(ledger, *(intends(ledger, number) for number in range(3)))
    changes = [Change(number=number, attempt=ACCEPTED, event="Accepted") for number in (1, 2)]
    works: list[Callable[[], object]] = [lambda one=one: ledger.record([one]) for one in changes]  # type: ignore[misc]
    first, second, third = through_journal(ledger, *works, intends(ledger, 9))
    assert first is None
    assert isinstance(second, PredictionTaken)
    assert third == 4
    statuses = [one.attempt.status.value for one in ledger.every_attempt()]
    assert sorted(statuses) == ["submitted", "submitting", "submitting", "submitting"]


def test_where_nothing_reached_the_disk_every_caller_hears_of_it(ledger: SlowDisk, tmp_path: Path) -> None:
    ledger.fails = True
    found = through_journal(ledger, *(intends(ledger, number) for number in range(5)))
    assert [type(one) for one in found] == [OSError] * 5
    assert on_disk(tmp_path) == set()


def test_what_a_cancelled_caller_handed_over_is_written(ledger: SlowDisk, tmp_path: Path) -> None:
    async def whole() -> None:
        ledger.start_run(FACTS)
        journal = Journal(ledger)
        callers = [asyncio.ensure_future(journal.do(intends(ledger, number))) for number in range(4)]
        await asyncio.sleep(0)
        for caller in callers:
            caller.cancel()
            with suppress(asyncio.CancelledError):
                await caller
        journal.close()

    asyncio.run(whole())
    assert len(on_disk(tmp_path)) == 4


def test_a_journal_that_is_closed_refuses_what_comes(ledger: SlowDisk) -> None:
    async def whole() -> None:
        journal = Journal(ledger)
        journal.close()
        for number in range(2):
            with pytest.raises(RuntimeError):
                await asyncio.wait_for(journal.do(intends(ledger, number)), 1)

    asyncio.run(whole())
