"""The ledger: what is durable, what the database itself forbids, what caps count, and what it refuses to open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gen4flow.core.errors import LedgerError
from gen4flow.core.history import Cap, Change, Delivery, Held, Order, OverCap, PredictionTaken, Reach, RunFacts
from gen4flow.core.image import Image
from gen4flow.core.marks import Marked
from gen4flow.core.purchase import (
    Accepted,
    Attempt,
    Event,
    Failed,
    Failure,
    Fetched,
    Intended,
    Lost,
    Money,
    Status,
    Throttled,
    decide,
)
from gen4flow.ledger import Ledger

FACTS = RunFacts(
    recipe="spring", provider="wavespeed", recipe_sha256="ab", git_commit=None, git_dirty=None, tool_version="0"
)
IMAGE = Image(sha256="c" * 64, bytes=10, width=2, height=3, media_type="image/png")


def order(number: int = 1, *, price: int = 80_000) -> Order:
    """Return an order whose fingerprint is made of its number."""
    return Order(
        fingerprint=f"{number:064x}",
        request=f'{{"n":{number}}}',
        provider="wavespeed",
        key=f"main[n={number}]",
        price=price,
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return a ledger in a new state folder."""
    opened = Ledger.open(tmp_path)
    yield opened
    opened.close()


def intended(ledger: Ledger, wanted: Order, *, run: int | None = None, caps: tuple[Cap, ...] = ()) -> int:
    """Make an intent that must succeed."""
    number = ledger.intend(wanted, run=run or ledger.start_run(FACTS), recipe="spring", caps=caps)
    assert isinstance(number, int)
    return number


def happen(ledger: Ledger, number: int, *events: Event, images: tuple[Image, ...] = ()) -> Attempt:
    """Let events happen to an attempt that was just intended."""
    attempt = decide(Attempt(), Intended()).attempt
    for event in events:
        attempt = decide(attempt, event).attempt
        fetched = images if isinstance(event, Fetched) else ()
        ledger.record([Change(number=number, attempt=attempt, event=type(event).__name__, images=fetched)])
    return attempt


def test_a_purchase_survives_the_process_that_made_it(tmp_path: Path) -> None:
    first = Ledger.open(tmp_path)
    number = intended(first, order())
    happen(first, number, Accepted(prediction_id="p1"), Fetched(), images=(IMAGE,))
    first.close()
    second = Ledger.read(tmp_path)
    assert second is not None
    found = second.purchase(order().fingerprint)
    second.close()
    assert found is not None
    assert (found.attempt.status, found.attempt.prediction_id, found.images) == (Status.SUCCEEDED, "p1", (IMAGE,))
    assert found.submitted
    assert found.finished


def test_an_intent_is_on_disk_before_it_is_returned(ledger: Ledger, tmp_path: Path) -> None:
    intended(ledger, order())
    beside = Ledger.read(tmp_path)
    assert beside is not None
    found = beside.purchase(order().fingerprint)
    beside.close()
    assert found is not None
    assert (found.attempt.status, found.attempt.money) == (Status.SUBMITTING, Money.RESERVED)


def test_a_live_purchase_forbids_another_of_its_fingerprint(ledger: Ledger) -> None:
    intended(ledger, order())
    assert isinstance(ledger.intend(order(), run=1, recipe="spring", caps=()), Held)


@pytest.mark.parametrize("event", [Lost(message="no answer"), Accepted(prediction_id="p1")])
def test_an_unknown_or_accepted_purchase_forbids_another(ledger: Ledger, event: Event) -> None:
    happen(ledger, intended(ledger, order()), event)
    assert isinstance(ledger.intend(order(), run=1, recipe="spring", caps=()), Held)


def test_an_attempt_that_was_throttled_lets_the_next_one_through(ledger: Ledger) -> None:
    happen(ledger, intended(ledger, order()), Throttled(retry_after=None, message="429"))
    second = intended(ledger, order())
    found = ledger.purchase(order().fingerprint)
    assert found is not None
    assert (found.number, found.tries) == (second, 2)


