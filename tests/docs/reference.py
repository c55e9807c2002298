"""The table of every key of a recipe, made from schemas/recipe.schema.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from gen4flow.recipe_file.writing import flow_text
from gen4flow.resources import shipped

PAGE = "docs/recipe.md"
BEGIN = "<!-- reference: made by `python -m tests.docs`, from schemas/recipe.schema.json -->"
END = "<!-- end of the reference -->"
_HEAD = "| key | what it is | type | default | example |\n|---|---|---|---|---|\n"
Schema: TypeAlias = Mapping[str, Any]


def schema() -> Schema:
    """Return the recipe's schema as it is shipped."""
    found: Schema = json.loads((shipped("schemas") / "recipe.schema.json").read_text(encoding="utf-8"))
    return found


def reference(root: Schema) -> str:
    """Return the tables of every key that a recipe may have, by where it stands."""
    forms = root["definitions"]
    top, step, profile = (forms[name]["properties"] for name in ("recipe", "step", "layer_profile"))
    axes: dict[str, Any] = {}
    for form in ("from_axis", "glob_axis", "range_axis", "auto_axis"):
        axes |= forms[form]["properties"]
    own = {name: value for name, value in step.items() if name not in top}
    return "\n".join(
        [
            _table("A recipe", "", _rows(root, "", top, forms["recipe"]["required"])),
            _table("A matrix", "Every other key is an axis.", _rows(root, "matrix.", _matrix(root))),
            _table("An axis that is no list", "`auto`, `salt` and `per` are for `seed`.", _rows(root, "", axes)),
            _table("A step", f"Also, as in a recipe: {_names(step, top)}. And:", _rows(root, "", own)),
            _table("A profile", f"As in a recipe: {_names(profile, top)}.", []),
        ]
    )


def placed(page: str, tables: str) -> str:
    """Return the page with these tables between its markers; raises ValueError where it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{PAGE} has no lines\n{BEGIN}\n{END}")
    return f"{before}{BEGIN}\n\n{tables}\n{END}{after}"


def _matrix(root: Schema) -> Schema:
    """Return the keys of a matrix that are no axis, and the axes that feed the request."""
    found: Schema = root["definitions"]["matrix"]["properties"]
    return found


def _names(keys: Schema, known: Schema) -> str:
    return ", ".join(f"`{name}`" for name in keys if name in known)


def _table(heading: str, line: str, rows: list[str]) -> str:
    """Return a heading, a line of text and a table; the last two only where there is something in them."""
    table = _HEAD + "".join(f"{row}\n" for row in rows)
    return "\n".join([f"### {heading}\n", *([f"{line}\n"] if line else []), *([table] if rows else [])])


def _rows(root: Schema, above: str, properties: Schema, required: list[str] | None = None) -> list[str]:
    """Return a row a key, each followed by the keys inside it."""
    rows = []
    for name, raw in properties.items():
        found = _resolved(root, raw)
        default = "required" if name in (required or []) else _code(found.get("default"))
        told = (found["description"], found["title"], default, _code(_example(found)))
        rows.append(_row(f"`{above}{name}`", *told))
        if name not in {"matrix", "zip", "steps", "profiles"} and above != "matrix.":
            for inner, needed in _inside(root, found):
                rows += _rows(root, f"{above}{name}.", inner, needed)
    return rows


def _inside(root: Schema, found: Schema) -> Iterator[tuple[Schema, list[str]]]:
    """Yield the keys of the mappings that a value may be, that its values may be, or the items of its list."""
    for one in (found, *found.get("anyOf", ())):
        if one.get("properties"):
            yield one["properties"], one.get("required", [])
    if "$ref" in found.get("items", ()):
        item = root["definitions"][found["items"]["$ref"].rsplit("/", 1)[1]]
        for inner, needed in _inside(root, item):
            yield {f"N.{name}": value for name, value in inner.items()}, [f"N.{name}" for name in needed]
    if isinstance(found.get("additionalProperties"), dict):
        for inner, needed in _inside(root, found["additionalProperties"]):
            yield {f"NAME.{name}": value for name, value in inner.items()}, [f"NAME.{name}" for name in needed]


def _resolved(root: Schema, node: Schema) -> Schema:
    """Return what a reference stands for, or the node itself."""
    while "$ref" in node:
        target: Any = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _example(found: Schema) -> object:
    """Return the value that a table shows: the first example, the constant, or the first choice."""
    given = [*found.get("examples", ()), *([found["const"]] if "const" in found else []), *found.get("enum", ())]
    return next(iter(given), None)


def _row(*cells: str) -> str:
    return "| " + " | ".join(re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in cells) + " |"


def _code(value: Any) -> str:
    """Return a value as YAML in code; empty for none, and for the empty text."""
    return "" if value in (None, "") else f"`{flow_text(value)}`"
