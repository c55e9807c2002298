"""Changes to picks, one image at a time: nothing that somebody else has said gets lost on the way."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.picks import Pick, Picks, Verdict, picks_text
from gen4flow.core.picks_changes import Change, Changed, Opinion, changed
from gen4flow.core.picks_check import faults

PICK, REJECT = Verdict.PICK, Verdict.REJECT
A, B, C = "a" * 64, "b" * 64, "c" * 64
WANTED, UNWANTED = Opinion(verdict=PICK), Opinion(verdict=REJECT)


def pick(fingerprint: str, *keys: str, verdict: Verdict = PICK, stars: int | None = None, note: str = "") -> Pick:
    return Pick(fingerprint=fingerprint, keys=keys, verdict=verdict, stars=stars, note=note)


def file(*picks: Pick) -> Picks:
    return Picks(recipe="spring", manifest_sha256="0" * 64, picks=picks)


def change(fingerprint: str, *keys: str, was: Opinion | None = None, now: Opinion | None = None) -> Change:
    return Change(fingerprint=fingerprint, keys=keys, was=was, now=now)


def test_a_verdict_is_added_and_what_is_there_of_other_images_stays() -> None:
    done = changed(file(pick(B, "two", stars=3, note="soft")), [change(A, "one", now=WANTED)])
    assert done == Changed(picks=file(pick(A, "one"), pick(B, "two", stars=3, note="soft")))


def test_a_verdict_that_is_taken_back_leaves_nothing() -> None:
    done = changed(file(pick(A, "one", "other"), pick(B, "two")), [change(A, "one", was=WANTED)])
    assert done.picks == file(pick(B, "two"))


def test_a_new_verdict_holds_for_every_row_of_the_image_also_for_those_that_are_not_shown() -> None:
    done = changed(file(pick(A, "hidden")), [change(A, "one", was=WANTED, now=UNWANTED)])
    assert done.picks == file(pick(A, "hidden", "one", verdict=REJECT))


def test_what_somebody_else_has_said_of_the_same_image_is_not_overwritten() -> None:
    there = file(pick(A, "one", verdict=REJECT, note="mine"), pick(B, "two"))
    mine = change(A, "one", was=WANTED, now=Opinion(verdict=PICK, stars=5))
    done = changed(there, [mine, change(B, "two", was=WANTED)])
    assert done.refused == (mine,)
    assert done.picks == file(pick(A, "one", verdict=REJECT, note="mine"))


def test_the_same_change_may_come_twice() -> None:
    once = changed(file(), [change(A, "one", now=WANTED)])
    twice = changed(once.picks, [change(A, "one", now=WANTED)])
    assert (twice.picks, twice.refused) == (once.picks, ())


def test_a_row_that_shows_another_image_now_is_taken_from_an_older_verdict_against_it() -> None:
    there = file(pick(A, "one", "three", verdict=REJECT), pick(B, "one", note="agrees"))
    done = changed(there, [change(C, "one", now=WANTED)])
    assert done.displaced == ("one",)
    assert done.picks == file(pick(B, "one", note="agrees"), pick(C, "one"), pick(A, "three", verdict=REJECT))


def test_of_several_picks_of_one_image_the_last_one_counts() -> None:
    there = file(pick(A, "one", verdict=REJECT), pick(A, "two"))
    assert changed(there, [change(A, "one", was=UNWANTED, now=None)]).refused
    done = changed(there, [change(A, "one", was=WANTED, now=UNWANTED)])
    assert done.picks == file(pick(A, "one", "two", verdict=REJECT))


ROWS = ["one", "two", "three"]
OPINIONS = st.none() | st.builds(
    Opinion, verdict=st.sampled_from(Verdict), stars=st.none() | st.integers(1, 5), note=st.sampled_from(["", "n"])
)
CHANGES = st.lists(
    st.builds(
        Change,
        fingerprint=st.sampled_from([A, B, C]),
        keys=st.lists(st.sampled_from(ROWS), min_size=1, unique=True).map(tuple),
        was=OPINIONS,
        now=OPINIONS,
    ),
    max_size=8,
)


@given(CHANGES, CHANGES)
def test_whatever_is_changed_the_file_is_a_picks_file_and_the_images_not_changed_keep_their_verdict(
    first: Sequence[Change], then: Sequence[Change]
) -> None:
    before = changed(file(), first).picks
    done = changed(before, then)
    assert list(faults(json.loads(picks_text(done.picks)))) == []
    touched = {one.fingerprint for one in then if one not in done.refused}
    for kept in before.picks:
        if kept.fingerprint in touched:
            continue
        after = [one for one in done.picks.picks if one.fingerprint == kept.fingerprint]
        left = set(kept.keys) - {key for one in after for key in one.keys}
        assert left <= set(done.displaced)
        assert all((one.verdict, one.stars, one.note) == (kept.verdict, kept.stars, kept.note) for one in after)
