"""How soon a ledger of a million jobs answers, alone and beside a run that writes."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gen4flow.core.history import Order, RunFacts
from gen4flow.core.purchase import Attempt, Money, Status
from gen4flow.ledger import Ledger, writing
from gen4flow.ledger.connection import open_for_writing
from gen4flow.ledger.ledger import FILE
from tests.benchmarks.figures import Figure, Scale, interleaved, median
from tests.benchmarks.processes import GEN4FLOW, taken_by

OPENING = """
import sys
from pathlib import Path
from gen4flow.ledger import Ledger
print(Ledger.read(Path(sys.argv[1])).sums())
"""
FACTS = RunFacts(
    recipe="large", provider="wavespeed", recipe_sha256="0" * 64, git_commit=None, git_dirty=None, tool_version="0"
)


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure opening and summing, and `status` while another connection commits one order after the other."""
    (scale.folder / "gen4flow.toml").touch()
    state, count = scale.folder / ".gen4flow", scale.of(1_000_000)
    fill(state, count)
    commands = {
        "open": (sys.executable, "-c", OPENING, state),
        "status": (*GEN4FLOW, "status", "--json"),
    }
    with _writer(state / FILE):
        found = interleaved(
            {name: partial(taken_by, command, scale.folder) for name, command in commands.items()}, scale.rounds
        )
    wall = {name: median([one.wall for one in rounds]) for name, rounds in found.items()}
    told = f"a ledger of {count:,} jobs, beside a run that writes"
    yield Figure(what=f"{told}: opened and summed", value=wall["open"], unit="s", target=0.5)
    yield Figure(what=f"{told}: `status`", value=wall["status"], unit="s", target=1)


def fill(state: Path, count: int) -> None:
    """Write a ledger of finished purchases, in bulk."""
    with contextlib.closing(Ledger.open(state)) as ledger:
        run = ledger.start_run(FACTS)
    now = datetime.now(UTC)
    with contextlib.closing(open_for_writing(state / FILE)) as database:
        database.execute("BEGIN IMMEDIATE")
        for number in range(count):
            _insert(database, number, run, now)
        database.execute("COMMIT")


def _insert(database: sqlite3.Connection, number: int, run: int, now: datetime) -> None:
    """Insert one finished purchase, every thousandth of them still running."""
    order = Order(
        fingerprint=hashlib.sha256(str(number).encode()).hexdigest(),
        request=f'{{"model":"runwayml/gen4-image","prompt":"a picture of thing {number}"}}',
        provider="wavespeed",
        key=f"main[product=product {number},scene=scene 1]",
        price=80_000,
    )
    attempt = Attempt(
        status=Status.SUBMITTED if number % 1_000 == 0 else Status.SUCCEEDED,
        money=Money.RESERVED if number % 1_000 == 0 else Money.SPENT,
        holds=True,
    )
    writing.insert(database, order, run, attempt, now=now, elsewhere=False)


@contextlib.contextmanager
def _writer(path: Path) -> Iterator[None]:
    """Commit one event after the other, as a run does, until the block ends."""
    over = threading.Event()

    def write() -> None:
        with contextlib.closing(open_for_writing(path)) as database:
            while not over.wait(0.01):
                database.execute("BEGIN IMMEDIATE")
                writing.event(database, 1, "benchmark", "", at=writing.iso(datetime.now(UTC)))
                database.execute("COMMIT")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
