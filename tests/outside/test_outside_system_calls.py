"""Killed at any system call, or refused one, gen4flow buys nothing twice and loses nothing that was paid.

A tracer ends the process at the entry of its nth call, counted over all its threads, or lets that call fail; the next
run has to put things right. Calls are counted from the moment that the ledger is opened. Threads take turns as they
like, so the nth call is not the same one in each run, but every position in a run is tried: GEN4FLOW_POINTS=0 tries
them all, one by one until a run ends before it is hit; otherwise it says how many, spread over the kinds of calls,
and GEN4FLOW_SEED which.
"""

from __future__ import annotations

import os
import platform
import random
import re
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.outside.harness import LONG, Ended, OtherServer, Project, other_server, project_of, recipe_of

POINTS = int(os.environ.get("GEN4FLOW_POINTS", "100" if LONG else "5"))  # that are tried of each fault
SEED = int(os.environ.get("GEN4FLOW_SEED", "1"))
RECIPE = recipe_of("a cup", "a bowl", "a jug", more="limits: {max_cost: 0.15}\n")
TRACER = Path(__file__).with_name("call_tracer.py")

# What changes anything outside the process: a kill at any other call leaves what a kill at the next of these leaves.
CHANGES = (
    "write,writev,pwrite64,fsync,fdatasync,ftruncate,fallocate,rename,renameat2,link,unlink,unlinkat,mkdir,mkdirat,"
    "rmdir,chmod,fchmod,utimensat,copy_file_range,sendfile,sendto,sendmsg,connect,creat"
)
REFUSALS = {
    "ENOSPC": "write,pwrite64,ftruncate,mkdir,creat",
    "EIO": "fsync,fdatasync,pwrite64,read,pread64",
    "EMFILE": "openat,socket",
}

_RANDOM = re.compile(r"\d+-[0-9a-f]{8,}|[0-9a-f]{8,}|^[0-9a-f]{2}$|^\.\w{6}$")

pytestmark = [
    pytest.mark.skipif(
        platform.machine() != "x86_64" or sys.platform != "linux", reason="the tracer knows the calls of x86-64 Linux"
    ),
    pytest.mark.timeout(4 * 3600),  # some five seconds a point
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that the tracer counted."""

    number: int
    name: str
    thread: int
    file: str

    @property
    def kind(self) -> str:
        """Name the call and what sort of file it is about, for a tally."""
        name = Path(self.file).name.partition(":")[0]
        return f"{self.name} {_RANDOM.sub('*', name)}"


@contextmanager
def fresh(folder: Path) -> Iterator[tuple[Project, OtherServer]]:
    """Make a project and a server of its own; both are gone at the end."""
    with other_server("--latency", "0.1") as server:
        folder.mkdir()
        project = project_of(folder, server)
        project.write(RECIPE)
        yield project, server
    shutil.rmtree(folder)


def traced(project: Project, calls: str, *options: str) -> tuple[Ended, list[Call]]:
    """Run the recipe below the tracer, and return how it ended and every call that was counted."""
    log = project.root / "calls.log"
    below = (sys.executable, str(TRACER), str(log), calls, *options, "--")
    with project.start("run", "recipe.yaml", "--yes", below=below) as process:
        out, err = process.communicate(timeout=180)
    lines = [line.split("\t") for line in log.read_text(errors="replace").splitlines()]
    found = [Call(number=int(line[0]), name=line[1], thread=int(line[2]), file=line[3]) for line in lines]
    return Ended(code=process.returncode, out=out, err=err), found


def chosen(every: list[Call]) -> list[int]:
    """Return the numbers that are tried: kinds of calls in turn, a random one of each; or all, and some beyond."""
    if not POINTS:
        return list(range(1, len(every) + 1 + len(every) // 5))
    draw = random.Random(SEED)
    kinds: dict[str, list[int]] = defaultdict(list)
    for call in draw.sample(every, len(every)):
        kinds[call.kind].append(call.number)
    names = draw.sample(sorted(kinds), len(kinds))
    turns = [kinds[name][turn] for turn in range(len(every)) for name in names if turn < len(kinds[name])]
    return turns[:POINTS]


def struck(folder: Path, calls: str, strike: Callable[[Path, int], Call | None]) -> None:
    """Strike at every point that is chosen, and print what was hit."""
    with fresh(folder / "first") as (first, _):
        ended, every = traced(first, calls)
    assert ended.code == 0, ended
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda number: strike(folder / str(number), number), chosen(every)))
    hit = [call for call in found if call is not None]
    print(f"struck at {len(hit)} calls of some {len(every)}; {len(found) - len(hit)} runs ended before theirs")
    for kind, count in sorted(Counter(call.kind for call in hit).items()):
        print(f"{count:5} {kind}")
    assert hit


def assert_settled(project: Project, server: OtherServer, call: Call) -> None:
    """Run once more, and hold the account against the manifest."""
    ended = project.run()
    assert ended.code in {0, 7}, (call, ended)
    booked = server.booked()
    assert all(count == 1 for count in booked.values()), (call, booked)
    entries = {entry["prompt"]: entry for entry in project.manifest()["entries"]}
    submits = server.submits()
    assert len(submits) == len(set(submits)), (call, "a request was sent twice")
    for one in server.told()["booked"]:
        entry = entries[one["request"]["prompt"]]
        assert entry["status"] in {"succeeded", "unknown"}, (call, entry)
    assert len(project.images()) == sum(one["status"] == "succeeded" for one in entries.values()), call
    assert project.call("verify", "recipe.yaml").code == 0, call


def test_a_run_killed_at_a_system_call_is_finished_by_the_next(tmp_path: Path) -> None:
    def kill(folder: Path, number: int) -> Call | None:
        with fresh(folder) as (project, server):
            ended, calls = traced(project, CHANGES, "--nth", str(number))
            assert (ended.code == 137) == (len(calls) >= number), ended
            assert_settled(project, server, calls[-1])
            return calls[number - 1] if ended.code == 137 else None

    struck(tmp_path, CHANGES, kill)


@pytest.mark.parametrize("error", sorted(REFUSALS))
def test_a_system_call_that_fails_costs_nothing_twice(tmp_path: Path, error: str) -> None:
    def refuse(folder: Path, number: int) -> Call | None:
        with fresh(folder) as (project, server):
            ended, calls = traced(project, REFUSALS[error], "--nth", str(number), "--error", error)
            hit = calls[number - 1] if len(calls) >= number else None
            assert "Traceback" not in ended.err, (hit, ended.err)
            # no system refuses this one, by which an event loop in C wakes itself: it ends its process where one does
            aborts = hit is not None and hit.file == "anon_inode:[eventfd]"
            assert ended.code in {0, 1, 6, 7} or (aborts and ended.code == 134), (hit, ended)
            assert_settled(project, server, hit or calls[-1])
            return hit

    struck(tmp_path, REFUSALS[error], refuse)
