"""Runs the engine: joins its doors, heeds Ctrl-C and SIGTERM, and settles what an earlier run left open."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
from collections.abc import Iterable, Iterator, Sequence

from gen4flow.api_client import run
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
        with _signals(observer) as signals:
            async with access.client() as api:
                doors = Doors(
                    dialect=access.dialect,
                    api=api,
                    records=ledger,
                    originals=objects,
                    check=functools.partial(check, thumbnail=True),
                    observer=observer,
                )
                engine = Engine(doors, settings)
                signals.attach(engine)
                await engine.buy(tasks, running)
                return engine.endings

    return run(whole())


class _Signals:
    """What Ctrl-C and SIGTERM mean to a run: heeded from the first moment, also before there is an engine."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._engine: Engine | None = None
        self.pressed = 0
        self.terminated = False

    def attach(self, engine: Engine) -> None:
        """Tell an engine what has happened so far, and all that happens from now on."""
        self._engine = engine
        if self.pressed:
            engine.leave(Ending.INTERRUPTED, "interrupted")
        if self.pressed > 1:
            engine.leave_at_once(Ending.INTERRUPTED, "interrupted")
        if self.terminated:
            engine.leave_at_once(Ending.TERMINATED, "terminated")

    def interrupt(self) -> None:
        """Let the first Ctrl-C finish what is paid for, and the second leave at once."""
        self.pressed += 1
        if self.pressed == 1:
            self._observer.note(
                "stopping: what is paid for is finished; Ctrl-C again leaves at once, and loses nothing"
            )
        if self._engine and self.pressed == 1:
            self._engine.leave(Ending.INTERRUPTED, "interrupted")
        elif self._engine and self.pressed == 2:
            self._engine.leave_at_once(Ending.INTERRUPTED, "interrupted")

    def terminate(self) -> None:
        """Leave at once."""
        self.terminated = True
        if self._engine:
            self._engine.leave_at_once(Ending.TERMINATED, "terminated")


@contextlib.contextmanager
def _signals(observer: Observer) -> Iterator[_Signals]:
    """Heed Ctrl-C and SIGTERM; once one has come, later ones can't cut off what is left to be written."""
    loop, signals = asyncio.get_running_loop(), _Signals(observer)
    with contextlib.suppress(NotImplementedError):  # on Windows a Ctrl-C stays an exception, which loses nothing either
        loop.add_signal_handler(signal.SIGINT, signals.interrupt)
        loop.add_signal_handler(signal.SIGTERM, signals.terminate)
    try:
        yield signals
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            if signals.pressed or signals.terminated:
                signal.signal(number, signal.SIG_IGN)
