"""The journal where SQLite itself runs out of room: what callers hear is what is on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gen4flow.core.errors import LedgerError
from gen4flow.ledger import Ledger
from tests.engine.running import task
from tests.engine.test_journal import on_disk, through_journal


@pytest.mark.parametrize("room", [1, 5, 20, 60, 200])
def test_who_is_told_that_it_is_written_finds_it_on_disk_and_nobody_else(tmp_path: Path, room: int) -> None:
    ledger = Ledger.open(tmp_path)
    [(pages,)] = ledger._database.execute("PRAGMA page_count").fetchall()
    ledger._database.execute(f"PRAGMA max_page_count = {pages + room}")
    orders = [replace(task(number).order, request="x" * 2_000 * number) for number in range(30)]
    works = [lambda one=one: ledger.intend(one, run=1, recipe="spring", caps=()) for one in orders]
    found = through_journal(ledger, *works)
    written = {one for one in found if isinstance(one, int)}
    assert written == on_disk(tmp_path)
    assert all(isinstance(one, LedgerError) for one in found if not isinstance(one, int))
    assert len(written) < 30
    ledger.close()
