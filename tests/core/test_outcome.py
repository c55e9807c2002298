"""The exit code that says how a run ended: the first that holds of 130/143, 1, 4, 7, 3, 6, 0."""

from __future__ import annotations

import itertools

import pytest

from gen4flow.core.outcome import Ending, Outcome

E = Ending
CODES: list[tuple[int, dict[str, object]]] = [
    (130, {"endings": ((E.INTERRUPTED, ""),)}),
    (143, {"endings": ((E.TERMINATED, ""),)}),
    (1, {"endings": ((E.BROKEN, ""),)}),
    (4, {"endings": ((E.DENIED, ""),)}),
    (7, {"endings": ((E.LOST, ""),)}),
    (7, {"unknown": 1}),
    (3, {"endings": ((E.CAPPED, ""),)}),
    (3, {"held": 2}),
    (6, {"endings": ((E.FAILURES, ""),)}),
    (6, {"failed": 1}),
    (6, {"unfetched": 1}),
]
ORDER = [130, 143, 1, 4, 7, 3, 6]


def outcome(*parts: dict[str, object]) -> Outcome:
    """Return an outcome of several troubles at once."""
    endings: tuple[tuple[Ending, str], ...] = ()
    rest: dict[str, object] = {}
    for part in parts:
        told = part.get("endings", ())
        assert isinstance(told, tuple)
        endings += told
        rest |= {name: value for name, value in part.items() if name != "endings"}
    return Outcome(endings=endings, **rest)  # type: ignore[arg-type]


def test_all_well_is_0() -> None:
    assert Outcome().exit_code == 0


@pytest.mark.parametrize(("code", "trouble"), CODES)
def test_each_trouble_has_its_code(code: int, trouble: dict[str, object]) -> None:
    assert outcome(trouble).exit_code == code


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(range(len(CODES)), 2)))
def test_of_two_troubles_the_first_in_order_gives_the_code(one: int, other: int) -> None:
    (code, trouble), (code2, trouble2) = CODES[one], CODES[other]
    if {code, code2} == {130, 143}:
        return
    assert outcome(trouble, trouble2).exit_code == min(code, code2, key=ORDER.index)
    assert outcome(trouble2, trouble).exit_code == min(code, code2, key=ORDER.index)
