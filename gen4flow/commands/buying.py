"""Runs the engine: joins its doors, heeds Ctrl-C and SIGTERM, and settles what an earlier run left open."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence

from gen4flow.commands.account import Access
from gen4flow.core.history import Change, Purchase
from gen4flow.core.interfaces import Observer
from gen4flow.core.outcome import Ending
from gen4flow.core.purchase import Lost, Status, decide
from gen4flow.engine import Doors, Engine, Settings, Task
from gen4flow.images import check
from gen4flow.ledger import Ledger
from gen4flow.objects import Objects


def settle_crashed(ledger: Ledger) -> None:
    """Mark submits that a dead run left without an answer as unknown: never as planned."""
    lost = Lost(message="the run ended before the answer came")
    ledger.record(
        Change(number=one.number, attempt=decide(one.attempt, lost).attempt, event="Crashed")
        for one in ledger.open_purchases()
        if one.attempt.status is Status.SUBMITTING
    )


def buy(
    access: Access,
    settings: Settings,
    *,
    tasks: Iterable[Task],
    running: Sequence[Purchase],
    ledger: Ledger,
    objects: Objects,
    observer: Observer,
) -> Sequence[tuple[Ending, str]]:
    """Buy and collect; returns why it ended early, if it did. Raises what broke it, after the rest was finished."""

    async def whole() -> Sequence[tuple[Ending, str]]:
        async with access.client() as api:
            doors = Doors(
                dialect=access.dialect, api=api, records=ledger, originals=objects, check=check, observer=observer
            )
            engine = Engine(doors, settings)
            with _signals(engine, observer):
                await engine.buy(tasks, running)
            return engine.endings

    return asyncio.run(whole())


@contextlib.contextmanager
def _signals(engine: Engine, observer: Observer) -> Iterator[None]:
    """Let the first Ctrl-C finish what is paid for, the second and SIGTERM leave at once."""
    loop = asyncio.get_running_loop()
    pressed = 0

    def interrupted() -> None:
        nonlocal pressed
        pressed += 1
        if pressed == 1:
            observer.note("stopping: what is paid for is finished; Ctrl-C again leaves at once, and loses nothing")
            engine.leave(Ending.INTERRUPTED, "interrupted")
        elif pressed == 2:
            engine.leave_at_once(Ending.INTERRUPTED, "interrupted")

    handlers: dict[signal.Signals, Callable[[], None]] = {
        signal.SIGINT: interrupted,
        signal.SIGTERM: lambda: engine.leave_at_once(Ending.TERMINATED, "terminated"),
    }
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)
