"""Killed at any moment, gen4flow buys nothing twice, loses nothing that was paid, and stays below its cap."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from decimal import Decimal
from pathlib import Path

import pytest

from tests.outside.harness import LONG, OtherServer, Project, other_server, project_of, recipe_of

JOBS = 6
CAP = "0.30"  # dollars: exactly six images at 720p
RECIPE = recipe_of(*(f"cup {number}" for number in range(JOBS)), more=f"limits: {{max_cost: {CAP}, concurrency: 3}}\n")
SLOW = ("--latency", "0.3", "--jitter", "0.25", "--answer-delay", "0.05")


def killed_after(project: Project, seconds: float) -> bool:
    """Start a run and kill it after so long; tell whether it was still alive then."""
    with project.start("run", "recipe.yaml", "--yes") as process:
        time.sleep(seconds)
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return alive


def killed_at(project: Project, server: OtherServer, event: str, count: int) -> None:
    """Start a run that the server kills at the `count`th event of this kind."""
    with project.start("run", "recipe.yaml", "--yes") as process:
        server.told(trap={"pid": process.pid, "event": event, "count": count})
        process.communicate()
    server.told(trap=None)


def assert_nothing_lost(project: Project, server: OtherServer) -> None:
    """Run to the end, and hold the account against the manifest and the ledger."""
    ended = project.run()
    assert ended.code in {0, 7}, ended
    booked = server.booked()
    assert max(booked.values()) == 1, booked
    entries = {entry["prompt"]: entry for entry in project.manifest()["entries"]}
    for one in server.told()["booked"]:
        entry = entries[one["request"]["prompt"]]
        assert entry["status"] in {"succeeded", "unknown"}, entry
        if entry["status"] == "succeeded":
            assert entry["prediction_id"] == one["id"]
    submits = server.submits()
    assert len(submits) == len(set(submits)), "a request was sent twice"
    assert all(one["status"] in {"succeeded", "unknown"} for one in entries.values()), entries
    assert len(project.images()) == sum(one["status"] == "succeeded" for one in entries.values())
    verified = project.call("verify", "recipe.yaml")
    assert verified.code == 0 or ended.code == 7, verified
    assert standing(project) <= Decimal(CAP)


def standing(project: Project) -> Decimal:
    """Return what counts against the recipe's cap, in dollars."""
    status = json.loads(project.call("status", "recipe.yaml", "--json").out)
    return sum((Decimal(status[name]) for name in ("spent", "reserved", "unknown")), Decimal(0))


@pytest.mark.parametrize("event", ["arrived", "booked", "poll", "file"] if LONG else ["booked"])
@pytest.mark.parametrize("count", range(1, 6) if LONG else [2])
def test_a_run_killed_by_the_server_is_finished_by_the_next_one(tmp_path: Path, event: str, count: int) -> None:
    with other_server(*SLOW) as server:
        project = project_of(tmp_path, server)
        project.write(RECIPE)
        killed_at(project, server, event, count)
        killed_at(project, server, event, 1)
        assert_nothing_lost(project, server)


@pytest.mark.skipif(not LONG, reason="kills 72 runs")
@pytest.mark.parametrize("chance", range(24))
def test_runs_killed_at_random_moments_are_finished_by_the_next_one(tmp_path: Path, chance: int) -> None:
    moments = random.Random(chance)
    with other_server(*SLOW) as server:
        project = project_of(tmp_path, server)
        project.write(RECIPE)
        for _ in range(3):
            killed_after(project, moments.uniform(0.3, 2.5))
        assert_nothing_lost(project, server)
