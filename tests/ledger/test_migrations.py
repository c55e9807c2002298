"""A ledger that an older gen4flow has written, and what its newer tables keep.

`version_4.sql` is the dump of one whose code knew no later version.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gen4flow.core.errors import LedgerError
from gen4flow.core.purchase import Accepted, Fetched, Money, Status
from gen4flow.core.standing import Standing
from gen4flow.ledger import Ledger
from tests.ledger.test_ledger import FACTS, IMAGE, happen, intended, order

OLD = Path(__file__).with_name("version_4.sql")
STATUSES = dict.fromkeys(
    [Status.SUCCEEDED, Status.SUBMITTED, Status.UNKNOWN, Status.FAILED, Status.SUBMITTING],
    1,
)
STANDING = Standing(files="gallery.html: 3 bytes, 5", jobs="a" * 64)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the file of a ledger of version 4."""
    path = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(path) as database:
        database.executescript(OLD.read_text(encoding="utf-8"))
    database.close()
    return path


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    """Return that ledger, brought up to date."""
    opened = Ledger.open(file.parent)
    yield opened
    opened.close()


def counted(path: Path) -> dict[Status, int]:
    """Return how many attempts there are of each status, counted one by one."""
    with sqlite3.connect(path) as database:
        found = database.execute("SELECT status, count(*) FROM attempts GROUP BY status").fetchall()
    database.close()
    return {Status(name): count for name, count in found}


def undone(ledger: Ledger) -> None:
    """Make an intent in a transaction that is undone."""
    with contextlib.suppress(ZeroDivisionError), ledger.together():
        intended(ledger, order(10), run=1)
        raise ZeroDivisionError


def test_whoever_only_reads_an_old_ledger_finds_all_of_it_and_leaves_it_alone(file: Path) -> None:
    before = file.read_bytes()
    older = Ledger.read(file.parent)
    assert older is not None
    assert older.statuses() == STATUSES == counted(file)
    assert [one.key for one in older.open_purchases()] == ["main[n=2]", "main[n=3]", "main[n=5]"]
    assert older.standing("/out") is None
    older.close()
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_an_old_ledger_is_backed_up_and_counted_when_it_is_opened(file: Path, ledger: Ledger) -> None:
    assert ledger.statuses() == STATUSES
    assert ledger.purchase(order(1).fingerprint) is not None
    assert list(ledger.deliveries("/out")) == ["a.png"]
    backup = sqlite3.connect(file.with_suffix(".v4.backup"))
    assert backup.execute("PRAGMA user_version").fetchone() == (4,)
    assert backup.execute("SELECT count(*) FROM attempts").fetchone() == (5,)
    backup.close()
    beside = Ledger.read(file.parent)
    assert beside is not None
    assert beside.statuses() == STATUSES
    beside.close()


def test_the_statuses_are_those_of_the_attempts(file: Path, ledger: Ledger) -> None:
    for number in range(6, 9):
        happen(ledger, intended(ledger, order(number)), Accepted(prediction_id=f"p{number}"))
    happen(ledger, 2, Accepted(prediction_id="p2"), Fetched(), images=(IMAGE,))
    assert intended(ledger, order(9))
    undone(ledger)
    assert ledger.statuses() == counted(file)
    assert ledger.statuses()[Status.SUBMITTED] == 3


def test_a_status_that_no_gen4flow_wrote_is_told(file: Path, ledger: Ledger) -> None:
    with sqlite3.connect(file) as raw:
        raw.execute("INSERT INTO statuses VALUES ('sold', 3)")
    raw.close()
    with pytest.raises(LedgerError, match="no gen4flow wrote"):
        ledger.statuses()


@pytest.mark.parametrize(
    "happening",
    [
        lambda ledger: ledger.charge(1, 70_000, Money.SPENT),
        lambda ledger: intended(ledger, order(11)),
        lambda ledger: ledger.import_elsewhere(order(12), run=1, images=[IMAGE]),
        lambda ledger: ledger.delivered("/out", []),
    ],
)
def test_what_stands_is_known_until_anything_happens(ledger: Ledger, happening: Callable[[Ledger], object]) -> None:
    ledger.stands("/out", STANDING)
    ledger.stands("/another", STANDING)
    ledger.start_run(FACTS)
    assert ledger.standing("/out") == STANDING
    assert ledger.standing("/nowhere") is None
    ledger.delivered("/another", [])
    assert ledger.standing("/out") == STANDING
    assert ledger.standing("/another") is None
    happening(ledger)
    assert ledger.standing("/out") is None
    ledger.stands("/out", STANDING)
    assert ledger.standing("/out") == STANDING
