"""Steps in a recipe's file: what the top level leaves to them, their order, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.problem import Problem
from gen4flow.core.recipe import MAIN, Need, PicksFile, Recipe
from gen4flow.recipe_file import parse_document
from gen4flow.recipe_file.steps import MAX_STEPS, draft_steps

Load = Callable[[str], Recipe]
Problems = Callable[[str], tuple[Problem, ...]]

HEAD = "version: 1\nname: x\n"
TWO = HEAD + "steps:\n  a: {prompt: p}\n  b: "


def test_a_recipe_without_steps_is_one(load_text: Load) -> None:
    recipe = load_text(HEAD + "prompt: p\n")
    assert [step.name for step in recipe.steps] == [MAIN]


def test_the_top_level_leaves_its_values_to_every_step(load_text: Load) -> None:
    recipe = load_text(
        HEAD
        + "model: m\nvars: {a: top, b: top}\nprompt: top\nreference_images: [top.png]\naspect_ratio: 1:1\n"
        + "resolution: 720p\nmatrix: {x: [1, 2], y: [3]}\ntags: {t: top}\noutput: {dir: out, file: top}\n"
        + "only: {picks: top.json}\napprove: manual\n"
        + "steps:\n  one: {}\n  two: {prompt: two, vars: {b: two, c: two}, matrix: {y: [4]}, tags: {u: two},\n"
        + "    model: n, reference_images: [two.png], aspect_ratio: 16:9, output: {file: two}, only: , approve: }\n"
    )
    one, two = recipe.steps
    assert (one.prompt.text, one.model, one.vars) == ("top", "m", {"a": "top", "b": "top"})
    assert [text.text for text in one.references] == ["top.png"]
    assert one.parameters == {"aspect_ratio": "1:1", "resolution": "720p"}
    assert (one.held, one.only and one.only.path) == (True, "top.json")
    assert (two.prompt.text, two.model, two.vars) == ("two", "n", {"a": "top", "b": "two", "c": "two"})
    assert [text.text for text in two.references] == ["two.png"]
    assert two.parameters == {"aspect_ratio": "16:9", "resolution": "720p"}
    assert {axis.name for dimension in two.matrix.dimensions for axis in dimension.axes} == {"x", "y"}
    assert {name: text.text for name, text in two.tags.items()} == {"t": "top", "u": "two"}
    assert (two.held, two.only) == (False, None)
    assert one.file is not None
    assert two.file is not None
    assert (one.file.text, two.file.text) == ("top", "two")
    assert recipe.dir is not None
    assert recipe.dir.text == "out"


def test_a_null_in_a_step_deletes_what_the_top_level_leaves_to_it(load_text: Load) -> None:
    recipe = load_text(
        HEAD
        + "prompt: p\nseed: 7\nvars: {v: 1}\nmatrix: {x: [1], y: [2]}\n"
        + "steps: {one: {seed: , vars: {v: , w: }, matrix: {x: , z: }}, two: }\n"
    )
    (step,) = recipe.steps
    assert (step.parameters, step.vars) == ({}, {})
    assert [dimension.axes[0].name for dimension in step.matrix.dimensions] == ["y"]


def test_every_part_of_a_step_is_at_the_place_where_it_is_written(load_text: Load) -> None:
    one, two = load_text(
        HEAD + "prompt: p\naspect_ratio: 1:1\nsteps:\n  one: {}\n  two:\n    aspect_ratio: 16:9\n    needs: {h: one}\n"
    ).steps
    assert (one.mark.line, one.mark.column) == (6, 3)
    assert [(step.place("aspect_ratio").line, step.prompt.mark.line) for step in (one, two)] == [(4, 3), (8, 3)]
    assert (two.needs[0].mark.line, two.needs[0].mark.column) == (9, 13)
    assert two.place("repeat") == two.mark


@pytest.mark.parametrize(
    ("written", "need"),
    [
        ("a", {}),
        ("{step: a}", {}),
        ("{step: a, collect: [seed, x]}", {"collect": ("seed", "x")}),
        ("{step: a, pick: {seed: 1, x: [b, c]}}", {"pick": {"seed": 1, "x": ["b", "c"]}}),
        ("{step: a, pick: {picks: p.json}}", {"picks": "p.json"}),
        ("{step: a, collect: [seed], pick: {picks: p.json}}", {"collect": ("seed",), "picks": "p.json"}),
        ("{step: a, pick: {picks: p.json, seed: 1}}", {"pick": {"seed": 1}, "picks": "p.json"}),
    ],
)
def test_a_need_has_every_form(load_text: Load, tmp_path: Path, written: str, need: dict[str, object]) -> None:
    (found,) = load_text(f"{TWO}{{prompt: q, needs: {{h: {written}}}}}\n").steps[1].needs
    if "picks" in need:
        assert found.picks is not None
        need = {**need, "picks": PicksFile(path="p.json", folder=str(tmp_path), mark=found.picks.mark)}
        assert found.picks.mark.line == 5
    assert found == Need(name="h", step="a", mark=found.mark, **need)  # type: ignore[arg-type]


@given(order=st.permutations(range(6)), earlier=st.lists(st.sets(st.integers(0, 4)), min_size=6, max_size=6))
def test_steps_come_after_what_they_need_whatever_order_they_are_written_in(
    order: list[int], earlier: list[set[int]]
) -> None:
    needs = {number: [one for one in earlier[number] if one < number] for number in order}
    lines = [
        f"  s{number}: {{prompt: p"
        + (f", needs: {{{', '.join(f'h{one}: s{one}' for one in needs[number])}}}" if needs[number] else "")
        + "}"
        for number in order
    ]
    drafts, problems = draft_steps(parse_document(("steps:\n" + "\n".join(lines)).encode(), "r.yaml"), root=Path())
    assert problems == []
    names = [draft.name for draft in drafts]
    assert sorted(names) == [f"s{number}" for number in range(6)]
    for number, those in needs.items():
        assert all(names.index(f"s{one}") < names.index(f"s{number}") for one in those)


def test_steps_that_need_nothing_stay_in_written_order(load_text: Load) -> None:
    recipe = load_text(HEAD + "prompt: p\nsteps: {c: {}, a: {needs: {h: b}}, b: {}, d: {}}\n")
    assert [step.name for step in recipe.steps] == ["c", "b", "a", "d"]


@pytest.mark.parametrize(
    ("text", "place", "code", "words"),
    [
        ("steps:\n", (3, 7), "wrong-type", "a mapping of steps"),
        ("steps: [a]\n", (3, 8), "wrong-type", "a mapping of steps"),
        ("steps: {a: [1]}\n", (3, 12), "wrong-type", "steps.a"),
        ("steps: {a: }\n", (3, 8), "empty", "steps"),
        ("steps: {a: {}}\n", (3, 9), "missing-key", "the step a needs the key prompt"),
        ("steps: {main: {seed: 7}}\n", (3, 9), "missing-key", "the step main needs the key prompt"),
        ("prompt: p\nsteps: {a: {prompt: }}\n", (4, 9), "missing-key", "the step a"),
        ("steps: {A: {prompt: p}}\n", (3, 9), "not-allowed", "'A' can't be a name"),
        ("steps: {../x: {prompt: p}}\n", (3, 9), "not-allowed", "can't be a name"),
        ('steps: {"a,b": {prompt: p}}\n', (3, 9), "not-allowed", "can't be a name"),
        ('steps: {"a[": {prompt: p}}\n', (3, 9), "not-allowed", "can't be a name"),
        ('steps: {"": {prompt: p}}\n', (3, 9), "not-allowed", "can't be a name"),
        ("steps: {a: {prompt: p, name: y}}\n", (3, 24), "unknown-key", "'name'"),
        ("steps: {a: {prompt: p, output: {dir: y}}}\n", (3, 33), "unknown-key", "'dir'"),
        ("steps: {a: {prompt: p, limits: {}}}\n", (3, 24), "unknown-key", "'limits'"),
        ("prompt: p\nneeds: {h: a}\n", (4, 1), "unknown-key", "'needs'"),
        ("steps: {a: {prompt: p, approve: true}}\n", (3, 33), "wrong-type", "manual"),
        ("steps: {a: {prompt: p, approve: man}}\n", (3, 33), "not-allowed", "manual"),
        ("steps: {a: {prompt: p, matrix: {x: [1, 1]}}}\n", (3, 40), "duplicate-value", "'1' already"),
        ("vars: {x: 1}\nsteps: {a: {prompt: p, matrix: {x: [1]}}}\n", (4, 33), "name-clash", "the var in line 3"),
    ],
)
def test_a_wrong_step_is_told_what_and_where(
    problems_of: Problems, text: str, place: tuple[int, int], code: str, words: str
) -> None:
    found = problems_of(HEAD + text)
    at_place = [problem for problem in found if (problem.mark.line, problem.mark.column) == place]
    assert [problem.code for problem in at_place] == [code], [str(problem) for problem in found]
    assert words in str(at_place[0])


@pytest.mark.parametrize(
    ("step", "column", "code", "words"),
    [
        ("needs: {h: b}", 29, "unknown-step", "other steps: a"),
        ("needs: {h: aa}", 29, "unknown-step", "did you mean a?"),
        ("needs: {h: }", 25, "empty", "must not be empty"),
        ("needs: {}", 25, "empty", "must not be empty"),
        ("needs: [a]", 25, "wrong-type", "a list"),
        ("needs: a", 25, "wrong-type", "'a'"),
        ("needs: {h: 5}", 29, "wrong-type", "the name of a step"),
        ("needs: {h: {collect: [x]}}", 29, "missing-key", "step"),
        ("needs: {h: {step: [a]}}", 36, "wrong-type", "the name of a step"),
        ("needs: {h-x: a}", 26, "not-allowed", "can't be a name"),
        *((f"needs: {{{word}: a}}", 26, "not-allowed", "already") for word in ("request", "take", "row", "loop")),
        ("needs: {h: {step: a, collect: x}}", 48, "wrong-type", "a list of axes"),
        ("needs: {h: {step: a, collect: []}}", 48, "empty", "collect"),
        ("needs: {h: {step: a, collect: [1]}}", 49, "wrong-type", "quotes"),
        ("needs: {h: {step: a, pick: [x]}}", 45, "wrong-type", "a list"),
        ("needs: {h: {step: a, pick: {}}}", 45, "empty", "pick"),
        ("needs: {h: {step: a, pick: {picks: 5}}}", 53, "wrong-type", "quotes"),
        ("needs: {h: {step: a, collect: [x], pick: {y: 1}}}", 53, "not-allowed", "at once"),
        ("needs: {h: a}, vars: {h: 1}", 26, "name-clash", "rename"),
        ("needs: {h: a}, matrix: {h: [1]}", 26, "name-clash", "rename"),
        ("needs: {h: a}, matrix: {zip: {f: {h: [1]}}}", 26, "name-clash", "rename"),
    ],
)
def test_a_wrong_need_is_told_what_and_where(
    problems_of: Problems, step: str, column: int, code: str, words: str
) -> None:
    found = problems_of(f"{TWO}{{prompt: q, {step}}}\n")
    at_place = [problem for problem in found if (problem.mark.line, problem.mark.column) == (5, column)]
    assert [problem.code for problem in at_place] == [code], [str(problem) for problem in found]
    assert words in str(at_place[0])


def test_steps_in_a_circle_are_named(problems_of: Problems) -> None:
    (problem,) = problems_of(
        HEAD + "prompt: p\nsteps:\n  d: {}\n  a: {needs: {h: b, g: d}}\n  b: {needs: {h: c}}\n  c: {needs: {h: a}}\n"
    )
    assert (problem.code, problem.mark.line) == ("circle", 6)
    assert "a, b, c" in problem.message


def chain(length: int, *, needs: int = 1) -> str:
    """Return a recipe of steps that each need the one before, the last one first."""
    told = [f"  s0: {{prompt: '{0}'}}"]
    for number in range(1, length):
        named = ", ".join(f"h{n}: s{number - 1}" for n in range(needs))
        told.append(f"  s{number}: {{prompt: '{number}', needs: {{{named}}}}}")
    return HEAD + "steps:\n" + "\n".join(reversed(told)) + "\n"


def test_a_chain_of_as_many_steps_as_a_recipe_has_is_read(load_text: Load) -> None:
    assert [step.name for step in load_text(chain(MAX_STEPS)).steps] == [f"s{n}" for n in range(MAX_STEPS)]


VARS = ", ".join(f"v{number}: 1" for number in range(40_000))
LARGE = HEAD + f"prompt: p\nvars: {{{VARS}}}\nsteps: {{{', '.join(f's{n}: {{}}' for n in range(90))}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        chain(MAX_STEPS + 1),
        chain(10_000),
        chain(40, needs=2),
        chain(3, needs=99),
        LARGE,
    ],
    ids=["more than a recipe has", "many", "doubling", "wide", "much left to each"],
)
def test_more_steps_than_anybody_means_are_a_problem_and_no_wait(problems_of: Problems, text: str) -> None:
    (problem,) = problems_of(text)
    assert problem.code == "too-many-steps"
    assert problem.mark.line
    assert problem.help
