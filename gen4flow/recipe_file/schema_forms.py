"""Finds the form that was evidently meant where a schema offers several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from jsonschema.exceptions import ValidationError

from gen4flow.recipe_file.wording import close_to


def meant_errors(error: ValidationError) -> Sequence[ValidationError]:
    """Return the errors of the one alternative that a value was meant to be, none where that can't be told.

    Alternatives of another type are out. Of the others, the one whose own key is written goes first, then one
    whose key is nearly written.
    """
    forms: dict[int, list[ValidationError]] = defaultdict(list)
    for inner in error.context or ():
        forms[int(inner.relative_schema_path[0])].append(inner)
    possible = [errors for errors in forms.values() if not _is_other_type(errors, error)]
    if len(possible) == 1:
        return possible[0]
    for fits in (_has_its_key, _nearly_has_its_key):
        fitting = [errors for errors in possible if fits(errors, error)]
        if fitting:
            return min(fitting, key=len)
    return ()


def _at_value_itself(inner: ValidationError, error: ValidationError) -> bool:
    """Tell whether an alternative's error is about the value as a whole, not about a part of it."""
    return len(inner.absolute_path) == len(error.absolute_path)


def _is_other_type(errors: Sequence[ValidationError], error: ValidationError) -> bool:
    return any(inner.validator == "type" and _at_value_itself(inner, error) for inner in errors)


def _missing(errors: Sequence[ValidationError], error: ValidationError) -> list[str]:
    """Return the keys that an alternative requires of a value that has not all of them."""
    keys: list[str] = []
    for inner in errors:
        if inner.validator == "required" and _at_value_itself(inner, error):
            keys.extend(inner.validator_value)  # type: ignore[arg-type]  # a list of keys
    return keys


def _has_its_key(errors: Sequence[ValidationError], error: ValidationError) -> bool:
    return not _missing(errors, error)


def _nearly_has_its_key(errors: Sequence[ValidationError], error: ValidationError) -> bool:
    written = [str(key) for key in error.instance] if isinstance(error.instance, dict) else []
    return any(close_to(key, written) for key in _missing(errors, error))
