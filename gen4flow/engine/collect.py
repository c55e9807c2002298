"""Collecting what is paid for: poll, download, check, keep. May be done any number of times, by anyone."""

from __future__ import annotations

import asyncio
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from gen4flow.core.calls import DownloadFailed, DownloadForbidden
from gen4flow.core.history import Change, Purchase
from gen4flow.core.image import Image, ImageInvalid
from gen4flow.core.interfaces import Incoming
from gen4flow.core.job import Request, read_request
from gen4flow.core.outcome import Ending
from gen4flow.core.polling import latency, next_wait
from gen4flow.core.prediction import Completed, Ended, Inline, Output, PollAnswer, Running, Unauthorised
from gen4flow.core.purchase import Attempt, Delayed, Event, Failed, Failure, Fetched, Status, decide
from gen4flow.core.retry import pause, read_retry_after
from gen4flow.core.sizes import SIZES
from gen4flow.engine.journal import Journal
from gen4flow.engine.references import References
from gen4flow.engine.rhythms import Rhythms
from gen4flow.engine.settings import Doors, Settings, Task
from gen4flow.engine.traffic import Traffic

DOWNLOADS_AT_ONCE = 16
DOWNLOAD_TRIES = 4
OUTPUTS_KEPT = timedelta(days=7)  # by the provider; source: WaveSpeedAI's documentation


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A prediction that is paid for; `size` is what was asked for, `since` when it was submitted, where known."""

    number: int
    key: str
    fingerprint: str
    attempt: Attempt
    request: Request
    size: tuple[int, int] | None
    since: datetime | None = None

    @classmethod
    def just_bought(cls, task: Task, number: int, attempt: Attempt) -> Paid:
        """Return the prediction that a task has just become."""
        return cls(
            number=number,
            key=task.order.key,
            fingerprint=task.order.fingerprint,
            attempt=attempt,
            request=task.request,
            size=SIZES.get((task.request.aspect_ratio, task.request.resolution)),
        )

    @classmethod
    def from_ledger(cls, purchase: Purchase) -> Paid:
        """Return the prediction that an earlier run has left."""
        request = read_request(purchase.request)
        return cls(
            number=purchase.number,
            key=purchase.key,
            fingerprint=purchase.fingerprint,
            attempt=purchase.attempt,
            request=request,
            size=SIZES.get((request.aspect_ratio, request.resolution)),
            since=datetime.fromisoformat(purchase.submitted) if purchase.submitted else None,
        )


Final: TypeAlias = Completed | Ended | Unauthorised | None  # None: still running at the deadline


class Collector:
    """Turns paid predictions into images on disk."""

    def __init__(
        self, *, doors: Doors, settings: Settings, traffic: Traffic, journal: Journal, references: References
    ) -> None:
        self._doors = doors
        self._settings = settings
        self._traffic = traffic
        self._journal = journal
        self._references = references
        self._rhythms = Rhythms()
        self._downloads = asyncio.Semaphore(DOWNLOADS_AT_ONCE)
        cores = os.cpu_count() or 1
        # decoding keeps a core busy and storing waits for the disk; many more would take turns from the event loop
        self._workers = ThreadPoolExecutor(max_workers=2 * cores, thread_name_prefix="store")
        self._cores = threading.BoundedSemaphore(cores)

    def close(self) -> None:
        """Wait for the images that are being decoded."""
        self._workers.shutdown(wait=True)

    async def resume(self, purchase: Purchase) -> None:
        """Collect what an earlier run has left; the caller has taken a place under way for it."""
        await self.collect(Paid.from_ledger(purchase))

    async def collect(self, paid: Paid) -> None:
        """Poll a prediction to its end, giving its place under way back there, then fetch its images."""
        try:
            final = await self._poll(paid)
        finally:
            self._traffic.under_way.leave()
        match final:
            case None:
                await self._settle(paid, Delayed(message="still running at the deadline"))
            case Unauthorised(message=message):
                self._traffic.stop(Ending.DENIED, message)
            case Ended(failure=failure, message=message):
                if failure is Failure.REFERENCE:
                    await self._references.forget(paid.request)
                await self._settle(paid, Failed(failure=failure, message=message))
            case Completed():
                await self._fetch(paid, final)

    async def _poll(self, paid: Paid) -> Final:
        """Ask until the prediction is final, or the deadline has passed."""
        loop = asyncio.get_running_loop()
        start, deadline = loop.time(), self._settings.poll_deadline
        ran: float | None = None
        resumed = paid.since is not None
        asked = not resumed  # what an earlier run has left is probably done: ask at once
        while (elapsed := loop.time() - start) < deadline:
            if asked:
                await asyncio.sleep(min(deadline - elapsed, next_wait(elapsed, self._rhythms.of(paid.request))))
            asked = True
            await self._traffic.until_allowed()
            age = loop.time() - start
            answer = await self._ask(paid)
            if not isinstance(answer, Running):
                if isinstance(answer, Completed) and not resumed:
                    self._rhythms.saw(paid.request, latency(age, ran))
                return answer
            ran = age
            if answer.throttled:
                self._traffic.throttled(retry_after=answer.retry_after, tries=0, chance=random.random())  # noqa: S311
        return None

    async def _ask(self, paid: Paid) -> PollAnswer:
        """Ask once."""
        dialect = self._doors.dialect
        self._traffic.requested()
        prediction_id = paid.attempt.prediction_id
        assert prediction_id is not None  # noqa: S101  # what is submitted has an id
        async with self._traffic.lanes.collecting:
            answer = await self._doors.api.ask(dialect.poll(prediction_id))
        return dialect.read_poll(answer, prediction_id)

    async def _fetch(self, paid: Paid, completed: Completed) -> None:
        """Fetch every image of a prediction; what can't be fetched now is left to a later run."""
        outputs, message, refreshed = completed.outputs, "", False
        for tries in range(DOWNLOAD_TRIES):
            try:
                images = [await self._receive(output) for output in outputs]
            except DownloadForbidden as error:
                await self._settle(paid, Failed(failure=Failure.FORBIDDEN_OUTPUT, message=str(error)))
                return
            except DownloadFailed as error:
                message = f"the image can't be downloaded: {error}"
                if error.gone and refreshed:
                    break
                if error.gone:
                    outputs, refreshed = await self._fresh(paid, outputs), True
                wait = read_retry_after(error.retry_after)
                await asyncio.sleep(wait if wait is not None else pause(tries, random.random()))  # noqa: S311
            except ImageInvalid as error:
                message = f"what was downloaded is no whole image: {error}"
                await asyncio.sleep(pause(tries, random.random()))  # noqa: S311
            else:
                await self._keep(paid, completed, images)
                return
        expired = refreshed and paid.since is not None and datetime.now(UTC) - paid.since > OUTPUTS_KEPT
        event: Event = Failed(failure=Failure.EXPIRED, message=message) if expired else Delayed(message=message)
        await self._settle(paid, event)

    async def _fresh(self, paid: Paid, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        """Return the prediction's outputs as they are now: their addresses may have been renewed."""
        answer = await self._ask(paid)
        return answer.outputs if isinstance(answer, Completed) else outputs

    async def _receive(self, output: Output) -> Image:
        """Receive one image, decode it whole and keep it as an original."""
        incoming = self._doors.originals.incoming()
        try:
            async with self._downloads:  # until it is on disk: what is received is held in memory
                if isinstance(output, Inline):
                    incoming.write(output.data)
                else:
                    async with self._traffic.lanes.collecting:
                        await self._doors.api.download(output.url, incoming.write)
                return await self._in_worker(incoming)
        finally:
            incoming.discard()

    async def _in_worker(self, incoming: Incoming) -> Image:
        """Check and keep a received file off the event loop."""

        def work() -> Image:
            incoming.flush()
            with self._cores:
                facts = self._doors.check(incoming.path)
            return Image(
                sha256=incoming.keep(),
                bytes=incoming.size,
                width=facts.width,
                height=facts.height,
                media_type=facts.media_type,
                thumbnail=facts.thumbnail,
            )

        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    async def _keep(self, paid: Paid, completed: Completed, images: list[Image]) -> None:
        """Record the images, then deliver them."""
        first = images[0]
        if paid.size and (first.width, first.height) != paid.size:
            asked = "x".join(map(str, paid.size))
            self._doors.observer.note(f"{paid.key} is {first.width}x{first.height}, and {asked} was asked for")
        await self._record(
            Change(
                number=paid.number,
                attempt=decide(paid.attempt, Fetched()).attempt,
                event=Fetched.__name__,
                images=tuple(images),
                inference_ms=completed.inference_ms,
                nsfw=completed.nsfw,
            )
        )
        self._traffic.job_succeeded()
        observer = self._doors.observer
        await asyncio.get_running_loop().run_in_executor(
            self._workers, lambda: observer.fetched(paid.key, paid.fingerprint, images)
        )

    async def _settle(self, paid: Paid, event: Event) -> None:
        """Record that there is no image, for now or for good."""
        message = getattr(event, "message", "")
        self._doors.observer.failed(paid.key, message)
        if paid.attempt.status is not Status.SUBMITTED:
            return  # an image that was lost from disk could not be fetched again: the purchase stays what it was
        if isinstance(event, Failed):
            self._traffic.job_failed()
        await self._record(
            Change(number=paid.number, attempt=decide(paid.attempt, event).attempt, event=type(event).__name__)
        )

    async def _record(self, change: Change) -> None:
        await self._journal.do(lambda: self._doors.records.record([change]))
