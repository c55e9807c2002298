"""`gen4flow init`: makes a small working project, and never overwrites a file."""

from __future__ import annotations

import argparse
import difflib
import os
import shlex
from collections.abc import Iterable
from pathlib import Path

from gen4flow.commands.templates import DEFAULT, TEMPLATES, Template, project_files
from gen4flow.core.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?", default=Path(), help="default: this folder")
    known = "; ".join(f"{name}: {template.told}" for name, template in TEMPLATES.items())
    template = parser.add_argument(
        "-t", "--template", metavar="NAME", default=DEFAULT, help=f"{known} (default: {DEFAULT})"
    )
    template.completer = lambda **_: list(TEMPLATES)  # type: ignore[attr-defined]  # what argcomplete asks


def run(arguments: argparse.Namespace) -> int:
    """Write the project and say what to type next; raises UsageError before anything is written where it can't be."""
    template = _template(arguments.template)
    texts = project_files(arguments.template)
    _refuse_to_overwrite(arguments.folder, texts)
    for name, text in texts.items():
        _write_new(arguments.folder / name, text)
        print(f"made {arguments.folder / name}")
    print(f"\n{_next_steps(arguments.folder, template)}")
    return 0


def _template(name: str) -> Template:
    """Return the template of that name; raises UsageError with the names there are, the nearest first."""
    if name in TEMPLATES:
        return TEMPLATES[name]
    near = difflib.get_close_matches(name, TEMPLATES, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise UsageError(f"there is no template {name[:60]!r}\n  help: {meant}templates: {', '.join(TEMPLATES)}")


def _refuse_to_overwrite(folder: Path, names: Iterable[str]) -> None:
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


def _next_steps(folder: Path, template: Template) -> str:
    """Return the commands that come next, ready to be typed, each with what it does."""
    steps = [] if folder == Path() else [f"  cd {shlex.quote(str(folder))}"]
    width = max(len(typed) for typed, _ in template.then)
    steps += [f"  {typed:<{width}}    # {told}" for typed, told in template.then]
    return "\n".join(["Next, free of charge:", *steps])
