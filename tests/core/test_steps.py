"""Steps become jobs: what a downstream job inherits, gathers and picks, and what is wrong with it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from gen4flow.core.recipe import Limits, Matrix, Need, Recipe
from gen4flow.core.references import OutputImage
from gen4flow.core.seeds import auto_seed
from tests.core.making import jobs_of, list_axis, matrix, need, of_steps, picks_file, recipe, seed_axis, step

SEED = {"seed": 7}
HERO = step("hero", "{{ who }}", made=matrix({"who": ["ann", "bob"], "seed": [1, 2]}))
SHOWN = ["{{ h.image }}"]
FILE = picks_file()


def keys(made: Recipe) -> list[str]:
    """Return the keys of a recipe's jobs after the first step; there must be no error."""
    result = jobs_of(made)
    assert result.codes == []
    return [job.key for job in result.found if job.step != made.steps[0].name]


def scene(
    *needs: Need, prompt: str = "{{ who }}", made: Matrix | None = None, references: Sequence[str] = ()
) -> Recipe:
    """Return a recipe of a hero and a scene that needs it."""
    last = step("scene", prompt, made=matrix() if made is None else made, parameters=SEED, references=references,
                needs=needs or [need("h", "hero")])  # fmt: skip
    return of_steps(HERO, last)


def test_a_downstream_job_inherits_coordinates_and_parameters_come_under_the_needs_name() -> None:
    assert keys(scene()) == [f"scene[h.seed={seed},who={who}]" for who in ("ann", "bob") for seed in (1, 2)]


def test_inherited_coordinates_come_times_the_steps_own_axes() -> None:
    made = scene(made=matrix({"place": ["sea", "hill"]}), prompt="{{ who }} {{ place }}")
    assert keys(made)[:3] == [
        "scene[h.seed=1,place=sea,who=ann]",
        "scene[h.seed=1,place=hill,who=ann]",
        "scene[h.seed=2,place=sea,who=ann]",
    ]
    assert len(keys(made)) == 8


def test_shared_axes_join_by_id() -> None:
    assert keys(scene(made=matrix({"who": ["bob", "eve"]}))) == ["scene[h.seed=1,who=bob]", "scene[h.seed=2,who=bob]"]


def test_a_shared_axis_of_mappings_joins_by_id_and_has_the_steps_own_value() -> None:
    first = step("hero", "{{ who.look }}", made=matrix({"who": [{"id": "ann", "look": "tall"}]}), parameters=SEED)
    last = step("scene", "{{ who.mood }} {{ h.who.look }}", made=matrix({"who": [{"id": "ann", "mood": "calm"}]}),
                parameters=SEED, needs=[need("h", "hero")])  # fmt: skip
    assert [job.request.prompt for job in jobs_of(of_steps(first, last)).found] == ["tall", "calm tall"]


def test_a_parameter_of_the_upstream_never_feeds_the_downstream_request() -> None:
    first = step("hero", "x", made=matrix({"aspect_ratio": ["16:9"], "resolution": ["720p"], "seed": [3]}))
    last = step(
        "scene", "{{ h.aspect_ratio }} {{ h.resolution }} {{ h.seed }}", made=matrix(), needs=[need("h", "hero")]
    )
    made = jobs_of(of_steps(first, last))
    assert made.found[1].key == "scene[h.aspect_ratio=16:9,h.resolution=720p,h.seed=3]"
    assert made.found[1].request.prompt == "16:9 720p 3"
    assert made.found[1].request.parameters == {"aspect_ratio": "4:3", "resolution": "1080p"}
    assert made.warnings == ["no-seed"]


def test_templates_see_the_upstream_job() -> None:
    first = step("hero", "a {{ who }}", made=matrix({"who": ["ann"]}, include=[{"mood": "calm"}]), repeat=1,
                 tags={"t": "<{{ who }}>"})  # fmt: skip
    prompt = (
        "{{ h.who }}, {{ h.mood }}, {{ h.prompt }}, {{ h.tags.t }}, {{ h.take }}, {{ h.key }}, {{ h.aspect_ratio }}"
    )
    last = step("scene", prompt, made=matrix(), parameters=SEED, needs=[need("h", "hero")])
    (job,) = jobs_of(of_steps(first, last)).found[1:]
    assert job.request.prompt == "ann, calm, a ann, <ann>, 0, hero[take=0,who=ann], 4:3"
    assert job.key == "scene[h.take=0,who=ann]"


