"""What all submits and polls of a run share: room, pace, pauses that the provider asked for, and why to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from aiolimiter import AsyncLimiter

from gen4flow.core.outcome import Ending
from gen4flow.core.pacing import Caution, RetryBudget, Window
from gen4flow.core.retry import LONGEST_PAUSE, pause
from gen4flow.engine.gate import Gate
from gen4flow.engine.lanes import Lanes

SAME_STORM = 1.0  # seconds within which several 429 are one
OFFLINE = 30.0  # seconds without any connection after which submitting stops


class Traffic:
    """The state of a run's traffic; owned by one event loop."""

    def __init__(self, *, concurrency: int | None, per_minute: int | None, submitting: int, max_failures: int) -> None:
        self.window = Window.of(concurrency)
        self.caution = Caution()
        self.under_way = Gate(lambda: self.window.size)
        self.submitting = Gate(lambda: self.caution.at_once(submitting))
        self.lanes = Lanes.beside(submitting)
        self.endings: list[tuple[Ending, str]] = []
        self.stopped = asyncio.Event()
        self._one_by_one = asyncio.Lock()  # who waits to submit, so that a pause or a loss is heeded by each in turn
        self._retries = RetryBudget()
        self._pace = AsyncLimiter(1, 60 / per_minute) if per_minute else None
        self._not_before = 0.0
        self._throttled_at = float("-inf")
        self._offline_since: float | None = None
        self._failures_left = self._max_failures = max_failures

    def stop(self, ending: Ending, message: str) -> None:
        """Submit nothing more; the first reason of each kind is kept."""
        if all(one is not ending for one, _ in self.endings):
            self.endings.append((ending, message))
        self.stopped.set()

    async def place(self) -> bool:
        """Wait for a place under way; False, and nothing taken, when the run has stopped meanwhile."""
        await self.under_way.enter()
        if self.stopped.is_set():
            self.under_way.leave()
        return not self.stopped.is_set()

    async def turn(self) -> bool:
        """Wait for room, pace, pauses and a lane to submit; False, and nothing taken, when the run has stopped.

        The lane is there before the intent is written: an intent that waits would be unknown after a crash.
        """
        async with self._one_by_one:
            if self.stopped.is_set():
                return False
            await self.submitting.enter()
            try:
                await self.until_allowed()
                if self._pace and not self.stopped.is_set():
                    await self.or_stopped(self._pace.acquire())
                await self.lanes.buy()
            except BaseException:
                self.submitting.leave()
                raise
            if self.stopped.is_set():
                self.submitted()
            return not self.stopped.is_set()

    def submitted(self) -> None:
        """Give back what a turn has taken."""
        self.lanes.leave()
        self.submitting.leave()

    async def until_allowed(self) -> None:
        """Wait until the provider's last request for patience has passed, or the run has stopped."""
        while (wait := self._not_before - asyncio.get_running_loop().time()) > 0 and not self.stopped.is_set():
            await self.sleep(wait)

    async def sleep(self, seconds: float) -> None:
        """Sleep, but not past a stop."""
        await self.or_stopped(asyncio.sleep(seconds))

    async def or_stopped(self, waited_for: Coroutine[None, None, object]) -> None:
        """Wait for something, or for the run to stop."""
        tasks = [asyncio.ensure_future(waited_for), asyncio.ensure_future(self.stopped.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def throttled(self, *, retry_after: float | None, tries: int, chance: float) -> None:
        """Slow the whole run down: halve the window, and wait as asked or with full jitter."""
        now = asyncio.get_running_loop().time()
        if now - self._throttled_at > SAME_STORM:
            self._throttled_at = now
            self.window = self.window.after_throttle()
        wait = retry_after if retry_after is not None else pause(tries + 2, chance)
        self._not_before = max(self._not_before, now + wait)

    def requested(self) -> None:
        """A request was sent: retries are a share of them."""
        self._retries = self._retries.after_request()

    async def before_retry(self, tries: int, chance: float) -> None:
        """Wait before something is tried again: with full jitter, and for long when too much is tried again."""
        left = self._retries.after_retry()
        self._retries = left or self._retries
        await self.sleep(pause(tries, chance) if left else LONGEST_PAUSE * (0.5 + chance / 2))

    def answered(self) -> None:
        """A submit was answered: dare more."""
        self._offline_since = None
        self.window = self.window.after_answer()
        self.caution = self.caution.after_answer()
        self.under_way.changed()
        self.submitting.changed()

    def lost(self) -> None:
        """A submit has no answer: dare less."""
        self.caution = self.caution.after_lost()
        if self.caution.stops:
            self.stop(Ending.LOST, f"{self.caution.lost_in_row} submits in a row have no answer")

    def never_left(self, message: str) -> None:
        """Nothing could be sent: stop when that goes on."""
        now = asyncio.get_running_loop().time()
        self._offline_since = self._offline_since or now
        if now - self._offline_since > OFFLINE:
            self.stop(Ending.BROKEN, f"the provider can't be reached: {message}; run again when it can")

    def job_failed(self) -> None:
        """A job brought no image: stop when that is all that happens."""
        self._failures_left -= 1
        if self._failures_left == 0:
            self.stop(Ending.FAILURES, f"{self._max_failures} jobs in a row failed")

    def job_succeeded(self) -> None:
        """A job brought its image."""
        self._failures_left = self._max_failures
