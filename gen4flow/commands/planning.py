"""From jobs to a plan: where the past (ledger, originals, output folder) meets the pure decision."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from gen4flow.commands.output_folder import Folder
from gen4flow.commands.preparing import Prepared
from gen4flow.core.batches import batches
from gen4flow.core.copies import Copy, Made, NotMade, copies_of, expected_paths
from gen4flow.core.errors import UsageError
from gen4flow.core.history import Order, Purchase
from gen4flow.core.image import Image
from gen4flow.core.job import Job
from gen4flow.core.manifest import FACTS_OF_A_PURCHASE
from gen4flow.core.plan import (
    BUYS,
    NO_PAST,
    Action,
    Blocked,
    Past,
    PlannedJob,
    Retry,
    Slot,
    changed_fields,
    judge,
)
from gen4flow.core.price import list_micros
from gen4flow.core.standing import JobsTold
from gen4flow.core.tuples import tuple_of
from gen4flow.ledger import Ledger
from gen4flow.objects import Objects
from gen4flow.sinks import manifest_file

ORIGINALS = "objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says of a plan: what is bought again, and the steps that are approved by it."""

    retry: Retry = Retry.NONE
    buy_elsewhere: bool = False
    approve: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """Everything that a plan is made from; reading it changes nothing.

    `approved` are the fingerprints whose purchase somebody has approved; `needed` the steps that others need.
    """

    prepared: Prepared
    ledger: Ledger | None
    objects: Objects
    folder: Folder
    wishes: Wishes
    approved: frozenset[str]
    needed: frozenset[str]
    _twins: dict[str, str] = field(default_factory=dict)
    _blocked: dict[str, Blocked] = field(default_factory=dict)
    _kept: JobsTold = field(default_factory=JobsTold)

    def jobs(self, made: Sequence[Job] | None = None) -> Iterator[PlannedJob]:
        """Yield every job with what would be done; raises RecipeError at the end when the recipe has a problem.

        `made` are the recipe's jobs, where somebody has them already.
        """
        for batch in self.in_batches(made):
            yield from batch

    def in_batches(self, made: Sequence[Job] | None = None) -> Iterator[list[PlannedJob]]:
        """Yield what `jobs` does, a few at a time.

        Jobs that are kept need no word of the folder's manifest: it is read once there is another one, and not while
        jobs are being made, which bounds memory.
        """
        self._kept.begin()
        kept = 0
        if self.folder.standing is not None:
            with contextlib.closing(self._batches(made)) as found:
                for batch in found:
                    if any(one.action is not Action.KEEP for one in batch):
                        break
                    self._kept.add(one.job for one in batch)
                    kept += 1
                    yield batch
                else:
                    return
            self.folder.read()
        yield from islice(self._batches(made), kept, None)

    def shown(self) -> bool:
        """Tell whether the folder shows the jobs that were planned, all of which are kept, and no others."""
        return self.folder.standing == self._kept.digest

    def make(self, original: Image, copies: Sequence[Copy]) -> list[Made | NotMade]:
        """Return the bytes of copies of an original, or why there are none; raises OSError."""
        return _make(self.objects, original, copies)

    def removed(self, keys: Iterable[str]) -> Iterable[Slot]:
        """Return the slots of the output folder's manifest that are no job any more."""
        if self.shown():
            return ()
        if self.folder.standing is not None:
            self.folder.read()
        left = dict(self.folder.slots)
        for key in keys:
            left.pop(key, None)
        return left.values()

    def purchases(self, fingerprints: Sequence[str]) -> Mapping[str, Purchase]:
        """Return what the ledger knows of some fingerprints."""
        return self.ledger.purchases(fingerprints) if self.ledger else {}

    def elsewhere(self, fingerprint: str) -> Mapping[str, Any] | None:
        """Return what the folder's manifest says of a purchase that another ledger has made."""
        entry = self.folder.bought.get(fingerprint)
        if entry is None:
            return None
        facts = {name: entry[name] for name in FACTS_OF_A_PURCHASE if name in entry}
        return {**facts, "files": manifest_file.files(entry)}

    def price(self, job: Job) -> int | None:
        """Return what a job's image costs in micro-dollars, None where nobody knows."""
        return 0 if self.prepared.is_proof else list_micros(job.request.model, job.request.resolution)

    def order(self, planned: PlannedJob) -> Order:
        """Return the order that buys a job."""
        return Order(
            fingerprint=planned.job.fingerprint,
            request=planned.job.request.canonical(),
            provider=planned.job.request.provider,
            key=planned.job.key,
            price=planned.price or 0,
        )

    def _batches(self, made: Sequence[Job] | None) -> Generator[list[PlannedJob], None, None]:
        """Yield the jobs with what would be done, a few at a time."""
        self._twins.clear()
        self._blocked.clear()
        for batch in batches(self.prepared.jobs() if made is None else made):
            known = self.purchases([job.fingerprint for job in batch])
            yield [self._planned(job, known.get(job.fingerprint)) for job in batch]

    def _planned(self, job: Job, purchase: Purchase | None) -> PlannedJob:
        """Return a job with what would be done."""
        copies = copies_of(job, purchase.images) if purchase and purchase.images else ()
        past = self._past(job, purchase, copies)
        action, reason = judge(job, past, retry=self.wishes.retry, buy_elsewhere=self.wishes.buy_elsewhere)
        buys = action in BUYS
        if buys and job.first is not None:
            self._twins.setdefault(job.fingerprint, job.key)
        elif job.step in self.needed and action in {Action.HELD, Action.SKIP}:
            self._blocked.setdefault(job.fingerprint, Blocked(key=job.key, action=action))
        changed = changed_fields(job, past.slot) if action is Action.CHANGE and past.slot else ()
        price = self.price(job) if buys or action is Action.HELD else 0
        # before its images are there, nobody knows their extension
        files = tuple([copy.path for copy in copies] if copies else expected_paths(job))
        return tuple_of(PlannedJob, (job, action, reason, changed, price, purchase, files))

    def _past(self, job: Job, purchase: Purchase | None, copies: Sequence[Copy]) -> Past:
        """Return what is known of a job's past."""
        slot, elsewhere = self.folder.slots.get(job.key), job.fingerprint in self.folder.bought
        if purchase is None and slot is None and not (elsewhere or job.first or job.request.references or job.held):
            return NO_PAST
        images = purchase.images if purchase else ()
        has, standing = self._has(images), self.folder.copies
        in_place = has and standing.in_place(copies)
        outdated = not in_place and standing.outdated(copies)
        twin, upstream = self._twin(job, purchase), job.request.upstream if job.request.references else ()
        blocked = next((self._blocked[one] for one in upstream if one in self._blocked), None)
        approved = job.step in self.wishes.approve or job.fingerprint in self.approved
        return tuple_of(Past, (purchase, slot, elsewhere, in_place, outdated, has, twin, blocked, approved))

    def _twin(self, job: Job, purchase: Purchase | None) -> str | None:
        """Return the key of the first job of this plan that buys the image that this one asks for, too."""
        first, known = job.first, self._twins.get(job.fingerprint)
        if first is None or known or (purchase is not None and purchase.attempt.holds):
            return known
        stand_in = job._replace(key=first.key, step=first.step, held=first.held, first=None)
        past = self._past(stand_in, purchase, copies_of(stand_in, purchase.images) if purchase else ())
        action, _ = judge(stand_in, past, retry=self.wishes.retry, buy_elsewhere=self.wishes.buy_elsewhere)
        return self._twins.setdefault(job.fingerprint, first.key) if action in BUYS else None

    def _has(self, images: tuple[Image, ...]) -> bool:
        """Tell whether all originals are there."""
        return bool(images) and all(self.objects.has(image.sha256, bytes=image.bytes) for image in images)


def plan_for(prepared: Prepared, ledger: Ledger | None, wishes: Wishes = Wishes()) -> Planning:  # frozen
    """Return the planning of a recipe beside its ledger and its output folder; raises UsageError, RecipeError."""
    steps = {step.name for step in prepared.recipe.steps}
    for step in sorted(wishes.approve - steps):
        raise UsageError(f"--approve {step}: there is no such step; the steps are: {', '.join(sorted(steps))}")
    objects = Objects(prepared.project.state / ORIGINALS)
    return Planning(
        prepared=prepared,
        ledger=ledger,
        objects=objects,
        folder=Folder(prepared, ledger, functools.partial(_make, objects)),
        wishes=wishes,
        approved=ledger.approved(prepared.scope) if ledger else frozenset(),
        needed=frozenset(need.step for step in prepared.recipe.steps for need in step.needs),
    )


def _make(objects: Objects, original: Image, copies: Sequence[Copy]) -> list[Made | NotMade]:
    """Return the bytes of copies of an original, or why there are none; raises OSError."""
    from gen4flow.delivery.making import make  # whoever plans makes nothing, and loads no image library

    return make(b"".join(objects.read(original.sha256)), copies)
