"""Plan files: a plan as it was shown to whoever approves it, and what a run of it may buy."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from gen4flow.commands.places import shown_path
from gen4flow.commands.planning import Wishes
from gen4flow.commands.preparing import Choices, Prepared
from gen4flow.core.errors import UsageError
from gen4flow.core.plan import Action, Retry
from gen4flow.core.price import to_micros
from gen4flow.project import find_project

FORMAT = "gen4flow-plan/1"
MAX_BYTES = 256 * 1024 * 1024
LISTED = frozenset({Action.ADD.value, Action.CHANGE.value, Action.RETRY.value, Action.HELD.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """What a plan file allows: requests by fingerprint, and a total in micro-dollars; and what it was made from."""

    path: Path
    recipe: Path
    source: Mapping[str, Any]
    fingerprints: frozenset[str]
    total: int

    def choices(self, arguments: argparse.Namespace) -> Choices:
        """Return the choices that the plan was made with; raises UsageError for others beside them."""
        given = ("provider", "profiles", "settings", "select", "retry", "buy_elsewhere")
        for name in (name for name in given if getattr(arguments, name)):
            raise UsageError(
                f"{self.path} says with which options it is run: --{name.replace('_', '-')} goes to `plan`"
            )
        told = self.source
        return Choices(
            provider=told["provider"],
            profiles=tuple(told["profiles"]),
            settings=tuple(told["set"]),
            out=arguments.out,
            state=arguments.state,
        )

    def wishes(self, approve: frozenset[str]) -> Wishes:
        """Return what the plan was made to buy again."""
        told = self.source
        return Wishes(retry=Retry(told["retry"]), buy_elsewhere=told["buy_elsewhere"], approve=approve)

    @property
    def selectors(self) -> tuple[str, ...]:
        """Return the selectors that the plan was made with."""
        return tuple(self.source["select"])

    @property
    def command(self) -> str:
        """Return the command that makes the plan again, as a shell takes it."""
        told = self.source
        words = ["gen4flow", "plan", str(self.recipe), *(["--provider", told["provider"]] if told["provider"] else [])]
        for option, name in (("-P", "profiles"), ("-S", "set"), ("-s", "select")):
            words += [word for value in told[name] for word in (option, value)]
        words += [] if told["retry"] == Retry.NONE.value else ["--retry", told["retry"]]
        words += ["--buy-elsewhere"] if told["buy_elsewhere"] else []
        return shlex.join([*words, "-o", str(self.path)])


def source_of(prepared: Prepared, wishes: Wishes, selectors: tuple[str, ...]) -> dict[str, object]:
    """Return what a plan is made from: enough to make it again in another clone of the project."""
    root = prepared.project.root.resolve()
    return {
        "recipe": prepared.path.resolve().relative_to(root).as_posix(),  # a project is found above its recipe
        "provider": prepared.choices.provider,
        "profiles": list(prepared.choices.profiles),
        "set": list(prepared.choices.settings),
        "select": list(selectors),
        "retry": wishes.retry.value,
        "buy_elsewhere": wishes.buy_elsewhere,
    }


def may_be_replaced(path: Path) -> bool:
    """Tell whether a new plan may stand in place of a file: of an older plan, or of nothing at all."""
    try:
        size = path.stat().st_size
        told = json.loads(path.read_bytes() or b"{}") if size <= MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return False
    return not size or (isinstance(told, dict) and told.get("format") == FORMAT)


def read_plan_file(path: Path) -> PlanFile | None:
    """Return the plan in a file, None where it is no JSON file; raises UsageError for one that is no plan."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: larger than {MAX_BYTES:,} bytes")
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: can't be read as a plan: {error}") from error
    if isinstance(told, dict) and told.get("format") != FORMAT and "version" in told:
        return None  # a recipe that is written as JSON, which is YAML
    try:
        source = told["source"]
        plan = PlanFile(
            path=path,
            recipe=_recipe(path, source["recipe"]),
            source=source,
            fingerprints=frozenset(str(job["fingerprint"]) for job in told["jobs"] if job["action"] in LISTED),
            total=sum(_amount(told["totals"][name]) for name in ("price", "held_price")),
        )
        _check_source(source)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        remedy = "make one with: gen4flow plan RECIPE -o plan.json"
        what = f", it has no {error}" if isinstance(error, KeyError) else ""
        raise UsageError(f"{path}: this is no plan of gen4flow{what:.80}\n  help: {remedy}") from error
    return plan


def _amount(told: object) -> int:
    """Return an amount of a plan in micro-dollars; raises ValueError, TypeError or ArithmeticError for none."""
    if not isinstance(told, str) or Decimal(told) < 0:
        raise ValueError(f"{told!r} is no amount")
    return to_micros(Decimal(told))


def _check_source(source: Mapping[str, Any]) -> None:
    """Raise ValueError where a plan's source is not what `source_of` makes."""
    lists = all(isinstance(one, str) for name in ("profiles", "set", "select") for one in list(source[name]))
    if not lists or not isinstance(source["buy_elsewhere"], bool) or not isinstance(source["provider"], str | None):
        raise ValueError("source")
    Retry(source["retry"])


def _recipe(path: Path, recipe: str) -> Path:
    """Return the recipe of a plan: below the project of the plan file, else below that of the current folder.

    A plan file may come from anywhere: what it names outside of the project is not looked at.
    """
    for place in (path.resolve().parent, Path.cwd()):
        root = find_project(place, state=None).root.resolve()
        found = (root / recipe).resolve()
        if found.is_relative_to(root) and found.is_file():
            return Path(shown_path(found))
    raise UsageError(f"{path} is a plan of {recipe!r}, which is not here: run it in the project that it was made in")
