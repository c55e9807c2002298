"""What is printed of text that anybody may have written does nothing to a terminal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.inert import inert, inert_json

TEXTS = st.text(st.characters() | st.sampled_from("\x1b\x07\x7f\x9b\r\n\u2028\u202e\u2066\ud800"))
JSON = st.recursive(TEXTS | st.integers() | st.none(), lambda one: st.lists(one) | st.dictionaries(TEXTS, one))


@given(TEXTS)
def test_a_text_is_printable_and_as_long_as_it_was(text: str) -> None:
    shown = inert(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
    assert shown.encode().decode() == shown


@pytest.mark.parametrize("text", ["a coffee mug", "Göteborg, 東京 and 🦊", "main[seed=7]", ""])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@given(JSON)
def test_json_reads_back_as_the_same_value_and_is_printable_line_by_line(value: object) -> None:
    text = inert_json(value)
    assert json.loads(text) == value
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.encode().decode() == text
