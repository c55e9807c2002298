"""gen4flow's engine without the commands around it, for what only the engine costs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gen4flow.api_client import ApiClient, run
from gen4flow.core.history import Cap, Order, Reach, RunFacts
from gen4flow.core.image import Image, ImageFacts
from gen4flow.core.job import Request, fingerprint_of
from gen4flow.engine import Doors, Engine, Settings, Task
from gen4flow.images import check
from gen4flow.ledger import Ledger
from gen4flow.objects import Objects
from gen4flow.progress import Progress
from gen4flow.providers import wavespeed
from tests.benchmarks.engine_contestants import MODEL, Wish

FACTS = RunFacts(
    recipe="bench", provider="wavespeed", recipe_sha256="", git_commit=None, git_dirty=None, tool_version=""
)
PRICE = 50_000  # micro-dollars


class Timed(Ledger):
    """A ledger that counts the CPU seconds of its thread."""

    cpu = 0.0

    @contextmanager
    def together(self) -> Iterator[None]:
        """Count a transaction, from its first statement until it is on disk."""
        before = time.thread_time()
        with super().together():
            yield
        self.cpu += time.thread_time() - before


class Counting:
    """The observer of a run, without the view: counts as the real one does."""

    def __init__(self, jobs: int, folder: Path) -> None:
        self._folder = folder
        self._progress = Progress(jobs)
        self.fetched_images = 0
        self.complaints: list[str] = []

    def submitted(self, key: str) -> None:
        self._progress.count("submitted")

    def fetched(self, key: str, fingerprint: str, images: Sequence[Image]) -> None:
        for image in images:
            if image.thumbnail:
                (self._folder / f"{image.sha256}.webp").write_bytes(image.thumbnail)
        self.fetched_images += len(images)
        self._progress.count("fetched")

    def lost(self, key: str, message: str) -> None:
        self.complaints.append(message)

    def failed(self, key: str, message: str) -> None:
        self.complaints.append(message)

    def skipped(self, key: str, message: str) -> None:
        self.complaints.append(message)

    def note(self, message: str) -> None:
        self.complaints.append(message)


def sink(path: Path) -> ImageFacts:
    """Take any file for an image: what decoding costs is measured elsewhere."""
    return ImageFacts(width=720, height=720, media_type="image/png")


def tasks(jobs: int) -> Iterator[Task]:
    """Yield what is to be bought."""
    for number in range(jobs):
        parameters: dict[str, str | int] = {"aspect_ratio": "1:1", "resolution": "720p", "seed": number + 1}
        request = Request(provider="wavespeed", model=MODEL, prompt="picture", parameters=parameters)
        canonical = request.canonical()
        yield Task(
            order=Order(
                fingerprint=fingerprint_of(canonical),
                request=canonical,
                provider="wavespeed",
                key=f"main[seed={number}]",
                price=PRICE,
            ),
            request=request,
        )


def buy(wish: Wish) -> float:
    """Buy everything that is wished for; returns the ledger's CPU seconds; raises RuntimeError where not all came."""
    ledger, observer = Timed.open(wish.folder / "state"), Counting(wish.jobs, wish.folder)
    caps = tuple(Cap(reach=reach, limit=PRICE * wish.jobs, told=reach.value) for reach in (Reach.RUN, Reach.PROJECT))
    settings = Settings(
        run=ledger.start_run(FACTS),
        recipe="bench",
        caps=caps,
        concurrency=wish.in_flight,
        submitting=wish.submitting,
    )

    async def whole() -> None:
        async with ApiClient(base_url=wish.base, key="k") as api:
            doors = Doors(
                dialect=wavespeed,
                api=api,
                records=ledger,
                originals=Objects(wish.folder / "objects"),
                check=partial(check, thumbnail=True) if wish.decode else sink,
                observer=observer,
            )
            await Engine(doors, settings).buy(tasks(wish.jobs), ())

    run(whole())
    ledger.close()
    assert isinstance(ledger, Timed)
    if observer.fetched_images != wish.jobs or observer.complaints:
        raise RuntimeError(f"{observer.fetched_images} of {wish.jobs} images; {observer.complaints[:3]}")
    return ledger.cpu
