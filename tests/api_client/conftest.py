"""What holds for the door to the network holds whichever way requests travel: each test here is done in all of them."""

from __future__ import annotations

import asyncio

import pytest
import uvloop


@pytest.fixture(autouse=True, params=["httpx", "httptools", "httptools on uvloop"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let requests travel by httpx's connections, or as the extra `fast` does, in one event loop or the other."""
    told: str = request.param
    monkeypatch.setenv("GEN4FLOW_FAST", "0" if told == "httpx" else "1")
    if told.endswith("uvloop"):
        monkeypatch.setattr(asyncio.events, "_event_loop_policy", uvloop.EventLoopPolicy())
    return told
