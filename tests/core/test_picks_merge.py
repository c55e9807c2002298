"""Two people's picks as one: nothing is lost, nothing is settled unasked, and order and repetition change nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.picks import Pick, Picks, Verdict, picks_text
from gen4flow.core.picks_check import faults
from gen4flow.core.picks_merge import Conflict, Preference, conflicts, merged

ONE, TWO = "1" * 64, "2" * 64
A, B, REJECT = Preference.A, Preference.B, Preference.REJECT
SWAPPED = {A: B, B: A, REJECT: REJECT}


def pick(*keys: str, of: str = ONE, stars: int | None = None, note: str = "") -> Pick:
    return Pick(fingerprint=of, keys=keys, verdict=Verdict.PICK, stars=stars, note=note)


def reject(*keys: str, of: str = ONE, stars: int | None = None, note: str = "") -> Pick:
    return Pick(fingerprint=of, keys=keys, verdict=Verdict.REJECT, stars=stars, note=note)


def picks(*those: Pick, seen: str = "a") -> Picks:
    return Picks(recipe="spring", manifest_sha256=seen * 64, picks=those)


NOTES = st.sampled_from(["", "x", "x!", "x\nfoo", "y", "y\nx", "a\n\nb", "b", "\n", "x\n"])


@st.composite
def some(draw: st.DrawFn) -> Picks:
    """Draw picks of few images and rows, so that two of them meet; no row is judged both ways."""
    verdicts = {key: draw(st.sampled_from(Verdict)) for key in "stuv"}
    those = []
    for _ in range(draw(st.integers(0, 4))):
        verdict = draw(st.sampled_from(Verdict))
        if keys := draw(st.lists(st.sampled_from("stuv"), unique=True)):
            keys = [key for key in keys if verdicts[key] is verdict]
        if keys:
            stars, note = draw(st.none() | st.integers(1, 5)), draw(NOTES)
            of = draw(st.sampled_from([ONE, TWO]))
            those.append(Pick(fingerprint=of, keys=tuple(keys), verdict=verdict, stars=stars, note=note))
    return picks(*those, seen=draw(st.sampled_from("ab")))


@given(some(), some(), st.sampled_from(Preference))
def test_it_does_not_matter_who_is_a(a: Picks, b: Picks, prefer: Preference) -> None:
    assert merged(a, b, prefer) == merged(b, a, SWAPPED[prefer])
    swapped = [Conflict(keys=one.keys, a=one.b, b=one.a) for one in conflicts(b, a)]
    assert sorted(conflicts(a, b), key=repr) == sorted(swapped, key=repr)


@given(some(), some(), st.sampled_from(Preference))
def test_what_is_merged_already_adds_nothing(a: Picks, b: Picks, prefer: Preference) -> None:
    both = merged(a, b, prefer)
    assert merged(both, both, REJECT) == both
    if not conflicts(a, b):
        assert merged(both, a, REJECT) == merged(both, b, REJECT) == both
    alone = merged(a, a, prefer)
    assert (alone.picked_keys, alone.rejected_keys) == (a.picked_keys, a.rejected_keys)
    assert conflicts(a, a) == []


@given(some(), some(), st.sampled_from(Preference))
def test_the_result_is_a_picks_file_that_is_valid_and_judges_every_row(a: Picks, b: Picks, prefer: Preference) -> None:
    both = merged(a, b, prefer)
    assert list(faults(json.loads(picks_text(both)))) == []
    assert both.picked_keys | both.rejected_keys == (
        a.picked_keys | a.rejected_keys | b.picked_keys | b.rejected_keys
    )  # fmt: skip


@given(some(), some())
def test_whose_verdict_holds_is_as_it_was_said(a: Picks, b: Picks) -> None:
    assert merged(a, b, REJECT).rejected_keys == a.rejected_keys | b.rejected_keys
    assert merged(a, b, A).picked_keys == a.picked_keys | (b.picked_keys - a.rejected_keys)
    assert merged(a, b, B).picked_keys == b.picked_keys | (a.picked_keys - b.rejected_keys)
    contested = (a.picked_keys & b.rejected_keys) | (a.rejected_keys & b.picked_keys)
    assert {key for one in conflicts(a, b) for key in one.keys} == contested


def test_what_both_say_of_an_image_is_united() -> None:
    a = picks(pick("story", stars=5, note="The hook catches the light."))
    b = picks(pick("reel", stars=3, note="Crop tighter."))
    [found] = merged(a, b, REJECT).picks
    assert found == pick("reel", "story", stars=3, note="Crop tighter.\nThe hook catches the light.")


@pytest.mark.parametrize(("one", "other", "both"), [(None, 4, 4), (None, None, None), (2, 5, 2), (3, 3, 3)])
def test_of_two_ratings_the_lower_one_holds(one: int | None, other: int | None, both: int | None) -> None:
    [found] = merged(picks(pick("s", stars=one)), picks(pick("s", stars=other)), REJECT).picks
    assert found.stars == both


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [("a", "a", "a"), ("a", "", "a"), ("b", "a", "a\nb"), ("a\nb", "b", "a\nb"), ("ab", "b", "ab\nb"), ("", "", "")],
)
def test_a_note_whose_lines_are_there_already_is_not_said_twice(one: str, other: str, both: str) -> None:
    [found] = merged(picks(pick("s", note=one)), picks(pick("s", note=other)), REJECT).picks
    assert sorted(found.note.split("\n")) == sorted(both.split("\n"))


def test_a_conflict_names_its_rows_once_for_each_pair_of_judgements() -> None:
    a = picks(pick("reel", "story", note="yes"))
    b = picks(reject("story", "reel", "feed", note="no"))
    [found] = conflicts(a, b)
    assert (found.keys, found.a.note, found.b.note) == (("reel", "story"), "yes", "no")


def test_a_row_is_contested_also_where_they_looked_at_two_versions_of_its_image() -> None:
    [found] = conflicts(picks(pick("s", of=ONE)), picks(reject("s", of=TWO)))
    assert (found.a.fingerprint, found.b.fingerprint) == (ONE, TWO)
    assert merged(picks(pick("s", of=ONE)), picks(pick("s", of=TWO)), REJECT).picks == (
        pick("s", of=ONE),
        pick("s", of=TWO),
    )


def test_one_image_may_be_picked_for_a_row_and_rejected_for_another() -> None:
    a, b = picks(pick("story")), picks(reject("reel"))
    assert conflicts(a, b) == []
    assert merged(a, b, REJECT).picks == (reject("reel"), pick("story"))


def test_what_is_not_contested_stays_of_an_image_that_is_contested_elsewhere() -> None:
    a, b = picks(pick("story", "reel")), picks(reject("reel", note="no"))
    assert merged(a, b, REJECT).picks == (reject("reel", note="no"), pick("story"))
    assert merged(a, b, A).picks == (pick("reel", "story"),)


def test_the_result_names_one_manifest_whoever_is_a() -> None:
    a, b = picks(seen="b"), picks(seen="a")
    assert merged(a, b, REJECT).manifest_sha256 == "a" * 64
