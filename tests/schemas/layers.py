"""What may be laid over a recipe, made from what a recipe may be: the same keys, any part of them, null to delete one.

A recipe that extends another, a profile and a step are layers. The schema has to say so in full, as editors read the
file as it is. To write it out by hand would be to say everything twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

FILE = Path(__file__).resolve().parents[2] / "schemas" / "recipe.schema.json"
WHOLE, LAYER = "recipe", "layer"  # the definitions of a recipe that stands alone, and of one that extends another
OWN = ("version", "name", "extends")  # what a recipe has of its own, and can't delete
NOT_IN_A_PROFILE = (*OWN, "profiles")
_POINTER = "#/definitions/"
_NOTHING = {"$ref": f"{_POINTER}nothing"}
_CHOICE = {"enum", "const", "anyOf"}
_ASKED_OF_A_WHOLE = ("required", "allOf")


def with_layers(schema: Schema) -> dict[str, Any]:
    """Return the recipe's schema with its layers made anew from the rest of it."""
    written = {name: one for name, one in schema["definitions"].items() if not name.startswith(LAYER)}
    made = _Layers({**schema, "definitions": written}).all()
    return {**schema, "definitions": {**written, **made}}


def as_text(schema: Schema) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


class _Layers:
    """Makes layers out of the definitions of a schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def all(self) -> dict[str, Schema]:
        """Return every definition that is made."""
        written = self._schema["definitions"]
        forms = {form.get("$ref") for one in written.values() for form in one.get("anyOf", ())}
        made = {
            _layer(name): self._part(one, _POINTER + name, is_form=_POINTER + name in forms)
            for name, one in written.items()
            if self._has_parts(one)
        }
        changes = "A recipe that extends another: what it changes, and null for what it deletes."
        whole = written[WHOLE]["properties"]
        own = {name: {"$ref": f"{_POINTER}{WHOLE}/properties/{name}"} for name in OWN}
        made[LAYER] = {**made[LAYER], "description": changes, "properties": {**made[LAYER]["properties"], **own}}
        made[f"{LAYER}_profile"] = {
            "description": "What a profile changes; null deletes.",
            "title": "a mapping",
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {
                name: {"$ref": f"{_POINTER}{LAYER}/properties/{name}"} for name in whole if name not in NOT_IN_A_PROFILE
            },
        }
        return made

    def _part(self, node: Schema, at: str, *, is_form: bool = False) -> Schema:
        """Return what a layer may have in place of a value that can be had in part; null is a form of its own."""
        part = {key: value for key, value in node.items() if key not in _ASKED_OF_A_WHOLE}
        if node.get("type") == "object" and not is_form:
            part["type"] = ["object", "null"]
        if "properties" in node:
            part["properties"] = {
                name: self._over(below, f"{at}/properties/{name}") for name, below in node["properties"].items()
            }
        if isinstance(node.get("additionalProperties"), dict):
            part["additionalProperties"] = self._over(node["additionalProperties"], f"{at}/additionalProperties")
        if "anyOf" in node:
            forms = enumerate(node["anyOf"])
            part["anyOf"] = [*(self._form(form, f"{at}/anyOf/{number}") for number, form in forms), _NOTHING]
        return part

    def _form(self, node: Schema, at: str) -> Schema:
        """Return what a layer may have in place of one of several forms."""
        if self._has_parts(node):
            return self._over(node, at, is_form=True)
        return node if "$ref" in node else {"$ref": at}

    def _over(self, node: Schema, at: str, *, is_form: bool = False) -> Schema:
        """Return what a layer may have in place of a node."""
        at = node.get("$ref", at)
        name, _, rest = at.removeprefix(_POINTER).partition("/")
        if name.startswith(LAYER):
            return node
        found = self._resolved(node)
        if "$ref" in node and (name == WHOLE or self._has_parts(found)):
            return {"$ref": "/".join([_POINTER + _layer(name), *([rest] if rest else [])])}
        if self._has_parts(found):
            return self._part(found, at, is_form=is_form)
        if isinstance(found.get("type"), str) and not _CHOICE & found.keys():
            return {**found, "type": [found["type"], "null"]}
        return {"description": found["description"], "title": found["title"], "anyOf": [{"$ref": at}, _NOTHING]}

    def _has_parts(self, node: Schema) -> bool:
        """Tell whether a value can be had in part: a mapping of what is described, or a choice with one in it."""
        if "$ref" in node:
            return node["$ref"].startswith(_POINTER + LAYER) or self._has_parts(self._resolved(node))
        described = "properties" in node or isinstance(node.get("additionalProperties"), dict)
        return described or any(map(self._has_parts, node.get("anyOf", ())))

    def _resolved(self, node: Schema) -> Schema:
        """Return what a reference stands for, or the node itself."""
        while "$ref" in node:
            target: Any = self._schema
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[int(part) if isinstance(target, list) else part]
            node = target
        return node


def _layer(name: str) -> str:
    return LAYER if name == WHOLE else f"{LAYER}_{name}"
