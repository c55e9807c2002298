"""What is laid over a recipe may be any part of one: the schema allows for it, by layers made from the rest of it."""

from __future__ import annotations

import copy
import json
from typing import Any, TypeAlias

import pytest
from jsonschema import Draft7Validator

from gen4flow.commands.preparing import recipe_schema
from tests.schemas.layers import FILE, NOT_IN_A_PROFILE, OWN, as_text, with_layers

Recipe: TypeAlias = dict[str, Any]
REMEDY = "the layers are not what the schema says of a recipe: run `python -m tests.schemas`"

WHOLE: Recipe = {
    "version": 1,
    "name": "spring",
    "description": "for the shop",
    "provider": "local",
    "model": "m",
    "vars": {"look": "soft"},
    "prompt": {"file": "prompts/hero.txt"},
    "reference_images": ["refs/a.png"],
    "aspect_ratio": "4:3",
    "resolution": "{{ size }}",
    "seed": 7,
    "repeat": 1,
    "matrix": {
        "product": {"from": "a.csv", "id": "sku", "where": "row.a", "limit": 3, "columns": {"a": "integer"}},
        "photo": {"glob": "*.png"},
        "hour": {"range": {"from": 1, "to": 9, "step": 2}},
        "scene": ["a", {"id": "b", "text": "c"}],
        "aspect_ratio": ["1:1", "16:9"],
        "resolution": ["720p"],
        "seed": {"auto": 2, "salt": "x", "per": ["product"]},
        "zip": {"frame": {"place": ["a"], "resolution": ["720p"]}},
        "exclude": [{"scene": "a"}],
        "include": [{"scene": "a", "mood": "calm"}],
        "add": [{"scene": "d"}],
    },
    "allow_empty": False,
    "only": {"picks": "picks/a.json"},
    "approve": "manual",
    "output": {"dir": "out", "file": "{{ seed }}", "marks": {"prompt": True}, "original": False},
    "deliver": [{"placement": "instagram-story", "when": {"aspect_ratio": "9:16"}}, {"name": "web", "width": 600}],
    "tags": {"sku": "{{ product.id }}"},
    "limits": {"max_cost": 2.5, "concurrency": 2, "images_per_minute": 9, "submitting": 1, "max_jobs": 10},
    "steps": {
        "portrait": {"prompt": "p"},
        "scene": {"needs": {"hero": {"step": "portrait", "collect": ["seed"], "pick": {"picks": "a.json"}}}},
    },
    "profiles": {"final": {"resolution": "1080p"}},
}


def problems(recipe: Recipe) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(recipe_schema()).iter_errors(recipe)]


def as_profile(recipe: Recipe) -> Recipe:
    kept = {name: value for name, value in recipe.items() if name not in NOT_IN_A_PROFILE}
    return {"version": 1, "name": "x", "prompt": "p", "profiles": {"draft": kept}}


def as_child(recipe: Recipe) -> Recipe:
    return {**recipe, "extends": "base.yaml"}


def paths(value: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every path of keys of a recipe that something stands at."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, below in value.items():
            found += paths(below, (*path, key))
    return found


DELETABLE = [path for path in paths(WHOLE) if path[0] not in OWN]


def at(path: tuple[str, ...], value: object) -> Recipe:
    """Return a recipe of one value at a path."""
    for key in reversed(path):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def value_of(path: tuple[str, ...]) -> object:
    value: Any = WHOLE
    for key in path:
        value = value[key]
    return value


def test_the_layers_are_what_the_schema_makes_them() -> None:
    written = json.loads(FILE.read_bytes())
    assert FILE.read_text(encoding="utf-8") == as_text(with_layers(written)), REMEDY


def test_a_change_of_a_key_makes_the_layers_old() -> None:
    changed = copy.deepcopy(json.loads(FILE.read_bytes()))
    changed["definitions"]["recipe"]["properties"]["limits"]["properties"]["max_days"] = {
        "description": "Days.",
        "title": "a number",
        "type": "integer",
    }
    assert as_text(changed) != as_text(with_layers(changed))


def test_every_key_of_the_schema_is_in_the_recipe_that_these_tests_take_apart() -> None:
    keys = {key for path in paths(WHOLE) for key in path}
    definitions = recipe_schema()["definitions"]
    for name in ("recipe", "step", "matrix", "from_axis", "glob_axis", "range_axis", "auto_axis"):
        assert definitions[name]["properties"].keys() - keys <= {"extends"}, name


def test_a_whole_recipe_is_fine_as_it_is_and_as_a_layer() -> None:
    assert problems(WHOLE) == []
    assert problems(as_child(WHOLE)) == []
    assert problems(as_profile(WHOLE)) == []


@pytest.mark.parametrize("path", DELETABLE, ids=".".join)
def test_a_layer_may_have_any_part_of_a_recipe_alone_or_delete_it(path: tuple[str, ...]) -> None:
    for value in (value_of(path), None):
        assert problems(as_child(at(path, value))) == []
        if path[0] not in NOT_IN_A_PROFILE:
            assert problems(as_profile(at(path, value))) == []
            if path[0] == "matrix":
                assert problems({**as_profile({}), "steps": {"a": at(path, value)}}) == []


@pytest.mark.parametrize("path", [path for path in DELETABLE if path[0] not in {"steps", "profiles"}], ids=".".join)
def test_without_a_layer_below_there_is_nothing_that_null_could_delete(path: tuple[str, ...]) -> None:
    free = path[0] == "vars" and len(path) > 1  # whatever a recipe wants
    recipe = copy.deepcopy(WHOLE)
    part: Any = recipe
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = None
    assert bool(problems(recipe)) is not free


@pytest.mark.parametrize(
    "wrong",
    [
        {"limts": {}},
        {"resolution": "4K"},
        {"limits": {"max_cost": "5$"}},
        {"matrix": {"product": {"form": "a.csv"}}},
        {"matrix": {"product": {"limit": 0}}},
        {"matrix": {"seed": [0]}},
        {"matrix": {"aspect_ratio": ["4:5"]}},
        {"matrix": {"zip": {"frame": {"aspect_ratio": ["4:5"]}}}},
        {"steps": {"a": {"resolution": "4K"}}},
        {"steps": {"a": {"needs": {"hero": {"stp": "a"}}}}},
        {"steps": {"a": {"limits": {"max_cost": 1}}}},
    ],
    ids=json.dumps,
)
def test_what_is_wrong_in_a_recipe_is_wrong_in_a_layer(wrong: Recipe) -> None:
    assert problems({"version": 1, "name": "x", "prompt": "p", **wrong})
    assert problems(as_child(wrong))
    assert problems(as_profile(wrong))


def test_a_profile_has_no_version_name_base_or_profiles() -> None:
    for name in NOT_IN_A_PROFILE:
        assert problems({"version": 1, "name": "x", "prompt": "p", "profiles": {"draft": {name: WHOLE.get(name, "a")}}})
