"""The connection itself: answers that are cut off, held back or never sent."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "gen4flow.transport"  # the key in the scope's extensions


class CuttableProtocol(H11Protocol):
    """uvicorn's own protocol; it also tells the application which transport a request came by."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let every request of this connection carry the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # for uvicorn's narrower type
        super().connection_made(transport)
        served: Any = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[TRANSPORT] = transport
            await served(scope, receive, send)

        self.app = with_transport


class Cut(Response):
    """An answer that ends too early: `body` is sent, more was promised, then the connection closes.

    Without a body not even the status line is sent. `reset` ends it with a TCP reset in place of an orderly
    close. `linger` holds the connection open that many seconds before it closes.
    """

    def __init__(
        self,
        body: bytes = b"",
        *,
        media_type: str = "application/json",
        linger: float = 0.0,
        reset: bool = False,
    ) -> None:
        super().__init__(body, media_type=media_type)
        self.headers["content-length"] = str(2 * len(body) + 1)
        self.linger = linger
        self.reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is, wait, close, and return when the connection is gone."""
        transport: asyncio.Transport = scope["extensions"][TRANSPORT]
        if self.body:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await _until_gone(receive, seconds=self.linger)
        if self.reset:
            _reset_on_close(transport)
        transport.close()
        await _until_gone(receive, seconds=1.0)


def _reset_on_close(transport: asyncio.Transport) -> None:
    # A linger time of zero makes the kernel send RST when the socket closes.
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _until_gone(receive: Receive, *, seconds: float) -> None:
    """Return when the client has gone, or after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass
