"""The engine against the emulator on loopback, with a real ledger: what is bought, repeated, stopped, collected."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gen4flow.api_client import ApiClient
from gen4flow.core.history import Cap, Order, Reach, RunFacts
from gen4flow.core.image import Image
from gen4flow.core.job import Request, fingerprint_of
from gen4flow.core.outcome import Ending
from gen4flow.core.purchase import Status
from gen4flow.emulator import FaultRule, serving_app
from gen4flow.emulator import Settings as EmulatorSettings
from gen4flow.emulator.app import create_app
from gen4flow.emulator.emulator import Emulator
from gen4flow.engine import Doors, Engine, Settings, Task
from gen4flow.images import check
from gen4flow.ledger import Ledger
from gen4flow.objects import Objects
from gen4flow.providers import wavespeed

FACTS = RunFacts(
    recipe="spring", provider="wavespeed", recipe_sha256="", git_commit=None, git_dirty=None, tool_version=""
)
PRICE = 50_000  # micro-dollars


class Heard:
    """An observer that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def submitted(self, key: str) -> None:
        self.told.append(("submitted", key))

    def fetched(self, key: str, fingerprint: str, images: Sequence[Image]) -> None:
        self.told.append(("fetched", key))

    def lost(self, key: str, message: str) -> None:
        self.told.append(("lost", message))

    def failed(self, key: str, message: str) -> None:
        self.told.append(("failed", message))

    def skipped(self, key: str, message: str) -> None:
        self.told.append(("skipped", key))

    def note(self, message: str) -> None:
        self.told.append(("note", message))

    def of(self, kind: str) -> list[str]:
        """Return what was told of one kind."""
        return [message for one, message in self.told if one == kind]


class Run:
    """A ledger, a store and an emulator with faults; `buy` runs the engine once."""

    def __init__(self, folder: Path, base_url: str, emulator: Emulator) -> None:
        self.ledger = Ledger.open(folder)
        self.objects = Objects(folder / "objects")
        self.heard = Heard()
        self.emulator = emulator
        self._base_url = base_url
        self.endings: Sequence[tuple[Ending, str]] = ()

    def buy(self, count: int, *, stop_after: float | None = None, **settings: Any) -> None:
        """Buy `count` images, and whatever an earlier run has left."""
        asyncio.run(self._buy(count, stop_after, settings))

    async def _buy(self, count: int, stop_after: float | None, given: dict[str, Any]) -> None:
        async with ApiClient(base_url=self._base_url, key="k") as api:
            doors = Doors(
                dialect=wavespeed,
                api=api,
                records=self.ledger,
                originals=self.objects,
                check=check,
                observer=self.heard,
            )
            settings = Settings(run=self.ledger.start_run(FACTS), recipe="spring", **given)
            engine = Engine(doors, settings)
            running = [one for one in self.ledger.open_purchases() if one.attempt.status is Status.SUBMITTED]
            if stop_after is not None:
                loop = asyncio.get_running_loop()
                loop.call_later(stop_after, engine.leave_at_once, Ending.TERMINATED, "terminated")
            await engine.buy([task(number) for number in range(count)], running)
            self.endings = engine.endings

    def statuses(self, count: int) -> list[str]:
        """Return the status of each job, in order."""
        found = [self.ledger.purchase(task(number).order.fingerprint) for number in range(count)]
        return [one.attempt.status.value if one else "none" for one in found]

    @property
    def accepted(self) -> int:
        """Return how many predictions the emulator has booked."""
        return len(self.emulator.submits)


def task(number: int) -> Task:
    """Return the purchase of one small image."""
    request = Request(
        provider="wavespeed",
        model="runwayml/gen4-image",
        prompt=f"picture {number}",
        parameters={"aspect_ratio": "1:1", "resolution": "720p", "seed": number + 1},
    )
    canonical = request.canonical()
    order = Order(
        fingerprint=fingerprint_of(canonical),
        request=canonical,
        provider="wavespeed",
        key=f"main[n={number}]",
        price=PRICE,
    )
    return Task(order=order, request=request)


Make = Callable[..., Run]


@pytest.fixture
def stack() -> ExitStack:
    """Return what closes emulators and ledgers at the end of a test."""
    return ExitStack()


@pytest.fixture
def run_with(tmp_path: Path, stack: ExitStack) -> Iterator[Make]:
    """Return a maker of runs against an emulator with the given faults."""

    def make(*faults: str, latency: float = 0.05) -> Run:
        rules = tuple(FaultRule.parse(fault) for fault in faults)
        app = create_app(EmulatorSettings(latency=latency, faults=rules, stall=3))
        base_url = stack.enter_context(serving_app(app))
        run = Run(tmp_path, base_url, app.state.emulator)
        stack.callback(run.ledger.close)
        return run

    with stack:
        yield make


def test_every_image_is_bought_once_and_is_on_disk(run_with: Make) -> None:
    run = run_with()
    run.buy(12)
    assert run.statuses(12) == ["succeeded"] * 12
    assert run.accepted == 12
    purchase = run.ledger.purchase(task(3).order.fingerprint)
    assert purchase is not None
    assert run.objects.has(purchase.images[0].sha256, bytes=purchase.images[0].bytes)


