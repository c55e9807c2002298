"""The picks file of a review: read before each change, so that what others wrote into it meanwhile stays."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gen4flow.core.errors import UsageError
from gen4flow.core.picks import Picks, picks_text
from gen4flow.core.picks_changes import Change, Changed, changed
from gen4flow.picks_file import read_picks
from gen4flow.sinks.writing import write_whole

NO_SHA256 = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a picks file says, and the revision of that: another one once it says something else."""

    picks: Picks
    revision: str


class ReviewPicks:
    """One picks file; may be asked from any thread."""

    def __init__(self, path: Path, recipe: str) -> None:
        self.path = path
        self._recipe = recipe
        self._lock = threading.Lock()
        self._seen: tuple[tuple[int, int, int], Found] | None = None

    def read(self) -> Found:
        """Return what the file says now; raises RecipeError with all that is wrong with it, UsageError."""
        with self._lock:
            return self._read()

    def change(self, changes: Sequence[Change], manifest_sha256: str) -> tuple[Found, Changed]:
        """Make changes and write the file; raises OSError, and what `read` raises, with the file as it was."""
        with self._lock:
            done = changed(self._read(again=True).picks, changes)
            if len(done.refused) < len(changes):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                picks = replace(done.picks, manifest_sha256=manifest_sha256)
                write_whole(self.path, picks_text(picks).encode())
            return self._read(again=True), done

    def _read(self, *, again: bool = False) -> Found:
        """Return what the file says; reads it again where it is another one than before."""
        signature = self._signature()
        if signature is None:
            picks = Picks(recipe=self._recipe, manifest_sha256=NO_SHA256)
            return Found(picks=picks, revision="")
        if again or self._seen is None or self._seen[0] != signature:
            self._seen = signature, self._found()
        return self._seen[1]

    def _found(self) -> Found:
        picks = read_picks(self.path)
        if picks.recipe != self._recipe:
            raise UsageError(
                f"{self.path} holds picks of the recipe {picks.recipe!r}, and this is {self._recipe!r}\n"
                "  help: name another file with --picks"
            )
        return Found(picks=picks, revision=hashlib.sha256(picks_text(picks).encode()).hexdigest())

    def _signature(self) -> tuple[int, int, int] | None:
        """Return what another file in its place would not share; None where there is none."""
        try:
            found = os.stat(self.path)  # noqa: PTH116  # one call, whatever there is
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
