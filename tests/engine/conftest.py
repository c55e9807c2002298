"""Emulators and runs for tests of the engine: each ends with its test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gen4flow.emulator import FaultRule, serving_app
from gen4flow.emulator import Settings as EmulatorSettings
from gen4flow.emulator.app import create_app
from tests.engine.running import Make, Run


@pytest.fixture
def stack() -> ExitStack:
    """Return what closes emulators and ledgers at the end of a test."""
    return ExitStack()


@pytest.fixture
def run_with(tmp_path: Path, stack: ExitStack) -> Iterator[Make]:
    """Return a maker of runs against an emulator with the given faults."""

    def make(*faults: str, latency: float = 0.05) -> Run:
        rules = tuple(FaultRule.parse(fault) for fault in faults)
        app = create_app(EmulatorSettings(latency=latency, faults=rules, stall=3))
        base_url = stack.enter_context(serving_app(app))
        run = Run(tmp_path, base_url, app)
        stack.callback(run.ledger.close)
        return run

    with stack:
        yield make
