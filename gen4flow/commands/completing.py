"""What a shell is offered behind an option: names that stand in the recipe of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gen4flow.core.errors import Gen4flowError
from gen4flow.recipe_file import resolve


def names_under(key: str) -> Callable[..., list[str]]:
    """Return what completes an option with the keys below a top-level key of the recipe; it never raises."""

    def complete(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
        try:
            recipe = Path(parsed_args.recipe)
            value = resolve(recipe, root=recipe.resolve().parent).value
        except (Gen4flowError, OSError, TypeError, AttributeError, ValueError):
            return []
        found = value.get(key) if isinstance(value, Mapping) else None
        return list(found) if isinstance(found, Mapping) else []

    return complete
