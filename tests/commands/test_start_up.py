"""A command loads what it needs: what is slow to import waits until somebody asks for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gen4flow.core.recipe import PROVIDER_NAMES
from gen4flow.providers import PROVIDERS

RECIPE = str(Path(__file__).parents[2] / "recipes" / "quickstart.yaml")
SLOW = ("jsonschema", "PIL", "httpx", "starlette", "uvicorn", "tqdm", "asyncio", "dotenv", "email", "gen4flow.gallery")
WATCH = """\
import sys
from gen4flow.cli import main
try:
    code = main(sys.argv[2:])
except SystemExit as ended:
    code = ended.code
print("imported:", *(set(sys.argv[1].split(",")) & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


def imported(names: tuple[str, ...], *words: str) -> list[str]:
    """Return which of some modules a command has imported."""
    command = [sys.executable, "-c", WATCH, ",".join(names), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stderr.splitlines()[-1].removeprefix("imported:").split()


@pytest.mark.parametrize("command", ["plan", "validate", "show"])
def test_a_good_recipe_is_planned_without_what_is_slow_to_import(command: str, tmp_path: Path) -> None:
    assert imported(SLOW, command, RECIPE) == []


def test_help_loads_no_command_and_no_core() -> None:
    assert imported((*SLOW, "jinja2", "yaml", "dataclasses", "gen4flow.core.errors"), "--help") == []


def test_the_provider_names_that_options_offer_are_those_of_the_register() -> None:
    assert sorted(PROVIDERS) == sorted(PROVIDER_NAMES)
