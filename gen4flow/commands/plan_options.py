"""The options of `plan` and `run` that say what is bought again, and what is approved."""

from __future__ import annotations

import argparse

from gen4flow.commands.completing import names_under
from gen4flow.commands.planning import Wishes
from gen4flow.core.plan import Retry


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """Add what is bought again, and what is approved."""
    parser.add_argument(
        "--retry", choices=("failed", "billed"), help="buy failed jobs again: those not billed, or all of them"
    )
    parser.add_argument("--buy-elsewhere", action="store_true", help="buy again what another ledger has bought")
    step = parser.add_argument(
        "--approve", action="append", default=[], metavar="STEP", help="approve the purchases that a step holds"
    )
    step.completer = names_under("steps")  # type: ignore[attr-defined]  # what argcomplete asks


def wishes_of(arguments: argparse.Namespace) -> Wishes:
    """Return what was asked for."""
    return Wishes(
        retry=Retry(arguments.retry or "none"),
        buy_elsewhere=arguments.buy_elsewhere,
        approve=frozenset(arguments.approve),
    )
