"""Emulators for tests: each serves until its test is over."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest
from starlette.applications import Starlette

from gen4flow.emulator import Settings, serving_app
from gen4flow.emulator.app import create_app

Serve: TypeAlias = Callable[..., tuple[httpx.Client, Starlette]]
AUTHORIZATION = {"Authorization": "Bearer a-key"}


@contextlib.contextmanager
def served(**settings: Any) -> Iterator[tuple[httpx.Client, Starlette]]:
    """Serve an emulator and yield a client with a key, and the application."""
    app = create_app(Settings(**{"latency": 0.0, **settings}))
    with serving_app(app) as base_url, httpx.Client(base_url=base_url, headers=AUTHORIZATION) as api:
        yield api, app


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that starts an emulator with the given settings."""
    with contextlib.ExitStack() as running:
        yield lambda **settings: running.enter_context(served(**settings))


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[httpx.Client, Starlette]]:
    """Return one emulator for a whole module: no waiting for pictures, short stalls."""
    with served(stall=0.4) as running:
        yield running


@pytest.fixture
def api(stage: tuple[httpx.Client, Starlette]) -> httpx.Client:
    """Return a client of the module's emulator, for tests that don't mind what others did there."""
    return stage[0]


@pytest.fixture
def fresh(serve: Serve) -> httpx.Client:
    """Return a client of an emulator that nobody has used."""
    return serve()[0]
