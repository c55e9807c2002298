"""`gen4flow status`: jobs and money as they are, what needs a person, and the command that settles it."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gen4flow.commands.choosing import selected
from gen4flow.commands.planning import plan_for
from gen4flow.commands.preparing import Prepared, prepare
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors, choices_of
from gen4flow.core.history import Cap, Purchase, Reach, Sums
from gen4flow.core.plan import Action, PlannedJob
from gen4flow.core.price import CURRENCY, from_micros, show_money, to_micros
from gen4flow.core.purchase import Failure, Status
from gen4flow.ledger import Ledger
from gen4flow.project import Project, find_project
from gen4flow.state_lock import holder, is_held


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("recipe", metavar="RECIPE", type=Path, nargs="?", help="without one: everything in the ledger")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print how things are; works while a run is under way."""
    if arguments.recipe is None:
        project = find_project(Path.cwd(), state=arguments.state)
        ledger = Ledger.read(project.state)
        standing = _of_ledger(project, ledger)
    else:
        prepared = prepare(arguments.recipe, choices_of(arguments))
        ledger = Ledger.read(prepared.project.state)
        project, standing = prepared.project, _of_recipe(prepared, ledger, arguments.select)
    print(json.dumps(standing.as_json(), indent=1, ensure_ascii=False) if arguments.json else standing.as_text(project))
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Something that waits for a person: what, why, and what to type."""

    key: str
    status: str
    message: str
    price: str
    since: str | None
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a recipe, or a whole ledger, stands."""

    recipe: str | None
    running: bool
    statuses: Counter[str]
    sums: Sums
    caps: Sequence[tuple[Cap, int]]
    people: Sequence[Person]

    def as_json(self) -> dict[str, object]:
        """Return the standing as JSON values."""
        return {
            "recipe": self.recipe,
            "running": self.running,
            "totals": {"jobs": sum(self.statuses.values()), "by_status": dict(sorted(self.statuses.items()))},
            **{name: _money(getattr(self.sums, name)) for name in ("spent", "reserved", "unknown")},
            "currency": CURRENCY,
            "caps": [
                {"name": cap.told, "counts": cap.reach.value, "limit": _money(cap.limit), "used": _money(used)}
                for cap, used in self.caps
            ],
            "needs_a_person": [
                {name: getattr(person, name) for name in Person.__dataclass_fields__} for person in self.people
            ],
        }

    def as_text(self, project: Project) -> str:
        """Return the standing as lines for people."""
        counted = ", ".join(f"{count} {status}" for status, count in sorted(self.statuses.items()))
        lines = [f"{self.recipe or project.root}: {counted or 'nothing yet'}"]
        if self.running:
            lines.append(f"a run is under way: {holder(project.state)}")
        sums = self.sums
        lines.append(f"spent ${_money(sums.spent)}, reserved ${_money(sums.reserved)}, unknown ${_money(sums.unknown)}")
        lines += [f"cap: {cap.told}: ${_money(used)} of ${_money(cap.limit)} used" for cap, used in self.caps]
        lines += [
            f"{person.status}: {person.key}: {person.message} (${person.price})\n  -> {person.command}"
            for person in self.people
        ]
        return "\n".join(lines)


def _of_recipe(prepared: Prepared, ledger: Ledger | None, selectors: Sequence[str]) -> Standing:
    """Return how a recipe stands: its jobs, or those selected, and what its name and profile have cost."""
    planned = list(plan_for(prepared, ledger).jobs())
    keys = selected(planned, selectors)
    planned = [one for one in planned if one.job.key in keys]
    running = is_held(prepared.project.state)
    limit = prepared.recipe.limits.max_cost
    caps = list(prepared.project.caps())
    if limit is not None:
        caps.append(Cap(reach=Reach.RECIPE, limit=to_micros(limit), told="limits.max_cost"))
    purchases = {one.purchase.number: one.purchase for one in planned if one.purchase}
    return Standing(
        recipe=prepared.scope,
        running=running,
        statuses=Counter(_status(one, running=running) for one in planned),
        sums=ledger.sums(prepared.scope) if ledger else Sums(),
        caps=_used(caps, ledger, prepared.scope),
        people=[
            *_people(list(purchases.values()), running=running, recipe=prepared.typed),
            *_held(planned, prepared.typed),
        ],
    )


def _of_ledger(project: Project, ledger: Ledger | None) -> Standing:
    """Return how everything in a ledger stands: its attempts, since without a recipe there are no jobs."""
    running = is_held(project.state)
    return Standing(
        recipe=None,
        running=running,
        statuses=Counter({status.value: count for status, count in ledger.statuses().items()} if ledger else {}),
        sums=ledger.sums() if ledger else Sums(),
        caps=_used(project.caps(), ledger, ""),
        people=_people(ledger.open_purchases() if ledger else [], running=running, recipe="RECIPE"),
    )


def _status(planned: PlannedJob, *, running: bool) -> str:
    """Return a job's status; a submit that no run waits for any more is unknown."""
    status = planned.status
    return Status.UNKNOWN.value if status is Status.SUBMITTING and not running else status.value


def _used(caps: Sequence[Cap], ledger: Ledger | None, recipe: str) -> list[tuple[Cap, int]]:
    return [(cap, ledger.used(cap, recipe=recipe) if ledger else 0) for cap in caps]


def _people(purchases: Sequence[Purchase], *, running: bool, recipe: str) -> list[Person]:
    """Return what waits for a person among purchases."""
    return [person for purchase in purchases if (person := _person(purchase, running=running, recipe=recipe))]


def _held(planned: Sequence[PlannedJob], recipe: str) -> Iterator[Person]:
    """Yield what waits for approval, once for each step."""
    held = [one for one in planned if one.action is Action.HELD and one.job.held]
    for step in dict.fromkeys(one.job.step for one in held):
        mine = [one for one in held if one.job.step == step]
        yield Person(
            key=step,
            status=Status.HELD.value,
            message=f"{len(mine)} jobs wait for approval",
            price=_money(sum(one.price or 0 for one in mine)),
            since=None,
            command=f"gen4flow run {recipe} --approve {step}",
        )


def _person(purchase: Purchase, *, running: bool, recipe: str) -> Person | None:
    """Return what a purchase waits for, None where it waits for nobody."""
    attempt = purchase.attempt
    match attempt.status:
        case Status.SUBMITTING if running:
            return None
        case Status.SUBMITTING | Status.UNKNOWN:
            command = f"gen4flow reconcile {recipe}"
        case Status.SUBMITTED if not running:
            command = f"gen4flow run {recipe}"
        case Status.FAILED:
            billed = (attempt.failure or Failure.TASK).billed
            command = f"gen4flow run {recipe} --retry {'billed' if billed else 'failed'}"
        case _:
            return None
    return Person(
        key=purchase.key,
        status="unknown" if attempt.status is Status.SUBMITTING else attempt.status.value,
        message=attempt.message or "not finished",
        price=_money(purchase.price),
        since=purchase.created,
        command=command,
    )


def _money(micros: int) -> str:
    return show_money(from_micros(micros))
