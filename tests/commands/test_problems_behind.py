"""What shows only once something else is mended is told with it: a missing image behind a misspelt key, and so on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gen4flow.cli import main

HEAD = "version: 1\nname: x\nseed: 7\n"
MISTAKES = {
    # what stands behind others, and its code and line
    "prompt: A {{ animl }}\nmatrix: {animal: [fox, owl]}\n": ("template", 4),
    "prompt: A fox\nreference_images: [refs/none.png]\n": ("reference", 5),
    "prompt: '{{ row.name }}'\nmatrix: {row_of: {from: short.csv}}\n": ("data-row", 3),
    "prompt: '{{ p.name }}'\nmatrix: {p: {from: none.csv}}\n": ("file-missing", 5),
    "prompt: ' '\nmatrix: {animal: [fox]}\n": ("empty-prompt", 4),
}
BEFORE = {
    "resoltion: 720p": "unknown-key",
    "resolution: 4K": "not-allowed",
    "resolution: 1080": "wrong-type",
    "aspect_ratio: 4:5": "not-allowed",
    "model: ''": "empty",
    "limits: {max_cost: 5$}": "wrong-type",
    "limits: {max_cots: 5}": "unknown-key",
    "profiles: {draft: {resolution: 4K}}": "not-allowed",
    "tags: {sku: a, 'b c': d}": "not-allowed",
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("short.csv").write_text("id,name\na,b\nc\n")


def told(text: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, int]]:
    """Return the code and line of every problem of a recipe."""
    Path("recipe.yaml").write_text(text)
    assert main(["validate", "recipe.yaml", "--format", "json"]) == 2
    return [(problem["code"], problem["line"]) for problem in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("behind", MISTAKES)
def test_a_mistake_is_told_with_the_one_that_it_stands_behind(
    behind: str, before: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(f"{HEAD}{behind}{before}\n", capsys)
    assert sorted(found) == sorted([MISTAKES[behind], (BEFORE[before], 6)])


def test_a_value_that_an_axis_has_twice_hides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    text = f"{HEAD}prompt: A {{{{ animal }}}}\nreference_images: [refs/none.png]\nmatrix: {{animal: [fox, owl, fox]}}\n"
    assert told(text, capsys) == [("reference", 5), ("duplicate-value", 6)]


def test_a_name_that_can_not_be_one_hides_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("version: 1\nname: My Foxes\nseed: 7\nprompt: A {{ fox }}\n", capsys)
    assert found == [("not-allowed", 2), ("template", 4)]


def test_a_mistake_in_a_step_hides_nothing_of_another_one(capsys: pytest.CaptureFixture[str]) -> None:
    steps = "steps:\n  a: {prompt: A fox, resolution: 4K}\n  b: {prompt: '{{ hro.key }}', needs: {hero: a}}\n"
    assert told(HEAD + steps, capsys) == [("not-allowed", 5), ("template", 6)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("prompt: A {{ animal }}\nmatrx: {animal: [fox, owl]}\n", [("unknown-key", 5)]),
        ("prompt: A {{ look }} fox\nvras: {look: soft}\n", [("unknown-key", 5)]),
        ("prompt: A {{ animal }}\nmatrix: {animal: fox}\n", [("wrong-type", 5)]),
        ("prompt: '{{ p.name }}'\nmatrix: {p: {form: a.csv}}\n", [("missing-key", 5), ("unknown-key", 5)]),
        ("prompt: '{{ p.name }}'\nmatrix: {p: {from: short.csv, colums: {a: integer}}}\n", [("unknown-key", 5)]),
        (
            "prompt: A fox\nmatrix: {aspect_ratio: [1:1, 4:5], exclude: [{aspect_ratio: 4:5}]}\n",
            [("not-allowed", 5)],
        ),
        ("prompt: '{{ p.id }}'\nmatrix: {p: {from: short.csv, idd: name}}\n", [("unknown-key", 5)]),
        ("prompt: '{{ look }}'\nextends:\n", [("wrong-type", 5)]),
        ("steps: {a: {prompt: b}, c: {prompt: '{{ h.key }}', needs: {h: 5}}}\n", [("wrong-type", 4)]),
        ("promt: A {{ animl }}\nmatrix: {animal: [fox]}\n", [("missing-key", 1), ("unknown-key", 4)]),
        ("prompt: {file: none.txt}\nresolution: 4K\n", [("file-missing", 4), ("not-allowed", 5)]),
        ("prompt: A {{ animl }}\nresolution: 4K\nresolution: 720p\n", [("not-allowed", 5), ("yaml-duplicate-key", 6)]),
    ],
)
def test_what_a_mistake_may_have_caused_is_not_told_as_another_one(
    text: str, found: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(HEAD + text, capsys) == found


@pytest.mark.parametrize(("row", "codes"), [(50, ["not-allowed", "template"]), (500, ["not-allowed"])])
def test_of_many_rows_the_first_are_looked_at(row: int, codes: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    matrix = "matrix: {n: {range: {from: 1, to: 900}}}\n"
    prompt = f"prompt: '{{{{ n }}}}{{% if n > {row} %}}{{{{ x }}}}{{% endif %}}'\n"
    assert [code for code, _ in told(f"{HEAD}resolution: 4K\n{prompt}{matrix}", capsys)] == codes
