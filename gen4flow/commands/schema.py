"""`gen4flow schema`: prints the JSON Schema of a recipe, or of what gen4flow writes."""

from __future__ import annotations

import argparse

from gen4flow.resources import shipped

SCHEMAS = ("recipe", "plan", "manifest", "picks")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("name", choices=SCHEMAS, nargs="?", default="recipe", help="whose schema (default: recipe)")


def run(arguments: argparse.Namespace) -> int:
    """Print the schema as it is shipped."""
    print((shipped("schemas") / f"{arguments.name}.schema.json").read_text(encoding="utf-8"), end="")
    return 0
