"""The schemas of plan, manifest and picks say exactly what is written: no field more, no field less."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from jsonschema import Draft7Validator

from gen4flow.commands.preparing import Choices, prepare
from gen4flow.core.copies import DeliveredCopy
from gen4flow.core.history import Purchase, RunFacts
from gen4flow.core.image import EXTENSIONS, Image
from gen4flow.core.job import Job
from gen4flow.core.manifest import FACTS_OF_A_PURCHASE, Entry, build_manifest
from gen4flow.core.marks import Marked
from gen4flow.core.plan import Action
from gen4flow.core.purchase import Accepted, Attempt, Event, Failed, Failure, Fetched, Intended, Lost, Status, decide
from gen4flow.resources import shipped
from gen4flow.sinks.manifest_file import write_manifest
from tests.core.making import delivered

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
Document: TypeAlias = dict[str, Any]
NAMES = ("plan", "manifest", "picks")

RECIPE = """\
version: 1
name: all
prompt: A {{ animal.id if animal is defined else 'gift' }} in {{ hour }} light {{ mood | default('') }}
matrix:
  animal: [{id: fox, legs: 4}, {id: owl, legs: 2}]
  hour: [6, 7.50]
  seed: [1]
  include: [{animal: fox, mood: calm, many: {of: [these]}}]
  add: [{hour: true, aspect_ratio: "1:1"}]
