"""Several caps at once: each counts what it reaches, whatever stands beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gen4flow.core.history import Cap, OverCap, Reach
from gen4flow.ledger import Ledger
from tests.ledger.test_ledger import FACTS, intended, order


def test_each_cap_is_told_what_counts_against_it_and_the_first_that_is_passed_is_named(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path)
    earlier, run = ledger.start_run(FACTS), ledger.start_run(FACTS)
    other = ledger.start_run(replace(FACTS, recipe="autumn"))
    for number, of in enumerate((earlier, run, run, other)):
        intended(ledger, order(number), run=of)
    roomy = [Cap(reach=reach, limit=10**9, told=reach.value) for reach in Reach]
    used = {Reach.RUN: 160_000, Reach.RECIPE: 240_000, Reach.DAY: 320_000, Reach.PROJECT: 320_000}
    for number, cap in enumerate(roomy):
        assert ledger.used(cap, recipe="spring", run=run) == used[cap.reach]
        tight = replace(cap, limit=used[cap.reach] + 79_999)
        caps = [*roomy[:number], tight, *roomy[number + 1 :]]
        answer = ledger.intend(order(9), run=run, recipe="spring", caps=caps)
        assert answer == OverCap(cap=tight, used=used[cap.reach])
    assert isinstance(ledger.intend(order(9), run=run, recipe="spring", caps=roomy), int)
    ledger.close()
