"""`gen4flow diff`: two recipes, two manifests, or one of each; text for people, JSON for programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from tests.commands.drafts import RECIPE, project

Output = pytest.CaptureFixture[str]
MUG = "main[product=mug,scene=a table,seed=1122634591]"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path)


def diff(*arguments: str) -> int:
    return main(["diff", *arguments])


def told(capsys: Output, *arguments: str) -> dict[str, Any]:
    """Return the difference as JSON."""
    capsys.readouterr()
    assert diff(*arguments, "--json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_two_recipes_are_compared_by_the_jobs_that_they_make(capsys: Output) -> None:
    text = (
        RECIPE.replace("[mug, vase]", "[mug, jug]").replace("'calm'", "'very calm'").replace("{auto: 2}", "{auto: 1}")
    )
    Path("new.yaml").write_text(text.replace("name: spring", "name: autumn"))
    assert diff("recipe.yaml", "new.yaml") == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[:3] == [
        "name: spring -> autumn",
        f"changed          {MUG}",
        "    prompt: mug on a table, {+very+} calm",
    ]
    assert "added      0.08  main[product=jug,scene=a table,seed=1122634591]" in shown.out
    assert "removed    0.08  main[product=vase,scene=a shelf,seed=1761882364]" in shown.out
    assert shown.out.splitlines()[-1] == (
        "8 -> 4 jobs: 2 added, 6 removed, 1 changed, 1 the same. "
        "All images, by list price: $0.64 -> $0.32, $0.32 less."
    )  # fmt: skip
    assert shown.err == ""


def test_a_recipe_is_as_itself_and_the_exit_code_is_0_either_way(capsys: Output) -> None:
    assert diff("recipe.yaml", "recipe.yaml") == 0
    assert capsys.readouterr().out == (
        "8 -> 8 jobs: 8 the same. All images, by list price: $0.64 -> $0.64, the same.\n"
    )


def test_an_axis_that_got_another_name_renames_the_jobs(capsys: Output) -> None:
    Path("new.yaml").write_text(RECIPE.replace("product", "ware"))
    found = told(capsys, "recipe.yaml", "new.yaml")
    assert found["totals"] == {"added": 0, "removed": 0, "renamed": 8, "changed": 0, "same": 0}
    assert found["renamed"][0]["before"] == MUG
    assert found["renamed"][0]["key"] == "main[scene=a table,seed=1122634591,ware=mug]"
    assert found["renamed"][0]["fields"] == []


def test_profiles_are_laid_over_both_recipes(capsys: Output) -> None:
    Path("new.yaml").write_text(RECIPE.replace("draft: {resolution: 720p", "draft: {resolution: 1080p"))
    found = told(capsys, "recipe.yaml", "new.yaml", "-P", "draft", "-s", "product=mug")
    assert found["totals"]["changed"] == 4
    [names] = {tuple(field["name"] for field in change["fields"]) for change in found["changed"]}
    assert names == ("resolution", "price", "fingerprint")
    assert found["list_price"] == {"of": "all", "a": "0.20", "b": "0.32", "difference": "0.12", "currency": "USD"}


def test_two_output_folders_are_compared_by_what_was_made(capsys: Output) -> None:
    assert main(["run", "recipe.yaml", "-P", "draft"]) == 0
    Path("recipe.yaml").write_text(RECIPE.replace(", only: {picks: picks/other.json}", ""))
    assert main(["run", "recipe.yaml", "-P", "final", "-s", "product=mug"]) == 0
    found = told(capsys, "out/spring.draft.proof", "out/spring.final.proof/manifest.json")
    assert (found["a"]["kind"], found["b"]["profiles"]) == ("manifest", ["final"])
    [made] = {tuple(field["name"] for field in one["fields"]) for one in found["changed"] if "mug" in one["key"]}
    assert made == ("resolution", "images", "fingerprint")
    [missing] = {tuple(field["name"] for field in one["fields"]) for one in found["changed"] if "vase" in one["key"]}
    assert missing == ("resolution", "status", "price", "files", "images", "fingerprint")
    assert found["list_price"]["of"] == "bought"


def test_a_recipe_beside_what_was_made_of_it_says_what_has_changed_since(capsys: Output) -> None:
    assert main(["run", "recipe.yaml", "-P", "draft"]) == 0
    shutil.copy("out/spring.draft.proof/manifest.json", "then.json")
    found = told(capsys, "then.json", "recipe.yaml", "-P", "draft")
    assert found["totals"] == {"added": 0, "removed": 0, "renamed": 0, "changed": 0, "same": 8}
    Path("recipe.yaml").write_text(RECIPE.replace("bright", "dark"))
    found = told(capsys, "then.json", "recipe.yaml", "-P", "draft")
    assert [field["name"] for field in found["changed"][0]["fields"]] == ["prompt", "fingerprint"]
    assert found["totals"]["changed"] == 4


HOSTILE = {
    "key": "main[\x1b[2J\u202eevil]",
    "fingerprint": "f" * 64,
    "prompt": "a \x9b31m cup \ud800",
    "status": ["x"],
    "price": {"list": "1e999999"},
    "references": 5,
    "files": [{"path": ["q"]}, 7],
    "tags": {"\x07": [1]},
}


def test_a_manifest_of_a_stranger_does_nothing_to_a_terminal(capsys: Output) -> None:
    manifest = {"entries": [HOSTILE, 5, {"key": 3}], "recipe": {"name": "\x1b]0;t\x07"}, "provider": {}, "model": None}
    Path("a.json").write_text(json.dumps(manifest))
    Path("b.json").write_text(json.dumps({"entries": [{**HOSTILE, "prompt": "another", "tags": {}}]}))
    assert diff("a.json", "b.json") == diff("b.json", "a.json") == diff("a.json", "recipe.yaml") == 0
    shown = capsys.readouterr().out
    assert all(line.isprintable() for line in shown.splitlines())
    assert "evil" in shown
    assert told(capsys, "a.json", "b.json")["changed"][0]["key"] == HOSTILE["key"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("plan.json", '{"format": "gen4flow-plan/1", "jobs": []}', "this is no manifest"),
        ("x.json", "{", "can't be read"),
        ("x.json", "[]", "this is no manifest"),
        ("x.json", "\xff", "can't be read"),
        ("x.yaml", "version: 1\nname: x\n", "prompt"),
        ("none.yaml", "", "does not exist"),
    ],
)
def test_what_is_neither_is_refused(name: str, text: str, said: str, capsys: Output) -> None:
    if text:
        Path(name).write_bytes(text.encode("latin-1"))
    assert diff(name, "recipe.yaml") == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""


def test_a_folder_without_a_manifest_is_refused(capsys: Output) -> None:
    assert diff("recipe.yaml", "picks") == 2
    assert "picks holds no manifest.json" in capsys.readouterr().err


def test_a_recipe_that_is_written_as_json_is_a_recipe(capsys: Output) -> None:
    Path("recipe.json").write_text('{"version": 1, "name": "spring", "prompt": "a", "seed": 1}')
    assert told(capsys, "recipe.json", "recipe.yaml")["totals"]["added"] == 8


def test_a_selector_that_matches_on_one_side_is_enough(capsys: Output) -> None:
    Path("new.yaml").write_text(RECIPE.replace("[mug, vase]", "[mug]"))
    assert told(capsys, "recipe.yaml", "new.yaml", "-s", "product=vase")["totals"]["removed"] == 4
    assert diff("recipe.yaml", "new.yaml", "-s", "product=jug") == 2
