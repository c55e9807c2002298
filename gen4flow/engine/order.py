"""Which task is next: in the plan's order, but never before the images that it needs are there."""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence

from gen4flow.core.references import OutputImage
from gen4flow.engine.settings import Task


class Line:
    """The tasks of a run: ready ones are taken in the plan's order, waiting ones released or dropped.

    A task waits for the jobs whose images it needs, as long as they are `running` or are tasks of this line
    themselves; those that are `there` are not waited for. A task that needs anything else is dropped, with all that
    needs it in turn: `skipped` is told its key and why.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        *,
        running: Iterable[str],
        there: Container[str],
        skipped: Callable[[str, str], object],
    ) -> None:
        self._tasks = tasks
        self._skipped = skipped
        self._expected = Counter([*running, *(task.order.fingerprint for task in tasks)])
        self._ready: list[int] = []  # a heap of places in the plan
        self._needs: dict[int, set[str]] = {}  # of waiting tasks: what has not come yet
        self._waiting_for: defaultdict[str, list[int]] = defaultdict(list)
        self._moved = asyncio.Event()
        self._sort_in(there)
        self._tell()

    def _sort_in(self, there: Container[str]) -> None:
        """Let every task be ready, wait or be dropped; tasks may stand in any order."""
        lacking: set[str] = set()
        for place, task in enumerate(self._tasks):
            needs = {one for one in task.request.upstream if one in self._expected or one not in there}
            lacking |= {one for one in needs if one not in self._expected}
            self._needs[place] = needs
            for fingerprint in needs:
                self._waiting_for[fingerprint].append(place)
            self._release(place)
        for fingerprint in lacking:
            self._drop_after(fingerprint)

    @property
    def is_over(self) -> bool:
        """Tell whether no task is left, neither ready nor waiting."""
        return not self._ready and not self._needs

    @property
    def has_ready(self) -> bool:
        """Tell whether a task can be taken."""
        return bool(self._ready)

    async def until_moved(self) -> None:
        """Wait until a task is ready, or none is left."""
        await self._moved.wait()

    def take(self) -> Task:
        """Return the first ready task; there must be one."""
        task = self._tasks[heapq.heappop(self._ready)]
        self._tell()
        return task

    def awaits(self, fingerprint: str) -> bool:
        """Tell whether a task waits for a job."""
        return fingerprint in self._waiting_for

    def ended(self, fingerprint: str, *, there: bool) -> None:
        """Say that a job's turn is over, and whether its image is there: what waited for it is released or dropped."""
        self._expected[fingerprint] -= 1
        if there:
            for place in self._waiting_for.pop(fingerprint, ()):
                if place in self._needs:
                    self._needs[place].discard(fingerprint)
                    self._release(place)
        elif self._expected[fingerprint] <= 0:  # another task may still bring the same image
            self._drop_after(fingerprint)
        self._tell()

    def _release(self, place: int) -> None:
        """Let a task be ready when nothing is missing any more."""
        if not self._needs[place]:
            del self._needs[place]
            heapq.heappush(self._ready, place)

    def _drop_after(self, fingerprint: str) -> None:
        """Drop what waits for a job that brings no image, and what waits for that in turn."""
        gone = [fingerprint]
        while gone:
            lost = gone.pop()
            for place in self._waiting_for.pop(lost, ()):
                if self._needs.pop(place, None) is None:
                    continue  # it was dropped for another reason
                task = self._tasks[place]
                self._skipped(task.order.key, f"it needs the image of {_name(task, lost)}, which did not come")
                self._expected[task.order.fingerprint] -= 1
                if self._expected[task.order.fingerprint] <= 0:
                    gone.append(task.order.fingerprint)

    def _tell(self) -> None:
        """Wake who waits for the next task, or let it sleep."""
        if self._ready or self.is_over:
            self._moved.set()
        else:
            self._moved.clear()


def _name(task: Task, fingerprint: str) -> str:
    """Return what a person calls a job that a task needs."""
    keys = (one.key for one in task.request.references if isinstance(one, OutputImage) and one.job == fingerprint)
    return next(keys, "") or f"the job {fingerprint[:12]}"
