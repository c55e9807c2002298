"""Which values an exclude or include item means."""

from __future__ import annotations

import pytest

from gen4flow.core.matching import axis_test, same
from gen4flow.core.recipe import AxisValue
from gen4flow.core.values import Value, WrittenFloat
from tests.core.making import mark


def matched(wanted: Value, domain: list[Value]) -> list[Value]:
    """Return the values of an axis that an item's value means."""
    values = [AxisValue.of(value, mark()) for value in domain]
    test = axis_test(wanted, values)
    return [value.value for value in values if test(value)]


MIXED: list[Value] = ["1", "true", "null", "a"]
FOX: Value = {"id": "fox", "kind": "animal", "legs": 4, "wild": True}
HEN: Value = {"id": "hen", "kind": "animal", "legs": 2, "wild": False}
OAK: Value = {"id": "oak", "kind": "tree"}
ZOO: list[Value] = [FOX, HEN, OAK]


@pytest.mark.parametrize(
    ("wanted", "domain", "expected"),
    [
        ("a", ["a", "b"], ["a"]),
        ("A", ["a", "b"], []),
        (1, MIXED, []),
        ("1", MIXED, ["1"]),
        (True, MIXED, []),
        ("true", MIXED, ["true"]),
        (None, MIXED, []),
        (1, [1, 2], [1]),
        ("1", [1, 2], []),
        (True, [1, 0], []),
        (1, [True, False], []),
        (0, [False], []),
        (True, [True, False], [True]),
        (1, [1.0], []),
        (1.0, [1], []),
        (1.5, [1.5, 2.5], [1.5]),
        (["a", "c"], ["a", "b", "c"], ["a", "c"]),
        ([], ["a"], []),
        (["a*", "c"], ["ab", "b", "c", "ac"], ["ab", "c", "ac"]),
        ("a*", ["ab", "b", "ac"], ["ab", "ac"]),
        ("A*", ["ab"], []),
        ("?", ["a", "bb"], ["a"]),
        ("[ab]x", ["ax", "bx", "cx"], ["ax", "bx"]),
        ("[!a]x", ["ax", "bx"], ["bx"]),
        ("*", ["a", 1, True], ["a"]),
        ("1*", [1, 10], []),
        # an exact match goes before a glob
        ("a*", ["a*", "ab"], ["a*"]),
        ("[ab]", ["[ab]", "a"], ["[ab]"]),
        (["a*", "b*"], ["a*", "ab", "bc"], ["a*", "bc"]),
        # partial mappings
        ({"kind": "animal"}, ZOO, [FOX, HEN]),
        ({"kind": "animal", "wild": True}, ZOO, [FOX]),
        ({"legs": 4}, ZOO, [FOX]),
        ({"legs": "4"}, ZOO, []),
        ({"wild": 1}, ZOO, []),
        ({"kind": ["tree", "rock"]}, ZOO, [OAK]),
        ({"kind": "a*"}, ZOO, [FOX, HEN]),
        ({"id": "*n"}, ZOO, [HEN]),
        ({"missing": "x"}, ZOO, []),
        ({}, ["a"], []),
        ([{"legs": 2}, {"kind": "tree"}], ZOO, [HEN, OAK]),
        ({"kind": "animal"}, ["animal"], []),
        # a mapping's identity
        ("fox", ZOO, [FOX]),
        ("*o*", ZOO, [FOX, OAK]),
        ("Fox", ZOO, []),
        (7, [{"id": 7}, {"id": "7"}], [{"id": 7}]),
        ("7", [{"id": "7"}], [{"id": "7"}]),
        ({"at": {"x": 1}}, [{"id": "p", "at": {"x": 1, "y": 2}}], [{"id": "p", "at": {"x": 1, "y": 2}}]),
    ],
)
def test_a_value_of_an_item_means_these_values(wanted: Value, domain: list[Value], expected: list[Value]) -> None:
    assert matched(wanted, domain) == expected


SCALARS: list[Value] = ["1", 1, 1.0, True, "true", None, "null", "", 0, False, "A", "a", 2.5]


@pytest.mark.parametrize("left", range(len(SCALARS)))
@pytest.mark.parametrize("right", range(len(SCALARS)))
def test_only_a_scalar_of_the_same_type_and_case_is_equal(left: int, right: int) -> None:
    assert same(SCALARS[left], SCALARS[right]) is (left == right)


def test_a_float_is_equal_to_itself_however_it_is_written() -> None:
    assert same(WrittenFloat("1.50"), 1.5)
