"""Checks a document against the recipe's schema and says what is wrong in a person's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from gen4flow.core.problem import Problem
from gen4flow.core.sizes import ASPECT_RATIOS, other_ratio_help
from gen4flow.recipe_file.document import Document, KeyPath
from gen4flow.recipe_file.remedies import comma_help, form_help, name_help, type_help
from gen4flow.recipe_file.schema_forms import meant_errors
from gen4flow.recipe_file.wording import did_you_mean, kind, listed, place_name, shown

MAX_PROBLEMS = 1_000  # a document with more is not a recipe with mistakes but something else


def _is_whole(_checker: object, value: object) -> bool:
    """Tell whether a value is a whole number as YAML wrote it: `2.0` is none, though JSON Schema says so."""
    return isinstance(value, int) and not isinstance(value, bool)


def _items(validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Yield a list's first faults: the validator would collect those of a hundred thousand items."""
    yield from islice(Draft7Validator.VALIDATORS["items"](validator, items, instance, schema), MAX_PROBLEMS)


_TYPES = Draft7Validator.TYPE_CHECKER.redefine("integer", _is_whole)
_Validator: type[Draft7Validator] = extend(Draft7Validator, {"items": _items}, type_checker=_TYPES)  # type: ignore[no-untyped-call]


def schema_problems(document: Document, schema: Mapping[str, Any]) -> list[Problem]:
    """Return everything in the document that the schema doesn't allow."""
    errors = _Validator(schema).iter_errors(document.value)
    return list(islice((problem for error in errors for problem in _problems(error, document)), MAX_PROBLEMS))


def _problems(error: ValidationError, document: Document) -> Iterator[Problem]:
    """Yield what one error of the validator means, following alternatives to the form that was meant."""
    if error.validator == "anyOf":
        meant = meant_errors(error)
        if meant:
            yield from (problem for inner in meant for problem in _problems(inner, document))
            return
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_name(error, document)
        return
    yield from _WORDINGS.get(str(error.validator), _not_allowed)(error, document)


def _path(error: ValidationError) -> KeyPath:
    return tuple(error.absolute_path)


def _at_value(error: ValidationError, document: Document, code: str, message: str, remedy: str = "") -> Problem:
    """Return a problem with the value that an error is about; the message follows the value's name."""
    path = _path(error)
    return Problem(mark=document.mark(path), code=code, message=f"{place_name(path)} {message}", help=remedy)


def _expected(error: ValidationError) -> str:
    """Return what the schema expects, by its title, else by its types."""
    schema: Mapping[str, Any] = error.schema  # type: ignore[assignment]  # a schema that failed is no boolean
    return str(schema.get("title") or schema.get("type") or "something else")


def _bad_name(error: ValidationError, document: Document) -> Problem:
    """Return the problem of a key that can't be a name."""
    name = str(error.instance)
    if error.validator == "not":
        message, remedy = (
            f"{shown(name)} is a word that recipes and templates use already",
            "choose another name",
        )
    else:
        message, remedy = f"{shown(name)} can't be a name here", f"use {_expected(error)}"
    return Problem(mark=document.key_mark((*_path(error), name)), code="not-allowed", message=message, help=remedy)


def _unknown_keys(error: ValidationError, document: Document) -> Iterator[Problem]:
    known = list(error.schema["properties"])  # type: ignore[index]  # additionalProperties stands beside it
    where = place_name(_path(error))
    written: Mapping[str, Any] = error.instance  # type: ignore[assignment]  # the keyword is about mappings
    for key in written:
        if key not in known:
            yield Problem(
                mark=document.key_mark((*_path(error), key)),
                code="unknown-key",
                message=f"unknown key {shown(key)} in {where}",
                help=did_you_mean(key, known) or comma_help(key, written) or f"known here: {listed(known)}",
            )


def _missing_key(error: ValidationError, document: Document) -> Iterator[Problem]:
    for key in error.validator_value:  # type: ignore[union-attr]  # a list of keys
        if f"{key!r} is a required" in error.message:
            value = error.schema.get("properties", {}).get(key, {}).get("const", "...")  # type: ignore[union-attr]  # it failed
            yield _at_value(error, document, "missing-key", f"needs the key {key}", f"add {key}: {value}")


def _wrong_type(error: ValidationError, document: Document) -> Iterator[Problem]:
    message = f"must be {_expected(error)}, not {kind(error.instance)}"
    wanted = error.validator_value
    types = set(wanted) - {"null"} if isinstance(wanted, list) else {str(wanted)}  # null deletes, and is never meant
    schema: Mapping[str, Any] = error.schema  # type: ignore[assignment]  # a schema that failed is no boolean
    words = schema.get("enum") or [schema[word] for word in ("const",) if word in schema]
    remedy = f"write {' or '.join(map(str, words))}" if words else type_help(error.instance, types, schema)
    yield _at_value(error, document, "wrong-type", message, remedy)


def _alternatives(error: ValidationError, document: Document) -> Iterator[Problem]:
    """Yield the problem of a value that is none of several forms."""
    expected = _expected(error)
    message = f"must be {expected}, not {kind(error.instance)}"
    yield _at_value(error, document, "wrong-type", message, form_help(error.instance, _path(error), expected))


def _wrong_word(error: ValidationError, document: Document) -> Iterator[Problem]:
    kind_wanted = error.schema.get("type")  # type: ignore[union-attr]  # a schema that failed is no boolean
    if kind_wanted and not _TYPES.is_type(error.instance, kind_wanted):
        return  # its type is complained about already
    allowed = error.validator_value if error.validator == "enum" else [error.validator_value]
    words = [str(word) for word in allowed]  # type: ignore[union-attr]  # a list either way
    shapes = set(words) >= set(ASPECT_RATIOS)
    near = (shapes and other_ratio_help(str(error.instance))) or did_you_mean(str(error.instance), words)
    remedy = f"{near} allowed: {listed(words)}".strip()
    yield _at_value(error, document, "not-allowed", f"can't be {shown(error.instance)}", remedy)


def _out_of_range(error: ValidationError, document: Document) -> Iterator[Problem]:
    bound = "at least" if error.validator == "minimum" else "at most"
    message = f"must be {bound} {error.validator_value}, not {shown(error.instance)}"
    yield _at_value(error, document, "not-allowed", message, f"write {_expected(error)}, or remove the key")


def _empty(error: ValidationError, document: Document) -> Iterator[Problem]:
    yield _at_value(error, document, "empty", "must not be empty", f"write {_expected(error)}, or remove the key")


def _not_allowed(error: ValidationError, document: Document) -> Iterator[Problem]:
    message = f"can't be {shown(error.instance)}"
    pattern = str(error.validator_value)
    near = name_help(error.instance, pattern) if pattern.startswith("^[a-z0-9]") else ""
    yield _at_value(error, document, "not-allowed", message, near or f"write {_expected(error)}")


# the schema's keyword -> how its failure is said
_WORDINGS: dict[str, Callable[[ValidationError, Document], Iterable[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_key,
    "type": _wrong_type,
    "anyOf": _alternatives,
    "enum": _wrong_word,
    "const": _wrong_word,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minItems": _empty,
    "minProperties": _empty,
    "minLength": _empty,
}
