"""A uvicorn server that says nothing, leaves signals alone and ends at once."""

from __future__ import annotations

import asyncio

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

STOP_TICK = 0.01


class PromptServer(uvicorn.Server):
    """A uvicorn server that notices within 10 ms that it should stop, where uvicorn looks every 100 ms."""

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        while not self.should_exit:  # noqa: ASYNC110  # it is set from another thread
            await asyncio.sleep(STOP_TICK)


def quiet_server(app: ASGIApp, protocol: type[H11Protocol] | None = None) -> uvicorn.Server:
    """Return a server that leaves signals alone (it runs in a thread) and writes nothing to the terminal."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=protocol or H11Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,  # a stalled connection must not hold up the end
    )
    return PromptServer(config)
