"""What gen4flow refuses before it buys, with the exit codes that it promises, and nothing bought."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.harness import LONG, OtherServer, Project, other_server, project_of, recipe_of

THREE = ("a cup", "a bowl", "a jug")  # $0.15


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[OtherServer]:
    with other_server("--latency", "0.5") as server:
        yield server


@pytest.fixture(name="project")
def _project(tmp_path: Path, server: OtherServer) -> Project:
    server.told(seen=[], booked=[], balance=100.0, price_factor=1.0)
    project = project_of(tmp_path, server)
    project.write(recipe_of(*THREE))
    return project


def test_without_a_key_nothing_is_asked_and_the_way_to_a_proof_is_named(project: Project, server: OtherServer) -> None:
    ended = project.run(WAVESPEED_API_KEY="")
    assert ended.code == 4, ended
    assert "WAVESPEED_API_KEY" in ended.err
    assert "--provider local" in ended.err
    assert server.requests() == 0


def test_a_key_that_is_refused_buys_nothing(project: Project, server: OtherServer) -> None:
    ended = project.run(WAVESPEED_API_KEY="another-key")
    assert ended.code == 4, ended
    assert server.submits() == []


def test_without_a_terminal_and_without_yes_nothing_is_bought(project: Project, server: OtherServer) -> None:
    ended = project.call("run", "recipe.yaml")
    assert ended.code == 3, ended
    assert "--yes" in ended.err
    assert server.submits() == []


@pytest.mark.parametrize("where", ["option", "recipe", "toml", "toml a day"] if LONG else ["option", "toml"])
def test_a_plan_over_a_cap_is_refused_with_both_sums(project: Project, server: OtherServer, where: str) -> None:
    if where == "recipe":
        project.write(recipe_of(*THREE, more="limits: {max_cost: 0.10}\n"))
    if where.startswith("toml"):
        project.write(f"max_cost{'_per_day' if where == 'toml a day' else ''} = 0.10\n", "gen4flow.toml")
    ended = project.run(*(["--max-cost", "0.10"] if where == "option" else []))
    assert ended.code == 3, ended
    assert "0.10" in ended.err
    assert "0.15" in ended.err
    assert server.submits() == []


@pytest.mark.parametrize("sum_", ["1,50", "-1", "inf", "$5", "nan", "1e3", ""] if LONG else ["1,50"])
def test_a_cap_that_is_no_plain_sum_is_wrong_usage(project: Project, server: OtherServer, sum_: str) -> None:
    ended = project.run("--max-cost", sum_)
    assert ended.code == 2, ended
    assert server.submits() == []


def test_a_recipe_that_is_wrong_is_named_by_line(project: Project, server: OtherServer) -> None:
    project.write(recipe_of(*THREE) + "resolutoin: 720p\n")
    ended = project.run()
    assert ended.code == 2, ended
    assert "recipe.yaml:" in ended.err
    assert "resolution" in ended.err
    assert server.requests() == 0


def test_a_price_above_the_planned_one_is_refused(project: Project, server: OtherServer) -> None:
    server.told(price_factor=2.0)
    ended = project.run()
    assert ended.code == 3, ended
    assert server.submits() == []


def test_an_empty_balance_is_refused(project: Project, server: OtherServer) -> None:
    server.told(balance=0.0)
    ended = project.run()
    assert ended.code == 4, ended
    assert server.submits() == []


def test_a_second_run_says_who_holds_the_project(project: Project, server: OtherServer) -> None:
    project.write(recipe_of("a slow cup [poll:500*6]"))
    with project.start("run", "recipe.yaml", "--yes") as first:
        while not server.booked():
            assert first.poll() is None
        second = project.run()
        assert second.code == 5, second
        assert str(first.pid) in second.err
        assert project.call("status", "recipe.yaml").code == 0
        first.communicate()
        assert first.returncode == 0
    assert max(server.booked().values()) == 1


def test_a_plan_file_bounds_what_its_run_may_cost(project: Project, server: OtherServer) -> None:
    assert project.call("plan", "recipe.yaml", "-o", "plan.json").code == 0
    path = project.root / "plan.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["totals"]["price"] == "0.15"
    told["totals"]["price"] = "0.10"
    path.write_text(json.dumps(told), encoding="utf-8")
    ended = project.call("run", "plan.json", "--yes")
    assert ended.code == 3, ended
    assert "$0.15 to buy, and $0.10 is left" in ended.err
    assert server.submits() == []


def test_a_plan_file_that_lists_less_than_would_be_bought_buys_nothing(project: Project, server: OtherServer) -> None:
    assert project.call("plan", "recipe.yaml", "-o", "plan.json").code == 0
    project.write(recipe_of(*THREE, "a lid"))
    ended = project.call("run", "plan.json", "--yes")
    assert ended.code == 8, ended
    assert server.submits() == []
