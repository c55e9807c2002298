"""Files beside those that recipes use, which no recipe uses: a prompt or a picture that was left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from gen4flow.commands.places import shown_path
from gen4flow.commands.preparing import Prepared
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.recipe import SourceAxis

MOST = 20  # files that are told


def unused_files(prepared: Iterable[Prepared]) -> Iterator[Problem]:
    """Yield a warning for each file that lies in a folder of used ones, has their suffix, and is used by no recipe.

    The recipes' own folders, and the root, are not looked into: anything may lie there.
    """
    used: set[Path] = set()
    own: set[Path] = set()
    for one in prepared:
        used |= _used(one)
        own |= {one.project.root.resolve(), one.path.resolve().parent}
    kinds: dict[Path, set[str]] = {}
    for path in used:
        if path.parent not in own:
            kinds.setdefault(path.parent, set()).add(path.suffix.lower())
    left = (
        path
        for folder, suffixes in sorted(kinds.items())
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in suffixes and path not in used and path.is_file()
    )
    for path, _ in zip(left, range(MOST), strict=False):
        yield Problem(
            mark=Mark(file=shown_path(path)),
            code="unused-file",
            message="no recipe that was checked uses this file",
            help="check the names that recipes give, or remove it",
            severity=Severity.WARNING,
        )


def _used(prepared: Prepared) -> set[Path]:
    """Return the files that a recipe has read once its jobs were made."""
    files = prepared.images.used | prepared.includes.used
    for step in prepared.recipe.steps:
        files.add(Path(step.prompt.mark.file).resolve())
        axes = (axis for dimension in step.matrix.dimensions for axis in dimension.axes)
        for axis in (axis for axis in axes if isinstance(axis, SourceAxis)):
            if axis.form == "from":
                files.add((Path(axis.folder) / str(axis.settings["from"])).resolve())
            if axis.form == "glob":
                values = prepared.material.values[step.name][axis.name]
                files |= {(Path(axis.folder) / str(value.value)).resolve() for value in values}
        for picks in (step.only, *(need.picks for need in step.needs)):
            if picks is not None:
                files.add((Path(picks.folder) / picks.path).resolve())
    return files
