"""A finished recipe's run writes nothing, and a plan does not read the manifest: until anything is otherwise."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gen4flow.cli import main
from gen4flow.core import expand
from gen4flow.core.job import Job
from gen4flow.core.joining import Report
from gen4flow.core.recipe import Recipe
from gen4flow.ledger import Ledger
from gen4flow.sinks import SINKS
from tests.benchmarks.finished import finish

RECIPE = """\
version: 1
name: cups
prompt: a {{ thing }}, {{ look }}
vars: {look: plain}
resolution: 720p
matrix:
  thing: [cup, bowl]
  aspect_ratio: [1:1, 16:9]
  seed: [7]
output: {file: "{{ thing }}/{{ aspect_ratio }}"}
"""
OUT = Path("out/cups.proof")
STATE = Path(".gen4flow")


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").touch()


def run(recipe: str = RECIPE, *options: str) -> int:
    """Write the recipe and run it."""
    Path("recipe.yaml").write_text(recipe)
    return main(["run", "recipe.yaml", *options])


def files() -> dict[str, bytes]:
    """Return what is in the output folder."""
    return {str(path.relative_to(OUT)): path.read_bytes() for path in OUT.rglob("*") if path.is_file()}


def forget() -> None:
    """Let the ledger forget what stands in output folders."""
    with sqlite3.connect(STATE / "ledger.sqlite3") as ledger:
        ledger.execute("DELETE FROM standing")
    ledger.close()


def remembered() -> bool:
    """Tell whether the ledger remembers that everything stands."""
    ledger = Ledger.read(STATE)
    assert ledger is not None
    found = ledger.standing(str(OUT.absolute()))
    ledger.close()
    return found is not None


@pytest.fixture
def no_writing(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes every writing of a derived file an error from then on."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing has changed, and it is written again")

    def begin() -> None:
        for name in SINKS:
            monkeypatch.setitem(SINKS, name, refuse)
        monkeypatch.setattr("gen4flow.commands.view.build_manifest", refuse)
        monkeypatch.setattr("gen4flow.commands.output_folder.manifest_file.read_manifest", refuse)

    return begin


def test_a_run_that_finds_everything_in_its_place_writes_nothing(
    no_writing: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    before = files()
    told = capsys.readouterr().out
    no_writing()
    assert run() == 0
    assert main(["plan", "recipe.yaml", "--jsonl"]) == 0
    assert files() == before
    assert told.splitlines()[-1] == f"4 of 4 images in {OUT.absolute()}"
    assert told.splitlines()[-1] in capsys.readouterr().out


def test_the_rows_of_a_recipe_are_made_once_in_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []

    def jobs(recipe: Recipe, material: expand.Material, report: Report) -> Iterator[Job]:
        begun.append(recipe.name)
        return expand.jobs(recipe, material, report)

    monkeypatch.setattr("gen4flow.commands.preparing.jobs", jobs)
    assert run() == 0
    assert len(begun) == 1


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"!")  # of the same size


def _link(path: Path) -> None:
    path.rename("elsewhere")
    path.symlink_to(Path("elsewhere").absolute())


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("gallery.html", Path.unlink),
        ("gallery.html", _cut),
        ("gallery.html", _link),
        ("metadata.jsonl", Path.unlink),
        ("metadata.jsonl", _cut),
        ("metadata.jsonl", _link),
        ("manifest.json", Path.unlink),
        ("manifest.json", _link),
        ("cup/1x1.png", Path.unlink),
        ("cup/1x1.png", _cut),
        (".gallery", Path.unlink),
        (".gallery", _link),
    ],
)
def test_what_somebody_has_deleted_or_damaged_is_written_again(name: str, spoil: Callable[[Path], object]) -> None:
    assert run() == 0
    before = files()
    path = next((OUT / name).iterdir()) if name == ".gallery" else OUT / name
    spoil(path)
    assert run() == 0
    assert {name: one for name, one in files().items() if ".edited-" not in name} == before
    assert not path.is_symlink()


def test_a_damaged_manifest_is_still_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    _cut(OUT / "manifest.json")
    assert run() == 1
    assert "can't be read" in capsys.readouterr().err
    (OUT / "manifest.json").rename("manifest.old")  # as the message says
    assert run() == 0
    assert (OUT / "manifest.json").read_bytes()[:-1] == Path("manifest.old").read_bytes()[:-1]


RICH = (
    RECIPE
    + """\
