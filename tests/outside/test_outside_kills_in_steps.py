"""Killed at random while portraits are bought, uploaded and shown to scenes: nothing twice, nothing lost.

A scene's request names the address of an upload, which a kill can make anew: so purchases are told apart by prompt.
GEN4FLOW_ROUNDS says how many rounds of four kills, GEN4FLOW_SEED which moments and faults.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.outside.harness import LONG, other_server, project_of
from tests.outside.test_outside_kills import killed_after, standing
from tests.outside.test_outside_kills_and_faults import until_settled

ROUNDS = int(os.environ.get("GEN4FLOW_ROUNDS", "25" if LONG else "1"))
SEED = int(os.environ.get("GEN4FLOW_SEED", "1"))
KILLS = 4  # a round
CAP = Decimal("0.75")  # dollars: exactly the fifteen images at 720p
FAULTS = ("submit:500*1", "submit:drop-after*1", "submit:429*1", "poll:500*3", "poll:drop*2", "file:cut*1", "")
RECIPE = """\
version: 1
name: outside
provider: wavespeed
resolution: 720p
aspect_ratio: 1:1
seed: 7
limits: {{max_cost: {cap}, concurrency: 4}}
steps:
  portrait:
    matrix: {{character: [{characters}]}}
    prompt: "portrait of {{{{ character.id }}}} {{{{ character.fault }}}}"
  scene:
    needs: {{hero: portrait}}
    reference_images: ["{{{{ hero.image }}}}"]
    matrix: {{place: [{places}]}}
    prompt: "{{{{ character.id }}}} at the {{{{ place.id }}}} {{{{ place.fault }}}}"
"""


@pytest.mark.timeout(300 + 120 * ROUNDS)
def test_killed_at_random_between_steps_nothing_is_lost_and_nothing_bought_twice(tmp_path: Path) -> None:
    totals = {"kills": 0, "booked": 0, "unknown": 0, "skipped": 0, "uploads": 0}
    for number in range(ROUNDS):
        draw = random.Random(f"steps {SEED} {number}")
        with other_server("--latency", "0.2", "--jitter", "0.2") as server:
            project = project_of(folder := tmp_path / str(number), server)
            folder.mkdir()
            characters = values(draw, ["ann", "ben", "cy"])
            project.write(RECIPE.format(cap=CAP, characters=characters, places=values(draw, list("abcd"))))
            for _ in range(KILLS):
                totals["kills"] += killed_after(project, draw.uniform(0.4, 3.5))
            until_settled(project)
            entries = {entry["prompt"]: entry for entry in project.manifest()["entries"]}
            told = server.told()
            assert not told["complaints"], told["complaints"]
            bought = Counter(one["request"]["prompt"].strip() for one in told["booked"])
            assert max(bought.values()) == 1, bought
            for prompt in bought:
                assert entries[prompt]["status"] in {"succeeded", "unknown"}, entries[prompt]
            statuses = Counter(entry["status"] for entry in entries.values())
            assert len(project.images()) == statuses["succeeded"]
            for entry in entries.values():
                if entry["status"] == "skipped":
                    needed = [entries[prompt] for prompt in entries if entries[prompt]["key"] == needs(entry)]
                    assert needed[0]["status"] in {"unknown", "failed"}, needed
            assert project.call("verify", "recipe.yaml").code == 0
            assert standing(project) <= CAP
            totals["booked"] += len(told["booked"])
            totals["uploads"] += len(server.uploads())
            for status in ("unknown", "skipped"):
                totals[status] += statuses[status]
    print(totals)
    assert totals["kills"]
    assert totals["booked"]


def values(draw: random.Random, names: list[str]) -> str:
    """Return an axis's values, some of them with a fault for their requests."""
    faults = [f"[{fault}]" if (fault := draw.choice(FAULTS)) else "." for _ in names]
    return ", ".join(f'{{id: {name}, fault: "{fault}"}}' for name, fault in zip(names, faults, strict=True))


def needs(entry: dict[str, object]) -> str:
    """Return the key of the portrait that a scene needs."""
    axes = entry["axes"]
    assert isinstance(axes, dict)
    return f"portrait[character={axes['character']}]"
