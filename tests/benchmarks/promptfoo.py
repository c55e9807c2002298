"""promptfoo as a peer: it runs prompts against any HTTP API, and buys here by a provider of its own as it wants them.

It is installed from npm into a folder that is thrown away, without its packages' install scripts, which takes one to
three minutes and 2 GB: so it is measured on demand alone. What it writes about its runs stays in that folder, too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PROVIDER = Path(__file__).with_name("promptfoo_provider.mjs")
PATIENCE = 300  # seconds that npm may take, and that a run may take
QUIET = {
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
}


class NotThereError(Exception):
    """It can't be installed or run here, and why."""


def installed(folder: Path) -> Path:
    """Install promptfoo and return its program; raises NotThereError."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "node_modules" / ".bin" / "promptfoo"
    npm = shutil.which("npm")
    if npm is None:
        raise NotThereError("there is no npm")
    if not program.exists():
        quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _ran([npm, "install", "promptfoo", *quietly], folder, os.environ)
    return program


def buy(program: Path, folder: Path, *, jobs: int, in_flight: int, wait: float = 0.2) -> dict[str, Any]:
    """Let promptfoo buy from a new server; returns what the server has seen; raises NotThereError."""
    pictures = folder / "pictures"
    shutil.rmtree(pictures, ignore_errors=True)  # of a run that broke
    pictures.mkdir(parents=True, exist_ok=True)
    broke = ""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.engine_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as serving:
        assert serving.stdin is not None
        assert serving.stdout is not None
        told = {"base": serving.stdout.readline().strip(), "folder": str(pictures), "wait": wait}
        try:
            _ran(_command(program, folder, told, jobs, in_flight), folder, {**os.environ, **QUIET, **_home(folder)})
        except NotThereError as error:  # it may break at its very end, over its log, when all is bought
            broke = f"; {error}"
        finally:
            serving.stdin.close()
            seen: dict[str, Any] = json.loads(serving.stdout.read())
    found = len(list(pictures.iterdir()))
    shutil.rmtree(pictures)
    if found != jobs:
        raise NotThereError(f"it brought {found} of {jobs} pictures{broke}")
    return seen


def _command(program: Path, folder: Path, told: Mapping[str, Any], jobs: int, in_flight: int) -> Sequence[str]:
    """Return the command for one run of so many prompts."""
    wanted = folder / "wanted.json"
    wanted.write_text(
        json.dumps(
            {
                "prompts": ["picture {{ n }}"],
                "providers": [{"id": f"file://{PROVIDER}", "config": told}],
                "tests": [{"vars": {"n": number}} for number in range(jobs)],
            }
        )
    )
    options = ["--no-cache", "--no-table", "--no-progress-bar", "--no-write", "-j", str(in_flight)]
    return [str(program), "eval", "-c", str(wanted), *options]


def _home(folder: Path) -> Mapping[str, str]:
    """Return where it keeps what it remembers; it ends with an error where there is no folder for its log."""
    home = folder / "home"
    (home / "logs").mkdir(parents=True, exist_ok=True)
    return {"PROMPTFOO_CONFIG_DIR": str(home), "HOME": str(home)}


def _ran(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a command; raises NotThereError where it fails or takes too long."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotThereError(str(error)) from error
    if done.returncode:
        raise NotThereError(" ".join((done.stderr or done.stdout).split())[:300])
