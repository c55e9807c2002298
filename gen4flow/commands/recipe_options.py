"""The options that every command with a recipe takes."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gen4flow.commands.completing import names_under
from gen4flow.commands.preparing import Choices
from gen4flow.core.recipe import PROVIDER_NAMES


def add_recipe(parser: argparse.ArgumentParser, *, several: bool = False, help_text: str = "a YAML file") -> None:
    """Add the recipe, or several of them."""
    parser.add_argument("recipe", metavar="RECIPE", type=Path, nargs="+" if several else None, help=help_text)


def add_recipe_options(parser: argparse.ArgumentParser) -> None:
    """Add provider, profiles, settings, output folder and state folder."""
    add_layers(parser)
    parser.add_argument("--provider", choices=PROVIDER_NAMES, help="in place of the recipe's; local is free")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write to exactly this folder")
    add_state(parser)


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Add what is laid over a recipe: profiles and settings."""
    profile = parser.add_argument(
        "-P", "--profile", dest="profiles", action="append", default=[], metavar="NAME",
        help="a profile of the recipe; several are laid over it in order",
    )  # fmt: skip
    profile.completer = names_under("profiles")  # type: ignore[attr-defined]  # what argcomplete asks
    parser.add_argument(
        "-S", "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE",
        help="a value for this call, such as limits.max_cost=5; may be given several times",
    )  # fmt: skip


def add_selectors(parser: argparse.ArgumentParser) -> None:
    """Add the choice of jobs."""
    parser.add_argument(
        "-s", "--select", action="append", default=[], metavar="SELECTOR",
        help="only these jobs: axis=glob, step:NAME, state:failed, tag:k=v, sample:20@7, joined by commas; "
        "several -s add up",
    )  # fmt: skip


def add_state(parser: argparse.ArgumentParser) -> None:
    """Add the state folder."""
    parser.add_argument("--state", type=Path, metavar="DIR", help="in place of .gen4flow at the project's root")


def choices_of(arguments: argparse.Namespace) -> Choices:
    """Return what the command line, or else the environment, says of the recipe."""
    out = arguments.out or os.environ.get("GEN4FLOW_OUT") or None
    return Choices(
        provider=arguments.provider,
        profiles=tuple(arguments.profiles),
        settings=tuple(arguments.settings),
        out=Path(out) if out is not None else None,
        state=arguments.state,
    )
