"""`gen4flow diff`: what was added, removed, renamed and changed between two recipes or manifests, and how."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gen4flow.commands.compared import Side, read_side
from gen4flow.commands.difference_text import difference_lines, field_text, sum_text
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors, choices_of
from gen4flow.core.difference import Cell, Change, Difference, Field, Kind, difference, fields
from gen4flow.core.errors import UsageError
from gen4flow.core.inert import inert_json
from gen4flow.core.price import CURRENCY, show_money

RULES = """\
Each of A and B is a recipe, a manifest.json, or a folder that holds one. Recipes are compared by the jobs that they
make: keys find jobs, fingerprints find those that have another key now. Profiles and other options are for every
recipe of the two. A recipe beside a manifest is compared by what its images would be made of, not by what became of
them. The exit code is 0 whether they differ or not; `gen4flow verify` is for checks."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = f"{parser.description}\n\n{RULES}"
    parser.add_argument("a", metavar="A", type=Path, help="what it was: a recipe, a manifest, or a folder with one")
    parser.add_argument("b", metavar="B", type=Path, help="what it is")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print what tells the two apart."""
    a, b = (read_side(path, choices_of(arguments)) for path in (arguments.a, arguments.b))
    mixed = a.kind != b.kind
    found = difference(*_cells((a, b), arguments.select, bare=mixed))
    names = [name for name in a.head if name in b.head]
    head = fields({name: a.head[name] for name in names}, {name: b.head[name] for name in names})
    bought = not mixed and a.kind == "manifest"
    if arguments.json:
        print(inert_json(_document((a, b), found, head, bought=bought)))
        return 0
    for line in (*map(field_text, head), *difference_lines(found)):
        print(line)
    print(*([""] if head or found.changes else []), sum_text(found, bought=bought), sep="\n")
    return 0


def _cells(sides: tuple[Side, Side], selectors: Sequence[str], *, bare: bool) -> tuple[list[Cell], list[Cell]]:
    """Return the jobs of both that are selected; raises UsageError where neither has one."""
    found: list[list[Cell]] = []
    refusals: list[UsageError] = []
    for side in sides:
        try:
            found.append(side.cells(selectors, bare=bare))
        except UsageError as error:
            found.append([])
            refusals.append(error)
    if len(refusals) == len(sides):
        raise refusals[-1]
    return found[0], found[1]


def _document(sides: tuple[Side, Side], found: Difference, head: Sequence[Field], *, bought: bool) -> dict[str, object]:
    """Return the difference as JSON values."""
    before, after = found.totals
    named = ((side, count) for side, count in zip(("a", "b"), sides, strict=True))
    return {
        **{name: {"path": str(side.path), "kind": side.kind, **side.head} for name, side in named},
        "changed_facts": list(map(_field, head)),
        **{kind.value: [_change(change) for change in found.changes if change.kind is kind] for kind in Kind},
        "totals": {**{kind.value: found.count(kind) for kind in Kind}, "same": found.same},
        "list_price": {
            "of": "bought" if bought else "all",
            "a": show_money(before),
            "b": show_money(after),
            "difference": show_money(after - before),
            "currency": CURRENCY,
        },
    }


def _change(change: Change) -> dict[str, object]:
    """Return one job's change: the key that it has, or had, and what it is made of where only one side has it."""
    cell = change.after or change.before
    assert cell is not None  # noqa: S101  # one of them is there
    told: dict[str, object] = {"key": cell.key, "fingerprint": cell.fingerprint}
    if change.kind in {Kind.ADDED, Kind.REMOVED}:
        return {**told, "facts": dict(cell.facts)}
    was = {"before": change.before.key} if change.kind is Kind.RENAMED and change.before else {}
    return {**told, **was, "fields": list(map(_field, change.fields))}


def _field(field: Field) -> dict[str, object]:
    return {"name": field.name, "before": field.before, "after": field.after}
