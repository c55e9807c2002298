"""The options that every command with a recipe takes."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gen4flow.providers import PROVIDERS


def add_recipe(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add the recipe, or several of them."""
    parser.add_argument("recipe", metavar="RECIPE", type=Path, nargs="+" if several else None, help="a YAML file")


def add_recipe_options(parser: argparse.ArgumentParser) -> None:
    """Add provider, output folder and state folder."""
    parser.add_argument("--provider", choices=sorted(PROVIDERS), help="in place of the recipe's; local is free")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write to exactly this folder")
    add_state(parser)


def add_state(parser: argparse.ArgumentParser) -> None:
    """Add the state folder."""
    parser.add_argument("--state", type=Path, metavar="DIR", help="in place of .gen4flow at the project's root")


def given_out(arguments: argparse.Namespace) -> Path | None:
    """Return the output folder that was asked for on the command line or in the environment."""
    if arguments.out is not None:
        return Path(arguments.out)
    told = os.environ.get("GEN4FLOW_OUT")
    return Path(told) if told else None
