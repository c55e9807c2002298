"""What is on disk before what is sent, as another program sees it while many jobs are under way."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import ClassVar

from gen4flow.api_client import ApiClient
from gen4flow.core.calls import Answer, Call
from tests.engine.running import Make


class LooksAtTheDisk(ApiClient):
    """A client that looks into the ledger, as another program would, before each request."""

    ledger: ClassVar[Path]
    posts: ClassVar[int]
    complaints: ClassVar[list[str]]

    async def submit(self, call: Call) -> Answer:
        """Find an intent for every POST so far."""
        type(self).posts += 1
        if len(self._told("SELECT id FROM attempts")) < self.posts:
            self.complaints.append(f"POST {self.posts} left before its intent was on disk")
        return await super().submit(call)

    async def ask(self, call: Call) -> Answer:
        """Find the id of every prediction that is asked for."""
        ids = self._told("SELECT prediction_id FROM attempts WHERE prediction_id IS NOT NULL")
        if "/predictions/" in call.path and not any(one in call.path for one in ids):
            self.complaints.append(f"{call.path} was asked for before its id was on disk")
        return await super().ask(call)

    def _told(self, query: str) -> list[str]:
        database = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        try:
            return [str(one) for (one,) in database.execute(query)]
        finally:
            database.close()


def test_each_intent_is_on_disk_before_its_post_and_each_id_before_its_first_poll(
    run_with: Make, tmp_path: Path
) -> None:
    run = run_with()
    LooksAtTheDisk.ledger, LooksAtTheDisk.posts, LooksAtTheDisk.complaints = tmp_path / "ledger.sqlite3", 0, []
    run.client = LooksAtTheDisk
    run.buy(30, concurrency=30, submitting=15)
    assert LooksAtTheDisk.posts == 30
    assert LooksAtTheDisk.complaints == []
    assert run.statuses(30) == ["succeeded"] * 30
