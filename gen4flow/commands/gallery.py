"""`gen4flow gallery`: writes gallery.html again from an output folder's manifest."""

from __future__ import annotations

import argparse
from pathlib import Path

from gen4flow.commands.choosing import selected_entries
from gen4flow.commands.preparing import prepare
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors, choices_of
from gen4flow.commands.shrinking import complete_thumbnails
from gen4flow.core.errors import UsageError
from gen4flow.sinks.gallery_file import GALLERY, write_gallery
from gen4flow.sinks.manifest_file import MANIFEST, entries, read_manifest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("target", metavar="RECIPE|DIR", type=Path, help="a YAML file, or a folder with a manifest.json")
    add_recipe_options(parser)
    add_selectors(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the page and print its path."""
    folder = _folder(arguments)
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError(
            f"{folder / MANIFEST} is not there, and the gallery is made from it\n"
            "  help: gen4flow run RECIPE writes it; or name the folder that holds one"
        )
    shown = {**manifest, "entries": selected_entries(entries(manifest), arguments.select)}
    complete_thumbnails(folder, shown)
    write_gallery(folder, shown)
    print(folder / GALLERY)
    return 0


def _folder(arguments: argparse.Namespace) -> Path:
    """Return the output folder that was named, or that the recipe writes to; raises RecipeError."""
    target: Path = arguments.target
    if target.is_dir():
        return target
    return prepare(target, choices_of(arguments)).folder()
