"""A problem points at the very word that it is about, however the YAML around it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gen4flow.cli import main

Output = pytest.CaptureFixture[str]
HEAD = "version: 1\nname: x\nseed: 1\nmatrix: {thing: [cup]}\n"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gen4flow.toml").write_text("")


def places(capsys: Output) -> list[tuple[str, int, int]]:
    """Return the place of every error."""
    capsys.readouterr()
    main(["validate", "r.yaml", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    return [(one["file"], one["line"], one["column"]) for one in told if one["severity"] == "error"]


@pytest.mark.parametrize(
    ("prompt", "line", "column"),
    [
        ("prompt: a {{ thin }}", 5, 14),
        ('prompt: "a {{ thin }}"', 5, 15),
        ("prompt: 'a {{ thin }}'", 5, 15),
        ("prompt: |\n  a\n  b {{ thin }}", 7, 8),
        ("prompt: >\n  a\n  b {{ thin }}", 7, 8),
        ("prompt: |\n\n  a {{ thing }} {{ thin }}", 7, 20),
    ],
)
def test_an_undefined_name_is_pointed_at(prompt: str, line: int, column: int, capsys: Output) -> None:
    Path("r.yaml").write_text(f"{HEAD}{prompt}\n")
    assert places(capsys) == [("r.yaml", line, column)]


def test_a_word_in_an_included_file_is_pointed_at_there(capsys: Output) -> None:
    Path("look.txt").write_text("\n  soft {{ thin }}\n")
    Path("r.yaml").write_text(f"{HEAD}prompt: \"{{% include 'look.txt' %}}\"\n")
    assert places(capsys) == [("look.txt", 2, 11)]


def test_what_is_wrong_with_tags_and_file_names_is_told_beside_the_prompt(capsys: Output) -> None:
    Path("r.yaml").write_text(HEAD + 'prompt: "{{ a }}"\ntags: {t: "{{ b }}"}\noutput: {file: "{{ c }}"}\n')
    assert [line for _, line, _ in places(capsys)] == [5, 6, 7]


def test_a_template_is_included_from_beside_the_prompt_beside_the_recipe_or_from_the_root(
    tmp_path: Path, capsys: Output
) -> None:
    for folder in ("work", "work/prompts", "shared"):
        (tmp_path / folder).mkdir()
    Path("work/prompts/p.txt").write_text("{% include 'a.txt' %} {% include 'b.txt' %} {% include 'shared/c.txt' %}")
    for name in ("work/prompts/a.txt", "work/b.txt", "shared/c.txt", "b.txt"):
        Path(name).write_text(f"[{name}]")
    Path("work/r.yaml").write_text("version: 1\nname: x\nseed: 1\nprompt: {file: prompts/p.txt}\n")
    assert main(["plan", "work/r.yaml", "--json"]) == 0
    (job,) = json.loads(capsys.readouterr().out)["jobs"]
    assert job["prompt"] == "[work/prompts/a.txt] [work/b.txt] [shared/c.txt]"
