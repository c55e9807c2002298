"""`gen4flow plan`: what would be bought, kept or healed, why, and for how much. No key, no network."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gen4flow.commands.choosing import chosen
from gen4flow.commands.new_file import write_new
from gen4flow.commands.plan_file import FORMAT, may_be_replaced, source_of
from gen4flow.commands.plan_options import add_wishes, wishes_of
from gen4flow.commands.planning import Planning, Wishes, plan_for
from gen4flow.commands.preparing import Prepared, prepare
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, add_selectors, choices_of
from gen4flow.core.batches import batches
from gen4flow.core.plan import Action, PlannedJob, Slot
from gen4flow.core.plan_line import plan_line
from gen4flow.core.price import from_micros, show_money
from gen4flow.core.summary import Summary, job_json, removed_json
from gen4flow.ledger import Ledger

WOULD_BUY = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_recipe(parser)
    add_recipe_options(parser)
    add_selectors(parser)
    add_wishes(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the whole plan as one JSON document")
    form.add_argument("--jsonl", action="store_true", help="one job a line, as they are planned")
    form.add_argument("--markdown", action="store_true", help="for a pull request; at most 60,000 characters")
    parser.add_argument(
        "-o", dest="output", type=Path, metavar="FILE", help="write a plan that `gen4flow run FILE` carries out"
    )
    parser.add_argument("--exit-code", action="store_true", help="exit 10 when something would be bought")


def run(arguments: argparse.Namespace) -> int:
    """Print the plan."""
    prepared, wishes = prepare(arguments.recipe, choices_of(arguments)), wishes_of(arguments)
    ledger = Ledger.read(prepared.project.state)
    plan = Plan(planning=plan_for(prepared, ledger, wishes), selectors=tuple(arguments.select))
    if arguments.jsonl and arguments.output is None:
        for text in plan.lines():
            sys.stdout.write(text)
    else:
        document = plan.document()  # once the whole recipe is known to be good
        if arguments.output is not None:
            _write(arguments.output, document)
        show = next((show for name, show in _FORMS.items() if getattr(arguments, name)), _show_table)
        show(plan, document)
    for warning in prepared.findings.warnings:
        print(warning, file=sys.stderr)
    return WOULD_BUY if arguments.exit_code and plan.summary.buys else 0


@dataclass(slots=True, kw_only=True)
class Plan:
    """A planning that is told: the jobs that are selected, what is no job any more, and what it all comes to."""

    planning: Planning
    selectors: tuple[str, ...] = ()
    summary: Summary = field(default_factory=Summary)
    jobs: list[PlannedJob] = field(default_factory=list)
    removed: list[Slot] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """Return the plan as JSON values, schemas/plan.schema.json; raises RecipeError, UsageError."""
        planned = list(self.planning.jobs())
        meant = chosen(planned, self.selectors)
        self.jobs = [one for one in planned if one.job.key in meant]
        self.summary = Summary.of(self.jobs)
        self.removed = [] if self.selectors else list(self.planning.removed(one.job.key for one in planned))
        self.summary.removed = len(self.removed)
        prepared = self.planning.prepared
        return {
            "format": FORMAT,
            "recipe": {"name": prepared.recipe.name, "sha256": prepared.recipe.sha256},
            "source": source_of(prepared, self.planning.wishes, self.selectors),
            "provider": prepared.recipe.provider,
            "model": prepared.recipe.model,
            "totals": self.summary.as_json(),
            "jobs": [*map(job_json, self.jobs), *map(removed_json, self.removed)],
        }

    def lines(self) -> Iterator[str]:
        """Yield a line a job, some at a time: as soon as they are planned, or once the selected ones are known."""
        if self.selectors:
            self.document()
            yield from (_as_lines(map(plan_line, batch)) for batch in batches(self.jobs))
            return
        keys: list[str] = []
        for batch in self.planning.in_batches():
            self.summary.add(batch)
            if self.planning.folder.has_manifest:
                keys += [one.job.key for one in batch]
            yield _as_lines(map(plan_line, batch))
        yield _as_lines(_dumped(removed_json(slot)) for slot in self.planning.removed(keys))


def _as_lines(texts: Iterable[str]) -> str:
    """Return texts as lines, each with its end."""
    return "\n".join([*texts, ""])


def _write(path: Path, document: Mapping[str, object]) -> None:
    """Write a plan file, over an older plan too; raises UsageError where it would be over anything else."""
    data = f"{_dumped(document, indent=1)}\n".encode()
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(data)  # a pipe or a device
    else:
        write_new(path, data, instead_of=[path] if may_be_replaced(path) else [])


def _dumped(value: Mapping[str, object], indent: int | None = None) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=indent)


def _show_json(_: Plan, document: Mapping[str, object]) -> None:
    print(_dumped(document, indent=1))


def _show_lines(plan: Plan, _: Mapping[str, object]) -> None:
    for one in plan.jobs:
        print(plan_line(one))
    for slot in plan.removed:
        print(_dumped(removed_json(slot)))


def _show_markdown(_: Plan, document: Mapping[str, object]) -> None:
    from gen4flow.core.plan_markdown import plan_markdown

    print(plan_markdown(document), end="")


def _show_table(plan: Plan, _: Mapping[str, object]) -> None:
    """Print a line a job for people, and the sum."""
    for one in plan.jobs:
        priced = one.buys or one.action is Action.HELD
        price = "?" if one.price is None else show_money(from_micros(one.price)) if priced else ""
        print(f"{one.action.value:<9} {price:>6}  {one.job.key}  ({one.reason})")
    for slot in plan.removed:
        print(f"{Action.REMOVE.value:<9} {'':>6}  {slot.key}  (no longer in the recipe; nothing is deleted)")
    print(*([""] if plan.jobs or plan.removed else []), summary_text(plan.planning.prepared, plan.summary), sep="\n")


# the option -> how it shows a plan; without one: a table
_FORMS: dict[str, Callable[[Plan, Mapping[str, object]], None]] = {
    "json": _show_json,
    "jsonl": _show_lines,
    "markdown": _show_markdown,
}


def summary_text(prepared: Prepared, summary: Summary) -> str:
    """Return what a plan comes to, in a sentence or two."""
    counted = ", ".join(f"{count} {action.value}" for action, count in sorted_actions(summary))
    price = f"${show_money(from_micros(summary.price))}"
    if prepared.is_proof:
        price = f"free proofs; for real ${show_money(summary.real)}"
    jobs, images = _plural(summary.jobs, "job"), _plural(summary.buys, "image")
    told = f"{jobs}: {counted or 'nothing to do'}. To buy: {images}, {price}."
    cells, shared = summary.sharing
    if cells:
        told += f"\n{cells} cells share {_plural(shared, 'image')}."
    for step, held in summary.held.items():
        then = f"${show_money(from_micros(held))}"
        if prepared.is_proof:
            then = f"free proofs, for real ${show_money(summary.real_held(step))}"
        if step in summary.asking:
            told += f"\nThe step {step} waits for --approve {step}: {then} then."
        else:  # the approval of another step lets these be bought as well
            told += f"\nThe step {step} goes on by itself once what it needs is approved: {then} more then."
    if summary.hosts:
        told += "\nReference images from the web: " + ", ".join(f"{host} ({n})" for host, n in summary.hosts.items())
    return told


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def sorted_actions(summary: Summary) -> list[tuple[Action, int]]:
    """Return the actions that occur, in their own order."""
    actions = summary.actions
    return [(action, actions[action]) for action in Action if actions[action]]


__all__ = ["Plan", "Wishes", "add_arguments", "run", "summary_text"]
