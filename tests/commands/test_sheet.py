"""`gen4flow sheet`: any selection of images in one PNG, the same bytes each time, never over a file of somebody's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from gen4flow.cli import main
from gen4flow.core.marks import ALGORITHMIC, COMPOSITE
from gen4flow.delivery.marking import read_marks

Output = pytest.CaptureFixture[str]
RECIPE = """\
version: 1
name: cups
prompt: a {{ thing }}
resolution: 720p
matrix:
  thing: [cup, "bówl <&> 杯"]
  aspect_ratio: [1:1, 16:9]
  seed: [7]
output: {file: "{{ thing }}_{{ aspect_ratio }}"}
deliver: [{name: web, width: 300}]
"""
OUT = Path("out/cups.proof")


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").touch()
    Path("recipe.yaml").write_text(RECIPE)
    assert main(["run", "recipe.yaml"]) == 0
    capsys.readouterr()


def sheet(*options: str, place: str = "recipe.yaml") -> int:
    return main(["sheet", place, "-o", "sheet.png", *options])


def places(columns: int, rows: int, side: int = 320) -> list[tuple[int, ...]]:
    """Return the colours in the middle of each place of a sheet, row by row."""
    with Image.open("sheet.png") as image:
        assert image.format == "PNG"
        step = (image.width - 20) // columns
        below = (image.height - 58 - 20) // rows
        spots = [(20 + step * n + side // 2, 58 + below * m + side // 2) for m in range(rows) for n in range(columns)]
        found: list[tuple[int, ...]] = [image.getpixel(spot) for spot in spots]  # type: ignore[misc]  # RGB
        return found


def test_every_image_is_on_it_once_and_a_second_sheet_is_the_same_bytes(capsys: Output) -> None:
    assert sheet() == 0
    assert capsys.readouterr().out == "sheet.png\n"
    first = Path("sheet.png").read_bytes()
    paper = (255, 255, 255)
    assert paper not in places(2, 2)
    assert sheet() == 0
    assert sheet(place=str(OUT)) == 0
    assert Path("sheet.png").read_bytes() == first


def test_a_selection_and_columns_make_another_sheet(capsys: Output) -> None:
    assert sheet("-s", "thing=cup", "--columns", "1", "--size", "100") == 0
    with Image.open("sheet.png") as image:
        assert image.width == 100 + 2 * 8
    assert sheet("-s", "thing=none") == 2
    assert sheet("--columns", "0") == 2
    assert sheet("--size", "5") == 2


def test_a_picture_that_is_gone_is_an_empty_place_and_jobs_without_one_are_counted(capsys: Output) -> None:
    (OUT / "cup_1x1.png").write_bytes(b"no image")
    manifest = json.loads((OUT / "manifest.json").read_bytes())
    manifest["entries"][3]["files"] = []
    (OUT / "manifest.json").write_text(json.dumps(manifest))
    assert sheet("--columns", "3") == 0
    assert capsys.readouterr().err == "1 of 4 jobs have no image yet\n"
    assert places(3, 1)[0] == (233, 234, 236)


def test_it_says_what_it_is_made_of() -> None:
    assert sheet() == 0
    found = read_marks(Path("sheet.png").read_bytes(), "image/png")
    assert (found.source_type, found.system, found.proof, found.key) == (ALGORITHMIC, None, True, None)
    manifest = (OUT / "manifest.json").read_text()
    (OUT / "manifest.json").write_text(manifest.replace('"provider": "local"', '"provider": "wavespeed"'))
    assert sheet(place=str(OUT)) == 0
    found = read_marks(Path("sheet.png").read_bytes(), "image/png")
    assert (found.source_type, found.proof) == (COMPOSITE, False)
    assert found.system == "Runway Gen-4 Image (runwayml/gen4-image) through WaveSpeedAI"


def test_a_file_of_somebody_is_never_overwritten_and_neither_is_a_delivered_image(capsys: Output) -> None:
    for mine in (b"mine", (OUT / "cup_1x1.png").read_bytes()):
        Path("sheet.png").write_bytes(mine)
        assert sheet() == 2
        assert Path("sheet.png").read_bytes() == mine
    assert "sheet.png is there already, and is another file" in capsys.readouterr().err


def test_a_sheet_that_nobody_could_open_is_refused(capsys: Output) -> None:
    manifest = json.loads((OUT / "manifest.json").read_bytes())
    one = manifest["entries"][0]
    manifest["entries"] = [{**one, "key": f"main[seed={n}]"} for n in range(2_000)]
    (OUT / "manifest.json").write_text(json.dumps(manifest))
    assert sheet() == 2
    assert "select fewer with -s, or say a smaller --size" in capsys.readouterr().err
    assert not Path("sheet.png").exists()
