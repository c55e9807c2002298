"""The output folder as a view of ledger and originals: delivered copies, manifest and all that is made from it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gen4flow import __version__
from gen4flow.commands.delivering import deliver_all, not_delivered, say_what_is_left
from gen4flow.commands.output_folder import files_told
from gen4flow.commands.planning import Planning
from gen4flow.commands.shrinking import complete_thumbnails
from gen4flow.core.copies import Delivered, copies_of, possible_paths
from gen4flow.core.errors import Gen4flowError, UsageError
from gen4flow.core.history import Delivery
from gen4flow.core.image import Image
from gen4flow.core.job import Job
from gen4flow.core.manifest import Entry, build_manifest, waiting_for
from gen4flow.core.plan import Action, PlannedJob
from gen4flow.core.purchase import Status
from gen4flow.core.standing import JobsTold, Standing
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
        self._done: list[Delivered] = []
        self._entries: Sequence[Entry] = ()

    @functools.cached_property
    def _jobs(self) -> Mapping[str, Sequence[Job]]:
        """Return the jobs by their fingerprint."""
        found: dict[str, list[Job]] = {}
        for one in self._planned:
            found.setdefault(one.job.fingerprint, []).append(one.job)
        return found

    def stands(self) -> bool:
        """Tell whether everything stands as it would be written, so that nothing has to be."""
        if not self._planning.shown() or self._copies.touched:
            return False
        images = [image for one in self._planned if one.purchase for image in one.purchase.images]
        return not self._thumbnails.missing([image.sha256 for image in images])

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

    def _deliver(self, job: Job, images: Sequence[Image]) -> Delivered:
        """Put a job's copies in their places; raises Gen4flowError."""
        with self._explained():
            found = self._copies.deliver(copies_of(job, images))
        with self._lock:
            for one in found.copies:
                self._delivered.update((file.path, file) for file in (one.file, one.sidecar) if file)
        return found

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

        What the disk refuses is raised after the rest was written; what can't be made, `settle` says.
        """
        purchases = self._planning.purchases([one.job.fingerprint for one in self._planned])
        bought = [(one.job, found.images) for one in self._planned if (found := purchases.get(one.job.fingerprint))]
        delivered = deliver_all([(job, images) for job, images in bought if images], self._deliver)
        entries: list[Entry] = []
        statuses: dict[str, Status] = {}
        for one in self._planned:
            done = delivered.get(one.job.key)
            upstream = (statuses[needed] for needed in one.job.request.upstream if needed in statuses)
            entry = Entry(
                job=one.job,
                purchase=purchases.get(one.job.fingerprint),
                files=done.copies if isinstance(done, Delivered) else (),
                elsewhere=self._planning.elsewhere(one.job.fingerprint),
                waiting=waiting_for(upstream, held=one.action is Action.HELD),
            )
            statuses[one.job.fingerprint] = entry.status
            entries.append(entry)
        self._ledger.delivered(str(self._planning.folder.path), self._delivered.values())
        self._write_sinks(entries)
        if errors := [one for one in delivered.values() if isinstance(one, Gen4flowError)]:
            raise errors[0]
        self._done = [one for one in delivered.values() if isinstance(one, Delivered)]
        self._entries = entries
        return entries

    def settle(self) -> None:
        """Say what `write` has left in place, and raise NotDelivered for what could not be made: the last thing."""
        originals = {one.copy.original.sha256 for each in self._done for one in each.copies}
        failed = [failure for one in self._done for failure in one.failed]
        left = say_what_is_left(self._copies, {*self._delivered, *(copy.path for copy, _ in failed)}, originals)
        if failed:
            raise not_delivered(failed)
        if not left:
            self._remember()

    def _remember(self) -> None:
        """Remember what stands in the folder, where every job has its images there."""
        folder = self._planning.folder.path
        files = files_told(folder, self._planning.prepared)
        there = all(one.purchase and one.status is Status.SUCCEEDED and one.files for one in self._entries)
        if files and there and self._entries:
            jobs = JobsTold(entry.job for entry in self._entries)
            self._ledger.stands(str(folder), Standing(files=files, jobs=jobs.digest))

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
