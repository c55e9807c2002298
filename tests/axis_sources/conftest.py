"""A project in a temporary folder, and short ways to read axes from it with the real YAML and jinja2 doors."""

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

AXIS_MARK = Mark(file="project/recipe.yaml", line=5, column=3)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[AxisValue, ...]]:
    """Return what reads an axis with such settings from the temporary folder, which is the project's root."""

    def read_it(settings: dict[str, Any]) -> tuple[AxisValue, ...]:
        axis = SourceAxis(name="a", form=next(iter(settings)), settings=settings, folder=str(tmp_path), mark=AXIS_MARK)
        return read_values(axis, root=tmp_path, load_yaml=parse_document, compile_where=Templates().condition)

    return read_it


@pytest.fixture
def problems_of(read: Callable[..., tuple[AxisValue, ...]]) -> Callable[..., tuple[Problem, ...]]:
    """Return what reads a wrong axis and gives its problems."""

    def problems(settings: dict[str, Any]) -> tuple[Problem, ...]:
        with pytest.raises(RecipeError) as caught:
            read(settings)
        return caught.value.problems

    return problems


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], None]:
    """Return what writes a data file into the temporary folder."""

    def write_it(name: str, content: str | bytes) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write_it
