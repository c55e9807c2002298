"""The manifest of a recipe as it would be now: while a run is under way, or after one that was cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gen4flow import __version__
from gen4flow.commands.planning import Planning, plan_for
from gen4flow.commands.preparing import Choices, prepare
from gen4flow.core.copies import Copy, copies_of
from gen4flow.core.history import Purchase
from gen4flow.core.manifest import Entry, build_manifest, waiting_for
from gen4flow.core.plan import Action, PlannedJob
from gen4flow.core.purchase import Lost, Status, decide
from gen4flow.ledger import Ledger
from gen4flow.project import Project
from gen4flow.sinks.delivered import delivered
from gen4flow.state_lock import is_held


class LiveManifest:
    """Plan and ledger of a recipe, looked at again and again; whatever a run does meanwhile, it reads only.

    Not for several threads: planning a stranger's recipe is bounded in time in the main thread alone.
    """

    def __init__(self, path: Path, choices: Choices) -> None:
        self._path = path
        self._choices = choices
        self._ledger: Ledger | None = None
        self._planning: Planning | None = None
        self._planned: Sequence[PlannedJob] = ()
        self._seen = -1  # the ledger's version that the manifest is of
        self._waits = False  # for a copy that a run is about to deliver
        self.running = False
        self.plan()

    @property
    def folder(self) -> Path:
        """Return the output folder."""
        return self._known.folder.path

    @property
    def project(self) -> Project:
        """Return the recipe's project."""
        return self._known.prepared.project

    @property
    def recipe(self) -> str:
        """Return the recipe's name."""
        return self._known.prepared.recipe.name

    @property
    def _known(self) -> Planning:
        assert self._planning is not None  # noqa: S101  # there is one from the beginning
        return self._planning

    def plan(self) -> None:
        """Plan the recipe as it is written now; raises RecipeError, UsageError, and keeps the plan that it had."""
        prepared = prepare(self._path, self._choices)
        ledger = Ledger.read(prepared.project.state)
        planning = plan_for(prepared, ledger)
        self._planned = list(planning.jobs())
        if self._ledger is not None:
            self._ledger.close()
        self._planning, self._ledger, self._seen = planning, ledger, -1

    def look(self) -> Mapping[str, Any] | None:
        """Return the manifest as it would be written now; None where it would be the one that was returned last.

        A run that has begun since may be one of a recipe that was edited: it is planned anew.
        """
        was, self.running = self.running, is_held(self.project.state)
        if (self.running and not was) or (self._ledger is None and self.running):
            self.plan()
        version = self._ledger.version() if self._ledger else 0
        if version == self._seen and not self._waits and was == self.running:
            return None
        self._seen, self._waits = version, False
        return self._manifest()

    def _manifest(self) -> Mapping[str, Any]:
        """Return the manifest of plan and ledger, with the copies that stand in the folder."""
        planning, statuses, entries = self._known, dict[str, Status](), list[Entry]()
        for one in self._planned:
            upstream = (statuses[needed] for needed in one.job.request.upstream if needed in statuses)
            entry = Entry(
                job=one.job,
                purchase=self._purchase(one.job.fingerprint),
                elsewhere=planning.elsewhere(one.job.fingerprint),
                waiting=waiting_for(upstream, held=one.action is Action.HELD),
            )
            statuses[one.job.fingerprint] = entry.status
            entries.append(entry)
        recipe = planning.prepared.recipe
        manifest: dict[str, Any] = build_manifest(
            tool_version=__version__,
            recipe=recipe.name,
            profiles=recipe.profiles,
            provider=recipe.provider,
            model=recipe.model,
            last=self._ledger.last_purchase(planning.prepared.scope) if self._ledger else None,
            entries=entries,
        )
        told = zip(entries, manifest["entries"], strict=True)
        return {**manifest, "entries": [self._with_files(entry, one) for entry, one in told]}

    def _with_files(self, entry: Entry, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an entry with the copies that stand in the folder: all of them, or none."""
        images = entry.purchase.images if entry.purchase else ()
        found = [self._file(copy) for copy in copies_of(entry.job, images)]
        if all(found):
            return {**told, "files": found} if found else told
        if self.running and entry.status is Status.SUCCEEDED:  # the run is about to deliver them
            self._waits = True
            return {**told, "status": Status.SUBMITTED.value}
        return told

    def _purchase(self, fingerprint: str) -> Purchase | None:
        """Return what the ledger knows of a fingerprint; a submit that no run waits for any more is unknown."""
        purchase = self._ledger.purchase(fingerprint) if self._ledger else None
        if purchase is None or purchase.attempt.status is not Status.SUBMITTING or self.running:
            return purchase
        lost = Lost(message="the run ended before the answer came")
        return purchase._replace(attempt=decide(purchase.attempt, lost).attempt)

    def _file(self, copy: Copy) -> dict[str, object] | None:
        """Return what is known of a copy without opening it, None where it is not there.

        Its sha256 would take reading it: its original's stands for it.
        """
        try:
            place = delivered(self.folder, copy.path)
            size = place.stat().st_size if place else 0
        except OSError:
            return None
        if place is None:
            return None
        return {
            "path": copy.path,
            "sha256": copy.original.sha256,
            "original_sha256": copy.original.sha256,
            "bytes": size,
            "width": copy.original.width,
            "height": copy.original.height,
            "media_type": copy.media_type,
            "placement": copy.placement,
        }
