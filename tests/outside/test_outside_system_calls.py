"""Killed at a system call, or refused one, gen4flow buys nothing twice and loses nothing that was paid.

strace ends the process in the instant of one call, or lets that call fail; the next run has to put things right. Calls
are counted from the moment that the ledger is opened. strace counts them for each thread apart, and whichever thread
first makes the nth call of a kind is hit: so the nth call of another thread is out of reach, which hides the first
writes and the syncs of the ledger's own thread. What is reached is therefore not every call.

A sample is tried, in which each kind of call has its chance: GEN4FLOW_POINTS says how many (0: every one that can be
reached), GEN4FLOW_SEED which.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.outside.harness import LONG, OtherServer, Project, other_server, project_of, recipe_of

POINTS = int(os.environ.get("GEN4FLOW_POINTS", "100" if LONG else "4"))  # that are tried of each fault
SEED = int(os.environ.get("GEN4FLOW_SEED", "1"))
RECIPE = recipe_of("a cup", "a bowl", "a jug", more="limits: {max_cost: 0.15}\n")

# What changes anything outside the process: a kill at any other call leaves what a kill at the next of these leaves.
CALLS = "write,pwrite64,fsync,fdatasync,ftruncate,rename,unlink,mkdir,chmod,sendto,connect"
REFUSALS = {
    "ENOSPC": "write,pwrite64,ftruncate,mkdir,openat",
    "EIO": "fsync,fdatasync,pwrite64,read,pread64",
    "EMFILE": "openat,socket",
}
_LINE = re.compile(r"^(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One call of one kind: the `count`th that any one thread makes."""

    call: str
    count: int


def traced(project: Project, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the recipe below strace."""
    strace = shutil.which("strace")
    assert strace, "strace is needed: apt-get install strace"
    with project.start("run", "recipe.yaml", "--yes", below=(strace, "-f", "-qq", *options)) as process:
        out, err = process.communicate(timeout=180)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@contextmanager
def fresh(folder: Path) -> Iterator[tuple[Project, OtherServer]]:
    """Make a project and a server of its own; both are gone at the end."""
    with other_server("--latency", "0.1") as server:
        folder.mkdir()
        project = project_of(folder, server)
        project.write(RECIPE)
        yield project, server
    shutil.rmtree(folder)


def hit(project: Project, point: Point, what: str) -> subprocess.CompletedProcess[str]:
    """Run the recipe while one call is killed at, or fails."""
    inject = f"inject={point.call}:{what}:when={point.count}"
    return traced(project, "-o", os.devnull, "-e", f"trace={point.call}", "-e", inject)


def points(project: Project, calls: str) -> list[Point]:
    """Return every call of these kinds that a run makes once its ledger is open."""
    log = project.root / "strace.log"
    assert traced(project, "-o", str(log), "-e", f"trace={calls},openat").returncode == 0
    seen: dict[tuple[str, str], int] = defaultdict(int)
    before: dict[str, int] | None = None  # calls of each kind that one thread made before the ledger was opened
    found: set[Point] = set()
    for line in log.read_text(errors="replace").splitlines():
        if (match := _LINE.match(line)) is None:
            continue
        thread, call = match["thread"], match["call"]
        seen[thread, call] += 1
        if before is None and "ledger.sqlite3" in match["rest"]:
            before = {name: count for (_, name), count in seen.items()}
        # a call that start-up makes as often as this would be hit there, where nothing is at stake
        if before is not None and call in calls.split(",") and seen[thread, call] > before.get(call, 0):
            found.add(Point(call=call, count=seen[thread, call]))
    return sorted(found, key=lambda point: (point.call, point.count))


def chosen(every: list[Point]) -> list[Point]:
    """Return as many points as are tried: kinds of calls in turn, a random one of each."""
    draw = random.Random(SEED)
    kinds: dict[str, list[Point]] = defaultdict(list)
    for point in draw.sample(every, len(every)):
        kinds[point.call].append(point)
    names = draw.sample(sorted(kinds), len(kinds))
    turns = [kinds[name][turn] for turn in range(len(every)) for name in names if turn < len(kinds[name])]
    return turns[: POINTS or None]


def assert_settled(project: Project, server: OtherServer, point: Point) -> None:
    """Run once more, and hold the account against the manifest."""
    ended = project.run()
    assert ended.code in {0, 7}, (point, ended)
    booked = server.booked()
    assert all(count == 1 for count in booked.values()), booked
    entries = {entry["prompt"]: entry for entry in project.manifest()["entries"]}
    submits = server.submits()
    assert len(submits) == len(set(submits)), "a request was sent twice"
    for one in server.told()["booked"]:
        entry = entries[one["request"]["prompt"]]
        assert entry["status"] in {"succeeded", "unknown"}, entry
    assert len(project.images()) == sum(one["status"] == "succeeded" for one in entries.values())
    assert project.call("verify", "recipe.yaml").code == 0


def test_a_run_killed_at_a_system_call_is_finished_by_the_next(tmp_path: Path) -> None:
    with fresh(tmp_path / "first") as (first, _):
        every = points(first, CALLS)

    def kill(point: Point) -> bool:
        with fresh(tmp_path / f"{point.call}-{point.count}") as (project, server):
            killed = hit(project, point, "signal=KILL").returncode != 0
            assert_settled(project, server, point)
            return killed

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        killed = sum(pool.map(kill, chosen(every)))
    print(f"{killed} kills at {len(chosen(every))} of {len(every)} points that can be reached")
    assert killed


@pytest.mark.parametrize("error", sorted(REFUSALS))
def test_a_system_call_that_fails_costs_nothing_twice(tmp_path: Path, error: str) -> None:
    with fresh(tmp_path / "first") as (first, _):
        every = points(first, REFUSALS[error])

    def refuse(point: Point) -> None:
        with fresh(tmp_path / f"{point.call}-{point.count}") as (project, server):
            done = hit(project, point, f"error={error}")
            assert "Traceback" not in done.stderr, (point, done.stderr)
            assert done.returncode in {0, 1, 6, 7}, (point, done)
            assert_settled(project, server, point)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(refuse, chosen(every)))
    print(f"{error} at {len(chosen(every))} of {len(every)} points")
