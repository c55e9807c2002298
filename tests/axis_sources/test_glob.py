"""A glob finds the files below the project's root, sorted, and never walks out of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gen4flow.axis_sources import read_values
from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import AxisValue, SourceAxis
from gen4flow.recipe_file import parse_document

Read = Callable[[dict[str, Any]], tuple[AxisValue, ...]]
Problems = Callable[[dict[str, Any]], tuple[Problem, ...]]
Write = Callable[[str, str | bytes], None]

FILES = ["b.png", "a.png", "A.PNG", "x.txt", "refs/c.png", "refs/deep/d.png", "refs/deep/er/e.png", ".hidden.png"]


@pytest.fixture(autouse=True)
def _files(write: Write) -> None:
    for name in FILES:
        write(name, "x")


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.png", ["a.png", "b.png"]),
        ("?.png", ["a.png", "b.png"]),
        ("[!a].png", ["b.png"]),
        ("*.PNG", ["A.PNG"]),
        ("./*.png", ["a.png", "b.png"]),
        ("a.png", ["a.png"]),
        ("refs/*.png", ["refs/c.png"]),
        ("*/*.png", ["refs/c.png"]),
        ("refs/**/*.png", ["refs/c.png", "refs/deep/d.png", "refs/deep/er/e.png"]),
        ("**/*.png", ["a.png", "b.png", "refs/c.png", "refs/deep/d.png", "refs/deep/er/e.png"]),
        ("**/**/*.png", ["a.png", "b.png", "refs/c.png", "refs/deep/d.png", "refs/deep/er/e.png"]),
        ("refs/deep/**", ["refs/deep/d.png", "refs/deep/er/e.png"]),
        (".h*", [".hidden.png"]),
        ("*", ["A.PNG", "a.png", "b.png", "x.txt"]),
    ],
)
def test_a_pattern_finds_its_files_sorted(read: Read, pattern: str, paths: list[str]) -> None:
    found = read({"glob": pattern})
    assert [value.value for value in found] == paths
    assert [value.id for value in found] == paths
    assert found[0].mark == Mark(file="project/recipe.yaml", line=5, column=3)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("*.jpg", "empty"),
        ("refs", "empty"),
        ("a.png/*", "empty"),
        ("..", "empty"),
        ("../*", "file-outside"),
        ("../../../../**/*", "file-outside"),
        ("/etc/*", "glob"),
        ("refs/../*.png", "glob"),
        ("*/../*.png", "glob"),
        ("a\0*", "empty"),
        ("a" * 300, "empty"),
    ],
)
def test_a_pattern_that_finds_nothing_or_leads_out_is_an_error(problems_of: Problems, pattern: str, code: str) -> None:
    assert [problem.code for problem in problems_of({"glob": pattern})] == [code]


def test_a_link_out_of_the_project_is_refused_by_name(problems_of: Problems, tmp_path: Path) -> None:
    (tmp_path / "z.png").symlink_to("/etc/hostname")
    (problem,) = problems_of({"glob": "*.png"})
    assert problem.code == "file-outside"
    assert "z.png" in problem.message


def test_a_folder_link_out_of_the_project_is_not_walked(read: Read, problems_of: Problems, tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/")
    assert len(read({"glob": "**/*.png"})) == 5
    assert problems_of({"glob": "out/*"})[0].code == "file-outside"


def test_links_in_a_circle_end(read: Read, tmp_path: Path) -> None:
    (tmp_path / "refs" / "again").symlink_to("..")
    assert len(read({"glob": "**/*.png"})) == 5


def test_a_recipe_in_a_folder_reaches_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    axis = SourceAxis(
        name="a",
        form="glob",
        settings={"glob": "../refs/*.png"},
        folder=str(tmp_path / "recipes"),
        mark=Mark(file="r.yaml"),
    )
    found = read_values(axis, root=tmp_path, load_yaml=parse_document, compile_where=Templates().condition)
    assert [value.value for value in found] == ["../refs/c.png"]


def test_a_pattern_of_many_stars_is_matched_quickly(tmp_path: Path, problems_of: Problems) -> None:
    (tmp_path / ("a" * 200)).write_text("x")
    assert problems_of({"glob": "*a" * 100 + "b"})[0].code == "empty"


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path, problems_of: Problems) -> None:
    (tmp_path / "bad\udcff.png").write_text("x")
    with pytest.raises(RecipeError):
        raise RecipeError(problems_of({"glob": "*.png"}))
