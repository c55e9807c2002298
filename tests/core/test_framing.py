"""Framing: the largest part of a shape, its focus in view, never outside the picture, in whole pixels."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.deliverable import Deliverable, Placement, read_deliver
from gen4flow.core.framing import framing, large_enough
from gen4flow.core.problem import Problem
from tests.core.making import mark, rule


def wish(**facts: Any) -> Deliverable:
    """Return a deliverable with these facts."""
    return Deliverable(name="x", mark=mark(), **facts)


@pytest.mark.parametrize(
    ("picture", "facts", "box", "size"),
    [
        ((1080, 1440), {"crop": Fraction(4, 5)}, (0, 45, 1080, 1395), (1080, 1350)),
        ((1080, 1440), {"crop": Fraction(4, 5), "focus": (0.5, 0.0)}, (0, 0, 1080, 1350), (1080, 1350)),
        ((1080, 1440), {"crop": Fraction(4, 5), "focus": (0.5, 1.0)}, (0, 90, 1080, 1440), (1080, 1350)),
        ((1080, 1440), {"width": 540, "height": 675}, (0, 45, 1080, 1395), (540, 675)),
        ((1920, 1080), {"crop": Fraction("1.91")}, (0, 38, 1920, 1043), (1920, 1005)),
        ((1920, 1080), {"crop": Fraction(2, 3)}, (600, 0, 1320, 1080), (720, 1080)),
        ((1920, 1080), {"crop": Fraction(1), "focus": (0.9, 0.5)}, (840, 0, 1920, 1080), (1080, 1080)),
        ((1920, 1080), {"crop": Fraction(1), "focus": (0.4, 0.5)}, (228, 0, 1308, 1080), (1080, 1080)),
        ((1440, 1080), {"width": 1200}, (0, 0, 1440, 1080), (1200, 900)),
        ((1440, 1080), {"height": 540}, (0, 0, 1440, 1080), (720, 540)),
        ((1440, 1080), {"width": 1080, "crop": Fraction(1)}, (180, 0, 1260, 1080), (1080, 1080)),
        ((1440, 1080), {}, (0, 0, 1440, 1080), (1440, 1080)),
    ],
)
def test_the_largest_part_of_the_shape_is_taken_around_the_focus(
    picture: tuple[int, int], facts: dict[str, Any], box: tuple[int, ...], size: tuple[int, int]
) -> None:
    found = framing(picture, wish(**facts))
    assert (found.box, found.size, found.enlarges) == (box, size, False)


SIDES = st.integers(1, 3_000)
PARTS = st.floats(0, 1)


@given(picture=st.tuples(SIDES, SIDES), ratio=st.tuples(SIDES, SIDES), focus=st.tuples(PARTS, PARTS))
def test_a_part_lies_within_the_picture_touches_two_edges_and_holds_its_focus(
    picture: tuple[int, int], ratio: tuple[int, int], focus: tuple[float, float]
) -> None:
    found = framing(picture, wish(crop=Fraction(*ratio), focus=focus))
    left, top, right, bottom = found.box
    assert 0 <= left < right <= picture[0]
    assert 0 <= top < bottom <= picture[1]
    assert found.taken[0] == picture[0] or found.taken[1] == picture[1]
    assert found.taken == found.size
    assert left - 1 <= focus[0] * picture[0] <= right + 1
    assert top - 1 <= focus[1] * picture[1] <= bottom + 1


def test_what_would_be_enlarged_is_noticed_and_what_is_large_enough_is_known() -> None:
    pin = wish(width=1000, height=1500)
    assert framing((1080, 1440), pin).enlarges
    assert not framing((1080, 1920), pin).enlarges
    assert large_enough(pin) == ["9:16 at 1080p"]
    everything = large_enough(wish(width=700))
    assert (len(everything), everything[0]) == (10, "1:1 at 720p")


STORY = Placement(name="story", width=1080, height=1920, formats=("image/jpeg", "image/png"), source="x", max_bytes=500)


def read(**values: Any) -> Deliverable | list[Problem]:
    return read_deliver(rule(values), {"story": STORY})


def test_a_placement_brings_its_size_format_and_limit_and_an_item_may_say_more() -> None:
    made = read(placement="story", focus="top", quality=70)
    assert isinstance(made, Deliverable)
    assert (made.name, made.width, made.height, made.media_type) == ("story", 1080, 1920, "image/jpeg")
    assert (made.max_bytes, made.focus, made.quality) == (500, (0.5, 0.0), 70)
    tighter, looser = read(placement="story", max_bytes=400), read(placement="story", max_bytes=600, name="s")
    assert isinstance(tighter, Deliverable)
    assert isinstance(looser, Deliverable)
    assert (tighter.max_bytes, looser.max_bytes, looser.name) == (400, 500, "s")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"width": 3}, "needs the key placement or name"),
        ({"placement": "stroy"}, "'stroy' is no placement that is known"),
        ({"placement": "story", "format": "webp"}, "story takes jpeg, png, and no webp"),
        ({"name": "a", "width": 1, "height": 1, "crop": "1:1"}, "a width and a height, which are its shape already"),
        ({"name": "a", "format": "png", "quality": 3}, "a PNG keeps every pixel"),
    ],
)
def test_what_contradicts_itself_or_the_placement_is_a_problem(values: dict[str, Any], told: str) -> None:
    problems = read(**values)
    assert isinstance(problems, list)
    assert told in problems[0].message


def test_what_a_file_is_called_is_no_part_of_how_it_is_made() -> None:
    first, second = wish(width=10), Deliverable(name="y", mark=mark(9), width=10, upscale=True)
    assert first.facts() == second.facts()
    assert first.facts() != wish(width=11).facts()
