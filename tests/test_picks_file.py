"""Picks files, as somebody else may have written them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen4flow.core.errors import RecipeError
from gen4flow.core.picks import Pick, Picks, Verdict, picks_text
from gen4flow.core.problem import Problem
from gen4flow.picks_file import MAX_BYTES, MAX_PROBLEMS, read_picks

SHA = "0123456789abcdef" * 4
OTHER = "f" * 64
PICKS = Picks(
    recipe="spring",
    manifest_sha256=SHA,
    picks=(
        Pick(fingerprint=OTHER, keys=("main[a=1]", "main[a=2]"), verdict=Verdict.PICK, stars=4, note="é, “yes”"),
        Pick(fingerprint=SHA, keys=("main[a=3]",), verdict=Verdict.REJECT),
    ),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "picks.json"


def problems(file: Path, data: bytes | str | None = None) -> tuple[Problem, ...]:
    """Return the problems of a picks file, after it was written where there is something to write."""
    if data is not None:
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(RecipeError) as caught:
        read_picks(file)
    return caught.value.problems


def told(*items: dict[str, Any], **changed: Any) -> str:
    start = {"format": "gen4flow-picks/1", "recipe": "spring", "manifest_sha256": SHA, "picks": list(items), **changed}
    return json.dumps(start, indent=1)


def item(*keys: str, verdict: str = "pick", **changed: Any) -> dict[str, Any]:
    return {"fingerprint": OTHER, "keys": list(keys), "verdict": verdict, **changed}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_that_was_written_is_read(file: Path, mark: bytes) -> None:
    file.write_bytes(mark + picks_text(PICKS).encode())
    assert read_picks(file) == PICKS


def test_every_problem_is_told_at_once_with_its_line(file: Path) -> None:
    found = problems(file, told(item("a", stars=9), item("b", verdict="maybe", nota=""), recipe=7, extra=1))
    assert [(one.mark.line, one.mark.column, one.code) for one in found] == [
        (3, 2, "wrong-type"),
        (12, 4, "not-allowed"),
        (19, 4, "not-allowed"),
        (20, 4, "unknown-key"),
        (23, 2, "unknown-key"),
    ]
    assert {one.mark.file for one in found} == {str(file)}
    assert "picks[0].stars: must be a whole number from 1 to 5" in found[1].message
    assert found[3].message == "picks[1]: unknown key 'nota'"
    assert found[3].help == "did you mean note?"


def test_a_row_that_is_picked_and_rejected_is_told_with_both_places(file: Path) -> None:
    [found] = problems(file, told(item("a", "b"), item("b", verdict="reject")))
    assert (found.mark.line, found.mark.column) == (17, 5)
    assert found.message == f"picks[1].keys[0]: 'b' is rejected, and picked by picks[0] at {file}:10:5"


def test_a_key_that_is_missing_is_told_at_what_needs_it(file: Path) -> None:
    [found] = problems(file, '{"format": "gen4flow-picks/1", "recipe": "a",\n "picks": []}')
    assert (found.mark.line, found.code, found.message) == (1, "missing-key", "the file: needs the key manifest_sha256")


def test_a_key_that_is_there_twice_is_refused(file: Path) -> None:
    text = told(item("a")).replace('"verdict": "pick"', '"verdict": "reject",\n"verdict": "pick"')
    [found] = problems(file, text)
    assert (found.mark.line, found.code) == (11, "duplicate-key")
    assert found.message == "picks[0]: the key 'verdict' is there twice"


@pytest.mark.parametrize(
    ("data", "code", "line", "message"),
    [
        (b"", "data-syntax", 1, "not JSON"),
        (b"{\n 'a': 1}", "data-syntax", 2, "not JSON"),
        (b'{"a":\x00 1}', "data-syntax", 1, "not JSON"),
        (b"{}{}", "data-syntax", 1, "not JSON"),
        (b'{"a": NaN}', "data-syntax", 0, "NaN is no number"),
        (b"[" * 1_000_000, "data-syntax", 0, "nested too deeply"),
        (b'{"a":' * 1_000_000, "data-syntax", 0, "nested too deeply"),
        (b'{"a":\n"\xff"}', "data-encoding", 2, "not UTF-8"),
        ("{}".encode("utf-16"), "data-encoding", 1, "not UTF-8"),
        (b"[]", "wrong-type", 1, "must be an object"),
        (b"9" * 10_000, "wrong-type", 1, "must be an object"),
        (b"1e999999999", "wrong-type", 1, "must be an object"),
        (b" " * (MAX_BYTES + 1), "file-size", 0, "larger than 16 MiB"),
    ],
)
def test_a_file_that_holds_no_picks_is_refused(file: Path, data: bytes, code: str, line: int, message: str) -> None:
    [found] = problems(file, data)
    assert (found.code, found.mark.line) == (code, line)
    assert message in found.message


def test_what_is_no_regular_file_is_refused_and_never_waited_for(file: Path) -> None:
    assert [one.code for one in problems(file)] == ["file-missing"]
    assert [one.code for one in problems(file.parent)] == ["file-kind"]
    assert [one.code for one in problems(file / "\0")] == ["file-unreadable"]
    os.mkfifo(file)
    assert [one.code for one in problems(file)] == ["file-kind"]


def test_stars_of_ten_thousand_digits_are_no_stars(file: Path) -> None:
    [found] = problems(file, told(item("a", stars=5)).replace(": 5", ": " + "5" * 10_000))
    assert found.message.startswith("picks[0].stars: must be a whole number from 1 to 5")
    assert len(found.message) < 100


def test_a_file_of_nothing_but_problems_is_refused_in_a_moment(file: Path) -> None:
    started = time.process_time()
    text = told().replace('"picks": []', '"picks": [' + "1,\n" * 2_000_000 + '{"a": 1, "a": 2}]')
    assert len(problems(file, text)) == MAX_PROBLEMS
    assert time.process_time() - started < 10


def test_a_message_holds_nothing_that_a_terminal_acts_on(file: Path) -> None:
    text = told(
        item("\x1b[2J", "\u202e"), item("\x1b[2J", "\u202e", verdict="reject"), **{"\x1b": 1, "recipe": ["\x1b"]}
    )
    found = problems(file, text)
    assert len(found) == 4
    assert all(one.message.isprintable() for one in found)


@settings(max_examples=200)
@given(data=st.binary(max_size=30) | st.text(alphabet='{}[]",:\\ a1', max_size=30).map(str.encode))
def test_no_bytes_bring_more_than_a_list_of_problems(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    assert problems(tmp_path_factory.getbasetemp() / "any.json", data)
