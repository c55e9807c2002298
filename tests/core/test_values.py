"""Values as text, and what identifies them."""

from __future__ import annotations

import pickle

import pytest

from gen4flow.core.values import Value, WrittenFloat, canonical_json, identity, is_scalar, scalar_text


@pytest.mark.parametrize(
    ("value", "text"),
    [("16:9", "16:9"), (7, "7"), (True, "true"), (False, "false"), (None, "null"), (WrittenFloat("1.50"), "1.50")],
)
def test_a_scalar_has_one_text_and_is_known_by_it(value: str | float | bool | None, text: str) -> None:
    assert scalar_text(value) == identity(value) == text


def test_a_float_keeps_its_digits_through_a_copy() -> None:
    copy = pickle.loads(pickle.dumps(WrittenFloat("1.50")))
    assert (copy, str(copy)) == (1.5, "1.50")


def test_a_mapping_is_known_by_its_id_or_by_its_content_never_by_its_order() -> None:
    assert identity({"id": "mug", "n": 1}) == identity({"n": 2, "id": "mug"}) == "mug"
    assert identity({"id": 7}) == "7"
    assert identity({"a": 1, "b": 2}) == identity({"b": 2, "a": 1}) == "43258cff"
    assert identity({"a": 1}) != identity({"a": "1"})


@pytest.mark.parametrize(
    ("value", "text"),
    [({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'), ("é\u2028", '"é\u2028"'), (1.0, "1.0")],
)
def test_a_value_has_one_json_text(value: Value, text: str) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_has_no_json_text(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json(number)


def test_null_and_collections_are_no_scalars() -> None:
    assert all(map(is_scalar, ["", 0, False, 1.5]))
    assert not any(map(is_scalar, [None, [], {}]))
