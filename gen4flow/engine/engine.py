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
from gen4flow.core.purchase import Status
from gen4flow.engine.collect import Collector
from gen4flow.engine.journal import Journal
from gen4flow.engine.order import Line
from gen4flow.engine.references import References
from gen4flow.engine.settings import Doors, Settings, Task
from gen4flow.engine.submit import Submitter
from gen4flow.engine.traffic import Traffic

GRACE = 2.0  # seconds that submits on the wire get when the run must leave at once


class Engine:
    """One run. `buy` does it; `leave` and `leave_at_once` may be called from signal handlers of the same loop."""

    def __init__(self, doors: Doors, settings: Settings) -> None:
        self._doors = doors
        self._traffic = Traffic(
            concurrency=settings.concurrency,
            per_minute=settings.images_per_minute,
            submitting=settings.submitting,
            max_failures=settings.max_failures,
        )
        self._journal = Journal(doors.records)
        references = References(doors=doors, traffic=self._traffic, journal=self._journal)
        self._collector = Collector(
            doors=doors, settings=settings, traffic=self._traffic, journal=self._journal, references=references
        )
        self._submitter = Submitter(
            doors=doors,
            settings=settings,
            traffic=self._traffic,
            journal=self._journal,
            references=references,
            collector=self._collector,
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
        self._work = asyncio.ensure_future(self._all(list(tasks), running))
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

    async def _all(self, tasks: Sequence[Task], running: Sequence[Purchase]) -> None:
        """Run one task for each prediction, and one that submits."""
        line = await self._line(tasks, running)
        async with asyncio.TaskGroup() as group:
            for purchase in running:
                self._traffic.under_way.push_in()
                group.create_task(self._job(line, purchase.fingerprint, self._collector.resume(purchase)))
            async for task in self._submitter.turns(line):
                group.create_task(self._job(line, task.order.fingerprint, self._submitter.buy(task)))

    async def _line(self, tasks: Sequence[Task], running: Sequence[Purchase]) -> Line:
        """Return the tasks in their order; what they need and this run does not bring is looked up."""
        coming = {purchase.fingerprint for purchase in running} | {task.order.fingerprint for task in tasks}
        needed = {one for task in tasks for one in task.request.upstream} - coming
        there = {one for one in needed if await self._is_there(one)}
        return Line(
            tasks, running=[one.fingerprint for one in running], there=there, skipped=self._doors.observer.skipped
        )

    async def _is_there(self, fingerprint: str) -> bool:
        """Tell whether a job has succeeded and its images are on disk."""
        purchase = await self._journal.do(lambda: self._doors.records.purchase(fingerprint))
        if purchase is None or purchase.attempt.status is not Status.SUCCEEDED:
            return False
        return all(self._doors.originals.has(image.sha256, bytes=image.bytes) for image in purchase.images)

    async def _job(self, line: Line, fingerprint: str, work: Coroutine[None, None, None]) -> None:
        """Do one job's work, then let the line know how it ended."""
        await self._guarded(work)
        await self._guarded(self._ended(line, fingerprint))

    async def _ended(self, line: Line, fingerprint: str) -> None:
        """Release or drop what waits for a job."""
        line.ended(fingerprint, there=line.awaits(fingerprint) and await self._is_there(fingerprint))

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