def test_the_database_itself_forbids_two_live_purchases(ledger: Ledger, tmp_path: Path) -> None:
    intended(ledger, order())
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(
            "INSERT INTO attempts (request, run, key, status, money, holds, price, day, created)"
            " SELECT request, run, key, status, money, 1, price, day, created FROM attempts"
        )
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("UPDATE attempts SET holds = 0")
    raw.close()


def test_events_and_attempts_can_not_be_deleted(ledger: Ledger, tmp_path: Path) -> None:
    intended(ledger, order())
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3")
    for statement in ("DELETE FROM events", "UPDATE events SET event = ''", "DELETE FROM attempts"):
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(statement)
    raw.close()


def test_one_prediction_id_belongs_to_one_attempt(ledger: Ledger) -> None:
    happen(ledger, intended(ledger, order(1)), Accepted(prediction_id="same"))
    with pytest.raises(PredictionTaken):
        happen(ledger, intended(ledger, order(2)), Accepted(prediction_id="same"))
    second = ledger.purchase(order(2).fingerprint)
    assert second is not None
    assert second.attempt.status is Status.SUBMITTING


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        ((), ("reserved", 80_000)),
        ((Accepted(prediction_id="p"),), ("reserved", 80_000)),
        ((Accepted(prediction_id="p"), Fetched()), ("spent", 80_000)),
        ((Lost(message=""),), ("unknown", 80_000)),
        ((Throttled(retry_after=None, message=""),), ("spent", 0)),
        ((Accepted(prediction_id="p"), Failed(failure=Failure.TASK, message="")), ("spent", 0)),
        ((Accepted(prediction_id="p"), Failed(failure=Failure.MODERATION, message="")), ("spent", 80_000)),
    ],
)
def test_sums_follow_what_happened(ledger: Ledger, events: tuple[Event, ...], counts: tuple[str, int]) -> None:
    happen(ledger, intended(ledger, order()), *events, images=(IMAGE,))
    sums = ledger.sums("spring")
    assert getattr(sums, counts[0]) == counts[1]
    assert sums.used == counts[1]


def test_images_that_are_recorded_again_take_the_place_of_all_that_were_there(ledger: Ledger) -> None:
    one, two, three = (replace(IMAGE, sha256=letter * 64) for letter in "abc")
    number = intended(ledger, order())
    happen(ledger, number, Accepted(prediction_id="p"), Fetched(), images=(one, two))
    happen(ledger, number, Accepted(prediction_id="p"), Fetched(), images=(three,))
    found = ledger.purchase(order().fingerprint)
    assert found is not None
    assert found.images == (three,)


def test_the_sums_are_those_of_the_attempts(ledger: Ledger, tmp_path: Path) -> None:
    happen(ledger, intended(ledger, order(1)), Accepted(prediction_id="a"), Fetched(), images=(IMAGE,))
    happen(ledger, intended(ledger, order(2)), Lost(message=""))
    happen(ledger, intended(ledger, order(3)), Throttled(retry_after=None, message=""))
    intended(ledger, order(3))
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3")
    summed = "SELECT money, sum({}) FROM {} GROUP BY money HAVING sum({}) > 0"
    of_attempts = dict(raw.execute(summed.format("price", "attempts", "price")).fetchall())
    of_totals = dict(raw.execute(summed.format("micros", "totals", "micros")).fetchall())
    raw.close()
    assert of_attempts == of_totals


@pytest.mark.parametrize("reach", list(Reach))
def test_a_cap_is_kept_to_the_last_micro_dollar(ledger: Ledger, reach: Reach) -> None:
    run = ledger.start_run(FACTS)
    cap = Cap(reach=reach, limit=160_000, told="a cap")
    for number in (1, 2):
        intended(ledger, order(number), run=run, caps=(cap,))
    refused = ledger.intend(order(3, price=1), run=run, recipe="spring", caps=(cap,))
    assert refused == OverCap(cap=cap, used=160_000)
    assert ledger.purchase(order(3).fingerprint) is None


