"""The coordinator's half: one attempt after the other, each durable before its one POST leaves."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence

from gen4flow.core.history import Change, Held, OverCap, PredictionTaken
from gen4flow.core.outcome import Ending
from gen4flow.core.price import from_micros, show_money
from gen4flow.core.purchase import (
    Accepted,
    Attempt,
    Decision,
    Denied,
    Effect,
    Failure,
    Intended,
    Lost,
    NeverLeft,
    Refused,
    SubmitAnswer,
    Throttled,
    decide,
)
from gen4flow.engine.collect import Collector, Paid
from gen4flow.engine.journal import Journal
from gen4flow.engine.order import Line
from gen4flow.engine.references import References
from gen4flow.engine.settings import Doors, Settings, Task
from gen4flow.engine.traffic import Traffic


class Submitter:
    """Buys one job at a time on behalf of each of its callers; the traffic says how many callers there are."""

    def __init__(
        self,
        *,
        doors: Doors,
        settings: Settings,
        traffic: Traffic,
        journal: Journal,
        references: References,
        collector: Collector,
    ) -> None:
        self._doors = doors
        self._settings = settings
        self._traffic = traffic
        self._journal = journal
        self._references = references
        self._collector = collector

    async def turns(self, line: Line) -> AsyncIterator[Task]:
        """Yield each task once it is ready and has its place under way; ends early when the run stops."""
        while not line.is_over and not self._traffic.stopped.is_set():
            if not line.has_ready:
                await self._traffic.or_stopped(line.until_moved())
            elif await self._traffic.place():
                yield line.take()

    async def buy(self, task: Task) -> None:
        """Buy a task that has a place under way, and collect it; repeats only what was refused for certain."""
        tries = 0
        while (answer := await self._attempt(task, tries)) is not None:
            if not isinstance(answer, NeverLeft | Throttled) or self._traffic.stopped.is_set():
                return
            tries += 1
            await self._traffic.before_retry(tries, random.random())  # noqa: S311  # jitter, not a secret
            if not await self._traffic.place():
                return

    async def _attempt(self, task: Task, tries: int) -> SubmitAnswer | None:
        """Make one attempt and return how it ended, None where it did not begin; its references are there before it."""
        paid, answer = None, None
        try:
            images = await self._references.addresses(task)
            if images is not None and await self._traffic.turn():
                try:
                    paid, answer = await self._submit(task, images, tries)
                finally:
                    self._traffic.submitted()
        finally:
            if paid is None:
                self._traffic.under_way.leave()
        if paid is not None:
            await self._collector.collect(paid)
        return answer

    async def _submit(
        self, task: Task, images: Sequence[str] | Refused, tries: int
    ) -> tuple[Paid | None, SubmitAnswer | None]:
        """Make the intent durable, send the one POST, make the answer durable; what has no images is refused unsent."""
        number = await self._intend(task)
        if number is None:
            return None, None
        answer = images if isinstance(images, Refused) else await self._post(task, images)
        decision, answer = await self._decided(task, number, answer)
        self._heed(task, answer, tries)
        bought = Effect.COLLECT in decision.effects
        return Paid.just_bought(task, number, decision.attempt) if bought else None, answer

    async def _post(self, task: Task, images: Sequence[str]) -> SubmitAnswer:
        """Send the one POST of an attempt."""
        self._traffic.requested()
        call = self._doors.dialect.submit(task.request, images)
        return self._doors.dialect.read_submit(await self._doors.api.submit(call))

    async def _intend(self, task: Task) -> int | None:
        """Make the intent and its reservation durable; None where a cap or an earlier purchase forbids it."""
        records, settings = self._doors.records, self._settings
        found = await self._journal.do(
            lambda: records.intend(task.order, run=settings.run, recipe=settings.recipe, caps=settings.caps)
        )
        match found:
            case OverCap(cap=cap, used=used):
                sums = f"{show_money(from_micros(used))} of {show_money(from_micros(cap.limit))} dollars are used"
                self._traffic.stop(Ending.CAPPED, f"{cap.told}: {sums}, and the next image costs more than is left")
                return None
            case Held(purchase=held):
                self._doors.observer.note(f"{task.order.key} is {held.attempt.status.value} already: not bought again")
                return None
        return found

    async def _decided(self, task: Task, number: int, answer: SubmitAnswer) -> tuple[Decision, SubmitAnswer]:
        """Decide what an answer comes to and make it durable; an id that another attempt has is no answer."""
        intended = decide(Attempt(), Intended()).attempt
        decision = decide(intended, answer)
        try:
            await self._record(number, decision, answer)
        except PredictionTaken:
            answer = Lost(message="the provider answered with the id of another submit: ask its support about this one")
            decision = decide(intended, answer)
            await self._record(number, decision, answer)
            self._doors.observer.note(f"ALARM: {task.order.key}: {answer.message}")
        except Exception:
            if isinstance(answer, Accepted):
                self._doors.observer.note(
                    f"{task.order.key} was bought as prediction {answer.prediction_id}, which can't be recorded; "
                    f"note it down: gen4flow reconcile --adopt '{task.order.key}={answer.prediction_id}'"
                )
            raise
        return decision, answer

    async def _record(self, number: int, decision: Decision, answer: SubmitAnswer) -> None:
        """Make a decision durable."""
        change = Change(number=number, attempt=decision.attempt, event=type(answer).__name__)
        await self._journal.do(lambda: self._doors.records.record([change]))

    def _heed(self, task: Task, answer: SubmitAnswer, tries: int) -> None:
        """Let the run's traffic and the person who watches learn from an answer."""
        traffic, key = self._traffic, task.order.key
        match answer:
            case Accepted():
                traffic.answered()
                self._doors.observer.submitted(key)
            case Throttled(retry_after=retry_after):
                traffic.throttled(retry_after=retry_after, tries=tries, chance=random.random())  # noqa: S311
            case NeverLeft(message=message):
                traffic.never_left(message)
            case Denied(message=message):
                traffic.stop(Ending.DENIED, message)
            case Refused(failure=failure, message=message):
                if failure is Failure.REFUSED:  # else nothing was sent, and the provider has proved nothing
                    traffic.answered()
                traffic.job_failed()
                self._doors.observer.failed(key, message)
            case Lost(message=message):
                traffic.lost()
                self._doors.observer.lost(key, message)
