"""`gen4flow costs`: the ledger: every attempt, its list price and what was charged."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

from gen4flow.commands.recipe_options import add_state
from gen4flow.core.history import Purchase
from gen4flow.core.price import CURRENCY, from_micros, show_money
from gen4flow.core.purchase import Money
from gen4flow.ledger import Ledger
from gen4flow.project import find_project

GROUPS = ("recipe", "day", "status")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("recipe", metavar="RECIPE", type=Path, nargs="?", help="whose project it is; default: here")
    add_state(parser)
    parser.add_argument("--by", choices=GROUPS, default="recipe", help="what the sums are by (default: recipe)")
    parser.add_argument("--json", action="store_true", help="every attempt, as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print what was paid for."""
    project = find_project(arguments.recipe or Path.cwd(), state=arguments.state)
    ledger = Ledger.read(project.state)
    attempts = list(ledger.every_attempt()) if ledger else []
    if arguments.json:
        print(json.dumps([_as_json(one) for one in attempts], indent=1, ensure_ascii=False))
        return 0
    groups: dict[str, list[Purchase]] = defaultdict(list)
    for one in attempts:
        groups[_group(one, arguments.by)].append(one)
    for name, members in sorted(groups.items()):
        print(f"{name:<40} {_sums(members)}")
    print(f"{'total':<40} {_sums(attempts)}")
    return 0


def _group(purchase: Purchase, by: str) -> str:
    """Return the group that an attempt's sum belongs to."""
    told = {"recipe": purchase.recipe, "day": (purchase.created or "")[:10], "status": purchase.attempt.status.value}
    return told[by]


def _sums(attempts: list[Purchase]) -> str:
    """Return the sums of some attempts as one line."""
    listed = sum(one.price for one in attempts if one.attempt.money is not Money.RELEASED)
    charged = sum(one.charged or 0 for one in attempts)
    known = sum(one.charged is not None for one in attempts)
    told = f"charged ${_money(charged)} ({known} known)" if known else "charged: not known yet"
    if attempts and all(one.provider == "local" for one in attempts):  # nobody bills them
        told = "free proofs"
    return f"{len(attempts):>6} attempts  list ${_money(listed)}  {told}"


def _as_json(one: Purchase) -> dict[str, object]:
    """Return an attempt as JSON values."""
    return {
        "recipe": one.recipe,
        "key": one.key,
        "fingerprint": one.fingerprint,
        "provider": one.provider,
        "status": one.attempt.status.value,
        "counts_as": one.attempt.money.value,
        "prediction_id": one.attempt.prediction_id,
        "list": _money(one.price),
        "charged": None if one.charged is None else _money(one.charged),
        "currency": CURRENCY,
        "created": one.created,
        "finished": one.finished,
        "message": one.attempt.message,
    }


def _money(micros: int) -> str:
    return show_money(from_micros(micros))
