"""What planning remembers: enough to find every clash, and nothing that was not so."""

from __future__ import annotations

import random

import pytest

from gen4flow.core import compiled, memo, sightings
from gen4flow.core.deliverable import Deliverable
from gen4flow.core.memo import Memo
from gen4flow.core.prompt import TemplateError, Templates
from gen4flow.core.recipe import AxisValue
from gen4flow.core.sightings import Sightings
from gen4flow.core.values import Value
from tests.core.making import jobs_of, list_axis, mark, matrix, need, of_steps, recipe, seed_axis, step

FEW = 0xFFF  # marks: a thousand things have the same as others among them


@pytest.mark.parametrize("expected", [0, 5_000])
def test_what_was_seen_is_found_with_the_number_of_its_first_sight(expected: int) -> None:
    seen, firsts = Sightings(expected), dict[int, int]()
    drawn = random.Random(7)
    for number in range(10_000):
        hashed = drawn.choice([-1, 1]) * drawn.randrange(4_000) * 104_729
        assert seen.first(hashed, number) == firsts.get(hashed)
        firsts.setdefault(hashed, number)


def test_jobs_with_the_same_part_of_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "_MARKS", FEW)
    made = matrix([list_axis("scene", [f"s{n}" for n in range(500)]), list_axis("seed", [1, 2])])
    jobs = jobs_of(recipe("a {{ scene }}", made=made))
    assert jobs.problems == []
    assert len({job.key for job in jobs.found}) == 1_000
    assert all(job.first is None for job in jobs.found)
    shared = jobs_of(recipe("a {{ scene[:2] }}", made=made)).found
    firsts: dict[str, str] = {}
    for job in shared:
        expected = firsts.setdefault(job.fingerprint, job.key)
        assert (job.first.key if job.first else job.key) == expected
    assert len(firsts) == 20


def test_clashing_files_are_found_among_the_jobs_of_all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "_MARKS", FEW)
    one = step("one", file="x/{{ scene }}", made=matrix([list_axis("scene", ["a", "B"]), list_axis("seed", [1])]))
    two = step(
        "two", file="X/{{ s }}", made=matrix([list_axis("s", ["c", "b"]), list_axis("seed", [1])]), prompt="{{ s }}"
    )
    made = jobs_of(of_steps(one, two))
    assert [problem.message for problem in made.problems] == [
        "two[s=b,seed=1] and one[scene=B,seed=1] would both be the file X/b"
    ]
    assert len(made.found) == 3


@pytest.mark.parametrize("marks", [0xFF, FEW, sightings._MARKS])
def test_each_file_of_a_job_is_held_against_all_files_of_others(marks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "_MARKS", marks)
    scenes = [f"s{n}" for n in range(20)]
    made = matrix([list_axis("scene", [*scenes, "S7_web", "t"]), list_axis("seed", [1])])
    names = ("web", "print", "a4", "square", "tall", "wide")
    deliver = [Deliverable(name=name, mark=mark()) for name in names]
    jobs = jobs_of(recipe("a {{ scene }}", made=made, file="{{ scene }}"), deliver=deliver)
    assert [problem.message for problem in jobs.problems] == [
        "main[scene=S7_web,seed=1] and main[scene=s7,seed=1] would both be the file S7_web"
    ]
    assert [job.stems for job in jobs.found] == [(one, *(f"{one}_{name}" for name in names)) for one in (*scenes, "t")]


def test_rows_that_are_added_twice_are_found() -> None:
    made = matrix([list_axis("scene", ["a"]), list_axis("seed", [1])], add=[{"scene": "b", "seed": 2}] * 2)
    assert jobs_of(recipe(made=made)).codes == ["duplicate-key"]
    again = matrix([list_axis("scene", ["a"]), list_axis("seed", [1])], add=[{"scene": "a", "seed": 1}])
    assert jobs_of(recipe(made=again)).codes == ["duplicate-key"]


def test_jobs_of_a_joined_step_that_ask_for_the_same_know_the_first_one() -> None:
    portrait = step("hero", made=matrix([list_axis("who", ["ann", "bob"]), list_axis("seed", [1])]), prompt="{{ who }}")
    seeds = [list_axis("light", ["x", "y"]), list_axis("seed", [1])]
    scene = step("scene", made=matrix(seeds), prompt="a scene", needs=[need("h", "hero")], references=["{{ h.image }}"])
    found = [job for job in jobs_of(of_steps(portrait, scene)).found if job.step == "scene"]
    assert [job.first.key if job.first else None for job in found] == [
        *(None, "scene[h.seed=1,light=x,seed=1,who=ann]", None, "scene[h.seed=1,light=x,seed=1,who=bob]"),
    ]


