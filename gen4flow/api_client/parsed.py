"""HTTP/1.1 by the parser in C that Node speaks it with, on asyncio's own transports: what the extra `fast` brings.

httptools says what the bytes mean. Here stands when a request left, where its answer ends, how much of it is held, and
whether its connection may take another.
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import cast

import httptools

from gen4flow.api_client.connecting import connect
from gen4flow.api_client.idle import Idle
from gen4flow.api_client.tls import ssl_context
from gen4flow.api_client.wire import Broken, NeverLeft, Origin, Receiving, Sending, in_one_line, joined

MOST_HELD = 256 * 1024  # bytes of a body that came and were not taken, from which on the other side has to wait
MOST_AROUND = 100 * 1024  # bytes in a row that are no body: a head, with all that is said before it, or what follows
_FIRST = re.compile(r"[A-Z]+ [!-~]+ HTTP/1\.1\r\n")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: (?:[!-~](?:[ \t!-~]*[!-~])?)?\r\n")  # RFC 9110, 5.5 and 5.6.2
ENDS_ARE_TOLD_BY = {b"content-length", b"transfer-encoding"}  # without any of them, an answer ends with its connection


class ParsedWire:
    """A wire with as many connections as there are requests at once: who sends them bounds both.

    `connect` in seconds.
    """

    def __init__(self, *, connect: float) -> None:
        self._connect = connect
        self._idle: Idle[_Connection] = Idle(lambda connection: connection.lives)

    async def send(self, sending: Sending) -> Receiving:
        """Send a request, see Wire."""
        request = _written(sending)
        kept = None if sending.fresh else await self._idle.take(sending.origin)
        if kept is not None:
            try:
                return await self._sent(kept, request, sending)
            except Broken:
                if sending.method != "GET":
                    raise
        return await self._sent(await self._new(sending.origin), request, sending)

    async def aclose(self) -> None:
        """Close every connection that is not lent."""
        await self._idle.aclose()

    async def _sent(self, connection: _Connection, request: bytes, sending: Sending) -> Receiving:
        """Send a request by a connection, which is closed when that fails."""
        try:
            await connection.exchange(request)
        except BaseException:
            await connection.aclose()
            raise
        return _Received(idle=None if sending.fresh else self._idle, origin=sending.origin, connection=connection)

    async def _new(self, origin: Origin) -> _Connection:
        """Return a connection by which nothing was sent; raises NeverLeft."""
        tls, name = (ssl_context(), origin.host) if origin.scheme == "https" else (None, None)
        try:
            async with asyncio.timeout(self._connect):
                return await connect(_Connection, origin.connects_to, origin.port, tls=tls, name=name)
        except TimeoutError as error:
            raise NeverLeft("no connection in time") from error
        except (OSError, ValueError) as error:  # ValueError: a host that is no name, or one that no certificate is for
            raise NeverLeft(in_one_line(error)) from error


def _written(sending: Sending) -> bytes:
    """Return a request as it is sent; raises NeverLeft for what would be read as something else than it says."""
    first = f"{sending.method} {sending.target} HTTP/1.1\r\n"
    if not _FIRST.fullmatch(first):
        raise NeverLeft("what was to be asked for is no target of HTTP")
    headers = _headers(sending.headers)
    if sending.content is None:
        return f"{first}{headers}\r\n".encode("ascii")
    return f"{first}{headers}Content-Length: {len(sending.content)}\r\n\r\n".encode("ascii") + sending.content


@functools.lru_cache(maxsize=64)  # nearly all requests of a run have one of three sets of them
def _headers(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return the lines of some headers; raises NeverLeft as above."""
    lines = [f"{name}: {value}\r\n" for name, value in pairs]
    if not all(map(_HEADER.fullmatch, lines)):
        raise NeverLeft("what was to be sent along is no header of HTTP")
    return "".join(lines)


