"""Every benchmark works, in small: what it finds on a busy machine means nothing and is not judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import promptfoo
from tests.benchmarks.figures import Figure, Scale, interleaved
from tests.benchmarks.register import BENCHMARKS
from tests.benchmarks.table import heading, rows


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_brings_figures(name: str, tmp_path: Path) -> None:
    figures = list(BENCHMARKS[name](Scale(rounds=1, small=True, folder=tmp_path)))
    assert figures
    assert all(figure.value > 0 for figure in figures), figures


def test_a_figure_over_its_target_is_told_as_missed() -> None:
    figures = [
        Figure(what="start", value=2.6, unit="times", target=2.5),
        Figure(what="speed", value=90, unit="images/s", target=100, at_least=True),
        Figure(what="size", value=2.5, unit="MB", target=2.5),
        Figure(what="time", value=1234.5, unit="s"),
    ]
    assert list(rows(figures)) == [
        "| start | 2.60 times | at most 2.50 times | **missed**;  |",
        "| speed | 90.0 images/s | at least 100 images/s | **missed**;  |",
        "| size | 2.50 MB | at most 2.50 MB |  |",
        "| time | 1,234 s |  |  |",
    ]


def test_the_table_says_machine_versions_and_day() -> None:
    assert "Python 3." in heading()
    assert heading().endswith("|---|---|---|---|\n")


def test_what_is_compared_is_measured_in_turns() -> None:
    order: list[str] = []
    interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_a_peer_that_cannot_be_installed_is_told_as_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(promptfoo.NotThereError, match="no npm"):
        promptfoo.installed(tmp_path / "promptfoo")
    broken = tmp_path / "npm"
    broken.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(promptfoo.NotThereError, match="no network"):
        promptfoo.installed(tmp_path / "promptfoo")
