"""`gen4flow picks merge`: two files become one, or their conflicts are listed and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gen4flow.cli import main
from gen4flow.core.picks import Pick, Verdict
from gen4flow.picks_file import read_picks
from tests.commands.drafts import SHA, write_picks

Output = pytest.CaptureFixture[str]
PICK, REJECT = Verdict.PICK, Verdict.REJECT


def of(verdict: Verdict, *keys: str, image: str = "1", stars: int | None = None, note: str = "") -> Pick:
    return Pick(fingerprint=image * 64, keys=keys, verdict=verdict, stars=stars, note=note)


@pytest.fixture(autouse=True)
def _two_reviewers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_picks("a.json", [of(PICK, "s", "t", stars=5, note="yes"), of(PICK, "u", image="2")])
    write_picks("b.json", [of(PICK, "s", stars=4, note="good"), of(REJECT, "v", image="3")])
    write_picks("c.json", [of(REJECT, "s", stars=1, note="two hooks\nand \x1b[31mred"), of(PICK, "v", image="3")])


def merge(*arguments: str) -> int:
    return main(["picks", "merge", *arguments])


def test_what_two_people_said_becomes_one_file(capsys: Output) -> None:
    assert merge("a.json", "b.json", "-o", "both.json") == 0
    both = read_picks(Path("both.json"))
    assert both.picked_keys == {"s", "t", "u"}
    assert both.rejected_keys == {"v"}
    assert of(PICK, "s", "t", stars=4, note="good\nyes") in both.picks
    told = capsys.readouterr()
    assert (told.out, told.err) == ("3 rows picked, 1 rejected in both.json\n", "")
    assert merge("b.json", "a.json", "-o", "other.json") == 0
    assert Path("other.json").read_bytes() == Path("both.json").read_bytes()


def test_conflicts_are_listed_and_nothing_is_written(capsys: Output) -> None:
    assert merge("a.json", "c.json", "-o", "both.json") == 1
    assert not Path("both.json").exists()
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "conflict: s",
        "  A picks it, 5 stars: yes",
        "  B rejects it, 1 star: two hooks / and \N{REPLACEMENT CHARACTER}[31mred",
    ]
    assert "nothing was written: 1 row is picked by one and rejected by the other" in told.err
    assert "--prefer reject" in told.err


@pytest.mark.parametrize(
    ("prefer", "picked", "rejected"),
    [("reject", {"t", "u", "v"}, {"s"}), ("A", {"s", "t", "u", "v"}, set()), ("B", {"t", "u", "v"}, {"s"})],
)
def test_a_preference_settles_conflicts(prefer: str, picked: set[str], rejected: set[str], capsys: Output) -> None:
    assert merge("a.json", "c.json", "-o", "both.json", "--prefer", prefer) == 0
    both = read_picks(Path("both.json"))
    assert (set(both.picked_keys), set(both.rejected_keys)) == (picked, rejected)
    told = capsys.readouterr().out
    assert told.startswith("conflict: s\n")
    assert told.endswith(f"1 settled by --prefer {prefer}\n")


def test_people_who_looked_at_two_versions_of_an_image_are_told_so(capsys: Output) -> None:
    write_picks("d.json", [of(REJECT, "u", image="9")], manifest="b" * 64)
    assert merge("a.json", "d.json", "-o", "both.json") == 1
    assert "of two images: A looked at 222222222222, B at 999999999999" in capsys.readouterr().out
    assert merge("a.json", "d.json", "-o", "both.json", "--prefer", "B") == 0
    assert "they looked at two states of the output folder" in capsys.readouterr().err
    assert read_picks(Path("both.json")).manifest_sha256 == SHA


def test_as_json_the_conflicts_and_the_picks_are_told(capsys: Output) -> None:
    assert merge("a.json", "c.json", "-o", "both.json", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["output"], told["picks"]) == (None, None)
    [conflict] = told["conflicts"]
    assert conflict["keys"] == ["s"]
    assert (conflict["a"]["verdict"], conflict["b"]["note"]) == ("pick", "two hooks\nand \x1b[31mred")
    assert merge("a.json", "b.json", "-o", "both.json", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["picks"] == json.loads(Path("both.json").read_text())


def test_picks_of_two_recipes_are_not_merged(capsys: Output) -> None:
    write_picks("d.json", [], recipe="autumn")
    assert merge("a.json", "d.json", "-o", "both.json") == 2
    assert "a.json holds picks of 'spring', and d.json of 'autumn'" in capsys.readouterr().err


def test_the_result_may_replace_one_of_the_two_and_no_other_file(capsys: Output) -> None:
    Path("mine.json").write_text("mine")
    assert merge("a.json", "b.json", "-o", "mine.json") == 2
    assert Path("mine.json").read_text() == "mine"
    assert "mine.json is there already, and is another file" in capsys.readouterr().err
    assert merge("a.json", "b.json", "-o", "both.json") == 0
    assert merge("a.json", "b.json", "-o", "both.json") == 0  # the same bytes
    assert merge("a.json", "b.json", "-o", "a.json") == 0
    assert Path("a.json").read_bytes() == Path("both.json").read_bytes()
    assert merge("a.json", "b.json", "-o", "nowhere/both.json") == 2


def test_a_file_that_is_no_picks_file_is_refused_with_its_place(capsys: Output) -> None:
    Path("b.json").write_text('{"format": "gen4flow-picks/1",\n "picks": [{"verdict": "maybe"}]}')
    assert merge("a.json", "b.json", "-o", "both.json") == 2
    assert "b.json:2:" in capsys.readouterr().err


def test_an_earlier_merge_is_replaced_while_nothing_that_it_says_is_lost(capsys: Output) -> None:
    assert merge("a.json", "b.json", "-o", "both.json") == 0
    write_picks("b.json", [of(PICK, "s", stars=4, note="good"), of(REJECT, "v", image="3"), of(PICK, "w", image="4")])
    assert merge("a.json", "b.json", "-o", "both.json") == 0
    assert read_picks(Path("both.json")).picked_keys == {"s", "t", "u", "w"}
    write_picks("b.json", [of(PICK, "s", stars=4, note="good"), of(PICK, "v", image="3")])
    before = Path("both.json").read_bytes()
    assert merge("a.json", "b.json", "-o", "both.json") == 2
    assert Path("both.json").read_bytes() == before
