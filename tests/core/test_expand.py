"""From rows to jobs: keys, fingerprints, parameters, file names, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gen4flow.core.job import Request, fingerprint_of, key_of, read_request
from gen4flow.core.recipe import Recipe
from gen4flow.core.values import Value
from tests.core.making import AXES_LINE, jobs_of, list_axis, matrix, recipe, seed_axis

SEEDED = matrix([list_axis("scene", ["beach", "forest"]), list_axis("seed", [7, 8])])


def request(**changes: object) -> Request:
    """Return a request of a fox, with changes."""
    told: dict[str, object] = {
        "provider": "wavespeed",
        "model": "runwayml/gen4-image",
        "prompt": "a fox",
        "parameters": {"aspect_ratio": "4:3", "resolution": "1080p", "seed": 7},
        **changes,
    }
    return Request(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "fingerprint"),
    [
        ({}, "5a456edbe8c7d6ed7a2f0d259cc89e9002aa9f0570a558dd3b1c93d95afa59a7"),
        (
            {"prompt": 'Ein Fuchs im März, 春 🦊 "q"\n'},
            "1336509d05b7bc201a31f5421bc7bc45e65c886a36ce5c9d1f0577c42d2602b3",
        ),
        (
            {"parameters": {"aspect_ratio": "4:3", "resolution": "1080p"}, "take": 0},
            "6c31d2d635c43e190c7ad23e6d4ea7edf4e397deca493c5504774eeaf07fae3f",
        ),
        ({"provider": "local"}, "e3f3c0728402a718428b1c06e732f8d5fcc81c4d6b8b8d4fe57e6a2d802271e0"),
    ],
)
def test_a_fingerprint_may_never_change(changes: Mapping[str, object], fingerprint: str) -> None:
    assert fingerprint_of(request(**changes).canonical()) == fingerprint


def test_every_part_of_a_request_is_in_its_fingerprint() -> None:
    changed: list[Mapping[str, object]] = [
        {},
        {"provider": "local"},
        {"model": "runwayml/gen4-image-turbo"},
        {"prompt": "a Fox"},
        {"take": 0},
        {"take": 1},
        *({"parameters": {"aspect_ratio": r, "resolution": p}} for r in ("4:3", "1:1") for p in ("720p", "1080p")),
        {"parameters": {"aspect_ratio": "4:3", "resolution": "1080p", "seed": 8}},
    ]
    assert len({fingerprint_of(request(**one).canonical()) for one in changed}) == len(changed)


def test_a_canonical_request_is_read_back() -> None:
    for made in (request(), request(take=3), request(prompt="é\u2028")):
        assert read_request(made.canonical()) == made
    for wrong in ("{}", "[]", "not json"):
        with pytest.raises(ValueError):  # noqa: PT011  # json's own has words of its own
            read_request(wrong)


IDS = st.text(alphabet='a,="[]\n\\ ', max_size=6) | st.text(max_size=6)
COORDINATES = st.dictionaries(st.sampled_from(["a", "b", "c"]), IDS, max_size=3)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the code
@given(one=COORDINATES, other=COORDINATES)
def test_two_slots_never_have_one_key(one: dict[str, str], other: dict[str, str]) -> None:
    assert (key_of("main", one) == key_of("main", other)) == (one == other)


def test_a_key_names_the_axes_in_order_and_quotes_commas() -> None:
    assert key_of("main", {"b": "x", "a": "1, 2"}) == 'main[a="1, 2",b=x]'
    assert [job.key for job in jobs_of(recipe(made=SEEDED)).found][:2] == [
        "main[scene=beach,seed=7]",
        "main[scene=beach,seed=8]",
    ]


def prints(made: Recipe) -> list[str]:
    """Return the fingerprints of a recipe's jobs."""
    result = jobs_of(made)
    assert result.codes == []
    return [job.fingerprint for job in result.found]


def test_names_tags_and_output_are_not_in_the_fingerprint() -> None:
    before = prints(recipe(made=SEEDED))
    assert prints(recipe(made=SEEDED, name="other", tags={"a": "{{ scene }}"}, file="{{ scene }}/{{ seed }}")) == before
    assert prints(recipe("a {{ place }}", made=matrix({"place": ["beach", "forest"], "seed": [7, 8]}))) == before
    assert prints(recipe("  a {{ scene }}\n", made=SEEDED)) == before
    turned = matrix([list_axis("seed", [8, 7]), list_axis("scene", ["forest", "beach"])])
    assert sorted(prints(recipe(made=turned))) == sorted(before)
    assert not set(prints(recipe(made=SEEDED, provider="local"))) & set(before)


def test_defaults_that_are_written_out_change_nothing() -> None:
    told = recipe(made=SEEDED, parameters={"aspect_ratio": "4:3", "resolution": "1080p"})
    assert prints(told) == prints(recipe(made=SEEDED))