def test_takes_are_found_again_by_their_number() -> None:
    made = jobs_of(recipe("a {{ scene[:1] }}", made=matrix({"scene": ["beach", "bay"]}), repeat=2))
    assert [problem.message for problem in made.problems if problem.code == "duplicate-request"] == [
        f"main[scene=bay,take={take}] and main[scene=beach,take={take}] ask for the same image without a seed"
        for take in (0, 1)
    ]


def value(text: Value) -> AxisValue:
    return AxisValue.of(text, mark())


def test_a_memo_finds_by_the_values_themselves_and_forgets_what_is_old() -> None:
    known: Memo[str] = Memo(["a", "b"])
    one, other = value("x"), value("x")  # alike, and not the same
    known.keep({"a": one, "b": one, "c": one}, "first", characters=5)
    assert known.find({"a": one, "b": one, "c": other}) == "first"
    assert known.find({"a": one, "b": other}) is None
    for number in range(memo.KEPT):
        known.keep({"a": value(number), "b": one}, "later", characters=5)
    assert known.find({"a": one, "b": one}) is None


def test_a_memo_that_is_never_of_use_gives_up() -> None:
    known: Memo[str] = Memo(["a"])
    for number in range(memo.PATIENCE + 1):
        known.keep({"a": value(number)}, "x", characters=1)
    last = value("last")
    known.keep({"a": last}, "x", characters=1)
    assert known.find({"a": last}) is None


def test_a_memo_keeps_no_more_text_than_a_few_megabytes() -> None:
    known: Memo[str] = Memo(["a"])
    first = value("first")
    known.keep({"a": first}, "x", characters=memo.KEPT_CHARACTERS + 1)
    known.keep({"a": value("second")}, "x", characters=1)
    assert known.find({"a": first}) is None


def test_seeds_that_move_with_the_row_are_no_mistaken_memory() -> None:
    made = matrix([list_axis("scene", [f"s{n}" for n in range(300)]), seed_axis(2, per=("scene",))])
    jobs = jobs_of(recipe("{{ scene }} {{ seed }}", made=made, tags={"s": "{{ seed }}"})).found
    assert all(job.request.prompt == f"{job.axes['scene'].value} {job.request.seed}" for job in jobs)
    assert all(job.tags["s"] == str(job.request.seed) for job in jobs)


@pytest.mark.parametrize(
    "source",
    [
        *(
            "plain",
            "{{ a }} {{ m.x }}",
            "{{ a | upper }}{{ m['x'] }}",
            "{% if n > 1 %}{{ n + 1 }}{% else %}no{% endif %}",
        ),
        *("{{ 'y' if b else 'n' }}", "{{ a ~ n }}", "{{ [a, n] | join('-') }}", "{{ (a * 2).title() }}", "{{ -n }}"),
        *("{% for i in range(n) %}{{ i }}{% endfor %}", "{% set a = 5 %}{{ a }}", "{{ a }}{% set a = n %}{{ a }}"),
        *("{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f(a) }}", "{% with a = 7 %}{{ a }}{% endwith %}{{ a }}"),
        *("{% filter upper %}{{ a }}{% endfilter %}", "{% raw %}{{ a }}{% endraw %}", "{# no #}{{ a is defined }}"),
        *("{{ z | default('none') }}", "{% block x %}{{ a }}{% endblock %}", "{{ a is string and not b }}"),
    ],
)
def test_a_template_gives_what_it_gives_in_a_context_of_its_own(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Value]] = [
        {"a": "one", "m": {"x": 1}, "n": 2, "b": True},
        {"a": "two", "m": {"x": "é"}, "n": 0, "b": False, "z": "there"},
        {"a": "one", "m": {"x": 1}, "n": 2, "b": True},
    ]
    quick = Templates()
    found = [quick.render(source, row) for row in rows]
    monkeypatch.setattr(compiled, "_STRAIGHT", ())
    assert found == [Templates().render(source, row) for row in rows]


def test_a_name_that_an_earlier_row_had_is_undefined_in_the_next() -> None:
    templates = Templates()
    assert templates.render("{{ a }}", {"a": "x"}) == "x"
    with pytest.raises(TemplateError, match="a"):
        templates.render("{{ a }}", {"b": "x"})


def test_a_text_without_loops_is_bounded_too() -> None:
    with pytest.raises(TemplateError, match="1,000,000 characters"):
        Templates().render("{{ a }}" * 11, {"a": "x" * 100_000})