@pytest.mark.parametrize(
    "events", [(), (Lost(message=""),), (Accepted(prediction_id="p"),), (Accepted(prediction_id="p"), Fetched())]
)
def test_a_purchase_counts_against_a_cap_whatever_it_counts_as(ledger: Ledger, events: tuple[Event, ...]) -> None:
    cap = Cap(reach=Reach.RECIPE, limit=100_000, told="a cap")
    happen(ledger, intended(ledger, order(1)), *events, images=(IMAGE,))
    assert isinstance(ledger.intend(order(2), run=1, recipe="spring", caps=(cap,)), OverCap)


def test_caps_reach_as_far_as_they_say(tmp_path: Path) -> None:
    day = datetime(2026, 11, 1, 23, 59, tzinfo=UTC)
    now = [day]
    ledger = Ledger.open(tmp_path, now=lambda: now[0])
    first = ledger.start_run(FACTS)
    intended(ledger, order(1), run=first)
    now[0] = datetime(2026, 11, 2, 0, 1, tzinfo=UTC)
    second = ledger.start_run(FACTS)
    other = ledger.start_run(
        RunFacts(
            recipe="other", provider="wavespeed", recipe_sha256="", git_commit=None, git_dirty=None, tool_version=""
        )
    )
    intended(ledger, order(2), run=other)

    def used(reach: Reach) -> int:
        return ledger.used(Cap(reach=reach, limit=0, told=""), recipe="spring", run=second)

    assert [used(reach) for reach in (Reach.RUN, Reach.RECIPE, Reach.DAY, Reach.PROJECT)] == [
        0,
        80_000,
        80_000,
        160_000,
    ]
    ledger.close()


def test_what_was_bought_elsewhere_holds_its_fingerprint_and_costs_nothing(ledger: Ledger) -> None:
    ledger.import_elsewhere(order(), run=ledger.start_run(FACTS), images=[IMAGE])
    assert isinstance(ledger.intend(order(), run=1, recipe="spring", caps=()), Held)
    assert ledger.sums().used == 0


def test_deliveries_are_remembered_by_folder(ledger: Ledger) -> None:
    copy = Delivery(
        path="a.png",
        sha256="d" * 64,
        bytes=3,
        mtime_ns=5,
        original="e" * 64,
        made="f" * 64,
        marks=Marked.SIDECAR,
        width=4,
        height=3,
    )
    ledger.delivered("/out", [copy])
    assert ledger.deliveries("/out") == {"a.png": copy}
    assert ledger.deliveries("/elsewhere") == {}


def test_reading_makes_no_ledger(tmp_path: Path) -> None:
    assert Ledger.read(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spoil", ["text", "truncated", "flipped", "newer", "other"])
def test_a_ledger_that_is_none_or_damaged_is_refused_with_a_remedy(tmp_path: Path, spoil: str) -> None:
    path = tmp_path / "ledger.sqlite3"
    ledger = Ledger.open(tmp_path)
    for number in range(200):
        intended(ledger, order(number))
    ledger.close()
    raw = bytearray(path.read_bytes())
    match spoil:
        case "text":
            path.write_text("this is no database, and longer than its header would be " * 10)
        case "truncated":
            path.write_bytes(raw[: len(raw) // 2])
        case "flipped":
            for place in range(4096, len(raw), 512):
                raw[place] ^= 0xFF
            path.write_bytes(raw)
        case "newer":
            with sqlite3.connect(path) as database:
                database.execute("PRAGMA user_version = 99")
            database.close()
        case "other":
            path.unlink()
            with sqlite3.connect(path) as database:
                database.execute("CREATE TABLE something (x)")
            database.close()
    with pytest.raises(LedgerError, match="help:"):
        Ledger.open(tmp_path)
    with pytest.raises(LedgerError, match="help:"):
        Ledger.read(tmp_path)
