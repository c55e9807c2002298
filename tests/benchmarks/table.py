"""Shows figures as a table, under the machine, the versions and the day that they belong to."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from gen4flow import __version__
from tests.benchmarks.figures import Figure

HEAD = "| figure | measured | target | |\n|---|---|---|---|\n"


def heading() -> str:
    """Return what was measured where and when, and the head of the table."""
    day = datetime.now(UTC).date().isoformat()
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    versions = f"gen4flow {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return f"{day}: {versions}, {os.cpu_count()} cores ({_processor()}), load {load} at the start\n\n{HEAD}"


def rows(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield a line of the table for each figure."""
    for figure in figures:
        sign = "at least " if figure.at_least else "at most "
        target = "" if figure.target is None else f"{sign}{_shown(figure.target)} {figure.unit}"
        verdict = "" if figure.holds else "**missed**; "
        yield f"| {figure.what} | {_shown(figure.value)} {figure.unit} | {target} | {verdict}{figure.note} |"


def _shown(value: float) -> str:
    """Return a number with the digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _processor() -> str:
    """Return the processor's name, as far as the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
