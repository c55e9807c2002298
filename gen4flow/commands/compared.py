"""The two sides of a comparison: a recipe as the jobs that it makes, or a manifest as its entries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from gen4flow.commands.choosing import selected_entries, selected_jobs
from gen4flow.commands.preparing import Choices, Prepared, prepare
from gen4flow.core.difference import Cell, Fact, cell_of_entry, cell_of_job
from gen4flow.core.errors import Gen4flowError, UsageError
from gen4flow.core.job import Job
from gen4flow.core.price import show_money
from gen4flow.sinks import manifest_file


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSide:
    """A recipe, with every job that it makes."""

    path: Path
    prepared: Prepared
    jobs: Sequence[Job]
    kind = "recipe"

    @property
    def head(self) -> dict[str, Fact]:
        """Return what the whole of it is: facts with the names that a manifest has for them, too, first."""
        recipe = self.prepared.recipe
        cost = recipe.limits.max_cost
        head: dict[str, Fact] = {"name": recipe.name, "provider": recipe.provider, "model": recipe.model}
        return {**head, "limits.max_cost": None if cost is None else show_money(cost)}

    def cells(self, selectors: Sequence[str], *, bare: bool) -> list[Cell]:
        """Return its jobs; raises UsageError where the selectors match none."""
        keys = selected_jobs(self.jobs, selectors)
        return [cell_of_job(job, bare=bare) for job in self.jobs if job.key in keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestSide:
    """A manifest, which may be anybody's."""

    path: Path
    manifest: Mapping[str, Any]
    kind = "manifest"

    @property
    def head(self) -> dict[str, Fact]:
        """Return what the whole of it is; what is no text is not there."""
        told = self.manifest.get("recipe")
        recipe: Mapping[str, Any] = told if isinstance(told, dict) else {}
        named = {"name": recipe.get("name"), "provider": self.manifest.get("provider")}
        head: dict[str, Fact] = {
            name: value if isinstance(value, str) else None
            for name, value in {**named, "model": self.manifest.get("model")}.items()
        }
        profiles = recipe.get("profiles")
        return {**head, "profiles": list(map(str, profiles)) if isinstance(profiles, list) else []}

    def cells(self, selectors: Sequence[str], *, bare: bool) -> list[Cell]:
        """Return its entries; raises UsageError where the selectors match none."""
        entries = selected_entries(manifest_file.entries(self.manifest), selectors)
        return [cell_of_entry(entry, self.manifest, bare=bare) for entry in entries]


Side: TypeAlias = RecipeSide | ManifestSide


def read_side(path: Path, choices: Choices) -> Side:
    """Return a recipe, a manifest or a folder that holds one; raises UsageError or RecipeError."""
    if path.is_dir():
        manifest = path / manifest_file.MANIFEST
        if not manifest.is_file():
            raise UsageError(
                f"{path} holds no {manifest_file.MANIFEST}: name a recipe, a manifest, or a folder with one"
            )
        return ManifestSide(path=path, manifest=_manifest(manifest))
    if path.suffix.lower() == ".json" and path.is_file() and not _is_recipe(path):
        return ManifestSide(path=path, manifest=_manifest(path))
    prepared = prepare(path, choices)
    return RecipeSide(path=path, prepared=prepared, jobs=list(prepared.jobs()))


def _manifest(path: Path) -> Mapping[str, Any]:
    """Return the manifest in a file; raises UsageError for anything else."""
    try:
        return manifest_file.manifest_in(path)
    except Gen4flowError as error:
        told = str(error).partition("\n")[0]
        raise UsageError(f"{told}\n  help: diff takes recipes, manifests, and folders that hold one") from error


def _is_recipe(path: Path) -> bool:
    """Tell whether a JSON file is a recipe, which YAML allows: what is neither is told to be no manifest."""
    try:
        told = json.loads(path.read_bytes()) if path.stat().st_size <= manifest_file.MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "entries" not in told and "format" not in told and "version" in told
