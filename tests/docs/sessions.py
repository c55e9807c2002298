"""Carries out a page's project in a folder: writes its files, types its commands, and keeps what they print.

`gen4flow` is called in this process, which is what keeps it quick; whatever else a page types goes to bash, as does
what follows its ` | `.
A command must succeed unless `echo $?` follows it.
"""

from __future__ import annotations

import io
import shlex
import subprocess
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from gen4flow import progress
from gen4flow.cli import main
from tests.docs.pages import PICTURE, Block, Step, shown, steps

WRONG = "wrong"  # how the name of a recipe begins that a page shows because it is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A step with what it printed, the folder's own path told as `...`, and its exit code.

    `told` says whether the page shows the code, by typing `echo $?` next.
    """

    step: Step
    output: str
    code: int
    told: bool = False

    @property
    def problem(self) -> str | None:
        """Return what is not as the page says, None when all is."""
        if not self.step.expects(self.output):
            expected, found = "\n".join(self.step.printed), "\n".join(shown(self.output))
            return f"`{self.step.command}`\nthe page says:\n{expected}\nit prints:\n{found}"
        if self.code and not self.told:
            return f"`{self.step.command}` ends with exit code {self.code}, and the page does not say so"
        return None


def carry_out(project: Sequence[Block], folder: Path) -> Iterator[Typed]:
    """Yield what each command printed, in order; the files that stand before it are written first."""
    here, code = folder, 0
    for block in project:
        if block.title:
            file = here / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            if block.language == PICTURE:
                Image.new("RGB", (64, 64), zlib.crc32(block.title.encode()) & 0xFFFFFF).save(file)
            else:
                file.write_text(block.text, encoding="utf-8")
        asked = list(steps(block)) if block.language == "console" else []
        for number, step in enumerate(asked):
            if step.command.startswith("cd "):
                here = here / step.command[3:].strip()
                output, code = "", 0
            elif step.command == "echo $?":
                output, code = f"{code}\n", 0
            else:
                output, code = _typed(step.command, here)
            told = [one.command for one in asked[number + 1 : number + 2]] == ["echo $?"]
            yield Typed(step=step, output=output.replace(str(folder), "..."), code=code, told=told)


def _typed(command: str, folder: Path) -> tuple[str, int]:
    """Return what a command prints on both streams, and its exit code."""
    if not command.startswith("gen4flow "):
        return _in_bash(command, folder)
    command, _, then = command.partition(" | ")
    out, err = io.StringIO(), io.StringIO()
    told = err if then else out
    with pytest.MonkeyPatch.context() as patch, chdir(folder), redirect_stdout(out), redirect_stderr(told):
        patch.setattr(progress, "EVERY", 3600.0)  # a slow machine would say how far it is
        try:
            code = main(shlex.split(command, comments=True)[1:])
        except SystemExit as ending:  # argparse's way to refuse
            code = int(ending.code or 0)
    return _in_bash(then, folder, out.getvalue()) if then else (out.getvalue(), code)


def _in_bash(command: str, folder: Path, given: str = "") -> tuple[str, int]:
    bash = subprocess.run(
        ["bash", "-c", command], cwd=folder, input=given, capture_output=True, encoding="utf-8", check=False
    )
    return bash.stdout + bash.stderr, bash.returncode


def recipes(folder: Path) -> list[Path]:
    """Return the recipes below a folder: the YAML files that name a version and a recipe's name."""
    found = []
    for file in sorted(folder.rglob("*.yaml")):
        keys = {line.partition(":")[0] for line in file.read_text(encoding="utf-8").splitlines()}
        if {"version", "name"} <= keys and not set(file.parts) & {"out", ".gen4flow"}:
            found.append(file)
    return found


def valid(recipe: Path) -> tuple[bool, str]:
    """Tell whether a recipe is valid, and what `gen4flow validate` says of it."""
    output, code = _typed(f"gen4flow validate {shlex.quote(recipe.name)}", recipe.parent)
    return code == 0, output


def account(base_url: str, key: str, setenv: Callable[[str, str], object]) -> None:
    """Make the commands of this process buy from a server of the tests."""
    for name, value in (("WAVESPEED_BASE_URL", base_url), ("WAVESPEED_API_KEY", key), ("NO_COLOR", "1")):
        setenv(name, value)
