"""What rows are written as, made once for many of them: it is what each row by itself is written as."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen4flow.core import row_texts
from gen4flow.core.file_names import usual_name
from gen4flow.core.naming import safe_path
from gen4flow.core.row_texts import Beginning, Ending, RowTexts, endings, key_part, line_part, name_part
from tests.core.making import list_axis, matrix, rows_of
from tests.core.test_quick_forms import TEXTS

IDENTITIES = TEXTS | st.sampled_from(["%s", "100 %", "%%", "a/b", "a,b"]) | st.integers(0, 9)
# each dimension as the numbers of its axes and values
DIMENSIONS = st.lists(st.tuples(st.integers(1, 2), st.integers(1, 5)), min_size=1, max_size=4)


@settings(max_examples=200)
@given(data=st.data(), dimensions=DIMENSIONS)
def test_what_is_made_for_many_rows_is_what_each_row_is_written_as(
    data: st.DataObject, dimensions: list[tuple[int, int]]
) -> None:
    names = iter(data.draw(st.lists(st.text("abcxyz%s", min_size=1), min_size=8, max_size=8, unique=True)))
    axes = [
        tuple(
            list_axis(next(names), data.draw(st.lists(IDENTITIES, min_size=count, max_size=count, unique_by=str)))
            for _ in range(linked)
        )
        for linked, count in dimensions
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_texts, "FEW", data.draw(st.sampled_from([2, 8, 64])))
        found = rows_of(matrix(axes)).found
    assert len(found) == math.prod(count for _, count in dimensions)
    assert all(row.texts is not None for row in found) == (len(found) > 1)
    for row in found:
        if row.texts is not None:
            told = (key_part(row.axes), name_part(row.axes), line_part(row.axes))
            assert row.texts == RowTexts(*told, safe=row.texts.safe)
            for take in (None, 10_000_000):
                usual = usual_name(row.texts.name, take, "0123abcd" * 8)
                assert safe_path(usual) == usual or not row.texts.safe


@pytest.mark.parametrize(
    ("first", "second", "safe"),
    [
        ("mug", "1x1", True),
        ("blue mug no. 1", "low light", True),
        ("con", "x", False),
        ("LPT1", "x", False),
        ("a/b", "x", False),
        ("mug", "a:b", False),
        (" mug", "x", False),
        (".mug", "x", False),
        ("m\u00fcg", "x", False),
        ("mug", "\u200b", False),
        ("m" * 59, "x" * 60, True),
        ("m" * 60, "x", False),
        ("m", "x" * 61, False),
    ],
)
def test_a_name_is_known_to_be_safe_by_its_two_halves(first: str, second: str, safe: bool) -> None:
    beginning = Beginning({"a": list_axis("a", [first]).values[0]}, ["b"])
    texts = beginning.texts(Ending.of({"b": list_axis("b", [second]).values[0]}))
    usual = usual_name(texts.name, None, "0123abcd" * 8)
    assert texts.safe == safe
    assert safe_path(usual) == usual or not safe


@pytest.mark.parametrize(
    ("counts", "first", "length"),
    [
        ((2, 3), 0, 6),
        ((5, 64), 1, 64),
        ((5, 63), 0, 315),
        ((9, 4, 16), 1, 64),
        ((3, 5_000), 2, 0),
        ((5_000, 2), 1, 2),
        ((1, 1), 0, 0),
        ((), 0, 0),
    ],
)
def test_endings_are_some_and_never_too_many(counts: Sequence[int], first: int, length: int) -> None:
    axes = [list_axis(f"a{at}", list(range(count))) for at, count in enumerate(counts)]
    found = endings([[axis.name] for axis in axes], [[(value,) for value in axis.values] for axis in axes])
    assert (found[0], len(found[1])) == (first, length)
