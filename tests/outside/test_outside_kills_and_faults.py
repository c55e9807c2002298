"""The whole promise at once: killed at random over an API of which half the answers are faulty.

A round is one project of twelve jobs, killed a few times and then run until nothing changes. GEN4FLOW_ROUNDS says how
many rounds (4 kills each), GEN4FLOW_SEED which moments and faults.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.outside.harness import LONG, OtherServer, Project, other_server, project_of, recipe_of
from tests.outside.test_outside_kills import killed_after, standing

pytestmark = pytest.mark.usefixtures("both_ways")

ROUNDS = int(os.environ.get("GEN4FLOW_ROUNDS", "50" if LONG else "2"))
SEED = int(os.environ.get("GEN4FLOW_SEED", "1"))
KILLS = 4  # a round
JOBS = 12
CAP = Decimal("0.60")  # dollars: exactly the twelve images at 720p
FAULTS = (
    *("submit:500*1", "submit:drop-after*1", "submit:drop-before*1", "submit:cut*1", "submit:html*1", "submit:429*2"),
    *("poll:500*3", "poll:404*3", "poll:drop*3", "poll:garbage*2", "poll:backwards", "poll:429*1"),
    *("file:404*1", "file:short*1", "file:cut*1", "file:flip*1", "file:empty*1", "file:html*1", "output:base64"),
)


@pytest.mark.timeout(300 + 120 * ROUNDS)
def test_killed_at_random_over_a_faulty_api_nothing_is_lost_and_nothing_bought_twice(tmp_path: Path) -> None:
    totals = {"kills": 0, "booked": 0, "unknown": 0}
    for number in range(ROUNDS):
        draw = random.Random(f"{SEED} {number}")
        with other_server("--latency", "0.2", "--jitter", "0.2") as server:
            project = project_of(folder := tmp_path / str(number), server)
            folder.mkdir()
            limits = f"limits: {{max_cost: {CAP}, concurrency: 4}}\n"
            project.write(recipe_of(*prompts(draw), more=limits))
            for _ in range(KILLS):
                totals["kills"] += killed_after(project, draw.uniform(0.4, 2.2))
            until_settled(project)
            entries = {entry["prompt"]: entry for entry in project.manifest()["entries"]}
            booked = server.told()["booked"]
            hold(project, server, entries, booked)
            totals["booked"] += len(booked)
            totals["unknown"] += sum(entry["status"] == "unknown" for entry in entries.values())
    print(totals)
    assert totals["kills"]
    assert totals["booked"]


def prompts(draw: random.Random) -> list[str]:
    """Return the prompts of a round, every second one with a fault in it."""
    return [f"cup {n}" + (f" [{draw.choice(FAULTS)}]" if n % 2 else "") for n in range(JOBS)]


def until_settled(project: Project) -> None:
    """Run until a run ends for a reason that another run would meet again."""
    seen: set[tuple[int, str]] = set()
    while (ended := project.run()).code not in {130, 143}:
        state = (ended.code, str(sorted(entry["status"] for entry in project.manifest()["entries"])))
        if state in seen:
            return
        seen.add(state)


def hold(project: Project, server: OtherServer, entries: dict[str, Any], booked: Sequence[Any]) -> None:
    """Hold the server's account against the manifest, the files and the ledger."""
    assert max(server.booked().values()) == 1, server.booked()
    for one in booked:
        entry = entries[one["request"]["prompt"]]
        assert entry["status"] in {"succeeded", "unknown"}, entry
        assert entry["status"] == "unknown" or entry["prediction_id"] == one["id"]
    assert len(project.images()) == sum(entry["status"] == "succeeded" for entry in entries.values())
    assert project.call("verify", "recipe.yaml").code == 0
    assert standing(project) <= CAP
    assert Decimal("0.05") * len(booked) <= CAP