@pytest.mark.parametrize(
    ("made", "parameters"),
    [
        (recipe("x"), {"aspect_ratio": "4:3", "resolution": "1080p"}),
        (recipe("x", parameters={"resolution": "720p", "seed": 5}), {"resolution": "720p", "seed": 5}),
        (recipe("x", parameters={"seed": "{{ 4 + 1 }}"}), {"seed": 5}),
        (recipe("x", parameters={"aspect_ratio": "{{ r }}"}, vars={"r": "1:1"}), {"aspect_ratio": "1:1"}),
        (
            recipe("x", made=matrix({"aspect_ratio": ["9:16"]}), parameters={"aspect_ratio": "1:1"}),
            {"aspect_ratio": "9:16"},
        ),
        (recipe("x", made=matrix({"a": ["1"]}, include=[{"resolution": "720p"}])), {"resolution": "720p"}),
        (recipe("x", made=matrix(add=[{"seed": 9, "resolution": "720p"}])), {"seed": 9, "resolution": "720p"}),
    ],
)
def test_a_parameter_comes_from_its_axis_an_extra_the_recipe_or_the_default(
    made: Recipe, parameters: Mapping[str, str | int]
) -> None:
    job = jobs_of(made).found[0]
    assert {name: job.request.parameters.get(name) for name in parameters} == parameters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("aspect_ratio", "2:1"),
        ("aspect_ratio", 1),
        ("aspect_ratio", True),
        ("aspect_ratio", {"id": "1:1"}),
        ("resolution", "1080"),
        ("resolution", "4k"),
        *(("seed", bad) for bad in (0, -1, 2_147_483_648, 1.5, True, "x", "", "+5", "5.0", "٥", "0", {"id": "5"})),
    ],
)
def test_a_bad_parameter_is_an_error_at_its_value(name: str, value: Value) -> None:
    made = jobs_of(recipe("x", made=matrix([list_axis("a", ["1"]), list_axis(name, [value], AXES_LINE + 1)])))
    assert made.found == []
    assert [(problem.code, problem.mark.line) for problem in made.problems if problem.code != "no-seed"] == [
        ("not-allowed", AXES_LINE + 1)
    ]


@pytest.mark.parametrize("seed", [1, 2_147_483_647, "7"])
def test_a_seed_within_its_range_is_sent(seed: Value) -> None:
    assert jobs_of(recipe("x", made=matrix({"seed": [seed]}))).found[0].request.seed == int(str(seed))


def test_repeat_numbers_takes_in_key_template_and_fingerprint() -> None:
    made = jobs_of(recipe("x", made=matrix(), repeat=3, file="t{{ take }}"))
    assert [job.key for job in made.found] == ["main[take=0]", "main[take=1]", "main[take=2]"]
    assert [job.stem for job in made.found] == ["t0", "t1", "t2"]
    assert len({job.fingerprint for job in made.found}) == 3


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (recipe("x", made=SEEDED, repeat=2), "repeat-beside-seed"),
        (recipe("x", parameters={"seed": 5}, repeat=2), "repeat-beside-seed"),
        (recipe("x"), "duplicate-request"),
        (recipe("x", made=matrix({"a": ["1"]}, add=[{"a": "1"}])), "duplicate-key"),
        (recipe(made=SEEDED, file="{{ seed }}"), "duplicate-file"),
        (recipe("{{ a }}", made=matrix({"a": ["A", "a"]}), file="{{ a }}"), "duplicate-file"),
        (recipe("  ", made=SEEDED), "empty-prompt"),
        (recipe("{{ scnee }}", made=SEEDED), "template"),
        (recipe(made=SEEDED, tags={"t": "{{ nope }}"}), "template"),
        (recipe(made=SEEDED, file="{{ '' }}"), "empty-name"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_an_error(made: Recipe, code: str) -> None:
    assert code in jobs_of(made).codes


def test_a_seeded_request_twice_is_two_jobs_with_one_fingerprint() -> None:
    made = jobs_of(recipe("x", made=SEEDED))
    assert made.codes == []
    assert len(made.found) == 4
    assert len({job.fingerprint for job in made.found}) == 2


def test_without_a_seed_there_is_a_warning_once_and_none_is_sent() -> None:
    made = jobs_of(recipe())
    assert made.warnings == ["no-seed"]
    assert all("seed" not in job.request.parameters for job in made.found)
    assert jobs_of(recipe(made=SEEDED)).warnings == []


@pytest.mark.parametrize(("length", "warned"), [(1000, False), (1001, True)])
def test_a_long_prompt_is_warned_about_and_kept(length: int, warned: bool) -> None:
    made = jobs_of(recipe("x" * length, made=matrix([seed_axis(1)])))
    assert ("long-prompt" in made.warnings) is warned
    assert len(made.found) == 1


def test_an_error_in_a_template_stands_at_its_line() -> None:
    (problem,) = jobs_of(recipe("a\nb {{ nope }}", made=matrix([seed_axis(1)]))).problems
    assert problem.mark.line == 4


def test_tags_are_rendered_and_files_have_the_names_that_the_template_gives() -> None:
    job = jobs_of(recipe(made=SEEDED, tags={"t": "<{{ scene }}>"}, file="{{ scene }}/s{{ seed }}:1")).found[0]
    assert (job.tags, job.stem) == ({"t": "<beach>"}, "beach/s7x1")


def test_values_make_no_folders_and_default_names_are_made_of_the_axes() -> None:
    made = matrix({"scene": ["../a/b"], "aspect_ratio": ["16:9"], "seed": [7]})
    assert "/" not in jobs_of(recipe(made=made, file="{{ scene }}")).found[0].stem
    job = jobs_of(recipe(made=made)).found[0]
    assert job.stem == f"-a-b_16x9_7_{job.fingerprint[:8]}".replace("-a", "--a")