tags: {legs: "{{ animal.legs if animal is defined else 0 }}"}
"""


def schema(name: str) -> Document:
    loaded: Document = json.loads((shipped("schemas") / f"{name}.schema.json").read_bytes())
    return loaded


def problems(name: str, document: object) -> list[str]:
    errors = Draft7Validator(schema(name)).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in errors]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def purchased(job: Job, number: int, *events: Event) -> Purchase:
    attempt = Attempt()
    for event in events:
        attempt = decide(attempt, event).attempt
    return Purchase(
        number=number,
        fingerprint=job.fingerprint,
        request=job.request.canonical(),
        provider="local",
        recipe="all.proof",
        key=job.key,
        attempt=attempt,
        price=50_000,
        created="2026-11-22T10:00:00.000Z",
    )


def with_sidecar(copy: DeliveredCopy) -> DeliveredCopy:
    """Return a copy whose marks are beside it."""
    return replace(copy, sidecar=copy.file._replace(path="a.xmp"), file=copy.file._replace(marks=Marked.SIDECAR))


def manifest_of(recipe: Path, provider: str) -> Document:
    """Return a manifest with a job in every state that a purchase can have."""
    jobs = list(prepare(recipe, Choices(provider=provider)).jobs())
    bought: list[Event] = [Intended(), Accepted(prediction_id="p1")]
    image = Image(sha256="ab" * 32, bytes=70, width=8, height=6, media_type="image/png")
    done = purchased(jobs[0], 1, *bought, Fetched())
    done = done._replace(charged=40_500, images=(image,), submitted="x", finished="y", inference_ms=12, nsfw=False)
    entries = [
        Entry(job=jobs[0], purchase=done, files=[with_sidecar(delivered("a.png", image))]),
        Entry(job=jobs[1], purchase=purchased(jobs[1], 2, *bought, Failed(failure=Failure.TASK, message="no"))),
        Entry(job=jobs[2], purchase=purchased(jobs[2], 3, Intended(), Lost(message="timed out"))),
        Entry(job=jobs[3], purchase=purchased(jobs[3], 4, Intended())),
        Entry(job=jobs[4], purchase=None),
    ]
    facts = RunFacts(
        recipe="all", provider=provider, recipe_sha256="12" * 32, git_commit=None, git_dirty=None, tool_version="1"
    )
    return build_manifest(tool_version="1", recipe="all", provider=provider, model="m", last=facts, entries=entries)


PICKS: Document = {
    "format": "gen4flow-picks/1",
    "recipe": "all",
    "manifest_sha256": "ab" * 32,
    "picks": [
        {"fingerprint": "cd" * 32, "keys": ["main[seed=1]", "main[seed=2]"], "verdict": "pick", "stars": 5, "note": ""},
        {"fingerprint": "ef" * 32, "keys": ["main[seed=3]"], "verdict": "reject"},
    ],
}


def plan(command: Command, recipe: Path, *options: str) -> Document:
    done = command("plan", recipe.name, "--json", *options, folder=recipe.parent)
    assert done.returncode == 0, done.stderr
    loaded: Document = json.loads(done.stdout)
    return loaded


@pytest.mark.parametrize("provider", ["local", "wavespeed"])
def test_the_plan_of_a_new_recipe_is_what_its_schema_says(
    provider: str, recipe: Path, gen4flow_command: Command
) -> None:
    told = plan(gen4flow_command, recipe, "--provider", provider)
    assert problems("plan", told) == []
    assert told["totals"]["by_action"] == {"add": 5}


def test_a_plan_beside_an_older_manifest_is_what_its_schema_says(recipe: Path, gen4flow_command: Command) -> None:
    manifest = manifest_of(recipe, "local")
    manifest["entries"][1]["fingerprint"] = "0" * 64
    manifest["entries"][2]["key"] = "main[gone=1]"
    folder = recipe.parent / "out" / "all.proof"
    folder.mkdir(parents=True)
    write_manifest(folder, manifest)
    told = plan(gen4flow_command, recipe)
    assert problems("plan", told) == []
    assert told["totals"]["by_action"].keys() == {"add", "change", "elsewhere", "remove"}


def test_the_plan_of_a_model_without_a_price_is_what_its_schema_says(recipe: Path, gen4flow_command: Command) -> None:
    recipe.write_text(recipe.read_text() + "model: somebody/else\nprovider: wavespeed\n")
    told = plan(gen4flow_command, recipe)
    assert problems("plan", told) == []
    assert {job["price"] for job in told["jobs"]} == {None}


def test_a_line_of_the_plan_is_the_schemas_job(recipe: Path, gen4flow_command: Command) -> None:
    lines = gen4flow_command("plan", recipe, "--jsonl", folder=recipe.parent).stdout.splitlines()
    jobs = [json.loads(line) for line in lines]
    assert len(jobs) == 5
    assert problems("plan", {**plan(gen4flow_command, recipe), "jobs": jobs}) == []


def test_a_plan_after_a_run_is_what_its_schema_says(recipe: Path, gen4flow_command: Command) -> None:
    gen4flow_command("run", recipe, "--yes", folder=recipe.parent)
    folder = recipe.parent / "out" / "all.proof"
    written = json.loads((folder / "manifest.json").read_bytes())
    assert problems("manifest", written) == []
    assert written["totals"]["jobs"] == {"total": 5, "succeeded": 5}
    (folder / written["entries"][0]["files"][0]["path"]).unlink()
    told = plan(gen4flow_command, recipe)
    assert problems("plan", told) == []
    assert told["totals"]["by_action"] == {"keep": 4, "heal": 1}


def test_a_manifest_with_jobs_in_all_states_is_what_its_schema_says(recipe: Path) -> None:
    manifest = manifest_of(recipe, "wavespeed")
    assert problems("manifest", manifest) == []
    assert manifest["totals"]["jobs"].keys() == {"total", "succeeded", "failed", "unknown", "submitting", "planned"}
    unknown = [entry["error"]["class"] for entry in manifest["entries"] if entry["error"]]
    assert unknown == ["task", "unknown"]


def test_a_manifest_with_a_job_that_another_ledger_bought_is_what_its_schema_says(recipe: Path) -> None:
    bought = manifest_of(recipe, "local")["entries"][0]
    jobs = list(prepare(recipe).jobs())
    entry = Entry(job=jobs[0], purchase=None, elsewhere={name: bought[name] for name in FACTS_OF_A_PURCHASE})
    manifest = build_manifest(tool_version="1", recipe="all", provider="local", model="m", last=None, entries=[entry])
    assert problems("manifest", manifest) == []
    assert manifest["entries"] == [bought]


def test_a_manifest_before_the_first_purchase_is_what_its_schema_says() -> None:
    manifest = build_manifest(tool_version="1", recipe="all", provider="local", model="m", last=None, entries=[])
    assert problems("manifest", manifest) == []


def test_picks_with_and_without_stars_and_note_are_what_their_schema_says() -> None:
    assert problems("picks", PICKS) == []


def documents(recipe: Path, command: Command) -> Iterator[tuple[str, Document]]:
    yield "plan", plan(command, recipe)
    yield "manifest", manifest_of(recipe, "local")
    yield "picks", PICKS


def parts(value: object) -> Iterator[Document]:
    """Yield every mapping in a document with fields of its own: not those whose names the recipe gives."""
    if isinstance(value, dict):
        yield value
        for name, below in value.items():
            if name not in {"axes", "extras", "tags"}:
                yield from parts(below)
    elif isinstance(value, list):
        for below in value:
            yield from parts(below)


def test_one_field_more_or_less_anywhere_is_noticed(recipe: Path, gen4flow_command: Command) -> None:
    # by_action and jobs count what occurs, a request may have no seed, a judgement neither stars nor a note
    optional = {*(one.value for one in (*Action, *Status)), "seed", "stars", "note"}
    for name, document in documents(recipe, gen4flow_command):
        for part in parts(document):
            part["surprise"] = 1
            assert problems(name, document), part
            del part["surprise"]
            for field in part.keys() - optional:
                kept = part.pop(field)
                assert problems(name, document), field
                part[field] = kept
        assert problems(name, document) == []


def test_money_is_never_a_float() -> None:
    manifest = build_manifest(tool_version="1", recipe="all", provider="local", model="m", last=None, entries=[])
    for wrong in (0.0, "0", "1e2", "-1.00", "0.00\n"):
        assert problems("manifest", {**manifest, "totals": {**manifest["totals"], "list": wrong}})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "change", [{"verdict": "maybe"}, {"stars": 6}, {"stars": 0}, {"keys": []}, {"fingerprint": "x"}]
)
def test_picks_that_say_nothing_are_noticed(change: Mapping[str, object]) -> None:
    assert problems("picks", {**PICKS, "picks": [{**PICKS["picks"][0], **change}]})


def test_every_name_of_an_action_a_status_a_failure_and_a_kind_of_image_is_in_its_schema() -> None:
    job = schema("plan")["definitions"]["job"]["properties"]
    actions = [action.value for action in Action]
    assert job["action"]["enum"] == actions
    assert list(schema("plan")["properties"]["totals"]["properties"]["by_action"]["properties"]) == actions
    told = schema("manifest")
    statuses = [status.value for status in Status]
    assert told["definitions"]["entry"]["properties"]["status"]["enum"] == statuses
    assert list(told["properties"]["totals"]["properties"]["jobs"]["properties"]) == ["total", *statuses]
    classes = told["definitions"]["error"]["properties"]["class"]["enum"]
    assert set(classes) == {*(failure.value for failure in Failure), *statuses} - {"succeeded"}
    assert set(told["definitions"]["file"]["properties"]["media_type"]["enum"]) == set(EXTENSIONS)
    assert told["definitions"]["file"]["properties"]["marks"]["enum"] == [where.value for where in Marked]


def described(value: Any, path: str = "") -> Iterator[tuple[str, Document]]:
    """Yield every property and definition of a schema."""
    if isinstance(value, dict):
        for kind in ("properties", "definitions"):
            for name, below in value.get(kind, {}).items():
                yield f"{path}/{name}", below
        for name, below in value.items():
            yield from described(below, f"{path}/{name}")
    elif isinstance(value, list):
        for below in value:
            yield from described(below, path)


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_valid_and_describes_every_field_in_a_sentence(name: str) -> None:
    told = schema(name)
    assert told["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(told)
    for path, field in described(told):
        found = told["definitions"][field["$ref"].rsplit("/", 1)[1]] if "$ref" in field else field
        assert found.get("description", "").endswith("."), path
        for example in field.get("examples", ()):
            assert Draft7Validator({**field, "definitions": told["definitions"]}).is_valid(example), (path, example)
