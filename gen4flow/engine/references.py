"""Reference images on their way to the provider: each content is uploaded once, before what needs it is bought."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from gen4flow.core.calls import Answer
from gen4flow.core.image import Image
from gen4flow.core.interfaces import Originals
from gen4flow.core.job import Request
from gen4flow.core.outcome import Ending
from gen4flow.core.purchase import Denied, Failure, Refused
from gen4flow.core.references import LocalImage, OutputImage, Reference, RemoteImage
from gen4flow.core.retry import pause
from gen4flow.core.uploads import LARGEST, NotNow, ReferenceFile, UploadAnswer, Uploaded
from gen4flow.engine.journal import Journal
from gen4flow.engine.settings import Doors, Task
from gen4flow.engine.traffic import Traffic

UPLOADS_AT_ONCE = 4
UPLOAD_TRIES = 4

Source: TypeAlias = Callable[[], ReferenceFile | Refused]  # reads the disk
Address: TypeAlias = str | Refused | None  # None: the run has stopped before there was one


class References:
    """Finds the addresses of reference images; the ledger knows those that were uploaded, by this run or another."""

    def __init__(self, *, doors: Doors, traffic: Traffic, journal: Journal) -> None:
        self._doors = doors
        self._traffic = traffic
        self._journal = journal
        self._room = asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._refused: dict[str, Refused] = {}  # by content: what the provider won't have, it is not asked again

    async def addresses(self, task: Task) -> tuple[str, ...] | Refused | None:
        """Return the addresses of a task's references in their order, uploading what has none yet.

        Refused where an image can't be had or is not taken; None where the run has stopped before all were there.
        """
        found = []
        for reference in task.request.references:
            address = await self._address(task, reference)
            if not isinstance(address, str):
                return address
            found.append(address)
        return tuple(found)

    async def forget(self, request: Request) -> None:
        """Forget the uploads that a request has used: the provider could not fetch them, or one of them."""
        images = [await self._image(one) for one in request.references if isinstance(one, OutputImage)]
        contents = [image.sha256 for image in images if isinstance(image, Image)]
        contents += [one.sha256 for one in request.references if isinstance(one, LocalImage)]
        where = self._doors.api.base_url
        if contents:
            await self._journal.do(lambda: self._doors.records.forget_uploads(contents, where))

    async def _address(self, task: Task, reference: Reference) -> Address:
        """Return the address of one image."""
        match reference:
            case RemoteImage(url=url):
                return url
            case LocalImage(sha256=sha256, path=told):
                path = task.files[sha256]
                return await self._uploaded(sha256, lambda: _local(path, sha256, told or path.name))
            case OutputImage():
                image = await self._image(reference)
                if isinstance(image, Refused):
                    return image
                sha256 = image.sha256
                return await self._uploaded(sha256, lambda: _original(self._doors.originals, sha256))

    async def _image(self, reference: OutputImage) -> Image | Refused:
        """Return the image that another job has brought."""
        purchase = await self._journal.do(lambda: self._doors.records.purchase(reference.job))
        images = purchase.images if purchase else ()
        if reference.output < len(images):
            return images[reference.output]
        return _unfit(f"{reference.key or reference.job[:12]} has brought {len(images)} images, not the one it needs")

    async def _uploaded(self, sha256: str, source: Source) -> Address:
        """Return the address of a content; who needs the same one meanwhile waits, and then finds it in the ledger."""
        where = self._doors.api.base_url
        async with self._turns[sha256]:
            if sha256 in self._refused:
                return self._refused[sha256]
            known = await self._journal.do(lambda: self._doors.records.upload_of(sha256, where))
            if known is not None:
                return known
            async with self._room:
                if self._traffic.stopped.is_set():
                    return None
                file = await asyncio.to_thread(source)
                if isinstance(file, Refused):
                    return file
                return await self._settled(sha256, await self._upload(file))

    async def _settled(self, sha256: str, answer: UploadAnswer | None) -> Address:
        """Remember what came of an upload, and stop the run where others would fare no better."""
        match answer:
            case Uploaded(url=url):
                where = self._doors.api.base_url
                await self._journal.do(lambda: self._doors.records.uploaded(sha256, where, url))
                return url
            case Refused():
                self._refused[sha256] = answer
                return answer
            case Denied(message=message):
                self._traffic.stop(Ending.DENIED, message)
            case NotNow(message=message):
                told = f"a reference image can't be uploaded: {message}"
                self._traffic.stop(
                    Ending.BROKEN, f"{told}; nothing was bought for it, and its job stays planned: run again"
                )
        return None

    async def _upload(self, file: ReferenceFile) -> UploadAnswer | None:
        """Upload a file, again where that failed for now; None when the run stops meanwhile."""
        answer: UploadAnswer | None = None
        for tries in range(UPLOAD_TRIES):
            if isinstance(answer, NotNow):
                wait = answer.retry_after
                await self._traffic.sleep(pause(tries, random.random()) if wait is None else wait)  # noqa: S311
            if self._traffic.stopped.is_set():
                return None
            answer = await self._converse(file)
            if not isinstance(answer, NotNow):
                break
        return answer

    async def _converse(self, file: ReferenceFile) -> UploadAnswer:
        """Carry the calls of one upload to the API and the answers back, until the dialect knows what came of it."""
        conversation = self._doors.dialect.upload(file)
        answer: Answer
        try:
            call = next(conversation)
            while True:
                answer = await self._doors.api.upload(call)
                call = conversation.send(answer)
        except StopIteration as end:
            result: UploadAnswer = end.value
            return result


def _local(path: Path, sha256: str, told: str) -> ReferenceFile | Refused:
    """Read an image of the project, which must be what was planned; `told` is what people call it."""
    try:
        if not path.is_file():
            return _unfit(f"{told} is no file any more: it was one when this was planned")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        return _unfit(f"{told} can't be read: {error.strerror}")
    if hashlib.sha256(content).hexdigest() != sha256:
        return _unfit(f"{told} has changed since it was planned: run again, which plans with what it is now")
    return _of_size(ReferenceFile(sha256=sha256, content=content), told)


def _original(originals: Originals, sha256: str) -> ReferenceFile | Refused:
    """Read an original."""
    try:
        content = b"".join(originals.read(sha256))
    except OSError as error:
        return _unfit(f"the image that it needs can't be read: {error}")
    return _of_size(ReferenceFile(sha256=sha256, content=content), "the image that it needs")


def _of_size(file: ReferenceFile, told: str) -> ReferenceFile | Refused:
    """Return a file that is not too large to be sent."""
    if len(file.content) > LARGEST:
        return _unfit(f"{told} is larger than {LARGEST:,} bytes")
    return file


def _unfit(message: str) -> Refused:
    return Refused(failure=Failure.REFERENCE, message=message)
