"""Runs of the engine against the emulator on loopback, with a real ledger and a real store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from gen4flow.api_client import ApiClient
from gen4flow.core.history import Order, RunFacts
from gen4flow.core.image import Image
from gen4flow.core.job import Request, fingerprint_of
from gen4flow.core.outcome import Ending
from gen4flow.core.purchase import Status
from gen4flow.core.references import Reference
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

    def __init__(self, folder: Path, base_url: str, app: Starlette) -> None:
        self.ledger = Ledger.open(folder)
        self.objects = Objects(folder / "objects")
        self.heard = Heard()
        self.app = app
        self.emulator: Emulator = app.state.emulator
        self.base_url = base_url
        self.client: type[ApiClient] = ApiClient
        self.endings: Sequence[tuple[Ending, str]] = ()

    def buy(self, tasks: int | Sequence[Task], *, stop_after: float | None = None, **settings: Any) -> None:
        """Buy that many images, or these, and whatever an earlier run has left."""
        wanted = [task(number) for number in range(tasks)] if isinstance(tasks, int) else tasks
        asyncio.run(self._buy(wanted, stop_after, settings))

    async def _buy(self, tasks: Sequence[Task], stop_after: float | None, given: dict[str, Any]) -> None:
        async with self.client(base_url=self.base_url, key="k") as api:
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
            await engine.buy(tasks, running)
            self.endings = engine.endings

    def statuses(self, tasks: int | Sequence[Task]) -> list[str]:
        """Return the status of each job, in order."""
        wanted = [task(number) for number in range(tasks)] if isinstance(tasks, int) else tasks
        found = [self.ledger.purchase(one.order.fingerprint) for one in wanted]
        return [one.attempt.status.value if one else "none" for one in found]

    def uploads(self) -> list[bytes]:
        """Return the content of every upload that the emulator has taken, in order."""
        return [one.content for one in self.app.state.uploads.values() if one.content is not None]

    @property
    def accepted(self) -> int:
        """Return how many predictions the emulator has booked."""
        return len(self.emulator.submits)


def task(
    number: int,
    *,
    prompt: str = "picture",
    references: tuple[Reference, ...] = (),
    files: Mapping[str, Path] | None = None,
) -> Task:
    """Return the purchase of one small image."""
    request = Request(
        provider="wavespeed",
        model="runwayml/gen4-image",
        prompt=f"{prompt} {number}",
        parameters={"aspect_ratio": "1:1", "resolution": "720p", "seed": number + 1},
        references=references,
    )
    canonical = request.canonical()
    order = Order(
        fingerprint=fingerprint_of(canonical),
        request=canonical,
        provider="wavespeed",
        key=f"{prompt}[n={number}]",
        price=PRICE,
    )
    return Task(order=order, request=request, files=files or {})


Make = Callable[..., Run]