tags: {sku: "no. {{ thing }}"}
deliver: [{name: web, width: 60}, {name: icon, width: 16}]
"""
)
RICH = RICH.replace("  seed: [7]\n", "  seed: [7]\n  include: [{aspect_ratio: 1:1, mood: calm}]\n")
CHANGES = {
    "another template": ("a {{ thing }}, {{ look }}", "a {{ thing }}, plain"),
    "another tag": ("no. ", "number "),
    "another extra": ("calm", "loud"),
    "no original": ('{{ aspect_ratio }}"', '{{ aspect_ratio }}", original: false'),
    "another order": ("[cup, bowl]", "[bowl, cup]"),
    "one less": ("[cup, bowl]", "[bowl]"),
    "one more": ("[cup, bowl]", "[cup, bowl, vase]"),
    "another prompt": ("plain}", "ornate}"),
    "another name of an axis": ("thing", "subject"),
    "another name of a file": ("{{ aspect_ratio }}", "{{ aspect_ratio }}-{{ seed }}"),
    "another model of the recipe": ("name: cups", "name: cups\nmodel: runwayml/gen4-image"),
    "another order of files": (
        "[{name: web, width: 60}, {name: icon, width: 16}]",
        "[{name: icon, width: 16}, {name: web, width: 60}]",
    ),
    "another size of a file": ("width: 16", "width: 17"),
    "no marks": ('{{ aspect_ratio }}"', '{{ aspect_ratio }}", marks: false'),
}


@pytest.mark.parametrize("told", CHANGES)
def test_whatever_changes_what_files_say_is_written(told: str) -> None:
    assert run(RICH) == 0
    changed = RICH.replace(*CHANGES[told])
    assert changed != RICH
    assert run(changed) == 0
    quick = files()
    assert run(changed) == 0
    assert files() == quick
    forget()
    assert run(changed) == 0
    assert files() == quick


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("x: [7, 8]", 'x: ["7", "8"]'),  # the same keys and prompts
        (
            "{{ 'one' if x|string == '7' else 'two' }}",
            "{{ 'two' if x|string == '7' else 'one' }}",
        ),  # the same files of the same image
    ],
)
def test_what_no_key_and_no_file_tells_is_written_as_well(was: str, now: str) -> None:
    recipe = """\
version: 1
name: cups
prompt: a cup
matrix: {x: [7, 8], seed: [7]}
output: {marks: false, file: "{{ 'one' if x|string == '7' else 'two' }}"}
"""
    assert run(recipe) == 0
    assert remembered()
    changed = recipe.replace(was, now)
    before = files()
    assert run(changed) == 0
    assert files() != before
    quick = files()
    forget()
    assert run(changed) == 0
    assert files() == quick


def test_what_the_billing_said_is_written() -> None:
    assert run() == 0
    with sqlite3.connect(STATE / "ledger.sqlite3") as raw:
        raw.execute("UPDATE attempts SET charged = 70000")
        raw.execute("INSERT INTO events (attempt, at, event) VALUES (1, '2026-01-01', 'charged')")
    raw.close()
    assert run() == 0
    assert '"charged": "0.28"' in (OUT / "manifest.json").read_text()


def test_what_is_left_in_place_is_told_by_each_run(capsys: pytest.CaptureFixture[str]) -> None:
    renamed = RECIPE.replace("{{ aspect_ratio }}", "{{ aspect_ratio }}-{{ seed }}")
    assert run() == run(renamed) == 0
    for _ in range(2):
        capsys.readouterr()
        assert run(renamed) == 0
        assert "left in place: 4 files" in capsys.readouterr().err
    assert not remembered()


def test_a_file_that_was_touched_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run() == 0
    os.utime(OUT / "cup/1x1.png", (1, 1))
    assert run() == 0
    assert remembered()
    monkeypatch.setattr("gen4flow.sinks.copies.file_sha256", None)
    assert run() == 0


def test_a_job_without_an_image_keeps_a_folder_from_being_finished() -> None:
    assert run(RECIPE, "--limit", "3") == 0
    assert not remembered()
    assert run() == 0
    assert remembered()


FLAT = RECIPE.replace('output: {file: "{{ thing }}/{{ aspect_ratio }}"}\n', "")
LARGE = FLAT.replace("[cup, bowl]", "[{}]".format(", ".join(f"thing{number}" for number in range(70))))
EDITS = {
    "the last is another": ("thing69]", "thing70]"),
    "the last is gone": (", thing69]", "]"),
    "the last has company": ("thing69]", "thing69, thing70]"),
    "one in the middle is gone": ("thing40, ", ""),
    "all are others": ("plain}", "ornate}"),
    "nothing is": ("", ""),
}


@pytest.mark.parametrize("told", EDITS)
@pytest.mark.parametrize("form", ["--jsonl", "--json"])
def test_a_plan_says_the_same_whether_or_not_it_had_to_read_the_manifest(
    told: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("recipe.yaml").write_text(LARGE)
    finish(Path("recipe.yaml"))
    assert run(LARGE) == 0
    assert remembered()
    Path("recipe.yaml").write_text(LARGE.replace(*EDITS[told]))
    plans = []
    for forgotten in (False, True):
        if forgotten:
            forget()
        capsys.readouterr()
        assert main(["plan", "recipe.yaml", form]) == 0
        plans.append(capsys.readouterr().out)
    assert plans[0] == plans[1]
    assert plans[0].count('"keep"') >= (0 if told == "all are others" else 69)
