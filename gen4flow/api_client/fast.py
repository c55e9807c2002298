"""The extra `fast`: HTTP by a parser in C and an event loop in C, where they are installed. They are loaded late."""

from __future__ import annotations

import asyncio
import functools
import importlib.metadata
import importlib.util
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

from gen4flow.api_client.leased import LeasedWire
from gen4flow.api_client.wire import Wire

SWITCH = "GEN4FLOW_FAST"  # in the environment: 0 does without the extra
LIBRARIES = ("httptools", "uvloop", "aiohappyeyeballs")

T = TypeVar("T")


@functools.cache
def _is_installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in LIBRARIES)


def is_on() -> bool:
    """Tell whether the extra is installed and nobody does without it."""
    return os.environ.get(SWITCH) != "0" and _is_installed()


def told() -> str:
    """Return whether the extra is used, for people, with its versions."""
    if not _is_installed():
        return "not installed; pip install 'gen4flow[fast]' makes runs with many predictions under way faster"
    if not is_on():
        return f"installed, and left out by {SWITCH}=0"
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)


def new_wire(*, connect: float, proxy: str | None = None) -> Wire:
    """Return a wire; `connect` in seconds. What goes through a proxy goes by httpx's connections either way."""
    if proxy is not None or not is_on():
        return LeasedWire(connect=connect, proxy=proxy)
    from gen4flow.api_client.parsed import ParsedWire

    return ParsedWire(connect=connect)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Return what some work returns that is done in an event loop of its own."""
    if not is_on():
        return asyncio.run(work)
    import uvloop

    return uvloop.run(work)
