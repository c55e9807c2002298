"""`gen4flow schema`: prints what is shipped."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from gen4flow.commands.schema import SCHEMAS
from gen4flow.resources import shipped

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_prints_the_schema_that_is_shipped(name: str, tmp_path: Path, gen4flow_command: Command) -> None:
    done = gen4flow_command("schema", name, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == json.loads((shipped("schemas") / f"{name}.schema.json").read_bytes())


def test_without_a_name_it_is_the_recipes(tmp_path: Path, gen4flow_command: Command) -> None:
    assert json.loads(gen4flow_command("schema", folder=tmp_path).stdout)["title"] == "a recipe"


def test_every_schema_that_is_shipped_can_be_printed() -> None:
    assert {file.name for file in shipped("schemas").iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}


def test_another_name_is_refused_with_the_names_there_are(tmp_path: Path, gen4flow_command: Command) -> None:
    done = gen4flow_command("schema", "ledger", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert all(name in done.stderr for name in SCHEMAS)
