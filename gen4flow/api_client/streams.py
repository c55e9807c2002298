"""httpcore's network on asyncio's own transports, without a layer between them: a third of a request's cost less.

Bytes go through it as they come. It keeps no deadline but that for connecting, which includes TLS: the client bounds
whole requests.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore

from gen4flow.api_client.connecting import connect

MOST_HELD = 256 * 1024  # bytes that came and were not taken, from which on the other side has to wait
SMALL = 16 * 1024  # bytes that wait for the next ones of a request


class Network(httpcore.AsyncNetworkBackend):
    """Makes connections; raises httpcore's errors."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host or an address."""
        try:
            async with asyncio.timeout(timeout):
                pipe = await connect(_Pipe, host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, UnicodeError) as error:  # a host that is no name is not found
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(pipe)


class _Pipe(asyncio.Protocol):
    """Holds what came until it is taken, and what waits for either side."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.held = bytearray()
        self.ended = False
        self.error: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._paused = False  # the other side waits for us
        self._full: asyncio.Future[None] | None = None  # we wait for the other side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hold what came."""
        self.held += data
        if len(self.held) > MOST_HELD and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake(self._waiting)

    def eof_received(self) -> bool:
        """Note that no more will come; what is held can still be taken."""
        self.ended = True
        self._wake(self._waiting)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end, and wake whoever waits for something."""
        self.ended, self.error = True, exc or self.error
        self._wake(self._waiting)
        self._wake(self._full)

    def pause_writing(self) -> None:
        """Let writers wait: the other side takes no more for now."""
        self._full = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._wake(self._full)
        self._full = None

    async def take(self) -> bytes:
        """Return all that came, at least a byte of it; empty at the end."""
        if not self.held and not self.ended:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        if not self.held and self.error is not None:
            raise httpcore.ReadError(str(self.error)) from self.error
        data = bytes(self.held)
        self.held.clear()
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        return data

    async def give(self, data: bytes) -> None:
        """Write, and wait while the other side takes no more."""
        if self.ended and self.transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        self.transport.write(data)
        if self._full is not None:
            await self._full
            if self.error is not None:
                raise httpcore.WriteError(str(self.error)) from self.error

    @staticmethod
    def _wake(waiting: asyncio.Future[None] | None) -> None:
        if waiting is not None and not waiting.done():
            waiting.set_result(None)


class _Stream(httpcore.AsyncNetworkStream):
    """One connection. The head of a request waits for a small body: they leave as one, in one packet."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe
        self._unsent = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came, waiting for something, once all that was written is on its way."""
        if self._unsent:
            await self.write(b"")
        return await self._pipe.take()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write; what is small goes at the next write of nothing, which ends a request, or before anything is read."""
        unsent, self._unsent = self._unsent + buffer, b""
        if buffer and len(unsent) < SMALL:
            self._unsent = unsent
        elif unsent:
            await self._pipe.give(unsent)

    async def aclose(self) -> None:
        """Close at once: whoever closes has what there is to have."""
        self._pipe.transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Go on in TLS; raises ConnectError where that fails."""
        loop, pipe = asyncio.get_running_loop(), self._pipe
        try:
            async with asyncio.timeout(timeout):
                secure = await loop.start_tls(pipe.transport, pipe, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            pipe.transport.abort()
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, ValueError) as error:  # ValueError: a name that no certificate can be for
            pipe.transport.abort()
            raise httpcore.ConnectError(str(error)) from error
        except asyncio.CancelledError:
            pipe.transport.abort()
            raise
        if secure is None:
            raise httpcore.ConnectError("the connection was closed during the handshake")
        pipe.connection_made(secure)
        return self

    def get_extra_info(self, info: str) -> Any:
        """Tell what httpcore asks for: whether an idle connection was closed, and its TLS."""
        if info == "is_readable":
            return bool(self._pipe.held) or self._pipe.ended
        return self._pipe.transport.get_extra_info(info)
