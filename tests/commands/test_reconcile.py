"""`gen4flow reconcile` against an emulator that books and then drops the connection."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gen4flow.cli import main
from gen4flow.emulator import FaultRule, Settings, serving_app
from gen4flow.emulator.app import create_app
from gen4flow.emulator.emulator import Emulator

RECIPE = """\
version: 1
name: lost
provider: wavespeed
prompt: a {{ thing }}
resolution: 720p
matrix:
  thing: [cup, bowl, jug]
  seed: [7]
"""
CUP = "main[seed=7,thing=cup]"
Serve = Callable[..., Emulator]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Return a maker of emulators with faults; the environment points at the last one."""
    monkeypatch.setattr("gen4flow.commands.reconcile.CATCH_UP", timedelta(0))
    monkeypatch.setenv("WAVESPEED_API_KEY", "k")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    with ExitStack() as stack:

        def make(*faults: str) -> Emulator:
            rules = tuple(FaultRule.parse(fault) for fault in faults)
            app = create_app(Settings(latency=0.05, faults=rules, folder=tmp_path / "remembered"))
            monkeypatch.setenv("WAVESPEED_BASE_URL", stack.enter_context(serving_app(app)))
            found = app.state.emulator
            assert isinstance(found, Emulator)
            return found

        yield make


