"""Which jobs a selector means, and what it says when it means none."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.errors import UsageError
from gen4flow.core.job import key_of
from gen4flow.core.purchase import Status
from gen4flow.core.selecting import Selectable, read_selector, select


def item(
    coordinates: Mapping[str, str],
    *,
    step: str = "main",
    status: str = "planned",
    tags: Mapping[str, str] | None = None,
) -> Selectable:
    key = key_of(step, coordinates)
    return Selectable(key=key, step=step, coordinates=coordinates, tags=tags or {}, status=status)


A7 = item({"scene": "a forest", "seed": "7"}, status="failed", tags={"sku": "mug-1"})
A8 = item({"scene": "a forest", "seed": "8"}, status="succeeded", tags={"sku": "mug-2"})
B7 = item({"scene": "red, green", "seed": "7"}, status="unknown", tags={"sku": "cup,1", "set": ""})
STAR = item({"scene": "a*", "seed": "9", "mood": ""})
HERO = item({"hero.seed": "1", "scene": "[b]"}, step="hero", status="held")
ODD = item({"a": "x]", "b": "y"})
PLAN = (A7, A8, B7, STAR, HERO, ODD)


def selected(*texts: str, plan: Sequence[Selectable] = PLAN) -> list[str]:
    return select([read_selector(text) for text in texts], plan)


def refusal(*texts: str, plan: Sequence[Selectable] = PLAN) -> str:
    with pytest.raises(UsageError) as caught:
        selected(*texts, plan=plan)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seed=7", [A7, B7]),
        ("seed=[78]", [A7, A8, B7]),
        ("seed=?", [A7, A8, B7, STAR]),
        ("scene=a forest", [A7, A8]),
        ("scene=*forest", [A7, A8]),
        ("scene=a ??????", [A7, A8]),
        ("scene=*", [A7, A8, B7, STAR, HERO]),
        ("mood=", [STAR]),
        ('scene="red, green"', [B7]),
        ('scene="red,*"', [B7]),
        ('scene="red\\u002c green",seed=7', [B7]),
        # an exact match goes before a glob
        ("scene=a*", [STAR]),
        ("scene=a[*]", [STAR]),
        ("scene=[b]", [HERO]),
        # and
        ("seed=7,scene=a*t", [A7]),
        ("seed=7, scene=a*t", [A7]),
        ("hero.seed=1", [HERO]),
        ("step:main", [A7, A8, B7, STAR, ODD]),
        ("step:hero,scene=*", [HERO]),
        ("state:failed", [A7]),
        ("state:failed|unknown", [A7, B7]),
        ("state:failed|skipped", [A7]),
        ("tag:sku=mug-*", [A7, A8]),
        ("tag:sku=mug-?,state:failed", [A7]),
        ('tag:sku="cup,1"', [B7]),
        ("tag:set=", [B7]),
        # keys
        ("main[scene=a forest,seed=7]", [A7]),
        ("main[seed=7,scene=a forest]", [A7]),
        ('main[scene="a forest",seed=7]', [A7]),
        ("main[scene=a forest,seed=7],state:failed", [A7]),
        ("main[scene=a forest,seed=7],seed=7", [A7]),
        ("main[scene=a forest,seed=7],sample:1", [A7]),
        ('main[scene="red, green",seed=7]', [B7]),
        ('main[scene="red, green",seed=7],tag:set=', [B7]),
        ("main[mood=,scene=a*,seed=9]", [STAR]),
        ("hero[hero.seed=1,scene=[b]]", [HERO]),
        ("hero[hero.seed=1,scene=[b]],step:hero", [HERO]),
        # a bracket before a comma may end a key or an id: the key is as long as its coordinates reach
        ("main[a=x],b=y]", [ODD]),
        ("main[a=x],b=y],state:planned", [ODD]),
        ("hero[hero.seed=1,scene=[b]],scene=[b]", [HERO]),
        ("sample:9", list(PLAN)),
    ],
)
def test_a_selector_means_these_jobs(text: str, expected: list[Selectable]) -> None:
    assert selected(text) == [one.key for one in expected]


def test_several_selectors_mean_what_any_of_them_means_once_and_in_plan_order() -> None:
    assert selected("step:hero", "seed=7", "state:failed") == [A7.key, B7.key, HERO.key]


def test_no_selector_means_no_job() -> None:
    assert selected() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a condition is missing"),
        ("seed=7,", "a condition is missing"),
        (",seed=7", "a condition is missing"),
        ("=7", "'=7' is no condition"),
        ("seed", "'seed' is no condition; write axis=value"),
        ("failed", "did you mean state:failed?"),
        ("stat:failed", "did you mean state:?"),
        ("steps:main", "did you mean step:?"),
        ("colour:red", "'colour:' is no condition; write axis=value"),
        ("state:fail", "did you mean failed?"),
        ("state:Failed", "did you mean failed?"),
        ("state:", "'' is no state of a job; it is one of planned, held"),
        ("state:failed|", "'' is no state"),
        ("step:", "step:name"),
        ("tag:sku", "'tag:sku' has no value"),
        ("tag:=x", "'tag:=x' has no value"),
        ("sample:", "'sample:' is no sample"),
        ("sample:0", "is no sample"),
        ("sample:-1", "is no sample"),
        ("sample:5@", "is no sample"),
        ("sample:٣", "is no sample"),
        ("sample:" + "9" * 5000, "is no sample"),
        ("sample:1,sample:2", "two samples"),
        ('scene="red', "no closing quote"),
        ('scene="\\q"', "JSON does not know"),
        ('scene="red"dish', "before 'dish', a comma is missing"),
        ("main[scene=a", "this key has no end"),
        ("main[", "this key has no end"),
        ('main[scene="a', "no closing quote"),
        ("main[scene]", "this key has no end"),
        ("main[]x", "a comma is missing"),
        ("\x1b[2J", r"'\x1b[2J'"),
    ],
)
def test_a_text_that_is_no_selector_is_told_what_to_write(text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_selector(text)
    assert told in str(caught.value)
    assert str(caught.value).startswith("-s ")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scenes=a", "no job has an axis 'scenes'; did you mean 'scene'?"),
        ("zzz=1", "no job has an axis 'zzz'; there is 'a', 'b', 'hero.seed', 'mood', 'scene', 'seed'"),
        ("sku=mug-1", "it is a tag: write tag:sku="),
        ("state=failed", "write state: with a colon"),
        ("scene=a fourest", "scene is 'a fourest' for no job; did you mean 'a forest'?"),
        ("Scene=a forest", "did you mean 'scene'?"),
        ("scene=A FOREST", "scene is 'A FOREST' for no job"),
        ("step:man", "no step 'man' has a job; did you mean 'main'?"),
        ("step:*", "no step '*' has a job; there is 'hero', 'main'"),
        ("tag:skuu=1", "no job has a tag 'skuu'; did you mean 'sku'?"),
        ("tag:sku=mug", "the tag sku is 'mug' for no job; did you mean 'mug-"),
        ("state:skipped", "no job is skipped; of the jobs, 1 failed, 1 held, 2 planned, 1 succeeded, 1 unknown"),
        ("seed=7,state:held", "no job that matches 'seed=7' matches 'state:held', too"),
        ("seed=7,scene=*,step:hero", "no job that matches 'seed=7,scene=*' matches 'step:hero', too"),
        ("main[scene=a forest,seed=77]", "seed is '77' for none with what stands before; did you mean '7'?"),
        ("main[scene=a forest,sead=7]", "has an axis 'sead'; did you mean 'seed'?"),
        ("man[scene=a forest,seed=7]", "no step 'man' has a job; did you mean 'main'?"),
        ("main[scene=a forest]", "no such job; there is 'main[scene=a forest,seed=7]'"),
        ("main[]", "no such job; there is 'main[scene=a forest,seed=7]'"),
        ("main[scene=*,seed=7]", "scene is '*' for none"),
    ],
)
def test_a_selector_that_matches_nothing_says_which_condition_is_to_blame(text: str, told: str) -> None:
    message = refusal(text)
    assert message.startswith(f"-s {text!r} matches nothing: ")
    assert told in message


def test_each_of_several_selectors_must_match_something() -> None:
    assert "'state:skipped' matches nothing" in refusal("seed=7", "state:skipped")


def test_a_plan_without_jobs_has_nothing_to_select() -> None:
    assert "the recipe has no job" in refusal("sample:3", plan=[])


def test_every_status_can_be_named() -> None:
    plan = [item({"n": status.value}, status=status.value) for status in Status]
    for status, one in zip(Status, plan, strict=True):
        assert selected(f"state:{status.value}", plan=plan) == [one.key]


IDS = st.text(alphabet=st.sampled_from('ab ,"[]*?=!\\\n:]|@é'), max_size=8)
NAMES = st.sampled_from(["a", "b", "seed", "hero.seed"])
PLANS = st.lists(st.dictionaries(NAMES, IDS), min_size=1, max_size=6).map(
    lambda rows: list({one.key: one for one in (item(row) for row in rows)}.values())
)


@given(PLANS, st.data())
def test_every_job_is_found_by_its_key_alone_and_with_conditions_after_it(
    plan: list[Selectable], data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(plan))
    assert selected(one.key, plan=plan) == [one.key]
    assert selected(f"{one.key},step:main", plan=plan) == [one.key]
    assert selected(f"state:planned,{one.key},sample:1", plan=plan) == [one.key]


@given(PLANS, st.data())
def test_an_id_as_a_key_writes_it_means_the_jobs_with_that_id_whatever_it_holds(
    plan: list[Selectable], data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(plan))
    for axis, identity in one.coordinates.items():
        written = key_of("", {axis: identity})[1:-1]
        assert selected(written, plan=plan) == [it.key for it in plan if it.coordinates.get(axis) == identity]


@given(st.text(alphabet=st.sampled_from('main[]=,:"\\*sample state1@|\x00\ud800'), max_size=40))
def test_any_text_selects_or_is_refused(text: str) -> None:
    found, refused = [], ""
    try:
        found = selected(text)
    except UsageError as error:
        refused = str(error)
    assert bool(found) is not bool(refused)
    assert refused.isprintable()


MANY = [item({"n": str(n), "even": str(n % 2 == 0)}) for n in range(500)]


def test_a_sample_is_drawn_from_what_the_rest_of_its_selector_matches() -> None:
    drawn = selected("sample:20@7,even=True", plan=MANY)
    assert drawn == selected("even=True,sample:20@7", plan=MANY)
    assert len(drawn) == 20
    assert set(drawn) <= set(selected("even=True", plan=MANY))
    assert drawn == [one.key for one in MANY if one.key in drawn]


def test_another_seed_draws_other_jobs_and_without_one_it_is_0() -> None:
    assert selected("sample:20", plan=MANY) == selected("sample:20@0", plan=MANY)
    assert selected("sample:20@1", plan=MANY) != selected("sample:20@2", plan=MANY)


def test_a_sample_is_the_same_on_every_machine_and_for_ever() -> None:
    # by hand: printf '7\nmain[n=2]' | sha256sum begins with 06c5, that of 1 with 8559, of 5 with 89d0, the rest follow
    plan = [item({"n": str(n)}) for n in range(10)]
    assert selected("sample:3@7", plan=plan) == ["main[n=1]", "main[n=2]", "main[n=5]"]


@given(st.sets(st.integers(0, 200), min_size=1), st.integers(0, 200), st.integers(1, 30), st.integers(0, 9))
def test_a_job_that_joins_takes_the_place_of_at_most_one_of_a_sample(
    numbers: set[int], joining: int, count: int, seed: int
) -> None:
    text = f"sample:{count}@{seed}"
    before = selected(text, plan=[item({"n": str(n)}) for n in sorted(numbers - {joining})] or [A7])
    after = selected(text, plan=[item({"n": str(n)}) for n in sorted(numbers | {joining}, reverse=True)])
    if numbers - {joining}:
        assert set(after) - set(before) <= {f"main[n={joining}]"}
        assert len(set(before) - set(after)) <= 1


def test_a_larger_sample_keeps_what_a_smaller_one_drew() -> None:
    assert set(selected("sample:20@3", plan=MANY)) < set(selected("sample:21@3", plan=MANY))


def test_a_hundred_thousand_jobs_are_selected_in_a_moment() -> None:
    plan = [item({"n": str(n), "scene": f"a place {n % 7}", "seed": str(n % 5)}) for n in range(100_000)]
    texts = ["scene=a*3,seed=[12],sample:100@3", "n=*99", "state:planned|failed,sample:5", plan[5].key]
    started = time.process_time()
    assert len(selected(*texts, plan=plan)) > 1_000
    refusal("n=nothing like this", plan=plan)
    assert time.process_time() - started < 6
