"""The quick check of a document says that it meets the schema only where jsonschema says so, too."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gen4flow.core.values import WrittenFloat
from gen4flow.recipe_file import resolve
from gen4flow.recipe_file.load import _as_one
from gen4flow.recipe_file.schema_check import _Validator
from gen4flow.recipe_file.schema_match import surely_meets

RECIPES = Path(__file__).parents[2] / "recipes"
MATRIX: dict[str, Any] = {
    "a": [1, True, {"id": "b", "n": 1}, WrittenFloat("1.50")],
    "b": {"from": "b.csv", "id": "sku", "limit": 2, "columns": {"n": "number"}},
    "c": {"glob": "*.png"},
    "d": {"range": {"from": 1, "to": WrittenFloat("2.5"), "step": 1}},
    "seed": {"auto": 2, "salt": "", "per": ["a", "b"]},
    "zip": {"z": {"e": [1, 2]}},
    "exclude": [{"a": [1, "x"]}],
    "include": [{"a": 1, "more": {"deep": []}}],
    "add": [{"a": 5}],
}
NEEDS: dict[str, Any] = {"h": "one", "g": {"step": "one", "collect": ["a", "b"], "pick": {"picks": "p.json"}}}
WHOLE: dict[str, Any] = {
    "version": 1,
    "name": "x",
    "description": "d",
    "provider": "local",
    "model": "runwayml/gen4-image",
    "vars": {"look": "soft"},
    "prompt": {"file": "p.txt"},
    "reference_images": ["a.png"],
    "resolution": "720p",
    "seed": 7,
    "repeat": 2,
    "matrix": MATRIX,
    "allow_empty": False,
    "only": {"picks": "p.json"},
    "tags": {"t": "{{ a }}", "n": 1},
    "approve": "manual",
    "output": {"dir": "out", "file": "x"},
    "limits": {"max_cost": WrittenFloat("2.50"), "concurrency": 1, "max_jobs": 5},
    "steps": {"one": {"prompt": "p", "needs": NEEDS, "output": {"file": "x"}}},
    "profiles": {"p": {"seed": "{{ a }}", "limits": {"max_cost": 1}, "steps": {"one": {"seed": 1}}}},
}
VALUES: list[Any] = [
    *(
        None,
        True,
        0,
        1,
        -1,
        10**10,
        WrittenFloat("1.0"),
        WrittenFloat("-0.5"),
        "",
        "a",
        "loop",
        "A b",
        "x\n",
        "request",
    ),
    *([], ["a", "a"], [1], [[]], [{}], ["a"] * 51, {}, {"a": 1}, {"from": "x"}, {"loop": 1}, {"id": ""}, {"file": 1}),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*path, key))


def edited(path: tuple[Any, ...], edit: Callable[[Any, Any], None]) -> Any:
    """Return the recipe after an edit of what lies at a path, with its other keys left out: they cost time."""
    kept = {"version", "name", "prompt", *path[:1]} if path else WHOLE
    around = [copy.deepcopy({key: value for key, value in WHOLE.items() if key in kept})]
    whole: Any = around
    for key in (0, *path[:-1]) if path else ():
        whole = whole[key]
    edit(whole, path[-1] if path else 0)
    return around[0] if around else None


EDITS: list[Callable[[Any, Any], None]] = [
    *((lambda around, key, value=value: around.__setitem__(key, value)) for value in VALUES),
    lambda around, key: around.__delitem__(key),
    lambda around, key: around.__setitem__("unknown" if isinstance(around, dict) else key, "x"),
]
PLACES = list(places(WHOLE))


def test_the_recipe_with_everything_is_good(schema: Mapping[str, Any]) -> None:
    assert len(PLACES) > 75
    assert surely_meets(WHOLE, schema)


def test_it_says_what_jsonschema_says_wherever_something_else_stands(schema: Mapping[str, Any]) -> None:
    judge = _Validator(schema)
    for path in PLACES:
        for edit in EDITS:
            value = edited(path, edit)
            valid, sure = judge.is_valid(value), surely_meets(value, schema)
            assert valid == sure or (valid and isinstance(value["version"], float)), (path, value)


@pytest.mark.parametrize("path", sorted(RECIPES.rglob("*.yaml")), ids=lambda path: path.name)
def test_shipped_recipes_surely_meet_it(path: Path, schema: Mapping[str, Any]) -> None:
    document = resolve(path, root=RECIPES)
    if isinstance(document.value, Mapping):  # or it is a file of rows
        assert surely_meets(_as_one(document).value, schema)


@pytest.mark.parametrize(
    "schema_part",
    [
        {"format": "uri"},
        {"const": 1.0},
        {"enum": [1]},
        {"items": [{"type": "string"}]},
        {"type": "null"},
        {"$ref": "other.json"},
        {"not": {"format": "uri"}},
        {"uniqueItems": True, "items": {}},
    ],
)
def test_what_it_does_not_know_it_is_not_sure_about(schema_part: Mapping[str, Any]) -> None:
    assert not surely_meets([1, 1], {"allOf": [schema_part]})
