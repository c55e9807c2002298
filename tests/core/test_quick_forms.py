"""What planning does by a short way is what the long way does: for requests, lines, paths and rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gen4flow.core import expand, row_job
from gen4flow.core.file_names import end_with_fingerprints
from gen4flow.core.job import Request, fingerprint_of
from gen4flow.core.matrix import Rows
from gen4flow.core.naming import folded, safe_part, safe_path
from gen4flow.core.plan import NO_PAST, Action, Past, PlannedJob, Slot, judge
from gen4flow.core.plan_line import plan_line
from gen4flow.core.prompt import utf16_units
from gen4flow.core.recipe import AxisValue, Recipe
from gen4flow.core.references import LocalImage, OutputImage, Reference, RemoteImage
from gen4flow.core.summary import job_json
from gen4flow.core.values import Value, WrittenFloat, canonical_json, line_text
from tests.core.making import jobs_of, list_axis, mark, matrix, recipe, rows_of, seed_axis, values_of

TEXTS = st.text() | st.sampled_from(
    ["", '"', "\\", "\n", "\x00\x1f\x7f\x85\u2028\u2029", "é春🦊\U0010ffff", "</x>", "a b"]
)
NUMBERS = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
VALUES: st.SearchStrategy[Value] = st.recursive(
    TEXTS | NUMBERS | st.none() | st.sampled_from([WrittenFloat("1.50"), WrittenFloat("-0.0")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
REFERENCES: st.SearchStrategy[Reference] = st.one_of(
    st.builds(LocalImage, sha256=TEXTS, path=TEXTS),
    st.builds(RemoteImage, url=TEXTS),
    st.builds(OutputImage, job=TEXTS, output=st.integers(0, 3), key=TEXTS, likeness=TEXTS),
)
REQUESTS = st.builds(
    Request,
    provider=TEXTS,
    model=TEXTS,
    prompt=TEXTS,
    parameters=st.dictionaries(TEXTS, VALUES, max_size=4),
    references=st.lists(REFERENCES, max_size=3).map(tuple),
    take=st.none() | st.integers(0, 9),
)


def told(request: Request) -> dict[str, Any]:
    """Return a request as the mapping whose canonical JSON its fingerprint is made of."""
    whole: dict[str, Any] = {
        "model": request.model,
        "parameters": dict(request.parameters),
        "prompt": request.prompt,
        "provider": request.provider,
    }
    whole |= {"references": [one.identity() for one in request.references]} if request.references else {}
    return whole | ({} if request.take is None else {"take": request.take})


@settings(max_examples=500)
@given(request=REQUESTS)
def test_a_request_has_the_canonical_json_of_its_mapping(request: Request) -> None:
    whole = json.dumps(told(request), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    assert request.canonical() == whole == canonical_json(told(request))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_request_with_what_is_no_number_has_no_canonical_text(number: float) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        Request(provider="p", model="m", prompt="x", parameters={"seed": number}).canonical()  # type: ignore[dict-item]


@settings(max_examples=300)
@given(
    request=REQUESTS,
    parameters=st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans(), max_size=4),
    words=st.lists(TEXTS, min_size=3, max_size=3),
    mapping=st.dictionaries(TEXTS, VALUES, max_size=3),
    axes=st.dictionaries(TEXTS, VALUES, max_size=3),
    price=st.none() | st.integers(0, 10**9),
    action=st.sampled_from(Action),
    files=st.lists(TEXTS, max_size=2),
)
def test_a_line_is_what_json_makes_of_the_job(
    request: Request,
    parameters: Mapping[str, str | int],
    words: list[str],
    mapping: Mapping[str, Value],
    axes: Mapping[str, Value],
    price: int | None,
    action: Action,
    files: list[str],
) -> None:
    (job,) = jobs_of(recipe("x", made=matrix([list_axis("seed", [1])]))).found
    key, reason, tag = words
    job = job._replace(
        key=key,
        request=request._replace(parameters=parameters),
        axes={name: AxisValue.of(value, mark()) for name, value in axes.items()},
        extras=mapping,
        tags={tag: key},
    )
    planned = PlannedJob(job, action, reason, tuple(words), price, None, tuple(files))
    assert plan_line(planned) == json.dumps(job_json(planned), sort_keys=True, ensure_ascii=False)


@pytest.mark.parametrize("per", [(), ("a",), ("request",)], ids=["own", "of an axis", "of its request"])
def test_the_line_of_a_row_is_what_json_makes_of_it(per: tuple[str, ...]) -> None:
    made = matrix([list_axis("b", ["x", "y"]), list_axis("a", [1, 2]), seed_axis(2, per=per)])
    jobs = jobs_of(recipe("{{ a }}", made=made)).found
    planned = [PlannedJob(job, Action.ADD, "new", (), 50_000, None, ("x.*",)) for job in jobs]
    assert [plan_line(one) for one in planned] == [
        json.dumps(job_json(one), sort_keys=True, ensure_ascii=False) for one in planned
    ]
    assert len({job.request.seed for job in jobs}) == {(): 2, ("a",): 4, ("request",): 4}[per]


@given(value=VALUES)
def test_the_text_of_a_value_in_a_line_is_its_json(value: Value) -> None:
    assert line_text(value) == json.dumps(value, sort_keys=True, ensure_ascii=False)


SIGNS = st.sampled_from(
    [*map(chr, range(128)), "con", "NUL", "com1", "lpt9.x", "prn ", "aux", "é", "\u200b", "ß", "//"]
)


@settings(max_examples=500)
@given(rendered=st.lists(SIGNS, max_size=12).map("".join) | st.text(max_size=5))
@example("x" * 150)
@example("x" * 151)
@example("a" + " " * 149)
@example("conin$")
def test_a_path_is_safe_as_its_parts_are(rendered: str) -> None:
    parts = [safe_part(part) for part in rendered.split("/")]
    assert safe_path(rendered) == ("/".join(part for part in parts if part) or None)


@given(path=st.text(max_size=10))
def test_what_is_ascii_folds_as_everything_does(path: str) -> None:
    assert folded(path) == folded(path + "é")[:-1]


@given(text=st.text(max_size=10))
def test_ascii_is_counted_as_everything_is(text: str) -> None:
    assert (
        utf16_units(text) + 1 == utf16_units(text + "é") == len((text + "é").encode("utf-16-le", "surrogatepass")) // 2
    )


def test_a_row_is_made_again_by_its_number() -> None:
    made = matrix(
        [list_axis("a", ["x", "y", "z"]), (list_axis("b", [1, 2]), list_axis("c", [3, 4])), seed_axis(2, per=("a",))],
        exclude=[{"a": "y"}],
        include=[{"a": "z", "mood": "calm"}],
        add=[{"a": "q", "seed": 5}],
    )
    again = Rows(made, values_of(made))
    numbered = list(again.all(lambda _: None))
    assert [row for _, row in numbered] == rows_of(made).found
    assert {row.texts for _, row in numbered} == {None}  # their seeds follow from other axes
    assert [number for number, _ in numbered] == [0, 1, 2, 3, 8, 9, 10, 11, 12]
    assert [again.at(number) for number, _ in numbered] == [row for _, row in numbered]


ALIKE = st.lists(st.sampled_from(["a", "A", "a_b", "b", "b_c", "c", "x/y", "x-y"]), min_size=1, max_size=4, unique=True)


@settings(max_examples=200)
@given(
    left=ALIKE, right=ALIKE, seeds=st.integers(1, 3), prompt=st.sampled_from(["x", "{{ left }}", "{{ right|lower }}"])
)
def test_files_that_clash_are_found_among_jobs_whose_fingerprints_begin_alike(
    left: list[Value], right: list[Value], seeds: int, prompt: str
) -> None:
    made = recipe(prompt, made=matrix([list_axis("left", left), list_axis("right", right), seed_axis(seeds)]))
    quick = jobs_of(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expand, "end_with_fingerprints", lambda *_: False)
        slow = jobs_of(made)
    assert (quick.found, quick.problems) == (slow.found, slow.problems)


def test_fingerprints_that_only_begin_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 300 fingerprints that all begin with the same eight digits, as two of a million do."""
    monkeypatch.setattr(row_job, "fingerprint_of", lambda text: "0" * 8 + fingerprint_of(text)[8:])
    axes = [list_axis("a", list(range(100))), list_axis("b", ["x", "X", "y"]), list_axis("seed", [7])]
    made = recipe("{{ a }}", made=matrix(axes))
    found = jobs_of(made)
    shared = [job for job in found.found if job.first is not None]
    assert [job.first and job.first.key for job in shared] == [f"main[a={n},b=x,seed=7]" for n in range(100)]
    assert len(found.problems) == 100  # x and X are one file somewhere
    assert {problem.code for problem in found.problems} == {"duplicate-file"}


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (recipe(made=matrix([list_axis("scene", ["x"])])), True),
        (recipe(made=matrix([list_axis("scene", ["x" * 124])])), True),
        (recipe(made=matrix([list_axis("scene", ["x" * 150])])), False),
        (recipe(made=matrix([list_axis("scene", ["é"])])), False),
        (recipe(made=matrix([list_axis("scene", ["x"])], add=[{"scene": "y"}])), False),
        (recipe(made=matrix([list_axis("scene", ["x"])]), file="{{ scene }}"), False),
    ],
)
def test_it_is_known_beforehand_whether_names_end_with_fingerprints(made: Recipe, told: bool) -> None:
    (step,) = made.steps
    assert end_with_fingerprints(step, (), values_of(step.matrix)) is told
    jobs = jobs_of(made).found
    if told:
        assert all(job.stem.endswith(job.fingerprint[:8]) for job in jobs)


def test_a_job_without_a_past_is_judged_at_once_as_it_is_judged_at_length() -> None:
    job = jobs_of(recipe()).found[0]
    for one in (job, job._replace(held=True)):
        assert judge(one, NO_PAST) == judge(one, Past())
    assert judge(job, Past(slot=Slot(key=job.key, fingerprint="0" * 64, succeeded=True)))[0] is Action.CHANGE


def test_what_planning_makes_as_bare_tuples_has_all_their_fields() -> None:
    (job,) = jobs_of(recipe("x", made=matrix([list_axis("seed", [1])]))).found
    (row,) = rows_of(matrix([list_axis("seed", [1])])).found
    texts = rows_of(matrix([list_axis("seed", [1, 2])])).found[0].texts
    for one in (job, job.request, row, texts):
        assert one is not None
        assert type(one)(**one._asdict()) == one
