"""Picks as values, as text, and what a document must hold to be some."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from gen4flow.core.json_places import KeyPath, marks_of, places, repeated
from gen4flow.core.picks import Pick, Picks, Verdict, picks_text
from gen4flow.core.picks_check import Fault, faults, picks_of
from gen4flow.resources import shipped

SHA = "0123456789abcdef" * 4
OTHER = "f" * 64
KEY = "main[scene=a pine forest,seed=7]"


def document(*items: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    told = {"format": "gen4flow-picks/1", "recipe": "spring", "manifest_sha256": SHA, "picks": list(items)}
    return {**told, **changed}


def item(**changed: Any) -> dict[str, Any]:
    return {"fingerprint": OTHER, "keys": [KEY], "verdict": "pick", **changed}


def schema() -> Draft7Validator:
    return Draft7Validator(json.loads((shipped("schemas") / "picks.schema.json").read_bytes()))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SHAS = st.text("0123456789abcdef", min_size=64, max_size=64)
KEYS = st.lists(TEXTS.filter(bool), min_size=1, max_size=4, unique=True)


@st.composite
def some_picks(draw: st.DrawFn) -> Picks:
    """Draw picks in which no row is both picked and rejected."""
    made = []
    for verdict, mark in ((Verdict.PICK, "+"), (Verdict.REJECT, "-")):
        for keys in draw(st.lists(KEYS, max_size=3)):
            made.append(
                Pick(
                    fingerprint=draw(SHAS),
                    keys=tuple(mark + key for key in keys),
                    verdict=verdict,
                    stars=draw(st.none() | st.integers(1, 5)),
                    note=draw(TEXTS),
                )
            )
    return Picks(recipe=draw(TEXTS), manifest_sha256=draw(SHAS), picks=tuple(draw(st.permutations(made))))


@given(some_picks())
def test_what_was_written_reads_as_the_same_values_and_is_what_the_schema_says(picks: Picks) -> None:
    told = json.loads(picks_text(picks))
    assert list(faults(told)) == []
    assert picks_of(told) == picks.ordered()
    assert schema().is_valid(told)


@given(some_picks(), st.data())
def test_the_text_does_not_depend_on_the_order_of_picks_and_keys(picks: Picks, data: st.DataObject) -> None:
    shuffled = [
        Pick(
            fingerprint=pick.fingerprint,
            keys=tuple(data.draw(st.permutations(pick.keys))),
            verdict=pick.verdict,
            stars=pick.stars,
            note=pick.note,
        )
        for pick in data.draw(st.permutations(picks.picks))
    ]
    again = Picks(recipe=picks.recipe, manifest_sha256=picks.manifest_sha256, picks=tuple(shuffled))
    assert picks_text(again) == picks_text(picks)


def test_the_text_has_a_line_for_each_field_and_ends_with_a_line_end() -> None:
    one = Pick(fingerprint=OTHER, keys=("main[b=é]", "main[a=1]"), verdict=Verdict.PICK, stars=4)
    two = Pick(fingerprint=SHA, keys=("main[a=0]",), verdict=Verdict.REJECT, note='"no"')
    assert picks_text(Picks(recipe="spring", manifest_sha256=SHA, picks=(one, two))).splitlines() == [
        "{",
        ' "format": "gen4flow-picks/1",',
        f' "manifest_sha256": "{SHA}",',
        ' "picks": [',
        "  {",
        f'   "fingerprint": "{SHA}",',
        '   "keys": [',
        '    "main[a=0]"',
        "   ],",
        '   "note": "\\"no\\"",',
        '   "stars": null,',
        '   "verdict": "reject"',
        "  },",
        "  {",
        f'   "fingerprint": "{OTHER}",',
        '   "keys": [',
        '    "main[a=1]",',
        '    "main[b=é]"',
        "   ],",
        '   "note": "",',
        '   "stars": 4,',
        '   "verdict": "pick"',
        "  }",
        " ],",
        ' "recipe": "spring"',
        "}",
    ]
    assert picks_text(Picks(recipe="spring", manifest_sha256=SHA)).endswith("}\n")


def test_half_a_character_in_a_note_never_makes_a_file_that_cannot_be_written() -> None:
    one = Pick(fingerprint=OTHER, keys=(KEY,), verdict=Verdict.PICK, note="a\ud800b")
    told = json.loads(picks_text(Picks(recipe="spring", manifest_sha256=SHA, picks=(one,))).encode())
    assert told["picks"][0]["note"] == "a?b"


def test_the_rows_that_are_picked_and_rejected_are_those_of_all_items() -> None:
    picks = picks_of(document(item(keys=["a", "b"]), item(keys=["b", "c"]), item(keys=["d"], verdict="reject")))
    assert picks.picked_keys == {"a", "b", "c"}
    assert picks.rejected_keys == {"d"}


def test_stars_and_note_may_be_absent() -> None:
    [pick] = picks_of(document(item())).picks
    assert (pick.stars, pick.note) == (None, "")
    assert list(faults(document(item(stars=None), item(stars=5, note="x")))) == []


WRONG: list[tuple[Any, KeyPath, str, str]] = [
    (None, (), "wrong-type", "must be an object with format, recipe, manifest_sha256, picks, not null"),
    ([], (), "wrong-type", "not a list"),
    ({}, (), "missing-key", "needs the key format"),
    (document(format="gen4flow-picks/2"), ("format",), "not-allowed", "must be 'gen4flow-picks/1', not"),
    (document(format=1), ("format",), "not-allowed", "not 1"),
    (document(recipe=None), ("recipe",), "wrong-type", "must be a text, not null"),
    (document(recipe="\udc00"), ("recipe",), "not-allowed", "half a surrogate pair"),
    (document(manifest_sha256=SHA[1:]), ("manifest_sha256",), "not-allowed", "64 hex digits"),
    (document(manifest_sha256=SHA.upper()), ("manifest_sha256",), "not-allowed", "64 hex digits"),
    (document(manifest_sha256=SHA + "\n"), ("manifest_sha256",), "not-allowed", "64 hex digits"),
    (document(picks={}), ("picks",), "wrong-type", "must be a list of picks, not an object"),
    (document(surprise=1), ("surprise",), "unknown-key", "unknown key 'surprise'"),
    (document("x"), ("picks", 0), "wrong-type", "must be an object with fingerprint"),  # type: ignore[arg-type]
    (document(item(), item(star=1)), ("picks", 1, "star"), "unknown-key", "unknown key 'star'"),
    (document(item(fingerprint=7)), ("picks", 0, "fingerprint"), "not-allowed", "not 7"),
    (document(item(verdict="maybe")), ("picks", 0, "verdict"), "not-allowed", "must be pick or reject, not 'maybe'"),
    (document(item(verdict=["pick"])), ("picks", 0, "verdict"), "not-allowed", "not a list"),
    (document(item(stars=0)), ("picks", 0, "stars"), "not-allowed", "a whole number from 1 to 5, or null, not 0"),
    (document(item(stars=6)), ("picks", 0, "stars"), "not-allowed", "not 6"),
    (document(item(stars=True)), ("picks", 0, "stars"), "not-allowed", "not true"),
    (document(item(stars=2.5)), ("picks", 0, "stars"), "not-allowed", "not 2.5"),
    (document(item(stars="5")), ("picks", 0, "stars"), "not-allowed", "not '5'"),
    (document(item(note=None)), ("picks", 0, "note"), "wrong-type", "must be a text, not null"),
    (document(item(keys=KEY)), ("picks", 0, "keys"), "wrong-type", "must be a list of keys"),
    (document(item(keys=[])), ("picks", 0, "keys"), "empty", "must not be empty"),
    (document(item(keys=[""])), ("picks", 0, "keys", 0), "empty", "must not be empty"),
    (document(item(keys=["a", 1])), ("picks", 0, "keys", 1), "wrong-type", "must be a text, not 1"),
    (document(item(keys=["a", "b", "a"])), ("picks", 0, "keys", 2), "duplicate-value", "'a' is there twice"),
]


@pytest.mark.parametrize(("told", "path", "code", "message"), WRONG)
def test_a_document_with_a_mistake_is_refused_at_its_place(told: Any, path: KeyPath, code: str, message: str) -> None:
    fault = next(faults(told))
    assert (fault.path, fault.code) == (path, code)
    assert message in fault.message
    if "\udc00" not in str(told.get("recipe") if isinstance(told, dict) else ""):  # the schema can't say that
        assert not schema().is_valid(told)


def test_every_mistake_is_told_at_once() -> None:
    found = list(faults({"recipe": 1, "extra": 2, "picks": [{"verdict": 3}, 4, item(stars=9)]}))
    assert sorted(fault.code for fault in found) == [
        *("missing-key",) * 4,
        *("not-allowed",) * 2,
        "unknown-key",
        *("wrong-type",) * 2,
    ]


def test_a_row_that_is_picked_and_rejected_is_refused_with_both_places() -> None:
    told = document(item(keys=["a", "b"]), item(keys=["c", "b"], verdict="reject", fingerprint=SHA), item(keys=["b"]))
    first, second = faults(told)
    place = ("picks", 0, "keys", 1)
    assert first == Fault(
        path=("picks", 1, "keys", 1),
        code="conflict",
        message="'b' is rejected, and picked by picks[0] at",
        help="keep one of them",
        other=place,
    )
    assert (second.path, second.other) == (("picks", 2, "keys", 0), ("picks", 1, "keys", 1))


def test_a_row_may_be_judged_twice_the_same_way() -> None:
    assert list(faults(document(item(), item(fingerprint=SHA)))) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
)


def walked(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    """Return the path of everything below a value, and its own."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path} | {found for name, one in below for found in walked(one, (*path, name))}


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_every_value_of_a_json_text_has_its_place(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert {path for path, _ in places(text, deepest=99)} == walked(value)
    assert list(repeated(text, deepest=99)) == []


def test_a_place_is_a_line_and_a_column_of_the_key_or_the_item() -> None:
    text = '{"a": [1,\n  {"b\\"": "}",\n "c": []}],\n"d": 2}'
    marks = marks_of(text, "x.json", {("a", 1, 'b"'), ("a", 1, "c"), ("d",), ("e",)})
    told = {path: (mark.line, mark.column) for path, mark in marks.items()}
    assert told == {
        (): (1, 1),
        ("a",): (1, 2),
        ("a", 1): (2, 3),
        ("a", 1, 'b"'): (2, 4),
        ("a", 1, "c"): (3, 2),
        ("d",): (4, 1),
    }


def test_a_key_that_is_there_twice_is_told_once_and_what_is_below_it_is_not() -> None:
    text = '{"a": [{"b": 1, "b": 2, "b": 3}], "c": [1, {"d": 1}], "c": [1, {"d": 1}]}'
    assert list(repeated(text, deepest=9)) == [("a", 0, "b"), ("c",)]
    assert list(repeated(text, deepest=2)) == [("c",)]
