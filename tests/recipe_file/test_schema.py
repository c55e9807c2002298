"""The recipe's schema is a valid draft-07 schema that editors can use: closed, with descriptions and examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every property anywhere in a schema, with its path."""
    if isinstance(schema, dict):
        for name, below in schema.get("properties", {}).items():
            yield f"{path}/{name}", below
        for key, below in schema.items():
            yield from properties(below, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, below in enumerate(schema):
            yield from properties(below, f"{path}/{index}")


def objects(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every part of a schema that lists the properties of a mapping."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        for below in schema.values():
            yield from objects(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from objects(below)


def test_the_schema_is_a_valid_draft_07_schema(schema: Mapping[str, Any]) -> None:
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)


def test_every_property_and_definition_has_a_description(schema: Mapping[str, Any]) -> None:
    found = list(properties(schema))
    assert len(found) > 40
    for path, below in found:
        described = resolved(schema, below["$ref"]) if "$ref" in below else below
        assert described.get("description", "").strip(), path
    for name, definition in schema["definitions"].items():
        assert definition.get("description", "").strip(), name


def test_every_key_of_a_recipe_and_of_a_step_has_an_example(schema: Mapping[str, Any]) -> None:
    written = {name: one for name, one in schema["definitions"].items() if not name.startswith("layer")}
    found = list(properties(written))
    assert len(found) > 50
    for path, below in found:
        described = resolved(schema, below["$ref"]) if "$ref" in below else below
        assert described.get("examples") or "const" in described or len(described.get("enum", ())) == 1, path


def test_every_description_is_a_sentence(schema: Mapping[str, Any]) -> None:
    for path, below in properties(schema):
        assert below.get("description", ".").endswith("."), path


def test_a_mapping_with_known_keys_takes_no_others_except_axes(schema: Mapping[str, Any]) -> None:
    for part in objects(schema):
        axes = part.get("title", "").startswith("a mapping of axes")
        assert part.get("additionalProperties") is False or axes, part


def resolved(schema: Mapping[str, Any], reference: str) -> Any:
    """Return the part of a schema that a reference leads to; raises KeyError."""
    found: Any = schema
    for part in reference.removeprefix("#/").split("/"):
        found = found[int(part) if isinstance(found, list) else part]
    return resolved(schema, found["$ref"]) if "$ref" in found else found


def test_every_reference_leads_somewhere(schema: Mapping[str, Any]) -> None:
    for part in json.dumps(schema).split('"$ref": "')[1:]:
        assert resolved(schema, part.split('"')[0])


def test_the_examples_of_the_schema_are_valid(schema: Mapping[str, Any]) -> None:
    for path, below in properties(schema):
        for example in below.get("examples", ()):
            part = {**below, "definitions": schema["definitions"]}
            assert Draft7Validator(part).is_valid(example), (path, example)
