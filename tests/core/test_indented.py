"""JSON with an indent is the same bytes as json.dumps makes, only sooner."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.indented import indented_json
from gen4flow.core.values import WrittenFloat

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(VALUES)
def test_it_is_the_text_that_json_dumps_makes(value: object) -> None:
    assert indented_json(value) == json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)


def test_numbers_are_told_as_json_tells_them_however_they_were_written() -> None:
    value = {"mood": (WrittenFloat("1.50"), 10**30, True), "none": [], "nothing": {}}
    assert indented_json(value) == json.dumps(value, sort_keys=True, indent=1)


def test_what_json_has_no_number_for_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        indented_json({"a": [float("nan")]})