def test_an_image_of_the_upstream_is_known_by_its_jobs_fingerprint() -> None:
    made = jobs_of(scene(references=SHOWN)).found
    images = [job.request.references for job in made[4:]]
    assert images == [(OutputImage(job=job.fingerprint, key=job.key, likeness=job.likeness),) for job in made[:4]]
    assert [job.request.upstream for job in made[4:]] == [(job.fingerprint,) for job in made[:4]]


def test_another_upstream_request_is_another_downstream_request() -> None:
    made = jobs_of(scene(prompt="the same", references=SHOWN)).found
    assert len({job.fingerprint for job in made[4:]}) == 4


def test_steps_of_steps_inherit_from_all_of_them() -> None:
    middle = step("scene", "{{ who }}", made=matrix({"seed": [5]}), needs=[need("h", "hero")], references=SHOWN)
    last = step("poster", "{{ who }}", made=matrix({"size": ["s"]}), parameters=SEED, needs=[need("s", "scene")])
    made = jobs_of(of_steps(HERO, middle, last))
    assert made.codes == []
    assert [job.key for job in made.found if job.step == "poster"] == [
        f"poster[s.h.seed={seed},s.seed=5,size=s,who={who}]" for who in ("ann", "bob") for seed in (1, 2)
    ]


def test_collect_gathers_along_its_axes_in_plan_order() -> None:
    made = scene(
        need("all", "hero", collect=("seed",)),
        prompt="{{ who }}: {{ all | map(attribute='seed') | join(',') }}",
        references=["{% for one in all %}{{ one.image }}\n{% endfor %}"],
    )
    found = jobs_of(made).found
    assert keys(made) == ["scene[who=ann]", "scene[who=bob]"]
    assert [job.request.prompt for job in found[4:]] == ["ann: 1,2", "bob: 1,2"]
    assert found[4].request.upstream == tuple(job.fingerprint for job in found[:2])
    everything = scene(need("all", "hero", collect=("who", "seed")), prompt="{{ all | length }}")
    assert keys(everything) == ["scene[]"]
    assert jobs_of(everything).found[-1].request.prompt == "4"


@pytest.mark.parametrize("pick", [1, [1, 9], "[1]"])
def test_pick_keeps_one_value_and_the_axis_tells_nothing_apart_any_more(pick: int | list[int] | str) -> None:
    first = step("hero", "{{ who }} {{ n }}", made=matrix({"who": ["ann", "bob"], "n": ["1", "2"]}), parameters=SEED)
    wanted = pick if isinstance(pick, str) else str(pick) if isinstance(pick, int) else [str(one) for one in pick]
    last = step("scene", "{{ who }} {{ h.n }}", made=matrix(), parameters=SEED,
                needs=[need("h", "hero", pick={"n": wanted})])  # fmt: skip
    made = of_steps(first, last)
    assert keys(made) == ["scene[who=ann]", "scene[who=bob]"]
    assert [job.request.prompt for job in jobs_of(made).found[4:]] == ["ann 1", "bob 1"]


@pytest.mark.parametrize(("seed", "words"), [(13, "did you mean 1?"), ("x", "it has 1, 2"), ("1", "names seed: '1'")])
def test_a_pick_of_a_value_that_no_job_has_is_told_once_with_those_there_are(seed: int | str, words: str) -> None:
    (problem,) = jobs_of(scene(need("h", "hero", pick={"seed": seed}))).problems
    assert problem.code == "pick"
    assert words in str(problem)


def test_picks_keep_the_jobs_that_a_file_picked() -> None:
    picked = ["hero[seed=2,who=ann]", "hero[seed=1,who=bob]", "other[x=1]"]
    result = jobs_of(scene(need("h", "hero", picks=FILE)), picked={FILE: picked})
    assert result.codes == []
    assert [job.key for job in result.found[4:]] == ["scene[h.seed=2,who=ann]", "scene[h.seed=1,who=bob]"]
    gathered = scene(need("all", "hero", picks=FILE, collect=("who", "seed")), prompt="{{ all | length }}")
    assert jobs_of(gathered, picked={FILE: picked}).found[-1].request.prompt == "2"


