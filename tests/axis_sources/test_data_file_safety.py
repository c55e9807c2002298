"""Data files are small regular files below the project's root; anything else is refused at once."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.problem import Problem
from gen4flow.core.recipe import AxisValue

Read = Callable[[dict[str, Any]], tuple[AxisValue, ...]]
Problems = Callable[[dict[str, Any]], tuple[Problem, ...]]

MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.csv", "file-missing"),
        ("../outside.csv", "file-outside"),
        ("/etc/passwd.csv", "file-outside"),
        ("link.csv", "file-outside"),
        ("out/outside.csv", "file-outside"),
        ("circle.csv", "file-unreadable"),
        ("folder.csv", "file-kind"),
        ("pipe.csv", "file-kind"),
        ("large.csv", "file-size"),
        ("a" * 300 + ".csv", "file-unreadable"),
        ("a\0b.csv", "file-unreadable"),
    ],
)
def test_a_file_that_may_not_be_read_is_refused_at_the_axis(
    problems_of: Problems, tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path.parent / "outside.csv").write_text("a\n1\n")
    (tmp_path / "link.csv").symlink_to("../outside.csv")
    (tmp_path / "out").symlink_to("..")
    (tmp_path / "circle.csv").symlink_to("circle.csv")
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "large.csv").write_bytes(b"a\n" * (8 * MEBIBYTE + 1))
    (problem,) = problems_of({"from": name})
    assert (problem.code, problem.mark.line, problem.mark.column) == (code, 5, 3)
    assert problem.mark.file == "project/recipe.yaml"


def test_a_link_inside_the_project_is_followed(read: Read, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("a\n1\n")
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert len(read({"from": "link.csv"})) == 1


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("d.csv", ","),
        ("d.csv", "a\n"),
        ("d.csv", '"'),
        ("d.txt", "a\n"),
        ("d.jsonl", "1\n"),
        ("d.jsonl", "[\n"),
        ("d.json", "[{},"),
        ("d.json", "[" + "{}," * 1_000),
        ("d.yaml", "- a\n"),
        ("d.yaml", "["),
    ],
)
def test_sixteen_mebibytes_of_anything_end_within_bounds(
    problems_of: Problems, tmp_path: Path, name: str, unit: str
) -> None:
    (tmp_path / name).write_text((unit * (16 * MEBIBYTE // len(unit)))[: 16 * MEBIBYTE])
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    assert len(problems_of({"from": name})) <= 1_000
    assert time.monotonic() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEBIBYTE
