"""A stranger's file ends in a message within a second or so, whatever it is: never a traceback, never gigabytes."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Problem
from gen4flow.recipe_file import load

HEAD = "version: 1\nname: x\nprompt: p\n"
MEBIBYTE = 1024 * 1024
SECONDS = 8.0  # of CPU, since the machine may be busy; without bounds these take minutes or for ever


def bomb(*, levels: int, width: int) -> str:
    lines = ["l0: &l0 [" + ", ".join(["x"] * width) + "]"]
    lines += [f"l{n}: &l{n} [" + ", ".join([f"*l{n - 1}"] * width) + "]" for n in range(1, levels)]
    return "\n".join(lines)


HOSTILE: dict[str, tuple[str, str]] = {
    "alias bomb": (bomb(levels=30, width=10), "yaml-size"),
    "alias bomb of mappings": (
        HEAD
        + "vars:\n  a: &a {x: 1, y: 2}\n  b: &b {x: *a, y: *a}\n"
        + "".join(
            f"  v{n}: &v{n} {{x: *{'b' if n == 0 else f'v{n - 1}'}, y: *{'b' if n == 0 else f'v{n - 1}'}}}\n"
            for n in range(40)
        ),
        "yaml-size",
    ),
    "deep brackets": ("[" * 100_000, "yaml-depth"),
    "deep braces": ("{a: " * 100_000, "yaml-depth"),
    "deep dashes": ("- " * 100_000, "yaml-depth"),
    "deep questions": ("? " * 100_000, "yaml-depth"),
    "depth by aliases": (
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200)),
        "yaml-depth",
    ),
    "many values": ("[" + "1," * 5_000_000 + "]", "yaml-size"),
    "many bad values": (HEAD + "matrix: {a: [" + "~," * 90_000 + "]}", "wrong-type"),
    "many duplicate values": (HEAD + "matrix: {a: [" + "1," * 90_000 + "]}", "duplicate-value"),
    "many duplicate keys": ("k: v\n" * 2_000_000, "yaml-duplicate-key"),
    "many unknown keys": ("".join(f"k{n}: 1\n" for n in range(40_000)), "unknown-key"),
    "many tags": ("- !x 1\n" * 100_000, "yaml-tag"),
    "a huge whole number": (HEAD + "seed: " + "9" * 1_000_000, "yaml-number"),
    "a huge float": (HEAD + "seed: 1." + "9" * 1_000_000, "yaml-number"),
    "a huge tag": ("!" + "x" * 1_000_000 + " a", "yaml-tag"),
    "a huge unknown key": (f"? {'k' * 1_000_000}\n: 1", "unknown-key"),
    "a huge name": (f"version: 1\nprompt: p\nname: {'n' * 1_000_000}", "not-allowed"),
    "an open quote": ('a: "' + "x " * 4_000_000, "yaml-syntax"),
    "a recursive alias": ("a: &a [*a]", "yaml-alias"),
    "only a scalar": ("hello", "wrong-type"),
    "only a list": ("[1, 2]", "wrong-type"),
    "null": ("~", "wrong-type"),
}


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """Fail a test that takes long or adds a gigabyte."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    yield
    assert time.process_time() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1024 * 1024


def problems(path: Path, schema: Mapping[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(RecipeError) as caught:
        load(path, schema, root=path.parent)
    return caught.value.problems


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_ends_in_messages(name: str, tmp_path: Path, schema: Mapping[str, Any]) -> None:
    text, code = HOSTILE[name]
    path = tmp_path / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    found = problems(path, schema)
    assert code in {problem.code for problem in found}
    assert len(found) <= 3_000
    assert all(len(str(problem)) < 1_000 for problem in found)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path, schema: Mapping[str, Any]) -> None:
    path = tmp_path / "recipe.yaml"
    os.mkfifo(path)
    assert [problem.code for problem in problems(path, schema)] == ["file-kind"]


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(device: str, schema: Mapping[str, Any]) -> None:
    assert [problem.code for problem in problems(Path(device), schema)] == ["file-kind"]


def test_a_folder_is_refused(tmp_path: Path, schema: Mapping[str, Any]) -> None:
    assert [problem.code for problem in problems(tmp_path, schema)] == ["file-kind"]


@pytest.mark.parametrize("name", ["missing.yaml", "missing/recipe.yaml"])
def test_a_missing_file_is_named(name: str, tmp_path: Path, schema: Mapping[str, Any]) -> None:
    (problem,) = problems(tmp_path / name, schema)
    assert problem.code == "file-missing"
    assert name in str(problem)


@pytest.mark.parametrize("name", ["a" * 300, "a\0b"])
def test_an_impossible_name_is_refused(name: str, tmp_path: Path, schema: Mapping[str, Any]) -> None:
    assert [problem.code for problem in problems(tmp_path / name, schema)] == ["file-unreadable"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_refused(tmp_path: Path, schema: Mapping[str, Any]) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text(HEAD)
    path.chmod(0)
    assert [problem.code for problem in problems(path, schema)] == ["file-unreadable"]


def test_a_file_over_16_mebibytes_is_refused(tmp_path: Path, schema: Mapping[str, Any]) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("#" * (16 * MEBIBYTE + 1))
    assert [problem.code for problem in problems(path, schema)] == ["file-size"]


def test_a_symlink_circle_is_refused(tmp_path: Path, schema: Mapping[str, Any]) -> None:
    path = tmp_path / "recipe.yaml"
    path.symlink_to(path)
    assert [problem.code for problem in problems(path, schema)] == ["file-unreadable"]
