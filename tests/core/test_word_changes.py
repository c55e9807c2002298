"""How a prompt has changed, word by word."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.word_changes import word_changes

WORDS = st.lists(st.sampled_from(["a", "b", "c", "red", "cup"]), max_size=12)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a red cup", "a blue cup", "a [-red-] {+blue+} cup"),
        ("a cup", "a small red cup", "a {+small red+} cup"),
        ("a small red cup", "a cup", "a [-small red-] cup"),
        ("", "a cup", "{+a cup+}"),
        ("a cup", "", "[-a cup-]"),
        ("a  cup\n", "a cup", "only its spaces and line ends"),
        ("1 2 3 4 5 6 x 7 8 9 0 1 2", "1 2 3 4 5 6 y 7 8 9 0 1 2", "… 3 4 5 6 [-x-] {+y+} 7 8 9 0 …"),
        ("x 1 2 3 4 5 6 7 8 9 0 x", "y 1 2 3 4 5 6 7 8 9 0 y", "[-x-] {+y+} 1 2 3 4 … 7 8 9 0 [-x-] {+y+}"),
        ("x 1 2 x", "y 1 2 y", "[-x-] {+y+} 1 2 [-x-] {+y+}"),
    ],
)
def test_the_words_that_changed_are_marked_among_their_neighbours(before: str, after: str, shown: str) -> None:
    assert word_changes(before, after) == shown


@given(WORDS, WORDS)
def test_every_word_that_came_or_went_is_told(one: list[str], other: list[str]) -> None:
    shown = word_changes(" ".join(one), " ".join(other))
    for word in set(one) ^ set(other):
        assert word in shown


def test_a_text_of_a_stranger_takes_no_time() -> None:
    one, other = " ".join(["a", "b"] * 100_000), " ".join(["b", "c"] * 100_000)
    started = time.process_time()
    word_changes(one, other)
    assert time.process_time() - started < 5
