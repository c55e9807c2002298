"""From picks to finals: what is kept of a recipe, what is laid over it, and what a finals' step says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.finals import changes, merged, overrides, picked_only, unknown_rows, unknown_steps
from gen4flow.core.finals_recipe import calls_itself, finals_name
from gen4flow.core.finals_step import FinalsStep, NoSuchStep, finals_step
from gen4flow.core.job import Job
from gen4flow.core.picks import Pick, Picks, Verdict
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import Recipe, Step
from gen4flow.core.values import WrittenFloat
from gen4flow.recipe_file import Document, laid_over
from tests.core.making import jobs_of, matrix, need, of_steps, picks_file, recipe, step

SCALARS = st.sampled_from(["a", "1", 1, True, 1.5, WrittenFloat("1.50"), "no"])
MAPPINGS: Any = st.recursive(
    st.dictionaries(st.sampled_from("abcd"), SCALARS | st.lists(SCALARS, max_size=2), max_size=3),
    lambda below: st.dictionaries(st.sampled_from("abcd"), below | SCALARS, max_size=3),
    max_leaves=5,
)


def document(value: Any) -> Document:
    return Document(file="x", value=value, marks={}, key_marks={})


@given(MAPPINGS, MAPPINGS)
def test_overrides_laid_over_what_was_give_what_is(before: dict[str, Any], after: dict[str, Any]) -> None:
    over = overrides(before, after)
    assert repr(laid_over(document(before), document(over)).value) == repr_like(before, after)
    assert overrides(after, after) == {}


def repr_like(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return `after` with its keys in the order that laying over leaves them in."""
    if not isinstance(after, Mapping):
        return repr(after)
    names = [name for name in before if name in after] if isinstance(before, Mapping) else []
    ordered = [*names, *(name for name in after if name not in names)]
    known = before if isinstance(before, Mapping) else {}
    return "{" + ", ".join(f"{name!r}: {repr_like(known.get(name, {}), after[name])}" for name in ordered) + "}"


def test_a_number_that_is_written_with_other_digits_is_an_override() -> None:
    assert overrides({"a": WrittenFloat("1.50")}, {"a": WrittenFloat("1.5")}) == {"a": 1.5}
    assert overrides({"a": 1, "b": [1, {"c": 2}]}, {"a": "1", "b": [1, {"c": 2}]}) == {"a": "1"}


def test_what_is_merged_is_the_second_where_both_say_something() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"c": None}, "d": {"e": 4}}) == {
        "a": {"b": 1, "c": None},
        "d": {"e": 4},
    }


def two_steps() -> Recipe:
    return of_steps(
        step("portrait", made=matrix({"scene": ["x"]})),
        step("other"),
        step("scene", needs=[need("hero", "portrait")], only=picks_file("mine.json")),
        step("film", needs=[need("shot", "scene")]),
    )


@pytest.mark.parametrize(
    ("picked", "kept"),
    [
        ({"scene"}, {"portrait": None, "scene": "new.json"}),
        ({"portrait"}, {"portrait": "new.json"}),
        ({"portrait", "film"}, {"portrait": "new.json", "scene": None, "film": "new.json"}),
    ],
)
def test_the_steps_that_were_picked_are_kept_with_those_that_they_need(
    picked: set[str], kept: dict[str, str | None]
) -> None:
    found = picked_only(two_steps(), picks_file("new.json"), picked)
    assert {one.name: one.only and one.only.path for one in found.steps} == kept


def picks(*keys: str, name: str = "spring") -> Picks:
    one = Pick(fingerprint="f" * 64, keys=keys, verdict=Verdict.PICK)
    return Picks(recipe=name, manifest_sha256="a" * 64, picks=(one,))


def test_picks_of_no_row_and_of_no_step_are_told_with_what_they_are_of() -> None:
    [told] = unknown_rows(two_steps(), picks("scene[a=1]", "film[b=2]", "x"), ["film[b=2]"], "p.json")
    assert told.message == "the pick scene[a=1] is no row of the recipe spring, and 1 more"
    assert told.help.startswith("pick again")
    [told] = unknown_steps(two_steps(), picks("scene[a=1]", "\x1bmain[]", name="autumn"), "p.json")
    assert told.message == "the pick \N{REPLACEMENT CHARACTER}main[] is no row of the recipe spring"
    assert "picks of the recipe autumn" in told.help
    assert list(unknown_rows(two_steps(), picks("a"), ["a"], "p.json")) == []


def test_what_changes_is_told_with_its_values_where_those_are_alike() -> None:
    drafts = keyed(recipe(parameters={"resolution": "720p", "seed": 1}))
    finals = keyed(recipe("one {{ scene }}", parameters={"resolution": "1080p", "seed": 1}))
    assert [str(one) for one in changes(drafts, finals)] == ["prompt", "resolution 720p -> 1080p"]
    assert {one.rows for one in changes(drafts, finals)} == {2}
    assert changes(drafts, drafts) == []


def keyed(made: Recipe) -> dict[str, Job]:
    return {job.key: job for job in jobs_of(made).found}


def made_step(drafts: Recipe, finals: Recipe, *, top: tuple[str, ...] = (), taken: tuple[str, ...] = ()) -> FinalsStep:
    return finals_step(
        drafts,
        drafts.steps[0],
        drafts=keyed(drafts),
        finals=keyed(finals),
        top=top,
        taken=taken,
        templates=Templates(),
    )


