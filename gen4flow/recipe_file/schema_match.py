"""Tells whether a document meets the recipe's schema, and nothing of what is wrong with one that doesn't.

jsonschema is the judge, and what it finds is told. But importing it takes longer than planning a recipe, and most
recipes that are planned are good: what this says is met needs no judge. It knows the keywords that the schema uses,
means the same by them, and is not sure about everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gen4flow.core.problem import Problem
from gen4flow.recipe_file.document import Document

# what says nothing of a value; `doNotSuggest` is for yaml-language-server
_ANNOTATIONS = frozenset({"$schema", "title", "description", "default", "examples", "definitions", "doNotSuggest"})
_BESIDE_ANOTHER = frozenset({"then", "else"})  # heeded together with `if`


class _UnsureError(Exception):
    """The schema, or the value, has something that this does not know: jsonschema must say."""


def schema_problems(document: Document, schema: Mapping[str, Any]) -> list[Problem]:
    """Return everything that the schema doesn't allow; its judge is imported for a document that may have such."""
    if surely_meets(document.value, schema):
        return []
    from gen4flow.recipe_file import schema_check  # jsonschema: 80 ms of CPU

    return schema_check.schema_problems(document, schema)


def surely_meets(value: object, schema: Mapping[str, Any]) -> bool:
    """Tell whether a value surely meets a schema; False: it doesn't, or that can't be told here."""
    try:
        return _meets(value, schema, schema)
    except _UnsureError:
        return False


def _meets(value: Any, schema: Any, root: Mapping[str, Any]) -> bool:
    """Tell whether a value meets a part of the schema; raises _UnsureError."""
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:  # in draft 7, whatever stands beside it is not heeded
        return _meets(value, _resolved(schema["$ref"], root), root)
    for keyword, argument in schema.items():
        if keyword in _ANNOTATIONS or keyword in _BESIDE_ANOTHER:
            continue
        test = _KEYWORDS.get(keyword)
        if test is None:
            raise _UnsureError(keyword)
        if not test(value, argument, schema, root):
            return False
    return True


def _resolved(reference: str, root: Mapping[str, Any]) -> Any:
    """Return the part of the schema that a reference within it means."""
    first, *steps = reference.split("/")
    if first != "#" or any(sign in reference for sign in "~%"):
        raise _UnsureError(reference)
    found: Any = root
    for step in steps:
        found = found[int(step) if isinstance(found, list) else step]
    return found


def _is_type(value: Any, name: str) -> bool:
    """Tell whether a value has a type of JSON's; a whole number is one as YAML wrote it, so that 2.0 is none."""
    match name:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "null":
            return value is None
    raise _UnsureError(name)


def _type(value: Any, names: Any, *_: Any) -> bool:
    return any(_is_type(value, name) for name in ([names] if isinstance(names, str) else names))


def _enum(value: Any, words: Any, *_: Any) -> bool:
    if not all(word is None or isinstance(word, str) for word in words):
        raise _UnsureError("enum")
    return (value is None or isinstance(value, str)) and value in words


def _const(value: Any, wanted: Any, *_: Any) -> bool:
    if type(wanted) is not int or isinstance(value, float):
        raise _UnsureError("const")
    return type(value) is int and value == wanted


def _required(value: Any, keys: Any, *_: Any) -> bool:
    return not isinstance(value, dict) or all(key in value for key in keys)


def _properties(value: Any, schemas: Any, _: Any, root: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or all(
        _meets(value[name], schema, root) for name, schema in schemas.items() if name in value
    )


def _additional(value: Any, other: Any, schema: Any, root: Mapping[str, Any]) -> bool:
    known = schema.get("properties", ())
    return not isinstance(value, dict) or all(
        _meets(inner, other, root) for name, inner in value.items() if name not in known
    )


def _names(value: Any, names: Any, _: Any, root: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or all(_meets(name, names, root) for name in value)


def _items(value: Any, items: Any, _: Any, root: Mapping[str, Any]) -> bool:
    if not isinstance(items, dict):
        raise _UnsureError("items")
    return not isinstance(value, list) or all(_meets(item, items, root) for item in value)


def _unique(value: Any, wanted: Any, *_: Any) -> bool:
    if not isinstance(value, list) or not wanted:
        return True
    if not all(isinstance(item, str) for item in value):
        raise _UnsureError("uniqueItems")
    return len(set(value)) == len(value)


def _if(value: Any, condition: Any, schema: Any, root: Mapping[str, Any]) -> bool:
    return _meets(value, schema.get("then" if _meets(value, condition, root) else "else", True), root)


def _bound(kind: str, measure: Callable[[Any], Any], holds: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    """Return the test of a bound of values of one type, which says nothing of others."""
    return lambda value, bound, *_: not _is_type(value, kind) or holds(measure(value), bound)


def _at_least(measured: Any, bound: Any) -> bool:
    return bool(measured >= bound)


def _at_most(measured: Any, bound: Any) -> bool:
    return bool(measured <= bound)


# keyword -> its test of (value, the keyword's argument, the schema that it stands in, the whole schema)
_KEYWORDS: dict[str, Callable[..., bool]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": lambda value, pattern, *_: not isinstance(value, str) or re.search(pattern, value) is not None,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "uniqueItems": _unique,
    "allOf": lambda value, schemas, _, root: all(_meets(value, one, root) for one in schemas),
    "anyOf": lambda value, schemas, _, root: any(_meets(value, one, root) for one in schemas),
    "not": lambda value, schema, _, root: not _meets(value, schema, root),
    "if": _if,
    "minimum": _bound("number", lambda value: value, _at_least),
    "maximum": _bound("number", lambda value: value, _at_most),
    "minLength": _bound("string", len, _at_least),
    "maxLength": _bound("string", len, _at_most),
    "minItems": _bound("array", len, _at_least),
    "maxItems": _bound("array", len, _at_most),
    "minProperties": _bound("object", len, _at_least),
}
