"""The text of a recipe of finals: what it is, how it is planned and run, and its values."""

from __future__ import annotations

import os
import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gen4flow.commands.finals_rows import Made, Wanted
from gen4flow.core.finals import changes
from gen4flow.core.finals_step import FinalsStep
from gen4flow.core.inert import inert
from gen4flow.core.values import Value
from gen4flow.recipe_file.writing import block_lines
from gen4flow.resources import shipped

WIDTH = 118
SCHEMA = "recipe.schema.json"
_SCHEMA_LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\s*")
UNKNOWN = "FILE"  # what a recipe is called that goes to stdout
DRAFTS = "The drafts that were picked. They are bought, and kept; `manual` so that nothing buys them unasked elsewhere."
SEED = "No source says that a seed survives a change of resolution: a final may look different from its draft."


def finals_text(
    wanted: Wanted, finals: Made, drafts: Made | None, values: Mapping[str, Value], *, steps: Sequence[FinalsStep] = ()
) -> str:
    """Return the recipe as it is written; `steps` are those that show the model its drafts, none without them."""
    schema = _schema(wanted)
    head = [f"# yaml-language-server: $schema={schema}", "#"] if schema else []
    told = [
        line for part in _told(wanted, finals, drafts, shown=bool(steps)) for line in textwrap.wrap(inert(part), WIDTH)
    ]
    typed = shlex.join([str(wanted.target or UNKNOWN), *(word for one in selectors(finals) for word in ("-s", one))])
    told += ["", *(f"  gen4flow {command} {inert(typed)}" for command in ("plan", "run"))]
    comments: dict[tuple[str, ...], str] = {
        ("steps", step.name): "Each final is shown its own draft." for step in steps
    }
    comments |= {("steps", name): DRAFTS for name in finals.steps if steps}
    return "\n".join([*head, *(f"# {line}".rstrip() for line in told), *block_lines(values, comments)]) + "\n"


def selectors(finals: Made) -> list[str]:
    """Return what a plan of finals by seed needs to leave out the other steps, which bring nothing that was picked."""
    return [f"step:{name}" for name in finals.steps] if finals.stepped else []


def _told(wanted: Wanted, finals: Made, drafts: Made | None, *, shown: bool) -> Iterator[str]:
    """Yield what stands at the top for people; `shown`: the model is shown the drafts, whose seeds are kept."""
    rows = f"the {len(finals.jobs)} rows" if len(finals.jobs) > 1 else "the one row"
    name = finals.prepared.recipe.name
    yield f"Finals of {name}: {rows} that {wanted.file.name} picked. Made by gen4flow picks to-recipe."
    if drafts is None:
        yield SEED
    else:
        found = [one for one in changes(drafts.jobs, finals.jobs) if not (shown and one.name == "seed")]
        moved = ", ".join(map(str, found)) or "nothing"
        yield f"What changes from the drafts ({_options(drafts)}): {moved}. {SEED}"


def _options(made: Made) -> str:
    """Return the profiles and settings that rows were made with, as they are typed."""
    typed = [f"-P {name}" for name in made.choices.profiles] + [f"-S {text}" for text in made.choices.settings]
    return " ".join(typed) or "no profile"


def _schema(wanted: Wanted) -> str | None:
    """Return where the schema lies: where the recipe says, else that of the project, where it is there."""
    with wanted.recipe.open(encoding="utf-8-sig", errors="replace") as file:
        found = _SCHEMA_LINE.fullmatch(file.readline(1000))
    if found:
        told = found[1]
        return told if "://" in told else _from(wanted.folder, wanted.recipe.resolve().parent / told)
    root = wanted.project.root
    for path in (root / ".schemas" / SCHEMA, shipped("schemas") / SCHEMA):
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            return _from(wanted.folder, path)
    return None


def _from(folder: Path, path: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
