"""The engine: buys what is to be bought and collects what is paid for, in one event loop.

It meets the outside only through the doors it is given, decides nothing about money itself (see core.purchase), and
makes every decision durable before it acts on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress

from gen4flow.core.history import Purchase
from gen4flow.core.outcome import Ending
from gen4flow.engine.collect import Collector
from gen4flow.engine.journal import Journal
from gen4flow.engine.settings import Doors, Settings, Task
from gen4flow.engine.submit import Submitter
from gen4flow.engine.traffic import Traffic

GRACE = 2.0  # seconds that submits on the wire get when the run must leave at once


class Engine:
    """One run. `buy` does it; `leave` and `leave_at_once` may be called from signal handlers of the same loop."""

    def __init__(self, doors: Doors, settings: Settings) -> None:
        self._settings = settings
        self._traffic = Traffic(
            concurrency=settings.concurrency,
            per_minute=settings.images_per_minute,
            submitting=settings.submitting,
            max_failures=settings.max_failures,
        )
        self._journal = Journal()
        collector = Collector(doors=doors, settings=settings, traffic=self._traffic, journal=self._journal)
        self._collector = collector
        self._submitter = Submitter(
            doors=doors, settings=settings, traffic=self._traffic, journal=self._journal, collector=collector
        )
        self._work: asyncio.Task[None] | None = None
        self._error: BaseException | None = None

    @property
    def endings(self) -> Sequence[tuple[Ending, str]]:
        """Return why the run stopped early, in order."""
        return tuple(self._traffic.endings)

    async def buy(self, tasks: Iterable[Task], running: Sequence[Purchase]) -> None:
        """Collect what runs, buy what is new; returns when all of it is done or given up for this run.

        Raises what broke the run (an I/O error, a bug) after everything that is paid for was given its chance.
        """
        self._work = asyncio.ensure_future(self._all(tasks, running))
        try:
            await self._work
        except asyncio.CancelledError:
            if not self._traffic.endings:
                raise  # it was not this engine that ended the work
        finally:
            self._journal.close()
            self._collector.close()
        if self._error is not None:
            raise self._error

    async def _all(self, tasks: Iterable[Task], running: Sequence[Purchase]) -> None:
        """Run one task for each prediction, and one that submits."""
        async with asyncio.TaskGroup() as group:
            for purchase in running:
                self._traffic.under_way.push_in()
                group.create_task(self._guarded(self._collector.resume(purchase)))
            async for paid in self._submitter.turns(tasks):
                group.create_task(self._guarded(self._submitter.buy(paid)))

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        """Do one job's work; what breaks it stops submitting and is raised at the end, and the rest goes on."""
        try:
            await work
        except Exception as error:  # raised again by buy, when the rest is done
            self._error = self._error or error
            self._traffic.stop(Ending.BROKEN, str(error))

    def leave(self, ending: Ending, message: str) -> None:
        """Submit nothing more and finish what is paid for."""
        self._traffic.stop(ending, message)

    def leave_at_once(self, ending: Ending, message: str) -> None:
        """Submit nothing more, give submits on the wire a moment to be answered, and end."""
        self._traffic.stop(ending, message)
        asyncio.ensure_future(self._end_soon())  # noqa: RUF006  # it ends the work that keeps the loop alive

    async def _end_soon(self) -> None:
        """Cancel the work once no submit is unanswered, or after a moment."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._traffic.submitting.until_empty(), GRACE)
        if self._work is not None:
            self._work.cancel()