def test_a_second_run_is_refused_by_the_ledger_and_buys_nothing(run_with: Make) -> None:
    run = run_with()
    run.buy(3)
    run.buy(3)
    assert run.accepted == 3
    assert len([note for note in run.heard.of("note") if "not bought again" in note]) == 3


@pytest.mark.parametrize(
    ("fault", "status", "accepted"),
    [
        ("submit:http_500:1:1", "unknown", 0),
        ("submit:accept_then_drop:1:1", "unknown", 1),
        ("submit:accept_then_500:1:1", "unknown", 1),
        ("submit:accept_then_html:1:1", "unknown", 1),
        ("submit:cut_answer:1:1", "unknown", 1),
        ("submit:redirect:1:1", "unknown", 1),
        ("submit:deep_json:1:1", "unknown", 1),
        ("submit:strange_id:1:1", "unknown", 1),
        ("submit:drop_before:1:1", "unknown", 0),
        ("submit:validation_400:1:1", "failed", 0),
        ("submit:refuse_429:1:1", "succeeded", 1),
    ],
)
def test_what_each_answer_to_a_submit_comes_to(run_with: Make, fault: str, status: str, accepted: int) -> None:
    run = run_with(fault)
    run.buy(1)
    assert run.statuses(1) == [status]
    assert run.accepted == accepted


def test_three_lost_submits_in_a_row_stop_submitting(run_with: Make) -> None:
    run = run_with("submit:accept_then_drop:1")
    run.buy(20, concurrency=1)
    assert run.accepted == 3
    assert [ending for ending, _ in run.endings] == [Ending.LOST]


def test_a_refused_key_stops_before_the_next_submit_and_leaves_the_job_planned(run_with: Make) -> None:
    run = run_with("submit:unauthorized_401:1")
    run.buy(5, concurrency=1)
    assert [ending for ending, _ in run.endings] == [Ending.DENIED]
    assert run.statuses(2) == ["planned", "none"]
    assert run.ledger.sums().used == 0


def test_one_id_for_two_submits_is_an_alarm_and_the_second_is_unknown(run_with: Make) -> None:
    run = run_with("submit:same_id_twice:1")
    run.buy(2, concurrency=1)
    assert sorted(run.statuses(2)) == ["succeeded", "unknown"]
    assert any("ALARM" in note for note in run.heard.of("note"))


def test_a_cap_stops_the_run_before_it_is_passed(run_with: Make) -> None:
    run = run_with()
    run.buy(10, caps=(Cap(reach=Reach.RUN, limit=3 * PRICE, told="--max-cost"),))
    assert run.accepted == 3
    assert [ending for ending, _ in run.endings] == [Ending.CAPPED]
    assert run.statuses(10).count("succeeded") == 3


@pytest.mark.parametrize(
    "fault",
    [
        "poll:500:1:3",
        "poll:429:1:2",
        "poll:drop:1:2",
        "poll:bad_json:1:3",
        "poll:not_found:1:3",
        "poll:unknown_status:1:2",
        "poll:backwards:1:2",
        "poll:base64:1",
        "poll:data_uri:1",
        "poll:outputs_string:1",
        "download:404:1:1",
        "download:cut:1:1",
        "download:empty:1:1",
        "download:html:1:1",
        "download:bit_flip:1:1",
        "download:no_length:1:1",
        "download:redirect_once:1",
    ],
)
def test_a_passing_fault_after_the_purchase_costs_nothing_but_time(run_with: Make, fault: str) -> None:
    run = run_with(fault)
    run.buy(2)
    assert run.statuses(2) == ["succeeded"] * 2
    assert run.accepted == 2


@pytest.mark.parametrize(
    "fault", ["poll:output_link_local:1", "poll:output_private:1", "poll:output_file:1", "poll:output_nat64:1"]
)
def test_an_output_inward_is_never_fetched_and_counts_as_spent(run_with: Make, fault: str) -> None:
    run = run_with(fault)
    run.buy(1)
    assert run.statuses(1) == ["failed"]
    assert run.ledger.sums().spent == PRICE


def test_a_download_that_never_succeeds_is_kept_for_a_later_run(run_with: Make) -> None:
    run = run_with("download:html:1:4")
    run.buy(1)
    assert run.statuses(1) == ["submitted"]
    run.buy(1)
    assert run.statuses(1) == ["succeeded"]
    assert run.accepted == 1


def test_leaving_at_once_loses_nothing(run_with: Make) -> None:
    run = run_with(latency=1.0)
    run.buy(6, stop_after=0.4, concurrency=6)
    assert "succeeded" not in run.statuses(6)
    left = run.accepted
    run.buy(6)
    assert run.statuses(6) == ["succeeded"] * 6
    assert run.accepted == 6
    assert left > 0


def test_a_broken_observer_stops_the_run_and_is_raised_after_the_rest(run_with: Make) -> None:
    run = run_with()

    def full(key: str, fingerprint: str, images: Sequence[Image]) -> None:
        raise OSError(28, "No space left on device")

    run.heard.fetched = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="No space"):
        run.buy(8, concurrency=2)
    assert run.accepted < 8
    assert set(run.statuses(run.accepted)) == {"succeeded"}
