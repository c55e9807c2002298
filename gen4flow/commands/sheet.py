"""`gen4flow sheet`: a contact sheet as PNG, of any selection of an output folder's images."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gen4flow.commands.choosing import selected_entries
from gen4flow.commands.new_file import check_folder, write_new
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors
from gen4flow.commands.sheet_letters import PlainLetters
from gen4flow.commands.verify import output_folder
from gen4flow.core.errors import UsageError
from gen4flow.core.marks import ALGORITHMIC, COMPOSITE, PROOFS, TOOL, Marks, system_name
from gen4flow.core.values import identity
from gen4flow.delivery.marking import read_marks
from gen4flow.delivery.sheet import MAX_LINES, MAX_PIXELS, Grid, Tile, contact_sheet
from gen4flow.sinks.delivered import delivered
from gen4flow.sinks.manifest_file import MANIFEST, entries, files, read_manifest
from gen4flow.terminal import say

SIDE, LEAST, MOST = 320, 64, 2_000  # pixels of a picture's longer side


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("place", metavar="RECIPE|DIR", type=Path, help="a recipe, or an output folder")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the PNG to write")
    parser.add_argument("--columns", metavar="N", type=int, help="pictures in a row; without it, about a square")
    parser.add_argument("--size", metavar="PIXELS", type=int, default=SIDE, help=f"of each picture ({SIDE})")


def run(arguments: argparse.Namespace) -> int:
    """Write the sheet and print its path."""
    target: Path = arguments.output
    if not LEAST <= arguments.size <= MOST:
        raise UsageError(f"--size {arguments.size}: from {LEAST} to {MOST:,} pixels")
    if arguments.columns is not None and arguments.columns < 1:
        raise UsageError(f"--columns {arguments.columns}: at least 1")
    check_folder(target)
    folder = output_folder(arguments)
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError(f"{folder} holds no {MANIFEST}: run the recipe first")
    chosen = selected_entries(entries(manifest), arguments.select)
    names = _telling(chosen)
    tiles = [tile for entry in chosen for tile in _tiles(folder, entry, names)]
    grid = _grid(len(tiles), arguments)
    sheet = contact_sheet(
        tiles, grid, title=_title(manifest, len(tiles)), letters=PlainLetters(), marks=_marks(manifest)
    )
    write_new(target, sheet, instead_of=[target] if _is_sheet(target) else ())
    without = sum(not files(entry) for entry in chosen)
    if without:
        say(f"{without} of {len(chosen)} jobs have no image yet")
    print(target)
    return 0


def _grid(count: int, arguments: argparse.Namespace) -> Grid:
    """Return the grid of so many pictures; raises UsageError for none, and for more than anybody could open."""
    if not count:
        raise UsageError("there is no image to put on a sheet: run the recipe first, or select others")
    grid = Grid.of(count, arguments.columns, arguments.size)
    width, height = grid.size
    if width * height > MAX_PIXELS:
        told = f"{count:,} pictures of {arguments.size} pixels make a sheet of {width:,}x{height:,}"
        raise UsageError(f"{told}, larger than {MAX_PIXELS:,} pixels: select fewer with -s, or say a smaller --size")
    return grid


def _tiles(folder: Path, entry: Mapping[str, Any], names: Sequence[str]) -> Iterator[Tile]:
    """Yield the pictures of a job: each image once, itself where it is there, else the first that was made of it."""
    shown: dict[str, dict[str, Any]] = {}
    for file in sorted(files(entry), key=lambda one: one["placement"] is not None):
        shown.setdefault(file["original_sha256"], file)
    for file in shown.values():
        yield Tile(read=lambda path=file["path"]: _read(folder, path), caption=_caption(entry, names))  # type: ignore[misc]


def _read(folder: Path, path: str) -> bytes:
    """Return a file's bytes; raises OSError where it is none of the folder's."""
    found = delivered(folder, path)
    if found is None:
        raise FileNotFoundError(path)
    return found.read_bytes()


def _telling(chosen: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the axes that tell these jobs apart: those of which they have more than one value."""
    values: dict[str, set[str]] = {}
    for entry in chosen:
        axes = entry.get("axes")
        for name, value in axes.items() if isinstance(axes, dict) else ():
            values.setdefault(name, set()).add(identity(value))
    return [name for name, found in values.items() if len(found) > 1]


def _caption(entry: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return what tells a job apart: a line an axis, the last ones together."""
    axes = entry.get("axes")
    told = [f"{name} {identity(axes[name])}" for name in names if name in axes] if isinstance(axes, dict) else []
    if not told:
        return [str(entry["key"])]
    return [*told[: MAX_LINES - 1], *([", ".join(told[MAX_LINES - 1 :])] if len(told) >= MAX_LINES else [])]


def _title(manifest: Mapping[str, Any], count: int) -> str:
    """Return what stands above the pictures."""
    recipe = manifest.get("recipe")
    name = recipe.get("name") if isinstance(recipe, dict) else ""
    parts = ["PROOFS" if manifest.get("provider") == PROOFS else "", str(name or "")]
    return " | ".join([*(part for part in parts if part), f"{count:,} image{'s' * (count != 1)}"])


def _marks(manifest: Mapping[str, Any]) -> Marks:
    """Return the marks of a sheet: it is put together of what a model made, or of proofs."""
    if manifest.get("provider") == PROOFS:
        return Marks(source_type=ALGORITHMIC, proof=True)
    return Marks(source_type=COMPOSITE, system=system_name(str(manifest.get("model")), str(manifest.get("provider"))))


def _is_sheet(target: Path) -> bool:
    """Tell whether a file is a contact sheet that gen4flow wrote: it bears marks, and none of a job."""
    try:
        found = read_marks(target.read_bytes(), "image/png")
    except OSError:
        return False
    return found.tool == TOOL and found.fingerprint is None
