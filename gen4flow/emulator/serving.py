"""Runs an emulator on loopback in a thread of this process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from gen4flow import loopback
from gen4flow.emulator.settings import Settings


@contextlib.contextmanager
def serving(settings: Settings, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve an emulator and yield its base URL, without /api/v3; port 0 takes a free one."""
    # Starlette and the rest cost a quarter of a second: paid by those who serve, not by those who import.
    from gen4flow.emulator.app import create_app

    with serving_app(create_app(settings), host=host, port=port) as base_url:
        yield base_url


@contextlib.contextmanager
def serving_app(app: Any, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve an application that the caller has made, and whose `state` it wants to look at."""
    from gen4flow.emulator.wire import CuttableProtocol

    with loopback.serving(app, name="the emulator", host=host, port=port, protocol=CuttableProtocol) as base_url:
        yield base_url
