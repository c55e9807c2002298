"""Interrupted by Ctrl-C once, twice, or by SIGTERM: the exit codes hold, nothing is lost, nothing is bought twice."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.outside.harness import LONG, OtherServer, Project, other_server, project_of, recipe_of

pytestmark = pytest.mark.usefixtures("both_ways")

JOBS = 12
WAYS = {
    "Ctrl-C once": ((signal.SIGINT,), 130),
    "Ctrl-C twice": ((signal.SIGINT, signal.SIGINT), 130),
    "Ctrl-C twenty times": ((signal.SIGINT,) * 20, 130),
    "SIGTERM": ((signal.SIGTERM,), 143),
    "Ctrl-C, then SIGTERM": ((signal.SIGINT, signal.SIGTERM), 130),
}


def interrupted(project: Project, server: OtherServer, signals: tuple[signal.Signals, ...], after: int) -> int:
    """Start a run, send the signals once so many submits are booked, and return the exit code."""
    with project.start("run", "recipe.yaml", "--yes") as process:
        while len(server.told()["booked"]) < after:
            assert process.poll() is None
            time.sleep(0.02)
        for one in signals:
            process.send_signal(one)
            time.sleep(0.02)
        _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    return process.returncode


@pytest.mark.parametrize("way", WAYS if LONG else ["SIGTERM"])
@pytest.mark.parametrize("after", [1, 2, 4] if LONG else [3])
def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path, way: str, after: int) -> None:
    signals, code = WAYS[way]
    with other_server("--latency", "1.0", "--jitter", "0.3", "--answer-delay", "0.1") as server:
        project = project_of(tmp_path, server)
        project.write(recipe_of(*(f"cup {n}" for n in range(JOBS)), more="limits: {concurrency: 2}\n"))
        assert interrupted(project, server, signals, after) == code
        stopped = len(server.submits())
        assert stopped <= after + 8
        if way == "Ctrl-C once":
            assert len(project.images()) == stopped
        ended = project.run()
        assert ended.code == 0 if way == "Ctrl-C once" else ended.code in {0, 7}, ended
        submits = server.submits()
        assert len(submits) == len(set(submits)) == JOBS
        unknown = sum(entry["status"] == "unknown" for entry in project.manifest()["entries"])
        assert len(project.images()) + unknown == JOBS


@pytest.mark.skipif(not LONG, reason="looks for a moment of a tenth of a second")
def test_an_interrupted_run_that_bought_nothing_is_no_success(tmp_path: Path) -> None:
    for number in range(12):
        root = tmp_path / str(number)
        root.mkdir()
        with other_server() as server:
            project = project_of(root, server)
            project.write(recipe_of("a cup", "a bowl"))
            with project.start("run", "recipe.yaml", "--yes") as process:
                while server.requests() < 2:  # balance and price: the next one is a submit
                    assert process.poll() is None
                time.sleep(0.02 * number)
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=60)
            assert process.returncode == 130, f"{0.02 * number:.2f} s after the price was asked"
