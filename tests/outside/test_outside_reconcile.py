"""Lost submits are settled by the evidence of an API that shares no code with gen4flow; what was charged is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.outside.harness import LONG, other_server, project_of, recipe_of

WAIT = pytest.mark.skipif(not LONG, reason="waits half a minute for the provider's history")


@WAIT
def test_one_lost_submit_is_adopted_fetched_and_charged(tmp_path: Path) -> None:
    with other_server("--latency", "0.2") as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a cup [submit:drop-after*1]", "a bowl", "a jug"))
        assert project.run().code == 7
        assert project.call("reconcile", "recipe.yaml").code == 0
        assert project.run().code == 0
        assert max(server.booked().values()) == 1
    manifest = project.manifest()
    assert [entry["adopted"] for entry in manifest["entries"]] == [True, False, False]
    assert {entry["price"]["charged"] for entry in manifest["entries"]} == {"0.05"}
    assert (manifest["totals"]["charged"], len(project.images())) == ("0.15", 3)


@WAIT
def test_two_lost_submits_are_left_to_a_person_who_looks(tmp_path: Path) -> None:
    with other_server("--latency", "0.2") as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a cup [submit:drop-after*1]", "a bowl [submit:500*1]", "a jug"))
        assert project.run().code == 7
        settled = project.call("reconcile", "recipe.yaml")
        assert settled.code == 7
        assert settled.out.count("look at ") == 4  # two candidates for each of the two
        cup = next(one["id"] for one in server.told()["booked"] if "cup" in one["request"]["prompt"])
        assert project.call("reconcile", "recipe.yaml", "--adopt", f"main[what=p0]={cup}").code == 0
        assert project.run().code == 0
        assert max(server.booked().values()) == 1


def test_what_nobody_booked_stays_unknown_whatever_the_history_shows(tmp_path: Path) -> None:
    with other_server("--latency", "0.2") as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a cup [submit:drop-before*1]"))
        assert project.run().code == 7
        assert project.call("reconcile", "recipe.yaml").code == 7
        assert project.run().code == 7
        assert len(server.submits()) == 1
        status = json.loads(project.call("status", "recipe.yaml", "--json").out)
        assert (status["unknown"], status["needs_a_person"][0]["command"]) == ("0.05", "gen4flow reconcile recipe.yaml")
