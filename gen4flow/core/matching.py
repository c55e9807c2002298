"""Which rows an exclude or include item means: items OR, keys AND, strict about types and case."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from gen4flow.core.recipe import AxisValue
from gen4flow.core.values import Value, is_scalar

Test: TypeAlias = Callable[[Value], bool]

MOST_LETTERS = 60  # of a value that is shown, or held against others
MOST_VALUES = 1_000  # that one is held against
FEW = 8  # values that are shown


def same(left: Value, right: Value) -> bool:
    """Tell whether two values are equal without any conversion: 1 is not true, "1" is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return isinstance(left, int) == isinstance(right, int) and left == right
    return type(left) is type(right) and left == right


def axis_test(wanted: Value, domain: Sequence[AxisValue]) -> Callable[[AxisValue], bool]:
    """Return the test of one axis: a literal, a list (any of), a glob on strings, or a partial mapping.

    A mapping's literal is its identity. `domain` holds the axis's values: an exact match goes before a glob.
    """
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        tests = [axis_test(one, domain) for one in wanted]
        return lambda value: any(test(value) for test in tests)
    test = _value_test(wanted, [_shown(value) for value in domain])
    if isinstance(wanted, Mapping):
        partial = _partial_test(wanted, [value.value for value in domain])
        return lambda value: partial(value.value)
    return lambda value: test(_shown(value))


def value_help(wanted: str, known: Sequence[str]) -> str:
    """Return what to write in place of a value that an axis has not: the nearest one, or some of those there are."""
    near = difflib.get_close_matches(wanted[:MOST_LETTERS], known[:MOST_VALUES], n=1)
    few = ", ".join(shown[:MOST_LETTERS] for shown in known[:FEW])
    return f"did you mean {near[0]}?" if near else f"it has {few}{', ...' if len(known) > FEW else ''}"


def _shown(value: AxisValue) -> Value:
    """Return what a literal is compared with: the scalar itself, or a mapping's identity, as it was written."""
    if not isinstance(value.value, Mapping):
        return value.value
    own = value.value.get("id")
    return own if is_scalar(own) else value.id


def _value_test(wanted: Value, domain: Sequence[Value]) -> Test:
    """Return the test of one value against a literal, or a glob where no value is the literal itself."""
    if isinstance(wanted, Mapping):
        return _partial_test(wanted, domain)
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        tests = [_value_test(one, domain) for one in wanted]
        return lambda value: any(test(value) for test in tests)
    if (
        isinstance(wanted, str)
        and any(sign in wanted for sign in "*?[")
        and not any(same(value, wanted) for value in domain)
    ):
        pattern = wanted
        return lambda value: isinstance(value, str) and fnmatch.fnmatchcase(value, pattern)
    return lambda value: same(value, wanted)


def _partial_test(wanted: Mapping[str, Value], domain: Sequence[Value]) -> Test:
    """Return the test that a mapping has every field of the wanted one, equal or matching."""
    tests = {
        field: _value_test(want, [value[field] for value in domain if isinstance(value, Mapping) and field in value])
        for field, want in wanted.items()
    }
    return lambda value: (
        isinstance(value, Mapping) and all(field in value and test(value[field]) for field, test in tests.items())
    )
