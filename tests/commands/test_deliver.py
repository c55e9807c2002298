"""`deliver:` from recipe to files: names, sizes, what a change rebuilds, what can't be made, what is left."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from PIL import Image

from gen4flow.cli import main
from gen4flow.resources import shipped

Output = pytest.CaptureFixture[str]
RECIPE = """\
version: 1
name: cups
prompt: a {{ thing }}
resolution: 720p
matrix:
  thing: [cup, bowl]
  aspect_ratio: [3:4, 16:9]
  seed: [7]
output: {file: "{{ thing }}/{{ aspect_ratio }}"}
"""
DELIVER = """\
deliver:
  - {placement: instagram-feed-portrait, width: 720, height: 900, when: {aspect_ratio: 3:4}}
  - {name: web, width: 600, format: webp, max_bytes: 20000}
"""
OUT = Path("out/cups.proof")
FILES = {
    "cup/3x4.png": ("PNG", (720, 960)),
    "cup/3x4_instagram-feed-portrait.jpg": ("JPEG", (720, 900)),
    "cup/3x4_web.webp": ("WEBP", (600, 800)),
    "cup/16x9.png": ("PNG", (1280, 720)),
    "cup/16x9_web.webp": ("WEBP", (600, 338)),
}


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").touch()


def run(deliver: str = DELIVER, recipe: str = RECIPE, *options: str) -> int:
    """Write the recipe and run it."""
    Path("recipe.yaml").write_text(recipe + deliver)
    return main(["run", "recipe.yaml", *options])


def images(folder: Path = OUT) -> dict[str, tuple[str | None, tuple[int, int]]]:
    """Return every image below the folder with its format and size."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix in {".png", ".jpg", ".webp"}]
    found = {}
    for path in paths:
        if ".gallery" not in path.parts:
            with Image.open(path) as image:
                found[path.relative_to(folder).as_posix()] = (image.format, image.size)
    return found


def stamps() -> dict[str, int]:
    """Return when each image was written, by its inode: every write makes a new one."""
    return {path: (OUT / path).stat().st_ino for path in images()}


def entries() -> list[Any]:
    """Return the manifest's entries."""
    found: list[Any] = json.loads((OUT / "manifest.json").read_bytes())["entries"]
    return found


def bought() -> int:
    """Return how many proofs were ever drawn."""
    return len(list(Path(".gen4flow/emulator").rglob("*.json")))


def test_each_image_is_delivered_as_it_is_and_as_what_was_asked_for() -> None:
    assert run() == 0
    found = images()
    assert {path: one for path, one in found.items() if path.startswith("cup")} == FILES
    assert len(found) == 10
    assert all((OUT / path).stat().st_size <= 20_000 for path in found if path.endswith(".webp"))
    assert main(["verify", "recipe.yaml"]) == 0


def test_the_manifest_says_what_each_file_is_and_what_it_was_made_from() -> None:
    assert run() == 0
    manifest = json.loads((OUT / "manifest.json").read_bytes())
    schema = json.loads((shipped("schemas") / "manifest.schema.json").read_bytes())
    assert list(Draft7Validator(schema).iter_errors(manifest)) == []
    itself, portrait, web = manifest["entries"][0]["files"]
    assert [one["placement"] for one in (itself, portrait, web)] == [None, "instagram-feed-portrait", "web"]
    assert len({one["original_sha256"] for one in (itself, portrait, web)}) == 1
    assert (portrait["width"], portrait["height"], portrait["media_type"]) == (720, 900, "image/jpeg")
    lines = [json.loads(line) for line in (OUT / "metadata.jsonl").read_text().splitlines()]
    assert [line["placement"] for line in lines[:3]] == [None, "instagram-feed-portrait", "web"]


def test_a_second_run_makes_nothing_again(capsys: Output) -> None:
    run()
    before, manifest = stamps(), (OUT / "manifest.json").read_bytes()
    assert run() == 0
    assert (stamps(), (OUT / "manifest.json").read_bytes()) == (before, manifest)
    shutil.rmtree("out")
    assert run() == 0
    assert (OUT / "manifest.json").read_bytes() == manifest