def test_only_keeps_the_rows_that_were_picked() -> None:
    only = step("hero", "{{ who }}", made=HERO.matrix, only=FILE)
    last = step("scene", "{{ who }}", made=matrix(), parameters=SEED, needs=[need("h", "hero")])
    result = jobs_of(of_steps(only, last), picked={FILE: ["hero[seed=2,who=ann]", "scene[x=1]"]})
    assert result.codes == []
    assert [job.key for job in result.found] == ["hero[seed=2,who=ann]", "scene[h.seed=2,who=ann]"]


def test_only_finds_takes() -> None:
    made = step("main", "x", made=matrix(), repeat=3, only=FILE)
    assert [job.key for job in jobs_of(of_steps(made), picked={FILE: ["main[take=1]"]}).found] == ["main[take=1]"]


def test_an_added_row_says_in_its_values_which_job_it_has() -> None:
    made = matrix({"place": ["sea"]}, add=[{"who": "bob", "h.seed": 2, "place": "attic", "mood": "calm"}])
    found = jobs_of(scene(made=made, prompt="{{ who }} {{ place }}", references=SHOWN))
    assert found.codes == []
    assert found.found[-1].key == "scene[h.seed=2,mood=calm,place=attic,who=bob]"
    assert found.found[-1].request.upstream == (found.found[3].fingerprint,)


def test_seeds_may_be_mixed_from_an_inherited_axis() -> None:
    made = scene(made=matrix([list_axis("place", ["sea"]), seed_axis(2, per=("who", "place"))]))
    made = of_steps(HERO, step("scene", "{{ who }}", made=made.steps[1].matrix, needs=[need("h", "hero")]))
    found = [job for job in jobs_of(made).found if job.step == "scene"]
    assert [job.request.seed for job in found[:2]] == [
        auto_seed(salt="", number=number, mixed_in=("ann", "sea")) for number in (0, 1)
    ]
    assert found[0].request.seed == found[2].request.seed  # another seed of the hero is not mixed in
    assert len({job.request.seed for job in found}) == 4


def test_an_added_row_upstream_without_the_axis_has_the_seeds_without_it() -> None:
    first = step("hero", "{{ h }}", made=matrix({"who": ["ann"]}, add=[{"h": "x"}]), parameters=SEED, vars={"h": 1})
    last = step("scene", "y", made=matrix([seed_axis(1, per=("who",))]), needs=[need("b", "hero")])
    made = jobs_of(of_steps(first, last))
    assert made.codes == []
    assert made.found[-1].request.seed == auto_seed(salt="", number=0)


def test_a_step_that_joins_nothing_is_an_error_unless_it_is_allowed() -> None:
    assert jobs_of(scene(made=matrix({"who": ["eve"]}))).codes == ["empty-matrix"]
    assert jobs_of(scene(made=matrix({"who": ["eve"]}, allow_empty=True))).codes == []


