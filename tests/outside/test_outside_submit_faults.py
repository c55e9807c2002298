"""Submits that go wrong: what is lost is never repeated, what is refused is said, and money is counted either way."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.outside.harness import LONG, Project, other_server, project_of, recipe_of

pytestmark = pytest.mark.usefixtures("both_ways")

LOST = ["drop-after", "drop-before", "cut", "500", "502-html", "408", "empty", "html", "null", "data-null", "deep",
        "no-id", "bad-id", "terminal-id", "code-500", "302", "307"]  # fmt: skip
REFUSED = ["400", "422"]
DENIED = ["no-credits", "401", "402", "403"]


def some(faults: list[str], number: int) -> list[str]:
    """Return all faults for a long run, the first ones for a short one."""
    return faults if LONG else faults[:number]


def statuses(project: Project) -> list[str]:
    """Return the status of every job, in plan order."""
    return [entry["status"] for entry in project.manifest()["entries"]]


def sums(project: Project) -> list[Decimal]:
    """Return what is spent, reserved and unknown."""
    status = json.loads(project.call("status", "recipe.yaml", "--json").out)
    return [Decimal(status[name]) for name in ("spent", "reserved", "unknown")]


@pytest.mark.parametrize("fault", some(LOST, 1))
def test_a_submit_without_a_clear_answer_is_unknown_and_never_repeated(tmp_path: Path, fault: str) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a good cup", f"a lost cup [submit:{fault}]"))
        ended = project.run()
        assert ended.code == 7, ended
        assert "\x1b" not in ended.err + ended.out
        assert statuses(project) == ["succeeded", "unknown"]
        assert sums(project) == [Decimal("0.05"), Decimal(0), Decimal("0.05")]
        assert project.run().code == 7
        assert project.run("--retry", "failed").code == 7
        assert project.run("--retry", "billed").code == 7
        assert len(server.submits()) == 2


@pytest.mark.parametrize("fault", some(REFUSED, 1))
def test_a_refused_submit_fails_unbilled_and_is_repeated_only_when_asked(tmp_path: Path, fault: str) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a good cup", f"a refused cup [submit:{fault}*1]"))
        ended = project.run()
        assert ended.code == 6, ended
        assert "not acceptable" in ended.err
        assert statuses(project) == ["succeeded", "failed"]
        assert sums(project) == [Decimal("0.05"), Decimal(0), Decimal(0)]
        assert project.run().code == 6
        assert len(server.submits()) == 2
        assert project.run("--retry", "failed").code == 0
        assert len(server.submits()) == 3


@pytest.mark.parametrize("fault", some(DENIED, 1))
def test_a_denial_stops_the_run_and_leaves_the_job_planned(tmp_path: Path, fault: str) -> None:
    with other_server("--answer-delay", "0.3") as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of(f"a cup [submit:{fault}*1]", *(f"cup {n}" for n in range(8))))
        ended = project.run("--concurrency", "1")
        assert ended.code == 4, ended
        assert statuses(project)[0] == "planned"
        assert len(server.submits()) == 1
        assert project.run().code == 0
        assert max(server.booked().values()) == 1


@pytest.mark.parametrize("fault", some(["429*1", "429-odd*2", "429-bare*3"], 1))
def test_a_submit_that_is_too_many_waits_and_is_repeated(tmp_path: Path, fault: str) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a good cup", f"a cup too many [submit:{fault}]"))
        ended = project.run()
        assert ended.code == 0, ended
        assert len(server.booked()) == 2
        assert max(server.booked().values()) == 1


def test_three_lost_submits_in_a_row_stop_submitting(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of(*(f"cup {n} [submit:500]" for n in range(8))))
        ended = project.run("--concurrency", "1")
        assert ended.code == 7, ended
        assert len(server.submits()) == 3
        assert statuses(project).count("unknown") == 3


def test_one_id_for_two_submits_is_unknown_and_an_alarm(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a first cup", "a second cup [submit:same-id]", "a third cup"))
        ended = project.run("--concurrency", "1")
        assert ended.code == 7, ended
        assert statuses(project)[:2] == ["succeeded", "unknown"]
        project.run()
        assert max(server.booked().values()) == 1


@pytest.mark.skipif(not LONG, reason="waits for the submit's deadline: 60 s")
def test_a_submit_that_stalls_is_unknown_at_its_deadline(tmp_path: Path) -> None:
    with other_server() as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of("a good cup", "a stalling cup [submit:stall]"))
        ended = project.run()
        assert ended.code == 7, ended
        assert statuses(project) == ["succeeded", "unknown"]
        assert len(server.submits()) == 2