def test_a_change_draws_nothing_and_makes_only_what_changed(capsys: Output) -> None:
    run()
    before = stamps()
    changed = DELIVER.replace("max_bytes: 20000", "quality: 60") + "  - {name: square, crop: 1:1, focus: top}\n"
    Path("recipe.yaml").write_text(RECIPE + changed)
    capsys.readouterr()
    assert main(["plan", "recipe.yaml"]) == 0
    assert "heal              main[aspect_ratio=3:4,seed=7,thing=cup]  (bought; its files are made anew" in (
        capsys.readouterr().out
    )
    assert run(changed) == 0
    after = stamps()
    assert {path for path in before if after[path] != before[path]} == {p for p in before if p.endswith("web.webp")}
    assert {path for path in after if path not in before} == {f"{p[:-4]}_square.png" for p in FILES_AS_THEY_ARE}
    assert bought() == 4


FILES_AS_THEY_ARE = ["cup/3x4.png", "cup/16x9.png", "bowl/3x4.png", "bowl/16x9.png"]


def test_what_is_asked_for_no_more_is_left_and_said(capsys: Output) -> None:
    run()
    capsys.readouterr()
    assert run("") == 0
    told = capsys.readouterr().err
    assert f"left in place: 6 files in {OUT.resolve()} that the recipe asks for no more: bowl/16x9_web.webp, " in told
    assert len(images()) == 10
    assert [len(entry["files"]) for entry in entries()] == [1, 1, 1, 1]
    for path in OUT.rglob("*_*.*"):
        if path.suffix in {".webp", ".jpg"} and path.parent != OUT / ".gallery":
            path.unlink()
    assert run("") == 0
    assert "left in place" not in capsys.readouterr().err


def test_an_edited_file_is_kept_beside_the_one_that_is_made_again() -> None:
    run()
    target = OUT / "cup/3x4_web.webp"
    made = target.read_bytes()
    target.write_bytes(b"mine")
    assert main(["verify", "recipe.yaml"]) == 1
    assert run() == 0
    assert target.read_bytes() == made
    assert (OUT / "cup/3x4_web.edited-1.webp").read_bytes() == b"mine"


def test_a_clone_gets_its_originals_from_the_images_and_makes_nothing_again(capsys: Output) -> None:
    run()
    before, manifest = stamps(), (OUT / "manifest.json").read_bytes()
    originals = {path.name for path in Path(".gen4flow/objects").rglob("*") if path.is_file()}
    shutil.rmtree(".gen4flow")
    for path in before:
        os.utime(OUT / path)  # a checkout gives every file its own time
    assert run() == 0
    assert {path.name for path in Path(".gen4flow/objects").rglob("*") if path.is_file()} == originals
    assert stamps() == before
    assert [one["files"] for one in entries()] == [one["files"] for one in json.loads(manifest)["entries"]]
    assert bought() == 0


def test_without_the_images_themselves_a_clone_still_buys_nothing(capsys: Output) -> None:
    alone = RECIPE.replace("output: {", "output: {original: false, ")
    run(recipe=alone)
    assert len(images()) == 6
    shutil.rmtree(".gen4flow")
    assert run(recipe=alone) == 0
    assert bought() == 0
    assert [entry["status"] for entry in entries()] == ["succeeded"] * 4
    assert [len(entry["files"]) for entry in entries()] == [2, 1, 2, 1]


def test_a_limit_that_can_not_be_kept_stops_nothing_else_and_is_exit_1(capsys: Output) -> None:
    assert run(DELIVER.replace("20000", "700")) == 1
    told = capsys.readouterr()
    assert told.out.endswith(f"4 of 4 images in {OUT.resolve()}\n")
    assert "gen4flow: 4 files can't be made as the recipe asks; what is bought is safe\n" in told.err
    assert "cup/3x4_web.webp: deliver web: it has" in told.err
    assert [len(entry["files"]) for entry in entries()] == [2, 1, 2, 1]
    assert run() == 0
    assert bought() == 4


def test_a_template_that_tells_files_apart_names_them_itself() -> None:
    named = RECIPE.replace('"{{ thing }}/{{ aspect_ratio }}"', '"{{ thing }}_{{ width }}x{{ height }}_{{ placement }}"')
    assert run(recipe=named) == 0
    assert {path for path in images() if path.startswith("cup")} == {
        "cup_720x960_original.png",
        "cup_720x900_instagram-feed-portrait.jpg",
        "cup_600x800_web.webp",
        "cup_1280x720_original.png",
        "cup_600x338_web.webp",
    }


