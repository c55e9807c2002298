"""`gen4flow emulator`: what it prints, how it ends."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from gen4flow.commands import emulator
from gen4flow.core.errors import UsageError
from gen4flow.emulator.faults.register import FAULTS

COMMAND = """
import argparse, sys
from gen4flow.commands import emulator
parser = argparse.ArgumentParser()
emulator.add_arguments(parser)
sys.exit(emulator.run(parser.parse_args()))
"""


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    emulator.add_arguments(parser)
    return parser.parse_args(arguments)


def test_it_says_what_to_set_serves_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    options = ["--port", "0", "--latency", "0", "--format", "jpeg", "--balance", "1.50", "--folder", str(tmp_path)]
    command = [sys.executable, "-c", COMMAND, *options, "--fault", "submit:refuse_429:1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline().strip() for _ in range(4)]
        base_url = lines[2].removeprefix("export WAVESPEED_BASE_URL=")
        with httpx.Client(base_url=f"{base_url}/api/v3", headers={"Authorization": "Bearer any"}) as api:
            assert api.get("/balance").json()["data"]["balance"] == 1.5
            answers = [api.post("/runwayml/gen4-image", json={"prompt": "x"}) for _ in range(2)]
            assert [answer.status_code for answer in answers] == [429, 200]
            prediction = answers[1].json()["data"]["id"]
            assert api.get(f"/predictions/{prediction}").json()["data"]["outputs"][0].endswith(".jpeg")
        os.kill(process.pid, signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "", "")
    assert lines[0].startswith(f"Serving on {base_url}")
    assert lines[3] == "export WAVESPEED_API_KEY=any"
    assert [path.stem for path in tmp_path.iterdir()] == [prediction]


def test_the_list_of_faults_names_each_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert emulator.run(parsed("--list-faults")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(FAULTS)
    named = next(line for line in lines if line.startswith("submit:accept_then_drop "))
    assert named.endswith(f"  {FAULTS['submit', 'accept_then_drop'].line}")


def test_the_help_tells_the_markers() -> None:
    parser = argparse.ArgumentParser()
    emulator.add_arguments(parser)
    assert all(word in parser.format_help() for word in ("[moderate]", "[fail]", "unreachable.invalid", "--fault"))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--host", "0.0.0.0"),
        ("--host", "example.com"),
        ("--balance", "x"),
        ("--balance", "-1"),
        ("--balance", "NaN"),
        ("--latency", "-1"),
        ("--latency", "nan"),
        ("--fault", "poll"),
        ("--fault", "poll:nothing:1"),
        ("--port", "99999"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option: str, value: str) -> None:
    with pytest.raises(UsageError):
        emulator.run(parsed("--port", "0", f"{option}={value}"))
