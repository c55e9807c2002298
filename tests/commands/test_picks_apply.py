"""`gen4flow picks apply`: the winners as copies, verified, under their names; nothing is bought or overwritten."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gen4flow.cli import main
from gen4flow.core.picks import Verdict
from tests.commands.drafts import RECIPE, jobs, project, said, write_picks

Output = pytest.CaptureFixture[str]
NAMES = ["mug/a shelf 1122634591.png", "vase/a shelf 1761882364.png"]


@pytest.fixture(autouse=True)
def _drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    """Make the drafts, and pick two of the eight."""
    monkeypatch.chdir(tmp_path)
    project(tmp_path)
    assert main(["run", "recipe.yaml", "-P", "draft"]) == 0
    drafts = jobs("-P", "draft")
    write_picks("picks/mine.json", [*said(Verdict.PICK, drafts[2], drafts[7]), *said(Verdict.REJECT, drafts[0])])
    capsys.readouterr()


def apply(*options: str, profile: str = "draft", to: str = "chosen") -> int:
    return main(["picks", "apply", "picks/mine.json", "recipe.yaml", "-P", profile, "--to", to, *options])


def copied(folder: str = "chosen") -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file())


def pixels(path: Path) -> bytes:
    with Image.open(path) as image:
        found: bytes = image.tobytes()
        return found


def originals() -> list[Path]:
    return [path for path in Path(".gen4flow/objects").rglob("*") if path.is_file()]


def test_the_winners_are_copied_under_their_names_byte_for_byte(capsys: Output) -> None:
    assert apply() == 0
    assert copied() == NAMES
    for name in NAMES:
        assert Path("chosen", name).read_bytes() == Path("out/spring.draft.proof", name).read_bytes()
    told = capsys.readouterr()
    assert told.out.splitlines() == [*(f"copied  chosen/{name}" for name in NAMES), "2 of 2 picked images in chosen"]
    assert told.err == ""


def test_again_it_copies_nothing_and_says_that_they_are_there(capsys: Output) -> None:
    assert apply() == 0
    before = {name: Path("chosen", name).stat().st_mtime_ns for name in NAMES}
    capsys.readouterr()
    assert apply() == 0
    assert capsys.readouterr().out.startswith(f"there   chosen/{NAMES[0]}\n")
    assert {name: Path("chosen", name).stat().st_mtime_ns for name in NAMES} == before


@pytest.mark.parametrize("link", [False, True])
def test_another_file_in_its_place_is_kept_and_then_nothing_is_copied(link: bool, capsys: Output) -> None:
    target = Path("chosen", NAMES[1])
    target.parent.mkdir(parents=True)
    Path("mine").write_text("mine")
    target.symlink_to(Path("mine").resolve()) if link else target.write_text("mine")
    assert apply() == 2
    assert copied() == [NAMES[1]]
    assert Path("mine").read_text() == target.read_text() == "mine"
    assert f"chosen/{NAMES[1]} is there already, and is another file" in capsys.readouterr().err


def test_as_json_it_says_what_each_copy_is(capsys: Output) -> None:
    assert apply("--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["folder"], told["picked"], told["missing"]) == ("chosen", 2, [])
    for image in told["images"]:
        assert hashlib.sha256(Path("chosen", image["path"]).read_bytes()).hexdigest() == image["sha256"]
        assert (image["copied"], image["looked_at"]) == (True, True)
    assert [image["key"] for image in told["images"]] == [jobs("-P", "draft")[n]["key"] for n in (2, 7)]


def test_what_was_not_bought_is_named_with_what_brings_it_and_the_rest_is_copied(capsys: Output) -> None:
    recipe = RECIPE.replace("only: {picks: picks/other.json}, ", "")
    Path("recipe.yaml").write_text(recipe)
    assert main(["run", "recipe.yaml", "-P", "final", "-s", "product=mug"]) == 0
    capsys.readouterr()
    assert apply(profile="final") == 6
    told = capsys.readouterr()
    assert copied() == NAMES[:1]
    assert told.out.endswith("1 of 2 picked images in chosen\n")
    assert told.err.splitlines() == [
        f"missing: {jobs('-P', 'draft')[7]['key']}: not bought yet",
        "  -> gen4flow run recipe.yaml -P final",
        "note: 1 of them is not what was looked at, but what the same rows are now: "
        + jobs("-P", "draft")[2]["key"],
    ]  # fmt: skip


def test_a_damaged_or_lost_original_is_never_copied(capsys: Output) -> None:
    entries = json.loads(Path("out/spring.draft.proof/manifest.json").read_bytes())["entries"]
    names = {file["path"]: file["original_sha256"] for entry in entries for file in entry["files"]}
    [lost, damaged] = [next(path for path in originals() if path.name == names[name]) for name in NAMES]
    lost.unlink()
    damaged.chmod(0o644)
    damaged.write_bytes(bytes(reversed(damaged.read_bytes())))
    assert apply() == 6
    assert copied() == []
    told = capsys.readouterr().err
    assert "bought, and its original is missing" in told
    assert "the original is damaged" in told


def test_a_pick_that_is_no_row_any_more_is_refused_before_anything_is_copied(capsys: Output) -> None:
    Path("recipe.yaml").write_text(RECIPE.replace("[mug, vase]", "[mug, jug]"))
    assert apply() == 2
    assert copied() == []
    told = capsys.readouterr().err
    assert "the pick main[product=vase,scene=a shelf,seed=1761882364] is no row of the recipe spring" in told


def test_rows_that_share_an_image_are_copied_under_each_name(capsys: Output) -> None:
    project(Path.cwd(), RECIPE.replace("{{ product }} on", "a thing on"))
    assert main(["run", "recipe.yaml", "-P", "draft"]) == 0
    drafts = jobs("-P", "draft")
    write_picks("picks/mine.json", said(Verdict.PICK, *(one for one in drafts if "a shelf" in one["key"])))
    assert apply() == 0
    assert len(copied()) == 4
    assert len({pixels(Path("chosen", name)) for name in copied()}) == 2
    assert len({Path("chosen", name).read_bytes() for name in copied()}) == 4  # each bears its own key


def test_a_selector_copies_some_of_the_winners_and_one_without_any_is_refused(capsys: Output) -> None:
    assert apply("-s", "product=vase") == 0
    assert copied() == NAMES[1:]
    assert apply("-s", "product=jug") == 2


def test_picks_may_lie_outside_of_the_project(tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("downloads") / "picks.json"
    away.write_bytes(Path("picks/mine.json").read_bytes())
    assert main(["picks", "apply", str(away), "recipe.yaml", "-P", "draft", "--to", "chosen"]) == 0
    assert copied() == NAMES


def test_in_a_clone_without_the_ledger_it_says_that_a_run_imports_what_is_there(capsys: Output) -> None:
    for path in sorted(Path(".gen4flow").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert apply() == 6
    told: Any = capsys.readouterr()
    assert "bought with another ledger, and not imported into this one yet" in told.err
    assert main(["run", "recipe.yaml", "-P", "draft"]) == 0
    assert apply() == 0
    assert copied() == NAMES
