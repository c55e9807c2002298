"""Uploads in the ledger: for how long and for whom they hold, and how an older ledger gets their table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gen4flow.core.purchase import Accepted, Fetched, Status
from gen4flow.ledger import Ledger, connection
from gen4flow.ledger.migrations import MIGRATIONS
from tests.ledger.test_ledger import IMAGE, happen, intended, order

API, OTHER_API = "https://api.example/", "http://127.0.0.1:8787/"
A, B = "a" * 64, "b" * 64
URL, NEWER = "https://cdn.example/1.png", "https://cdn.example/2.png"
START = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """Return a ledger in a new state folder, with a clock that can be set."""
    opened = Ledger.open(tmp_path, now=clock)
    yield opened
    opened.close()


def test_an_upload_is_known_by_its_content_and_its_api(ledger: Ledger) -> None:
    ledger.uploaded(A, API, URL)
    assert ledger.upload_of(A, API) == URL
    assert ledger.upload_of(B, API) is None
    assert ledger.upload_of(A, OTHER_API) is None


def test_an_upload_survives_the_process_that_made_it(ledger: Ledger, tmp_path: Path, clock: Clock) -> None:
    ledger.uploaded(A, API, URL)
    ledger.close()
    again = Ledger.open(tmp_path, now=clock)
    assert again.upload_of(A, API) == URL
    again.close()


@pytest.mark.parametrize(
    ("age", "known"),
    [
        (timedelta(0), True),
        (timedelta(days=6) - timedelta(seconds=1), True),
        (timedelta(days=6), False),
        (timedelta(days=8), False),
        (-timedelta(seconds=1), False),  # a clock that was set back: nobody knows how old it is
    ],
)
def test_an_upload_is_used_for_six_days(ledger: Ledger, clock: Clock, age: timedelta, *, known: bool) -> None:
    ledger.uploaded(A, API, URL)
    clock.now = START + age
    assert (ledger.upload_of(A, API) is not None) is known


def test_a_newer_upload_takes_the_place_of_an_older_one(ledger: Ledger, clock: Clock) -> None:
    ledger.uploaded(A, API, URL)
    clock.now = START + timedelta(days=5)
    ledger.uploaded(A, API, NEWER)
    clock.now = START + timedelta(days=10)
    assert ledger.upload_of(A, API) == NEWER


def test_what_has_run_out_does_not_pile_up(ledger: Ledger, tmp_path: Path, clock: Clock) -> None:
    for day in range(30):
        clock.now = START + timedelta(days=day)
        ledger.uploaded(f"{day:064x}", API, URL)
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3")
    assert raw.execute("SELECT count(*) FROM uploads").fetchone() == (6,)
    raw.close()


def test_a_forgotten_upload_is_forgotten_at_its_api_alone(ledger: Ledger) -> None:
    for sha256, where in ((A, API), (B, API), (A, OTHER_API)):
        ledger.uploaded(sha256, where, URL)
    ledger.forget_uploads([A, "c" * 64], API)
    assert [ledger.upload_of(*one) for one in ((A, API), (B, API), (A, OTHER_API))] == [None, URL, URL]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "https://x/\x1b[31m", "javascript:alert(1)", ""])
def test_an_address_in_a_strangers_ledger_is_believed_only_where_it_is_one(
    ledger: Ledger, tmp_path: Path, url: str
) -> None:
    ledger.uploaded(A, API, URL)
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as raw:
        raw.execute("UPDATE uploads SET url = ?", (url,))
    raw.close()
    assert ledger.upload_of(A, API) is None


def test_a_ledger_of_the_first_version_is_backed_up_and_keeps_all_that_it_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(connection, "MIGRATIONS", MIGRATIONS[:1])
        first = Ledger.open(tmp_path)
        happen(first, intended(first, order()), Accepted(prediction_id="p1"), Fetched(), images=(IMAGE,))
        first.close()
    before = (tmp_path / "ledger.sqlite3").read_bytes()
    older = Ledger.read(tmp_path)  # by a plan, before any run has brought it up to date
    assert older is not None
    assert older.purchase(order().fingerprint) is not None
    assert (older.upload_of(A, API), older.approved("spring")) == (None, frozenset())
    older.close()
    assert (tmp_path / "ledger.sqlite3").read_bytes() == before
    second = Ledger.open(tmp_path)
    found = second.purchase(order().fingerprint)
    assert found is not None
    assert (found.attempt.status, found.images) == (Status.SUCCEEDED, (IMAGE,))
    assert second.sums().spent == order().price
    second.uploaded(A, API, URL)
    assert second.upload_of(A, API) == URL
    second.close()
    backup = sqlite3.connect(tmp_path / "ledger.v1.backup")
    assert backup.execute("PRAGMA user_version").fetchone() == (1,)
    assert backup.execute("SELECT count(*) FROM attempts").fetchone() == (1,)
    backup.close()
    Ledger.open(tmp_path).close()
    beside = Ledger.read(tmp_path)
    assert beside is not None
    beside.close()
