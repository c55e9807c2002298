"""`gen4flow init`: makes a small working project, and never overwrites a file."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from gen4flow.core.errors import UsageError
from gen4flow.resources import shipped

TEMPLATE = Path(__file__).resolve().parent / "init_project"

# file of the new project -> file of the template; a real .gitignore in the package would hide files of the package
FILES: Mapping[str, str] = {
    "recipe.yaml": "recipe.yaml",
    "prompts/product.txt": "prompts/product.txt",
    "products.csv": "products.csv",
    "gen4flow.toml": "gen4flow.toml",
    ".gitignore": "gitignore",
}
SCHEMA = ".schemas/recipe.schema.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?", default=Path(), help="default: this folder")


def run(arguments: argparse.Namespace) -> int:
    """Write the project and say what to type next; raises UsageError before anything is written where it can't be."""
    texts = {name: (TEMPLATE / source).read_bytes() for name, source in FILES.items()}
    texts[SCHEMA] = (shipped("schemas") / "recipe.schema.json").read_bytes()
    _refuse_to_overwrite(arguments.folder, texts)
    for name, text in texts.items():
        _write_new(arguments.folder / name, text)
        print(f"made {arguments.folder / name}")
    print(f"\n{_next_steps(arguments.folder)}")
    return 0


def _refuse_to_overwrite(folder: Path, names: Mapping[str, bytes]) -> None:
    """Raise UsageError for the first file that is there already, or that stands where a folder has to be."""
    for name in names:
        path = folder / name
        if os.path.lexists(path):  # a link that leads nowhere is there, too
            raise UsageError(f"{path} is there already, and init overwrites nothing: choose another folder")
        for above in path.parents:
            if os.path.lexists(above) and not above.is_dir():
                raise UsageError(f"{above} is no folder, so {path} can't be made: choose another folder")


def _write_new(path: Path, text: bytes) -> None:
    """Write a file that must not be there; raises OSError when somebody was quicker."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(text)


def _next_steps(folder: Path) -> str:
    """Return the commands that come next, ready to be typed."""
    steps = [] if folder == Path() else [f"cd {shlex.quote(str(folder))}"]
    steps += ["gen4flow plan recipe.yaml", "gen4flow run recipe.yaml"]
    return "\n".join(["Next, free of charge:", *(f"  {step}" for step in steps)])
