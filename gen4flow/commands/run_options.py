"""The options of `run` alone."""

from __future__ import annotations

import argparse
import os

from gen4flow.core.errors import UsageError
from gen4flow.project import strict_amount


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add what bounds and steers a run."""
    parser.add_argument("--yes", action="store_true", help="buy without being asked")
    parser.add_argument("--max-cost", type=_dollars, metavar="DOLLARS", help="the most that this command buys for")
    parser.add_argument("--concurrency", type=_positive, metavar="N", help="predictions under way, start and ceiling")
    parser.add_argument("--limit", type=_positive, metavar="N", help="buy at most N images")
    parser.add_argument(
        "--max-failures", type=_positive, metavar="N", default=10, help="stop after N failures in a row (10)"
    )


def concurrency(arguments: argparse.Namespace, in_recipe: int | None) -> int | None:
    """Return how many predictions may be under way: from the option, the environment, the recipe; None: not set."""
    if arguments.concurrency is not None:
        return int(arguments.concurrency)
    told = os.environ.get("GEN4FLOW_CONCURRENCY")
    if not told:
        return in_recipe
    try:
        return _positive(told)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"GEN4FLOW_CONCURRENCY: {error}") from error


def _positive(text: str) -> int:
    """Return a whole number from 1."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def _dollars(text: str) -> int:
    """Return an amount of dollars as micro-dollars."""
    try:
        return strict_amount(text, "")
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from error  # argparse puts the option's name before it
