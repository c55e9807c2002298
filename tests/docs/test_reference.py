"""The reference of docs/recipe.md is what the schema says."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from tests.docs.pages import ROOT
from tests.docs.reference import BEGIN, END, PAGE, placed, reference, schema

REMEDY = f"{PAGE} is not what schemas/recipe.schema.json says: run `python -m tests.docs`"


def test_the_page_has_the_reference_that_the_schema_makes() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert page == placed(page, reference(schema())), REMEDY


def test_a_change_of_the_schema_makes_the_page_old() -> None:
    changed = copy.deepcopy(dict(schema()))
    changed["definitions"]["recipe"]["properties"]["allow_empty"]["default"] = True
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert page != placed(page, reference(changed))


def keys(node: Mapping[str, Any]) -> set[str]:
    """Return every key that any mapping of the schema may have."""
    found = set(node.get("properties", ()))
    inner = [value for value in node.values() if isinstance(value, Mapping)]
    inner += [one for value in node.values() if isinstance(value, list) for one in value if isinstance(one, Mapping)]
    return found.union(*(keys(one) for one in inner if one is not node.get("examples")))


def test_every_key_of_the_schema_is_in_the_reference() -> None:
    tables = reference(schema())
    missing = [key for key in sorted(keys(schema())) if f"{key}`" not in tables]
    assert missing == []


def test_every_key_has_an_example() -> None:
    rows = [line for line in reference(schema()).splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    assert [row for row in rows if row.endswith("|  |")] == []


def test_a_page_without_markers_is_said_so() -> None:
    for text in ("no markers", BEGIN, END):
        with pytest.raises(ValueError, match="has no lines"):
            placed(text, "")
    assert placed(f"a\n{BEGIN}\nold\n{END}\nb", "new\n") == f"a\n{BEGIN}\n\nnew\n\n{END}\nb"
