"""A project in a temporary folder, and short ways to load recipes that are written in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Problem
from gen4flow.core.recipe import Recipe
from gen4flow.recipe_file import load

SCHEMA_FILE = Path(__file__).parents[2] / "schemas" / "recipe.schema.json"


@pytest.fixture(scope="session")
def schema() -> Mapping[str, Any]:
    """Return the recipe's schema as it is shipped."""
    loaded: Mapping[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def load_text(tmp_path: Path, schema: Mapping[str, Any]) -> Callable[[str], Recipe]:
    """Return what loads a recipe's text from recipe.yaml in the temporary folder."""

    def load_it(text: str) -> Recipe:
        path = tmp_path / "recipe.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, schema, root=tmp_path)

    return load_it


@pytest.fixture
def problems_of(load_text: Callable[[str], Recipe]) -> Callable[[str], tuple[Problem, ...]]:
    """Return what loads a wrong recipe's text and gives its problems."""

    def problems(text: str) -> tuple[Problem, ...]:
        with pytest.raises(RecipeError) as caught:
            load_text(text)
        return caught.value.problems

    return problems


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes recipe.yaml, and other files by name, and returns the recipe's path."""

    def write_it(recipe: str, **others: str) -> Path:
        for name, text in {"recipe": recipe, **others}.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "recipe.yaml"

    return write_it


@pytest.fixture
def problems_at(tmp_path: Path, schema: Mapping[str, Any]) -> Callable[..., tuple[Problem, ...]]:
    """Return what loads a wrong recipe and gives its problems."""

    def problems(path: Path, **options: Any) -> tuple[Problem, ...]:
        with pytest.raises(RecipeError) as caught:
            load(path, schema, root=tmp_path, **options)
        return caught.value.problems

    return problems
