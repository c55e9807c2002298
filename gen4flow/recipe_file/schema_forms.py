"""Finds the form that was evidently meant where a schema offers several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from jsonschema.exceptions import ValidationError

from gen4flow.recipe_file.wording import close_to

MAX_KEYS = 100  # of a value that is held against several forms


def meant_errors(error: ValidationError) -> Sequence[ValidationError]:
    """Return the errors of the one alternative that a value was meant to be, none where that can't be told.

    Alternatives of another type are out, and null, which only deletes. Of the others, the one whose own key is
    written goes first, then one whose key is nearly written; of several, the one that knows most of what is written.
    """
    forms: dict[int, list[ValidationError]] = defaultdict(list)
    for inner in error.context or ():
        forms[int(inner.relative_schema_path[0])].append(inner)
    meant = [errors for errors in forms.values() if not _is_null(errors, error)]
    if len(meant) == 1:
        return meant[0]
    possible = [errors for errors in meant if not _is_other_type(errors, error)]
    if len(possible) == 1:
        return possible[0]
    for fits in (_has_its_key, _nearly_has_its_key):
        fitting = [errors for errors in possible if fits(errors, error)]
        if fitting:
            return min(fitting, key=lambda errors: (_strange(errors, error), len(errors)))
    return ()


def _at_value_itself(inner: ValidationError, error: ValidationError) -> bool:
    """Tell whether an alternative's error is about the value as a whole, not about a part of it."""
    return len(inner.absolute_path) == len(error.absolute_path)


def _is_null(errors: Sequence[ValidationError], error: ValidationError) -> bool:
    """Tell whether an alternative is null and nothing else."""
    return any(inner.validator_value == "null" and _at_value_itself(inner, error) for inner in errors)


def _is_other_type(errors: Sequence[ValidationError], error: ValidationError) -> bool:
    return any(inner.validator == "type" and _at_value_itself(inner, error) for inner in errors)


def _missing(errors: Sequence[ValidationError], error: ValidationError) -> list[str]:
    """Return the keys that an alternative requires of a value that has not all of them."""
    keys: list[str] = []
    for inner in errors:
        if inner.validator == "required" and _at_value_itself(inner, error):
            keys.extend(inner.validator_value)  # type: ignore[arg-type]  # a list of keys
    return keys


def _strange(errors: Sequence[ValidationError], error: ValidationError) -> tuple[int, int]:
    """Return how many of the keys that are written an alternative has nothing like, and how many it has not."""
    for inner in errors:
        if inner.validator == "additionalProperties" and _at_value_itself(inner, error):
            known = list(inner.schema["properties"])  # type: ignore[index]  # additionalProperties stands beside it
            unknown = [key for key in _written(error) if key not in known]
            return sum(close_to(key, known) is None for key in unknown), len(unknown)
    return 0, 0


def _has_its_key(errors: Sequence[ValidationError], error: ValidationError) -> bool:
    return not _missing(errors, error)


def _nearly_has_its_key(errors: Sequence[ValidationError], error: ValidationError) -> bool:
    return any(close_to(key, _written(error)) for key in _missing(errors, error))


def _written(error: ValidationError) -> list[str]:
    """Return the keys of the value that an error is about: the first ones, since nobody means hundreds."""
    return [str(key) for key in islice(error.instance, MAX_KEYS)] if isinstance(error.instance, dict) else []