@pytest.mark.parametrize(
    ("made", "code", "line"),
    [
        (scene(need("h", "hero", collect=("nope",))), "unknown-axis", 40),
        (scene(need("h", "hero", pick={"nope": 1})), "unknown-axis", 40),
        (scene(need("h", "hero", pick={"seed": 9})), "pick", 40),
        (scene(need("h", "hero", pick={"seed": "1"})), "pick", 40),
        (scene(need("h", "hero", pick={"seed": [1, 2]})), "pick", 40),
        (scene(need("h", "hero", pick={"who": "*"})), "pick", 40),
        (scene(made=matrix(add=[{"who": "eve", "h.seed": 1}])), "add-needs", 70),
        (scene(made=matrix(add=[{"who": "ann"}])), "add-needs", 70),
        (scene(prompt="{{ h.image }}"), "image-in-text", 3),
        (scene(prompt="{{ h.image | upper }}"), "image-in-text", 3),
        (scene(prompt="{{ h.image | replace('gen4flow-image:', '') }}"), "image-in-text", 3),
        (scene(prompt="{{ h }}"), "template", 3),
        (scene(prompt="{{ h.nope }}"), "template", 3),
        (scene(references=["{{ h.image"]), "template", 60),
        (scene(references=["{{ nope }}"]), "template", 60),
        (scene(references=[*SHOWN, *SHOWN, *SHOWN, *SHOWN]), "references", 1),
        (scene(references=["{{ h.image }}\n" * 4]), "references", 1),
        (of_steps(HERO, step("scene", "x", needs=[need("h", "hero")], tags={"t": "{{ h.image }}"}, parameters=SEED)),
         "image-in-text", 80),
        (of_steps(HERO, step("scene", "x", needs=[need("h", "hero")], file="{{ h.image }}", parameters=SEED)),
         "image-in-text", 70),
        (of_steps(HERO, step("scene", "x", needs=[need("h", "hero")], parameters={"seed": "{{ h.image }}"})),
         "image-in-text", 95),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_need_is_an_error_at_its_place(made: Recipe, code: str, line: int) -> None:
    result = jobs_of(made)
    assert {(problem.code, problem.mark.line) for problem in result.problems} == {(code, line)}
    assert all(problem.help for problem in result.problems if problem.code != "template")


@pytest.mark.parametrize(
    ("picked", "code"),
    [
        (["hero[seed=9,who=ann]", "hero[seed=1,who=ann]"], "only-matches-nothing"),
        ([], "empty-matrix"),
        (["other[x=1]"], "empty-matrix"),
    ],
)
def test_picks_that_match_nothing_are_an_error_wherever_the_file_is_named(picked: list[str], code: str) -> None:
    needed = jobs_of(scene(need("h", "hero", picks=FILE)), picked={FILE: picked})
    only = jobs_of(of_steps(step("hero", "{{ who }}", made=HERO.matrix, only=FILE)), picked={FILE: picked})
    for made in (needed, only):
        assert [(problem.code, problem.mark.line) for problem in made.problems] == [(code, 45)]


def test_a_wrong_upstream_is_told_once_and_not_again_by_those_who_need_it() -> None:
    first = step("hero", "{{ nope }}", made=HERO.matrix)
    last = step("scene", "{{ who }}", made=matrix(), parameters=SEED, needs=[need("h", "hero", picks=FILE)])
    assert set(jobs_of(of_steps(first, last), picked={FILE: ["hero[seed=1,who=ann]"]}).codes) == {"template"}


def test_two_steps_may_ask_for_the_same_image_and_deliver_it_twice() -> None:
    first, last = (step(name, "x", made=matrix(), parameters=SEED, file=name) for name in ("one", "two"))
    made = jobs_of(of_steps(first, last))
    assert made.codes == []
    assert len({job.fingerprint for job in made.found}) == 1
    assert [job.key for job in made.found] == ["one[]", "two[]"]


def test_a_step_called_main_is_a_recipe_without_steps() -> None:
    assert jobs_of(of_steps(step("main"))).found == jobs_of(recipe()).found


def test_the_jobs_of_all_steps_are_counted_together() -> None:
    limits = Limits(max_jobs=5)
    made = jobs_of(of_steps(*scene().steps, limits=limits))
    assert (made.codes, len(made.found)) == (["too-many-jobs"], 5)
    assert jobs_of(of_steps(*scene().steps, limits=Limits(max_jobs=8))).codes == []


def test_what_needs_combine_to_is_bounded_before_it_is_built() -> None:
    one = step("one", "{{ a }}", made=matrix({"a": list(range(3_000))}), parameters=SEED)
    two = step("two", "{{ b }}!", made=matrix({"b": list(range(3_000))}), parameters=SEED)
    both = step("both", "x", made=matrix({"a": [1], "b": [2]}), needs=[need("x", "one"), need("y", "two")])
    before = time.process_time()
    made = jobs_of(of_steps(one, two, both))
    assert (made.codes, len(made.found)) == (["too-many-jobs"], 6_000)
    assert time.process_time() - before < 10


def test_many_added_rows_find_what_they_inherit_without_a_look_at_everything() -> None:
    one = step("one", "{{ a }}", made=matrix({"a": list(range(2_000))}), parameters=SEED)
    rows = matrix(add=[{"a": number % 2_000, "n": number} for number in range(3_000)])
    many = step("many", "{{ a }} {{ n }}", made=rows, parameters=SEED, needs=[need("x", "one")])
    before = time.process_time()
    made = jobs_of(of_steps(one, many))
    assert (made.codes, len(made.found)) == ([], 5_000)
    assert time.process_time() - before < 10
