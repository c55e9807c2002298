"""Runs commands as processes of their own and tells what each has taken."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GEN4FLOW = (sys.executable, "-m", "gen4flow")
CHUNK = 1024 * 1024
NOT_AS_USERS_HAVE_IT = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a process has taken: seconds on the clock, of CPU and to its first line; the most memory, in bytes."""

    wall: float
    cpu: float
    memory: int
    first_line: float | None = None


def taken_by(
    command: Sequence[str | Path], folder: Path, *, codes: Sequence[int] = (0,), environment: Mapping[str, str] = {}
) -> Taken:
    """Run a command to its end in a folder, its output read and thrown away; raises RuntimeError for another code.

    It may keep what Python has compiled, as an installed package does: a machine that forbids that compiles all of it
    at each start, which is not what is measured here. And it writes in blocks, as it does for its users: a machine that
    forbids that makes every `print` of a bare loop a call of the system, which looks as if ours were faster.
    """
    own = {name: value for name, value in os.environ.items() if name not in NOT_AS_USERS_HAVE_IT}
    started, first = time.perf_counter(), None
    with (folder / "stderr.txt").open("w+b") as complaints:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**own, **environment},
        )
        assert process.stdout is not None
        while os.read(process.stdout.fileno(), CHUNK):
            first = first or time.perf_counter() - started
        _, status, usage = os.wait4(process.pid, 0)  # what this one process took, and not all so far
        wall = time.perf_counter() - started
        process.stdout.close()
        process.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        if process.returncode not in codes:
            raise RuntimeError(f"{command} ended with {process.returncode}: {complaints.read()[-2000:].decode()}")
    cpu = usage.ru_utime + usage.ru_stime
    return Taken(wall=wall, cpu=cpu, memory=usage.ru_maxrss * 1024, first_line=first)