def test_a_recipes_own_placement_goes_before_that_of_the_file() -> None:
    own = RECIPE.replace("thing: [cup, bowl]", "placement: [{id: feed}, {id: story}]").replace("thing", "placement.id")
    assert run(recipe=own) == 0
    assert {path for path in images() if path.startswith("feed")} == {p.replace("cup", "feed") for p in FILES}


def test_names_that_clash_and_images_that_would_be_enlarged_are_found_before_anything_is_drawn(capsys: Output) -> None:
    assert run("deliver: [{name: a}, {name: a, width: 20}]\n") == 2
    assert "would both be named bowl/16x9_a" in capsys.readouterr().err
    assert run("deliver: [{placement: instagram-feed-portrait}]\n") == 2
    told = capsys.readouterr().err
    assert "1080x1350 from an image of 720x960, of which its shape takes 720x900: it would be enlarged" in told
    assert "help: ask for 3:4 at 1080p or 9:16 at 1080p, make it smaller," in told
    assert run("deliver: [{name: a, when: {aspect_ratio: 1:1}}]\n") == 2
    assert "error[when-matches-nothing]: deliver a: its when matches no row" in capsys.readouterr().err
    assert run("deliver: [{name: a, when: {thing: cup}}]\n", RECIPE.replace("{file", "{original: false, file")) == 2
    assert "deliver makes nothing of some rows" in capsys.readouterr().err
    assert not OUT.exists()


def test_enlarging_is_done_where_it_is_asked_for() -> None:
    assert run("deliver: [{name: big, width: 2000, upscale: true}]\n") == 0
    assert images()["cup/16x9_big.png"] == ("PNG", (2000, 1125))


def test_a_file_of_somebody_where_one_would_be_made_is_found_before_anything_is_drawn(capsys: Output) -> None:
    (OUT / "cup").mkdir(parents=True)
    (OUT / "cup/3x4_web.webp").write_text("mine")
    assert run() == 2
    assert "cup/3x4_web.webp is in the way" in capsys.readouterr().err
    assert bought() == 0


def test_the_plan_names_every_file(capsys: Output) -> None:
    Path("recipe.yaml").write_text(RECIPE + DELIVER)
    assert main(["plan", "recipe.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["jobs"][0]["files"] == [
        "cup/3x4.*",
        "cup/3x4_instagram-feed-portrait.jpg",
        "cup/3x4_web.webp",
    ]
    run()
    capsys.readouterr()
    assert main(["plan", "recipe.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["jobs"][0]["files"] == list(FILES)[:3]


def test_the_gallery_shows_an_image_once_with_what_was_made_of_it() -> None:
    assert run() == 0
    page = (OUT / "gallery.html").read_text()
    assert page.count('class="card"') == 4
    assert page.count("<img ") == 4
    assert "+2\N{NO-BREAK SPACE}files" in page
    assert "instagram-feed-portrait, 720 × 900, jpeg, " in page
    assert len(list((OUT / ".gallery").glob("*.webp"))) == 4


def test_a_step_may_deliver_otherwise_than_the_recipe() -> None:
    Path("recipe.yaml").write_text(
        "version: 1\nname: cups\nresolution: 720p\naspect_ratio: 1:1\nseed: 7\n"
        "deliver: [{name: web, width: 300}]\n"
        "steps:\n"
        "  one: {prompt: a cup, deliver: [], output: {file: one, marks: false}}\n"
        "  two: {prompt: a bowl, output: {file: two, original: false}}\n"
    )
    assert main(["run", "recipe.yaml"]) == 0
    assert images() == {"one.png": ("PNG", (720, 720)), "two_web.png": ("PNG", (300, 300))}
    assert [file["marks"] for entry in entries() for file in entry["files"]] == ["none", "embedded"]


def test_what_a_picked_image_was_made_into_is_copied_with_it(capsys: Output) -> None:
    assert run() == 0
    one = entries()[0]
    pick = {"fingerprint": one["fingerprint"], "keys": [one["key"]], "verdict": "pick"}
    told = {"format": "gen4flow-picks/1", "recipe": "cups", "manifest_sha256": "0" * 64, "picks": [pick]}
    Path("picks.json").write_text(json.dumps(told))
    for _ in range(2):
        assert main(["picks", "apply", "picks.json", "recipe.yaml", "--to", "chosen"]) == 0
    assert images(Path("chosen")) == dict(list(FILES.items())[:3])
