"""Reading many purchases at once: each as if it had been asked for alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gen4flow.core.purchase import Accepted, Failed, Failure, Fetched, Refused, Status
from gen4flow.ledger import Ledger, reading
from gen4flow.ledger.ledger import FILE
from tests.ledger.test_ledger import FACTS, IMAGE, happen, intended, order


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger in a new state folder."""
    opened = Ledger.open(tmp_path)
    yield opened
    opened.close()


def test_many_purchases_are_those_that_are_found_one_by_one(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    run = ledger.start_run(FACTS)
    for number in range(1, 8):
        happen(ledger, intended(ledger, order(number), run=run), Accepted(prediction_id=f"p{number}"))
    first = ledger.purchase(order(1).fingerprint)
    assert first
    happen(ledger, first.number, Accepted(prediction_id="p1"), Fetched(), images=(IMAGE,))
    wanted = [order(number).fingerprint for number in (5, 1, 9, 3, 1, 7)]
    found = ledger.purchases(wanted)
    assert found == {one: alone for one in wanted if (alone := ledger.purchase(one))}
    assert {purchase.key for purchase in found.values()} == {f"main[n={number}]" for number in (1, 3, 5, 7)}
    assert found[order(1).fingerprint].images == (IMAGE,)
    assert ledger.known(wanted) == found.keys()
    assert ledger.statuses() == {Status.SUCCEEDED: 1, Status.SUBMITTED: 6}


def test_of_failed_attempts_the_newest_speaks(ledger: Ledger) -> None:
    run, failed = ledger.start_run(FACTS), Failed(failure=Failure.TASK, message="no")
    numbers = []
    for prediction in ("p1", "p2"):
        numbers.append(intended(ledger, order(), run=run))
        happen(ledger, numbers[-1], Accepted(prediction_id=prediction), failed)
    newest = ledger.purchases([order().fingerprint])[order().fingerprint]
    assert (newest.number, newest.tries) == (numbers[-1], 2)


def test_an_attempt_that_holds_speaks_before_newer_ones(ledger: Ledger, tmp_path: Path) -> None:
    run, failed = ledger.start_run(FACTS), Failed(failure=Failure.TASK, message="no")
    numbers = []
    for prediction in ("p1", "p2", "p3"):
        numbers.append(intended(ledger, order(), run=run))
        happen(ledger, numbers[-1], Accepted(prediction_id=prediction), failed)
    with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
        database.execute("UPDATE attempts SET holds = 1 WHERE id = ?", (numbers[1],))
    found = ledger.purchases([order().fingerprint])[order().fingerprint]
    assert (found.number, found.attempt.holds, found.tries) == (numbers[1], True, 3)


def test_what_another_ledger_bought_was_not_tried_here(ledger: Ledger) -> None:
    run = ledger.start_run(FACTS)
    happen(ledger, intended(ledger, order(), run=run), Refused(failure=Failure.REFUSED, message="no"))
    ledger.import_elsewhere(order(), run=run, images=[IMAGE])
    found = ledger.purchases([order().fingerprint])[order().fingerprint]
    assert (found.elsewhere, found.tries, found.images) == (True, 1, (IMAGE,))


def test_nothing_is_known_of_nothing(ledger: Ledger) -> None:
    assert ledger.purchases([]) == {}
    assert ledger.known([]) == frozenset()
    assert ledger.statuses() == {}
