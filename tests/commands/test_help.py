"""Help: every command has examples that its own parser takes, topics say what the contract says, shells complete."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gen4flow.cli import _parser, main
from gen4flow.commands import COMMANDS
from gen4flow.commands.examples import EXAMPLES

Output = pytest.CaptureFixture[str]


def test_every_command_has_examples() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys()


@pytest.mark.parametrize("typed", [typed for examples in EXAMPLES.values() for typed, _ in examples])
def test_an_example_is_a_command_line_that_is_taken(typed: str) -> None:
    words = shlex.split(re.split(r" >>? ", typed)[0])
    assert words[0] == "gen4flow"
    _parser(words[1]).parse_args(words[1:])  # a wrong one ends the process


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_shows_its_examples(command: str, capsys: Output) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert EXAMPLES[command][0][0] in capsys.readouterr().out


def test_topics_are_listed_and_printed(capsys: Output) -> None:
    assert main(["help"]) == 0
    topics = re.findall(r"gen4flow help ([a-z][a-z-]+)$", capsys.readouterr().out, re.MULTILINE)
    assert topics == ["environment", "exit-codes", "files", "placements", "selectors"]
    for topic in topics:
        assert main(["help", topic]) == 0
        assert len(capsys.readouterr().out.splitlines()) > 5
    assert main(["help", "exit-code"]) == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_code_for_a_shell_is_printed(shell: str, capsys: Output) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr().out
    assert "gen4flow" in told
    if program := shutil.which(shell):
        subprocess.run([program, "-n"], input=told, text=True, check=True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gen4flow pl", {"plan"}),
        ("gen4flow plan recipe.yaml --mark", {"--markdown"}),
        ("gen4flow run recipe.yaml --provider l", {"local"}),
        ("gen4flow run recipe.yaml -P d", {"draft"}),
        ("gen4flow init spring --template c", {"catalogue", "character"}),
        ("gen4flow run recipe.yaml --approve s", {"scene"}),
    ],
)
def test_a_shell_is_told_what_could_come_next(line: str, expected: set[str], tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(
        "version: 1\nname: x\nprompt: a\nprofiles: {draft: {}, final: {}}\nsteps: {portrait: {}, scene: {}}\n"
    )
    answer = tmp_path / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    subprocess.run([sys.executable, "-m", "gen4flow"], env={**os.environ, **asked}, cwd=tmp_path, check=False)
    assert {word.strip() for word in answer.read_text().split("\n") if word.strip()} == expected
