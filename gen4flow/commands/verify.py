"""`gen4flow verify`: every file against the manifest: present, sha256, decodes, size, marks."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gen4flow.commands.choosing import selected_entries
from gen4flow.commands.mark_check import (
    found_marks,
    mark_difference,
    mark_lines,
    mark_summary,
    sidecar_difference,
    told_marks,
)
from gen4flow.commands.preparing import prepare
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors, choices_of
from gen4flow.core.errors import UsageError
from gen4flow.core.image import ImageInvalid
from gen4flow.core.marks import FoundMarks
from gen4flow.images import check
from gen4flow.sinks import manifest_file
from gen4flow.sinks.copies import file_sha256

DIFFERENT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """How a file differs from its entry (nothing: not at all), and the marks that it bears, None where it is gone."""

    path: str
    difference: str
    found: FoundMarks | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("place", metavar="RECIPE|DIR", type=Path, help="a recipe, or an output folder")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument("--marks", action="store_true", help="print the marks that each file bears")
    parser.add_argument("--json", action="store_true", help="as JSON, with the marks of each file")


def run(arguments: argparse.Namespace) -> int:
    """Print every difference, and what was found of marks; exit 1 when there is a difference."""
    folder = output_folder(arguments)
    manifest = manifest_file.read_manifest(folder)
    if manifest is None:
        raise UsageError(f"{folder} holds no {manifest_file.MANIFEST}: run the recipe first")
    files = list(_files(selected_entries(manifest_file.entries(manifest), arguments.select)))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        verdicts = list(pool.map(lambda one: _verdict(folder, *one), files))
    if arguments.json:
        print(json.dumps(_told(folder, verdicts), indent=1, ensure_ascii=False))
    else:
        _print(folder, verdicts, marks=arguments.marks)
    return DIFFERENT if any(one.difference for one in verdicts) else 0


def _print(folder: Path, verdicts: Sequence[_Verdict], *, marks: bool) -> None:
    """Print verdicts for people."""
    different = [one for one in verdicts if one.difference]
    looked_at = [(one.path, one.found) for one in verdicts if one.found]
    for path, found in looked_at if marks else ():
        print(*mark_lines(path, found), sep="\n")
    for one in different:
        print(f"{one.path}: {one.difference}")
    print(f"{len(verdicts)} files in {folder}, {len(different) or 'no'} different")
    if looked_at:
        print(mark_summary(found for _, found in looked_at))


def _told(folder: Path, verdicts: Sequence[_Verdict]) -> dict[str, object]:
    """Return verdicts as JSON values."""
    return {
        "folder": str(folder),
        "files": len(verdicts),
        "differences": [{"path": one.path, "difference": one.difference} for one in verdicts if one.difference],
        "marks": [{"path": one.path, **told_marks(one.found)} for one in verdicts if one.found],
    }


def output_folder(arguments: argparse.Namespace) -> Path:
    """Return the folder that is meant: itself, or a recipe's; raises RecipeError or UsageError."""
    place = Path(arguments.place)
    if place.is_dir():
        return place
    prepared = prepare(place, choices_of(arguments))
    return prepared.folder()


def _files(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield every file that the entries of a manifest name, each with its entry."""
    for entry in entries:
        told = entry.get("files")
        yield from ((entry, file) for file in (told if isinstance(told, list) else ()) if isinstance(file, dict))


def _verdict(folder: Path, entry: Mapping[str, Any], told: Mapping[str, Any]) -> _Verdict:
    """Return how a file differs from its entry, and the marks that it bears."""
    path, known = str(told.get("path")), manifest_file.files({"files": [told]})
    if not known:
        return _Verdict(path=path, difference="the manifest's entry for it can't be believed")
    (file,) = known
    found, difference = FoundMarks(), ""
    try:
        difference = _out_of_place(folder, file)
        if difference:
            return _Verdict(path=path, difference=difference)
        difference = _difference(folder / path, file) or sidecar_difference(folder, file)
        found = found_marks(folder, file, (folder / path).read_bytes())
    except OSError as error:
        difference = difference or f"can't be read: {error.strerror}"
    return _Verdict(path=path, difference=difference or mark_difference(entry, file, found), found=found)


def _out_of_place(folder: Path, file: Mapping[str, Any]) -> str:
    """Return why a file is not looked at, nothing where it is there."""
    path = folder / file["path"]
    if not path.resolve().is_relative_to(folder.resolve()):
        return "it leads out of the folder"
    return "" if path.is_file() else "missing"


def _difference(path: Path, file: Mapping[str, Any]) -> str:
    """Return how a file differs from what the manifest says of it, nothing where it doesn't; raises OSError."""
    size = path.stat().st_size
    if size != file["bytes"]:
        return f"{size} bytes, and the manifest says {file['bytes']}"
    if file_sha256(path) != file["sha256"]:
        return "its sha256 is not the manifest's: it was edited"
    try:
        facts = check(path)
    except ImageInvalid as error:
        return str(error)
    if (facts.width, facts.height) != (file["width"], file["height"]):
        return f"{facts.width}x{facts.height}, and the manifest says {file['width']}x{file['height']}"
    return ""
