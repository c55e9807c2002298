"""`gen4flow verify`: every file against the manifest: present, sha256, decodes, size."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gen4flow.commands.choosing import selected_entries
from gen4flow.commands.preparing import prepare
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors, choices_of
from gen4flow.core.errors import UsageError
from gen4flow.core.image import ImageInvalid
from gen4flow.images import check
from gen4flow.sinks import manifest_file
from gen4flow.sinks.copies import file_sha256

DIFFERENT = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("place", metavar="RECIPE|DIR", type=Path, help="a recipe, or an output folder")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print every difference; exit 1 when there is one."""
    folder = output_folder(arguments)
    manifest = manifest_file.read_manifest(folder)
    if manifest is None:
        raise UsageError(f"{folder} holds no {manifest_file.MANIFEST}: run the recipe first")
    files = list(_files(selected_entries(manifest_file.entries(manifest), arguments.select)))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        verdicts = list(pool.map(lambda file: _difference(folder, file), files))
    differences = [
        {"path": str(file.get("path")), "difference": verdict}
        for file, verdict in zip(files, verdicts, strict=True)
        if verdict
    ]
    if arguments.json:
        told = {"folder": str(folder), "files": len(files), "differences": differences}
        print(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        for difference in differences:
            print(f"{difference['path']}: {difference['difference']}")
        print(f"{len(files)} files in {folder}, {len(differences) or 'no'} different")
    return DIFFERENT if differences else 0


def output_folder(arguments: argparse.Namespace) -> Path:
    """Return the folder that is meant: itself, or a recipe's; raises RecipeError or UsageError."""
    place = Path(arguments.place)
    if place.is_dir():
        return place
    prepared = prepare(place, choices_of(arguments))
    return prepared.folder()


def _files(entries: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield every file that the entries of a manifest name."""
    for entry in entries:
        yield from entry.get("files") or ()


def _difference(folder: Path, file: Mapping[str, Any]) -> str:
    """Return how a file differs from its entry, nothing where it doesn't."""
    if not manifest_file.files({"files": [file]}):
        return "the manifest's entry for it can't be believed"
    path = folder / file["path"]
    if not path.resolve().is_relative_to(folder.resolve()):
        return "it leads out of the folder"
    try:
        if not path.is_file():
            return "missing"
        if path.stat().st_size != file.get("bytes"):
            return f"{path.stat().st_size} bytes, and the manifest says {file.get('bytes')}"
        if file_sha256(path) != file["sha256"]:
            return "its sha256 is not the manifest's: it was edited"
        facts = check(path)
    except ImageInvalid as error:
        return str(error)
    except OSError as error:
        return f"can't be read: {error.strerror}"
    if (facts.width, facts.height) != (file.get("width"), file.get("height")):
        return f"{facts.width}x{facts.height}, and the manifest says {file.get('width')}x{file.get('height')}"
    return ""
