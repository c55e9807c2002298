"""The output folder as a view of ledger and originals: delivered copies, manifest and all that is made from it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from gen4flow import __version__
from gen4flow.commands.planning import Planning
from gen4flow.commands.shrinking import complete_thumbnails
from gen4flow.core.copies import DeliveredCopy, copies_of, possible_paths
from gen4flow.core.errors import Gen4flowError, UsageError
from gen4flow.core.history import Delivery, Purchase
from gen4flow.core.image import Image
from gen4flow.core.job import Job
from gen4flow.core.manifest import Entry, build_manifest, waiting_for
from gen4flow.core.plan import Action, PlannedJob
from gen4flow.core.purchase import Status
from gen4flow.ledger import Ledger
from gen4flow.sinks import SINKS
from gen4flow.sinks.thumbnail_files import Thumbnails, shown


class View:
    """Writes one output folder; `deliver` may be called from any thread, while images come."""

    def __init__(self, planning: Planning, ledger: Ledger, planned: Sequence[PlannedJob]) -> None:
        self._planning = planning
        self._ledger = ledger
        self._planned = planned
        self._copies = planning.folder.copies
        self._thumbnails = Thumbnails(planning.folder.path)
        self._lock = threading.Lock()
        self._delivered: dict[str, Delivery] = {}
        self._jobs: dict[str, list[Job]] = {}
        for one in planned:
            self._jobs.setdefault(one.job.fingerprint, []).append(one.job)

    def check(self) -> None:
        """Find out before anything is bought whether the folder can be written; raises UsageError or Gen4flowError."""
        folder = self._planning.folder.path
        with self._explained():
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".gen4flow-probe"
            probe.write_bytes(b"")
            probe.unlink()
        for one in self._planned:
            if not one.purchase and (path := self._copies.foreign(possible_paths(one.job))) is not None:
                raise UsageError(
                    f"{folder / path} is in the way, and gen4flow did not write it: move it, or change output.file"
                )

    def deliver(self, fingerprint: str, images: Sequence[Image]) -> None:
        """Put the copies of an image in their places, under every name that it has; raises Gen4flowError.

        Thumbnails go first: who looks at the folder meanwhile finds an image together with its thumbnail.
        """
        for image in images:
            with suppress(OSError):  # whether there is room, the copy will tell
                if image.thumbnail:
                    self._thumbnails.put(image.sha256, image.thumbnail)
        for job in self._jobs.get(fingerprint, ()):
            self._deliver(job, images)

    def _deliver(self, job: Job, images: Sequence[Image]) -> list[DeliveredCopy]:
        """Put a job's copies in their places; raises Gen4flowError."""
        with self._explained():
            copies = self._copies.deliver(copies_of(job, images))
        with self._lock:
            for one in copies:
                self._delivered.update((file.path, file) for file in (one.file, one.sidecar) if file)
        return copies

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what an error of the output folder's disk means: nothing that is paid for is lost by it."""
        try:
            yield
        except OSError as error:
            raise Gen4flowError(
                f"{self._planning.folder.path} can't be written: {error.strerror or error}\n"
                "  help: what is paid for is safe in the state folder; make room or mend the permissions, then run "
                "again: that costs nothing"
            ) from error

    def write(self) -> list[Entry]:
        """Deliver what is bought and write every derived file; returns the plan's entries as they are now.

        What can't be delivered is raised after the rest was.
        """
        purchases = {one.job.key: self._planning.purchase(one.job.fingerprint) for one in self._planned}
        delivered = self._deliver_all(purchases)
        entries, errors = [], []
        statuses: dict[str, Status] = {}
        for one in self._planned:
            files = delivered.get(one.job.key, ())
            if isinstance(files, Gen4flowError):
                errors.append(files)
                files = ()
            upstream = (statuses[needed] for needed in one.job.request.upstream if needed in statuses)
            entry = Entry(
                job=one.job,
                purchase=purchases[one.job.key],
                files=files,
                elsewhere=self._planning.elsewhere(one.job.fingerprint),
                waiting=waiting_for(upstream, held=one.action is Action.HELD),
            )
            statuses[one.job.fingerprint] = entry.status
            entries.append(entry)
        self._ledger.delivered(str(self._planning.folder.path), self._delivered.values())
        self._write_sinks(entries)
        if errors:
            raise errors[0]
        return entries

    def _deliver_all(
        self, purchases: Mapping[str, Purchase | None]
    ) -> dict[str, Sequence[DeliveredCopy] | Gen4flowError]:
        """Deliver what is bought, on every core; returns each job's copies, or why it has none."""

        def tried(job: Job, images: Sequence[Image]) -> Sequence[DeliveredCopy] | Gen4flowError:
            try:
                return self._deliver(job, images)
            except Gen4flowError as error:
                return error

        bought = [(one.job, found.images) for one in self._planned if (found := purchases[one.job.key])]
        wanted = [(job, images) for job, images in bought if images]
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="deliver") as pool:
            return dict(zip((job.key for job, _ in wanted), pool.map(lambda one: tried(*one), wanted), strict=True))

    def _write_sinks(self, entries: Iterable[Entry]) -> None:
        """Write the manifest and what is made from it."""
        prepared = self._planning.prepared
        manifest = build_manifest(
            tool_version=__version__,
            recipe=prepared.recipe.name,
            profiles=prepared.recipe.profiles,
            provider=prepared.recipe.provider,
            model=prepared.recipe.model,
            last=self._ledger.last_purchase(prepared.scope),
            entries=entries,
        )
        folder: Path = self._planning.folder.path
        with self._explained():
            folder.mkdir(parents=True, exist_ok=True)
            complete_thumbnails(folder, manifest)
            for write in SINKS.values():
                write(folder, manifest)
        self._thumbnails.sweep(shown(manifest))