def main_step(resolution: str = "720p", **changed: Any) -> Recipe:
    told: dict[str, Any] = {
        "made": matrix(
            {"product": [{"id": "mug", "name": "a mug"}], "scene": ["beach", "forest"], "seed": [1, 2]},
            include=[{"scene": "beach", "mood": "calm"}],
        ),
        "parameters": {"resolution": resolution, "aspect_ratio": "{{ '16:9' }}"},
        "prompt": "{{ product.name }} on a {{ scene }}",
    }
    return recipe(**{**told, **changed})


def test_finals_have_the_prompt_and_the_seed_of_their_draft_and_what_differs_is_written_out() -> None:
    found = made_step(main_step(), main_step("1080p"), top=("matrix", "only"), taken=("main",))
    assert found.name == "final"
    assert found.values == {
        "needs": {"draft": "main"},
        "prompt": "{{ draft.prompt }}",
        "reference_images": ["{{ draft.image }}"],
        "aspect_ratio": "{{ draft.aspect_ratio }}",
        "resolution": "1080p",
        "seed": "{{ draft.seed }}",
        "matrix": None,
        "only": None,
    }
    assert found.of_drafts == {"approve": "manual"}


@pytest.mark.parametrize(
    ("file", "spelled"),
    [
        ("{{ product.id }}/{{ scene }}", "{{ product.id }}/{{ scene }}"),
        ("{{ scene }} {{ seed }}", "{% set seed = draft.seed %}{{ scene }} {{ seed }}"),
        ("{{ scene }} {{ mood }}", "{% set mood = draft.mood %}{{ scene }} {{ mood }}"),
        ("{{ resolution }}", '{% set resolution = "1080p" %}{{ resolution }}'),
        ("{{ nobody }} {{ seed }}", None),
    ],
)  # fmt: skip
def test_a_file_is_named_as_its_draft_was_where_its_template_can_say_so(file: str, spelled: str | None) -> None:
    drafts = main_step(file=file) if spelled else main_step()
    if not spelled:  # a name that no draft has would have been an error
        drafts = of_steps(*[with_file(one, file) for one in drafts.steps])
    found = finals_step(
        drafts,
        drafts.steps[0],
        drafts=keyed(main_step()),
        finals=keyed(main_step("1080p")),
        top=(),
        taken=(),
        templates=Templates(),
    )
    assert found.values["output"] == {"file": spelled}
    assert found.of_drafts["output"] == {"file": f"drafts/{file}"}


def with_file(one: Step, file: str) -> Step:
    return step(one.name, one.prompt.text, made=one.matrix, parameters=one.parameters, file=file)


def test_the_name_of_the_step_and_what_it_calls_its_draft_are_free_ones() -> None:
    axes = matrix({"draft": ["x"], "seed": [1]})
    one, other = (recipe("{{ draft }}", made=axes, parameters={"resolution": size}) for size in ("720p", "1080p"))
    found = made_step(one, other, taken=("main", "final", "final-2"))
    assert (found.name, found.values["needs"]) == ("final-3", {"draft_2": "main"})


def test_at_most_two_of_the_drafts_own_references_are_shown_beside_it() -> None:
    refs = ["{{ nobody }}", "a.png", "{{ seed }}.png", "b.png"]
    plain = main_step()
    drafts = of_steps(*[step(one.name, one.prompt.text, made=one.matrix, references=refs) for one in plain.steps])
    found = finals_step(
        drafts,
        drafts.steps[0],
        drafts=keyed(plain),
        finals=keyed(plain),
        top=(),
        taken=(),
        templates=Templates(),
    )
    assert found.references == (1, 2)
    assert found.values["reference_images"] == [
        "{{ draft.image }}",
        "a.png",
        "{% set seed = draft.seed %}{{ seed }}.png",
    ]


def test_without_a_seed_the_step_says_none() -> None:
    drafts = recipe(repeat=2, parameters={"resolution": "720p"})
    found = made_step(drafts, recipe(repeat=2, parameters={"resolution": "1080p"}), top=("repeat",))
    assert "seed" not in found.values
    assert found.values["repeat"] is None


def test_finals_with_other_prompts_or_with_sizes_of_all_kinds_are_refused() -> None:
    with pytest.raises(NoSuchStep, match="other prompts"):
        made_step(main_step(), main_step(prompt="{{ scene }}"))
    mixed = main_step("{{ '720p' if scene == 'beach' else '1080p' }}")
    with pytest.raises(NoSuchStep, match="another resolution than their drafts, and not all the same"):
        made_step(mixed, main_step("{{ '1080p' if scene == 'beach' else '720p' }}"))


@pytest.mark.parametrize(
    ("profiles", "ending", "name"),
    [((), "", "spring-finals"), (("final",), "", "spring-final"), (("A b", "c"), "-x", "spring-a-b-c-x")],
)
def test_the_recipe_of_finals_is_named_after_its_profiles(profiles: tuple[str, ...], ending: str, name: str) -> None:
    assert finals_name("spring", profiles, ending) == name
    assert len(finals_name("s" * 100, profiles, ending)) == 100


@pytest.mark.parametrize(
    ("prompt", "axes", "calls"),
    [
        ("a {{ scene }}", {}, False),
        ("a {{ scene }} of {{ name }}", {}, True),
        ("{% include file %}", {}, True),
        ("a {{ name }}", {"name": ["x"]}, False),
    ],
)
def test_a_template_that_knows_the_recipes_name_is_noticed(prompt: str, axes: dict[str, Any], calls: bool) -> None:
    made = recipe(prompt, made=matrix({"scene": ["x"], **axes}))
    assert calls_itself(made, Templates()) is calls
