"""Lanes of the wire: what is paid for is collected before more is bought, whoever came first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import ClassVar

import pytest

from gen4flow.api_client import ApiClient
from gen4flow.core.calls import Answer, Call
from gen4flow.core.purchase import Status
from gen4flow.engine.lanes import Lanes
from tests.engine.running import Make, task


class Watched(ApiClient):
    """A client that is slow, and remembers what was asked in which order."""

    asked: ClassVar[list[str]] = []
    most = 0
    _now = 0

    async def submit(self, call: Call) -> Answer:
        return await self._noted("submit", super().submit(call))

    async def ask(self, call: Call) -> Answer:
        return await self._noted("poll", super().ask(call))

    async def download(self, url: str, write: object) -> None:
        await self._noted("download", super().download(url, write))  # type: ignore[arg-type]

    async def _noted(self, what: str, work: Awaitable[Answer | None]) -> Answer:
        self.asked.append(what)
        Watched._now += 1
        Watched.most = max(Watched.most, Watched._now)
        try:
            await asyncio.sleep(0.02)
            return await work  # type: ignore[return-value]
        finally:
            Watched._now -= 1


def test_polls_and_downloads_go_before_submits_when_the_wire_is_full(
    run_with: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lanes, "beside", lambda submitting: Lanes(2))
    run = run_with()
    run.buy(16, stop_after=0.3, concurrency=16, submitting=16)
    left = sum(one.attempt.status is Status.SUBMITTED for one in run.ledger.open_purchases())
    assert left >= 4, "the first run was to leave predictions that are done"
    time.sleep(0.2)  # now all of them are done
    Watched.asked, Watched.most = [], 0
    run.client = Watched
    run.buy([task(number, prompt="another") for number in range(16)], concurrency=64, submitting=16)
    assert run.accepted >= left + 16
    last = [number for number, what in enumerate(Watched.asked) if what == "download"][left - 1]
    submits = Watched.asked[:last].count("submit")
    assert submits <= 2, Watched.asked
    assert Watched.most == 2


def test_a_lane_that_was_handed_to_somebody_who_gave_up_is_the_next_ones() -> None:
    async def whole() -> None:
        lanes = Lanes(1)
        await lanes.buy()
        first, second = (asyncio.create_task(lanes.buy()) for _ in range(2))
        await asyncio.sleep(0)
        lanes.leave()
        first.cancel()
        await asyncio.wait_for(second, 1)
        lanes.leave()
        await asyncio.wait_for(lanes.buy(), 1)

    asyncio.run(whole())


def test_a_free_lane_is_the_collectors_that_came_after_the_buyer() -> None:
    async def whole() -> list[str]:
        lanes, order = Lanes(1), []
        await lanes.buy()

        async def buying() -> None:
            await lanes.buy()
            order.append("buyer")
            lanes.leave()

        async def collecting() -> None:
            async with lanes.collecting:
                order.append("collector")

        tasks = [asyncio.create_task(work()) for work in (buying, collecting, collecting)]
        await asyncio.sleep(0)
        lanes.leave()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(whole()) == ["collector", "collector", "buyer"]


def test_however_many_submits_may_wait_half_of_the_lanes_are_left_to_collectors() -> None:
    async def whole() -> None:
        lanes = Lanes.beside(100)
        for _ in range(100):
            await lanes.buy()
        async with asyncio.timeout(1):
            for _ in range(100):
                await lanes.collecting.__aenter__()

    asyncio.run(whole())
