"""The images that a review shows: those of the manifest, or those that a run has got further with."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gen4flow.commands.choosing import selected_entries
from gen4flow.commands.live_manifest import LiveManifest
from gen4flow.core.errors import UsageError
from gen4flow.gallery import gallery_cards, gallery_page
from gen4flow.sinks.delivered import delivered
from gen4flow.sinks.manifest_file import MANIFEST, entries, files, manifest_text, read_manifest
from gen4flow.sinks.thumbnail_files import FOLDER, NAME, addresses

Signature = tuple[int, int, int] | None


class ReviewImages:
    """The entries of one output folder as they are now, and the version at which each has changed last.

    `look` is for one thread alone; everything else may be asked from any.
    """

    def __init__(self, folder: Path, selectors: Sequence[str], live: LiveManifest | None) -> None:
        self.folder = folder
        self._selectors = selectors
        self._live = live
        self._lock = threading.Lock()
        self._signature: Signature = None
        self._written: Mapping[str, Any] | None = None
        self._ahead: Mapping[str, Any] | None = None  # what plan and ledger say
        self._changed: dict[str, int] = {}
        self._ordered = 0  # the version at which jobs came, went or changed places
        self._paths: frozenset[str] = frozenset()
        self._rows: Mapping[str, tuple[str, ...]] = {}
        self.manifest: Mapping[str, Any] | None = None
        self.manifest_sha256 = ""
        self.version = 0
        self.running = False

    def look(self) -> None:
        """Look for what has changed; raises Gen4flowError, and shows what was there before."""
        written = self._look_at_file()
        ahead = self._live.look() if self._live else None
        self._ahead = ahead or self._ahead
        if self._live:
            self.running = self._live.running
        if written or ahead or self.manifest is None:
            self._show(self._newest())

    def keys(self, fingerprint: str) -> tuple[str, ...]:
        """Return the rows that show an image, or did so last; none for one that was never here."""
        return self._rows.get(fingerprint, ())

    def page(self, scripts: Sequence[str], meta: Mapping[str, str]) -> bytes:
        """Return the page of everything that is here."""
        with self._lock:
            manifest, version = self.shown(), self.version
        return gallery_page(
            manifest,
            manifest_sha256=self.manifest_sha256,
            thumbnails=addresses(self.folder, manifest),
            extra_scripts=scripts,
            meta={**meta, "review-version": str(version)},
            connect=True,
        )

    def changes(self, since: int) -> dict[str, Any]:
        """Return the cards that have changed since a version, and whether the page should be loaded anew."""
        with self._lock:
            manifest, version = self.shown(), self.version
            changed = {key for key, at in self._changed.items() if at > since}
            reload = self._ordered > since
        return {
            "version": version,
            "cards": self._cards(manifest, changed) if changed else "",
            "reload": reload,
            "running": self.running,
        }

    def _cards(self, manifest: Mapping[str, Any], keys: Collection[str]) -> str:
        """Return some of the cards as the page takes them."""
        some = {**manifest, "entries": [one for one in entries(manifest) if one["key"] in keys]}
        return gallery_cards(
            manifest, manifest_sha256=self.manifest_sha256, thumbnails=addresses(self.folder, some), only=keys
        )

    def file(self, path: str) -> Path | None:
        """Return where a file of the folder is, None for one that no entry names."""
        folder, _, name = path.rpartition("/")
        wanted = path in self._paths or (folder == FOLDER and NAME.fullmatch(name))
        return delivered(self.folder, path) if wanted else None

    def shown(self) -> Mapping[str, Any]:
        """Return the manifest of what is shown."""
        assert self.manifest is not None  # noqa: S101  # `look` came first
        return self.manifest

    @property
    def recipe(self) -> str:
        """Return the name of the recipe that the manifest names; raises UsageError where it names none."""
        told = self.shown().get("recipe")
        name = told.get("name") if isinstance(told, dict) else None
        if not isinstance(name, str) or not name:
            raise UsageError(f"{self.folder / MANIFEST} does not say which recipe it is of, and picks are a recipe's")
        return name

    def _look_at_file(self) -> bool:
        """Read the manifest again if it is another file than before; tells whether it is."""
        signature = _signature(self.folder / MANIFEST)
        if signature == self._signature and signature is not None:
            return False
        written = read_manifest(self.folder)
        if written is None:
            return False
        self._written, self._signature = written, signature
        self.manifest_sha256 = hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest()
        return True

    def _newest(self) -> Mapping[str, Any]:
        """Return what plan and ledger say where a purchase is in them that the manifest does not know, or not so."""
        if self._ahead is None and self._written is not None:
            return self._written
        begun = [one for one in entries(self._ahead) if one.get("attempts")] if self._ahead else []
        if self._written is None:
            if self._ahead is not None and (begun or self.running):
                return self._ahead
            raise UsageError(
                f"{self.folder / MANIFEST} is not there, and the images are found by it\n"
                "  help: gen4flow run RECIPE writes it; or name the folder that holds one"
            )
        known = {step for one in entries(self._written) for step in _steps(one)}
        ahead = {step for one in begun for step in _steps(one)}
        return self._ahead if self._ahead is not None and not ahead <= known else self._written

    def _show(self, manifest: Mapping[str, Any]) -> None:
        """Show a manifest from now on."""
        chosen = selected_entries(entries(manifest), self._selectors)
        if not self.manifest_sha256:  # no run has ended yet: the state that is looked at has the name it would get
            self.manifest_sha256 = hashlib.sha256(manifest_text(manifest)).hexdigest()
        before = {one["key"]: one for one in entries(self.manifest)} if self.manifest else {}
        after = {one["key"]: one for one in chosen}
        with self._lock:
            changed = [key for key, one in after.items() if before.get(key) != one]
            reordered = list(before) != list(after)
            if self.manifest is not None and (changed or reordered):
                self.version += 1
                self._changed.update(dict.fromkeys(changed, self.version))
                self._ordered = self.version if reordered else self._ordered
            self.manifest = {**manifest, "entries": chosen}
        self._paths = frozenset(file["path"] for one in chosen for file in files(one))
        rows: dict[str, tuple[str, ...]] = {}
        for one in chosen:
            rows[one["fingerprint"]] = (*rows.get(one["fingerprint"], ()), one["key"])
        self._rows = {**self._rows, **rows}


def _steps(entry: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Yield how far the image of a job is: what a run takes further."""
    yield entry["fingerprint"], str(entry.get("status"))
    if entry.get("files"):
        yield entry["fingerprint"], "delivered"


def _signature(path: Path) -> Signature:
    """Return what another file of that name would not share; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  # as everywhere else: follows links, as reading does
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
