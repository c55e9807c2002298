"""`gen4flow plan`: what would be bought, kept or healed, why, and for how much. No key, no network."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping

from gen4flow.commands.planning import Planning, plan_for
from gen4flow.commands.preparing import Prepared, prepare
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, choices_of
from gen4flow.core.plan import Action
from gen4flow.core.price import from_micros, show_money
from gen4flow.core.summary import Summary, job_json, removed_json
from gen4flow.ledger import Ledger

WOULD_BUY = 10
SHOWN = 40  # characters of a prompt on a terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_recipe(parser)
    add_recipe_options(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the whole plan as one JSON document")
    form.add_argument("--jsonl", action="store_true", help="one job a line, as they are planned")
    parser.add_argument("--exit-code", action="store_true", help="exit 10 when something would be bought")


def run(arguments: argparse.Namespace) -> int:
    """Print the plan."""
    prepared = prepare(arguments.recipe, choices_of(arguments))
    ledger = Ledger.read(prepared.project.state)
    planning = plan_for(prepared, ledger)
    show = _show_json if arguments.json else _show_lines if arguments.jsonl else _show_table
    summary = show(planning)
    for warning in prepared.findings.warnings:
        print(warning, file=sys.stderr)
    return WOULD_BUY if arguments.exit_code and summary.buys else 0


def _show_json(planning: Planning) -> Summary:
    """Print one document, once the whole recipe is known to be good."""
    summary, jobs, keys = Summary(), [], set()
    for planned in planning.jobs():
        summary.add(planned)
        keys.add(planned.job.key)
        jobs.append(job_json(planned))
    for slot in planning.removed(keys):
        summary.actions[Action.REMOVE] += 1
        jobs.append(dict(removed_json(slot)))
    print(_dumped(plan_document(planning.prepared, summary, jobs), indent=1))
    return summary


def plan_document(prepared: Prepared, summary: Summary, jobs: list[dict[str, object]]) -> dict[str, object]:
    """Return the plan as JSON values: schemas/plan.schema.json."""
    return {
        "format": "gen4flow-plan/1",
        "recipe": {"name": prepared.recipe.name, "sha256": prepared.recipe.sha256},
        "provider": prepared.recipe.provider,
        "model": prepared.recipe.model,
        "totals": summary.as_json(),
        "jobs": jobs,
    }


def _show_lines(planning: Planning) -> Summary:
    """Print a line a job as soon as it is planned."""
    summary, keys = Summary(), set()
    for planned in planning.jobs():
        summary.add(planned)
        keys.add(planned.job.key)
        print(_dumped(job_json(planned)))
    for slot in planning.removed(keys):
        print(_dumped(removed_json(slot)))
    return summary


def _dumped(value: Mapping[str, object], indent: int | None = None) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=indent)


def _show_table(planning: Planning) -> Summary:
    """Print a line a job for people, and the sum."""
    summary, keys, lines = Summary(), set(), []
    for planned in planning.jobs():
        summary.add(planned)
        keys.add(planned.job.key)
        price = "?" if planned.price is None else show_money(from_micros(planned.price)) if planned.buys else ""
        lines.append(f"{planned.action.value:<9} {price:>6}  {planned.job.key}  ({planned.reason})")
    for slot in planning.removed(keys):
        summary.actions[Action.REMOVE] += 1
        lines.append(f"{Action.REMOVE.value:<9} {'':>6}  {slot.key}  (no longer in the recipe; nothing is deleted)")
    print(*lines, sep="\n", end="\n\n" if lines else "")
    print(summary_text(planning.prepared, summary))
    return summary


def summary_text(prepared: Prepared, summary: Summary) -> str:
    """Return what a plan comes to, in a sentence or two."""
    counted = ", ".join(f"{count} {action.value}" for action, count in sorted_actions(summary))
    price = f"${show_money(from_micros(summary.price))}"
    if prepared.is_proof:
        price = f"free proofs; for real ${show_money(summary.real)}"
    told = f"{summary.jobs} jobs: {counted or 'nothing to do'}. To buy: {summary.buys} images, {price}."
    if summary.shared:
        told += f"\n{summary.jobs} cells share {summary.jobs - summary.shared} images."
    return told


def sorted_actions(summary: Summary) -> list[tuple[Action, int]]:
    """Return the actions that occur, in their own order."""
    return [(action, summary.actions[action]) for action in Action if summary.actions[action]]
