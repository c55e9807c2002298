"""`gen4flow validate`: everything that `plan` would find, without ledger and prices; all recipes, all problems."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from gen4flow.commands.preparing import Choices, Prepared, prepare
from gen4flow.commands.problem_text import github_text, problem_text
from gen4flow.commands.recipe_options import add_layers, add_recipe
from gen4flow.commands.unused_files import unused_files
from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Problem, Severity
from gen4flow.core.recipe import PROVIDER_NAMES

INVALID = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_recipe(parser, several=True)
    parser.add_argument("--provider", choices=PROVIDER_NAMES, help="in place of the recipe's")
    add_layers(parser)
    parser.add_argument("--format", choices=("text", "json", "github"), default="text", help="default: text")


def run(arguments: argparse.Namespace) -> int:
    """Print every problem of every recipe; exit 2 when one of them is an error."""
    choices = Choices(
        provider=arguments.provider, profiles=tuple(arguments.profiles), settings=tuple(arguments.settings)
    )
    good: list[Prepared] = []
    problems = [problem for path in arguments.recipe for problem in _problems(path, choices, good)]
    if len(good) == len(arguments.recipe):  # else what the others use is not known
        problems += unused_files(good)
    if arguments.format == "json":
        print(json.dumps([_as_json(problem) for problem in problems], indent=1, ensure_ascii=False))
    for problem in problems if arguments.format != "json" else ():
        if arguments.format == "github":
            print(github_text(problem))
        else:
            print(problem_text(problem), file=sys.stderr)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if not errors and arguments.format == "text":
        print(f"{len(arguments.recipe)} recipe{'s' if len(arguments.recipe) > 1 else ''} valid")
    return INVALID if errors else 0


def _problems(path: Path, choices: Choices, good: list[Prepared]) -> Iterator[Problem]:
    """Yield the problems of one recipe, in reading order; one without an error joins the good ones."""
    warnings: list[Problem] = []
    try:
        prepared = prepare(path, choices)
        prepared.folder()
        for _ in prepared.jobs():
            pass
        warnings += prepared.findings.warnings
        good.append(prepared)
    except RecipeError as error:
        yield from error.problems
    yield from warnings


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.mark.file,
        "line": problem.mark.line,
        "column": problem.mark.column,
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "help": problem.help,
    }
