"""An output folder as it is found: whose it is, what its manifest says of each key, and which files are ours."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gen4flow import __version__
from gen4flow.commands.preparing import Prepared
from gen4flow.core.errors import UsageError
from gen4flow.core.manifest import told_request
from gen4flow.core.plan import Slot, request_facts
from gen4flow.core.purchase import Status
from gen4flow.ledger import Ledger
from gen4flow.sinks import SINKS, manifest_file
from gen4flow.sinks.copies import Copies, Make


class Folder:
    """A recipe's output folder as it was found: its copies, and what its manifest says.

    `standing` are the jobs that its derived files show, told by a digest, where the ledger knows that they are as they
    were left: then it knows all that the manifest says, which is not read before `read` is called. `bought` are the
    entries of what was bought with another ledger.
    """

    def __init__(self, prepared: Prepared, ledger: Ledger | None, make: Make) -> None:
        """Look at the folder; raises UsageError when it is another recipe's."""
        self._prepared, self._ledger, self._make = prepared, ledger, make
        self.path = prepared.folder()
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path} is not a folder: move it, or change output.dir")
        self.manifest: Mapping[str, Any] | None = None
        self.slots: Mapping[str, Slot] = {}
        self.bought: Mapping[str, Mapping[str, Any]] = {}
        deliveries = ledger.deliveries(str(self.path)) if ledger else {}
        self.copies = Copies(self.path, written=deliveries, make=make)
        known = ledger.standing(str(self.path)) if ledger else None
        self.standing = known.jobs if known and known.files == files_told(self.path, prepared) else None
        if self.standing is None:
            self.read()

    @property
    def has_manifest(self) -> bool:
        """Tell whether there is a manifest."""
        return self.standing is not None or self.manifest is not None

    def read(self) -> None:
        """Read the manifest; raises UsageError when it is another recipe's."""
        ledger, copies = self._ledger, self.copies
        self.standing = None
        manifest = manifest_file.read_manifest(self.path)
        if manifest:
            _check_owner(self.path, manifest, self._prepared)
        elif not copies.written:  # the ledger knows of none here; else they are ours, and the manifest was deleted
            _check_free(self.path)
        entries = manifest_file.entries(manifest) if manifest else []
        succeeded = {one["fingerprint"]: one for one in entries if one.get("status") == Status.SUCCEEDED.value}
        known = ledger.known(list(succeeded)) if ledger else frozenset()
        self.manifest = manifest
        self.slots = {entry["key"]: _slot(entry, manifest or {}) for entry in entries}
        self.bought = {fingerprint: entry for fingerprint, entry in succeeded.items() if fingerprint not in known}
        told = {one.path: one for entry in entries for one in manifest_file.written(entry, besides=copies.written)}
        self.copies = Copies(self.path, written={**told, **copies.written}, make=self._make)


def files_told(path: Path, prepared: Prepared) -> str | None:
    """Return what tells a folder's derived files from any others, None where one is missing.

    It is who wrote them, for which recipe, and their sizes and times.
    """
    recipe = prepared.recipe
    told = [__version__, _owner(recipe.name, recipe.profiles, recipe.provider), recipe.model]
    try:
        for name in SINKS:
            found = (path / name).lstat()
            if not stat.S_ISREG(found.st_mode):
                return None
            told.append(f"{name}: {found.st_size} bytes, {found.st_mtime_ns}")
    except OSError:
        return None
    return "\n".join(told)


def _check_free(path: Path) -> None:
    """Refuse a folder without a manifest in which somebody else's file has the name of one of ours."""
    for name in SINKS:
        if os.path.lexists(path / name):
            raise UsageError(f"{path / name} is in the way, and gen4flow did not write it: move it")


def _check_owner(path: Path, manifest: Mapping[str, Any], prepared: Prepared) -> None:
    """Refuse a folder whose manifest names another recipe, profile or provider."""
    told = manifest.get("recipe")
    told = told if isinstance(told, dict) else {}
    theirs = _owner(told.get("name"), told.get("profiles") or (), manifest.get("provider"))
    ours = _owner(prepared.recipe.name, prepared.recipe.profiles, prepared.recipe.provider)
    if theirs != ours:
        raise UsageError(f"{path} belongs to {theirs}, and this is {ours}: give each a folder of its own")


def _owner(name: object, profiles: Iterable[object], provider: object) -> str:
    """Return whose an output folder is, for people."""
    told = "".join(f", profile {profile}" for profile in profiles)
    return f"the recipe {name!r}{told} with provider {provider!r}"


def _slot(entry: Mapping[str, Any], manifest: Mapping[str, Any]) -> Slot:
    """Return what an entry says of its key."""
    request = told_request(entry, manifest)
    return Slot(
        key=entry["key"],
        fingerprint=entry["fingerprint"],
        succeeded=entry.get("status") == Status.SUCCEEDED.value,
        request=request_facts(request),
    )