class _Connection(asyncio.Protocol):
    """One connection, lent to one request at a time, with what came of the answer and was not taken yet."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self._parser = httptools.HttpResponseParser(self)
        self._headed = self._whole = False  # whether the answer's head is there, and all of it
        self._held: list[bytes] = []
        self._weight = 0  # of what is held, in bytes
        self._around = 0  # bytes since the last of a body
        self._paused = False  # the other side waits for us
        self._asked = False  # whether anything was sent by it yet
        self._lasts = True  # it can take another request after this one
        self._ended = False  # nothing more will come
        self._error: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None

    @property
    def lives(self) -> bool:
        """Tell whether it can take another request: the last answer was taken whole, and nothing came after it."""
        return self._whole and self._lasts and not self._held and not self._ended

    async def exchange(self, request: bytes) -> None:
        """Send a request and wait for the head of its answer; raises NeverLeft or Broken."""
        if self._ended or not self._lasts:
            raise NeverLeft("the server hung up, or spoke, before it was asked anything")
        self.headers, self._headed, self._whole, self._around = [], False, False, 0
        self._asked = True
        self.transport.write(request)
        while not self._headed:
            await self._more()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes; raises Broken where its end does not."""
        while self._held or not self._whole:
            if self._held:
                yield self._taken()
            else:
                await self._more()

    async def aclose(self) -> None:
        """Close at once: whoever closes has what there is to have."""
        self.transport.abort()

    def _taken(self) -> bytes:
        """Take what is held."""
        data = b"".join(self._held)
        self._held, self._weight = [], 0
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        return data

    async def _more(self) -> None:
        """Wait until something has come; raises Broken where nothing will."""
        if self._error is not None:
            raise Broken(in_one_line(self._error)) from self._error
        if self._ended:
            raise Broken("the server hung up before its answer was whole")
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    # -- what the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Have the parser look at what came."""
        self._around += len(data)
        self._lasts = self._lasts and self._asked
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._give_up(error)
        if self._around > MOST_AROUND and not self._whole:
            self._give_up(ValueError(f"more than {MOST_AROUND:,} bytes that are no body"))
        if self._weight > MOST_HELD and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def _give_up(self, error: Exception) -> None:
        """Believe nothing that comes from now on; an answer that was whole before stays one."""
        self._lasts = False
        if not self._whole:
            self._error = error

    def eof_received(self) -> bool:
        """Note the end, which is that of an answer which does not say how long it is."""
        told = {name.lower() for name, _ in self.headers} & ENDS_ARE_TOLD_BY
        self._whole = self._whole or (self._headed and not told and self._error is None)
        self._ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end, and wake whoever waits."""
        self._ended = True
        if exc is not None:
            self._give_up(exc)
        self._wake()

    # -- what the parser tells

    def on_message_begin(self) -> None:
        """Note an answer that nobody asked for: it would be taken for the one to whatever is asked next."""
        if self._headed:
            self._lasts = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; what stands after a body is none."""
        if not self._headed:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Note that the head is there, unless it only says that another will come."""
        if self._headed:
            return
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self.headers = []
            return
        self._headed = True
        self._lasts = self._lasts and self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        """Hold a piece of the body."""
        self._around = 0
        if not self._whole:
            self._held.append(body)
            self._weight += len(body)

    def on_message_complete(self) -> None:
        """Note that the answer is whole."""
        self._whole = self._headed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """An answer that comes by a lent connection; `idle` takes it back, where it may be used again."""

    idle: Idle[_Connection] | None
    origin: Origin
    connection: _Connection

    @property
    def status(self) -> int:
        """Return the status."""
        return self.connection.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers."""
        return joined(self.connection.headers)

    def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body."""
        return self.connection.chunks()

    async def aclose(self) -> None:
        """Give the connection back, or close it."""
        if self.idle is None:
            await self.connection.aclose()
        else:
            await self.idle.keep(self.origin, self.connection)