def status(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what `status --json` says of the recipe's proofs."""
    capsys.readouterr()
    assert main(["status", "recipe.yaml", "--provider", "local", "--json"]) == 0
    return json.loads(capsys.readouterr().out)["totals"]["by_status"]


def test_one_lost_submit_and_one_unclaimed_prediction_are_each_others(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator = serve("submit:accept_then_drop:1:1")
    assert main(["run", "recipe.yaml", "--yes", "--concurrency", "1"]) == 7
    assert main(["reconcile", "recipe.yaml", "--provider", "local"]) == 0
    assert main(["run", "recipe.yaml", "--yes"]) == 0
    assert len(emulator.submits) == 3
    entries = json.loads(Path("out/lost.proof/manifest.json").read_text())["entries"]
    assert [entry["status"] for entry in entries] == ["succeeded"] * 3
    assert [entry["adopted"] for entry in entries].count(True) == 1


def test_two_lost_submits_at_once_are_left_to_a_person(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    serve("submit:accept_then_drop:1:2")
    assert main(["run", "recipe.yaml", "--yes", "--concurrency", "1"]) == 7
    assert main(["reconcile", "recipe.yaml", "--provider", "local"]) == 7
    assert "another lost submit could be the same prediction" in capsys.readouterr().out
    assert status(capsys) == {"succeeded": 1, "unknown": 2}


def test_the_lost_submit_of_another_recipe_may_be_the_same_prediction(
    serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.yaml").write_text(RECIPE.replace("name: lost", "name: other").replace("cup,", "mug,"))
    serve("submit:drop_before:1:1")
    assert main(["run", "recipe.yaml", "--yes", "--limit", "1"]) == 7
    serve("submit:accept_then_drop:1:1")
    assert main(["run", "other.yaml", "--yes", "--limit", "1"]) == 7
    for selection in (["recipe.yaml"], ["other.yaml"], ["other.yaml", "-s", "thing=mug"]):
        assert main(["reconcile", *selection, "--provider", "local"]) == 7
        assert "another lost submit could be the same prediction" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["--give-up", "--forget"])
def test_what_was_given_up_or_forgotten_may_be_the_same_prediction(
    serve: Serve, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    serve("submit:drop_before:1:1")
    assert main(["run", "recipe.yaml", "--yes", "--limit", "1"]) == 7
    assert main(["reconcile", "recipe.yaml", "--provider", "local", word, CUP]) == 0
    serve("submit:accept_then_drop:1:1")
    assert main(["run", "recipe.yaml", "--yes", "--limit", "1"]) == 7
    assert main(["reconcile", "recipe.yaml", "--provider", "local"]) == 7
    assert "another lost submit could be the same prediction" in capsys.readouterr().out


def test_what_was_never_booked_is_not_settled_by_its_absence(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    emulator = serve("submit:drop_before:1:1")
    assert main(["run", "recipe.yaml", "--yes", "--concurrency", "1"]) == 7
    assert main(["reconcile", "recipe.yaml", "--provider", "local"]) == 7
    assert "which proves nothing" in capsys.readouterr().out
    assert main(["run", "recipe.yaml", "--yes"]) == 7
    assert len(emulator.submits) == 2


def test_a_history_that_cannot_be_read_settles_nothing(
    serve: Serve, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("submit:accept_then_drop:1:1")
    assert main(["run", "recipe.yaml", "--yes", "--concurrency", "1"]) == 7
    monkeypatch.setattr("gen4flow.commands.evidence_reading.MAX_PAGES", 0)
    assert main(["reconcile", "recipe.yaml", "--provider", "local"]) == 7
    assert "could not be read past it" in capsys.readouterr().out


def test_a_person_adopts_the_prediction_that_they_recognise(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    emulator = serve("submit:accept_then_drop:1:2")
    main(["run", "recipe.yaml", "--yes", "--concurrency", "1"])
    [cup] = [one.id for one in emulator.submits if "cup" in one.inputs["prompt"]]
    assert main(["reconcile", "recipe.yaml", "--provider", "local", "--adopt", f"{CUP}={cup}"]) == 0  # one is left
    assert main(["run", "recipe.yaml", "--yes"]) == 0
    assert len(emulator.submits) == 3


def test_a_prediction_is_adopted_by_one_job_only(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    emulator = serve("submit:accept_then_drop:1:2")
    main(["run", "recipe.yaml", "--yes", "--concurrency", "1"])
    [jug] = [one.id for one in emulator.submits if "jug" in one.inputs["prompt"]]
    assert main(["reconcile", "recipe.yaml", "--provider", "local", "--adopt", f"{CUP}={jug}"]) == 2
    assert "another job's already" in capsys.readouterr().err


def test_a_prediction_that_the_provider_does_not_know_is_not_adopted(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator = serve("submit:accept_then_drop:1:2")
    main(["run", "recipe.yaml", "--yes", "--concurrency", "1"])
    told = f"{CUP}={'0' * len(emulator.submits[0].id)}"
    assert main(["reconcile", "recipe.yaml", "--provider", "local", "--adopt", told]) == 2
    assert "knows no such prediction; nothing was adopted" in capsys.readouterr().err
    assert main(["run", "recipe.yaml", "--yes"]) == 7  # both are still unknown
    assert len(emulator.submits) == 3


def test_what_is_forgotten_may_be_bought_again(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    emulator = serve("submit:accept_then_drop:1:2")
    main(["run", "recipe.yaml", "--yes", "--concurrency", "1"])
    main(["reconcile", "recipe.yaml", "--provider", "local", "--forget", CUP])
    assert main(["run", "recipe.yaml", "--yes"]) in {0, 7}
    assert sum("cup" in one.inputs["prompt"] for one in emulator.submits) == 2


def test_what_is_given_up_is_never_bought_again(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    emulator = serve("submit:accept_then_drop:1:2")
    main(["run", "recipe.yaml", "--yes", "--concurrency", "1"])
    main(["reconcile", "recipe.yaml", "--provider", "local", "--give-up", CUP])
    main(["run", "recipe.yaml", "--yes", "--retry", "billed"])
    assert sum("cup" in one.inputs["prompt"] for one in emulator.submits) == 1
    assert status(capsys).get("failed") == 1


@pytest.mark.parametrize("word", ["--forget", "--give-up"])
def test_a_job_that_is_not_unknown_cannot_be_settled(
    serve: Serve, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    serve()
    assert main(["run", "recipe.yaml", "--yes"]) == 0
    assert main(["reconcile", "recipe.yaml", "--provider", "local", word, CUP]) == 2
    assert "no submit of such a job is unknown" in capsys.readouterr().err
