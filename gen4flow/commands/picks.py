"""`gen4flow picks`: what was picked is copied, two people's picks become one file, and drafts become finals."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gen4flow.commands import picks_apply, picks_merge, picks_to_recipe
from gen4flow.commands.examples import examples_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing to do with picks: the line that help shows, its options, and what does it."""

    line: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


DEEDS: Mapping[str, Deed] = {
    "apply": Deed(
        line="copy the images that were picked into a folder",
        add_arguments=picks_apply.add_arguments,
        run=picks_apply.run,
    ),
    "merge": Deed(
        line="make one picks file of two people's",
        add_arguments=picks_merge.add_arguments,
        run=picks_merge.run,
    ),
    "to-recipe": Deed(
        line="write a recipe that makes finals of what was picked",
        add_arguments=picks_to_recipe.add_arguments,
        run=picks_to_recipe.run,
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what can be done, each with its options."""
    deeds = parser.add_subparsers(dest="deed", metavar="apply|merge|to-recipe", required=True)
    for name, deed in DEEDS.items():
        sub = deeds.add_parser(name, help=deed.line, formatter_class=argparse.RawDescriptionHelpFormatter)
        sub.epilog = examples_text("picks", starting=f"gen4flow picks {name} ")
        sub.description = deed.line[0].upper() + deed.line[1:] + "."
        deed.add_arguments(sub)


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked for."""
    return DEEDS[arguments.deed].run(arguments)
