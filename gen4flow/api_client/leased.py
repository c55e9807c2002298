"""httpx's connections, each lent to one request at a time: the one that was used last first.

A pool that all requests share looks through every connection at the start and at the end of each request: with
hundreds of them that is most of what a run does. Here a request costs the same however many connections there are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TypeAlias

import httpcore
import httpx

from gen4flow.api_client.idle import Idle
from gen4flow.api_client.streams import Network
from gen4flow.api_client.tls import ssl_context
from gen4flow.api_client.wire import Broken, NeverLeft, Origin, Receiving, Sending, in_one_line, joined

# Raised before the first byte of a request can have left: nothing was bought. Whatever is not here may have left.
NEVER_LEFT = (
    httpcore.ConnectError,  # refused, no such host, TLS failed
    httpcore.ConnectTimeout,
    httpcore.UnsupportedProtocol,
    httpcore.ProxyError,  # the proxy refused to connect
)
MAY_HAVE_LEFT = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.ConnectionNotAvailable,
)

Connection: TypeAlias = httpcore.AsyncHTTP11Connection | httpcore.AsyncConnectionPool  # a pool of one leads to a proxy


class LeasedWire:
    """A wire with as many connections as there are requests at once: who sends them bounds both.

    `connect` in seconds. `proxy` is the URL of one that everything goes through.
    """

    def __init__(self, *, connect: float, proxy: str | None = None) -> None:
        self._connect = connect
        self._extensions = {"timeout": {"connect": connect, "pool": connect}}
        self._proxy = httpx.Proxy(proxy) if proxy else None
        self._network = Network()
        self._idle: Idle[Connection] = Idle(_lives)

    async def send(self, sending: Sending) -> Receiving:
        """Send a request, see Wire."""
        try:
            return await self._send(sending)
        except NEVER_LEFT as error:
            raise NeverLeft(in_one_line(error)) from error
        except MAY_HAVE_LEFT as error:
            raise Broken(in_one_line(error)) from error

    async def aclose(self) -> None:
        """Close every connection that is not lent."""
        await self._idle.aclose()

    async def _send(self, sending: Sending) -> Receiving:
        """Send a request by a connection that idles, where it may and there is one, else by a new one."""
        request = self._request(sending)
        kept = None if sending.fresh else await self._idle.take(sending.origin)
        if kept is not None:
            try:
                return await self._sent(kept, request, sending)
            except MAY_HAVE_LEFT as error:
                if sending.method != "GET":
                    raise Broken(in_one_line(error)) from error  # never left is said of new connections alone
        return await self._sent(await self._new(sending.origin), request, sending)

    async def _sent(self, connection: Connection, request: httpcore.Request, sending: Sending) -> Receiving:
        """Send a request by a connection, which is closed when that fails."""
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            await connection.aclose()
            raise
        idle = None if sending.fresh else self._idle
        return _Received(idle=idle, origin=sending.origin, connection=connection, response=response)

    def _request(self, sending: Sending) -> httpcore.Request:
        """Return a request as httpcore takes it."""
        origin = sending.origin
        headers = [(name.encode("ascii"), value.encode("ascii")) for name, value in sending.headers]
        if sending.content is not None:
            headers.append((b"Content-Length", b"%d" % len(sending.content)))
        url = httpcore.URL(
            scheme=origin.scheme.encode("ascii"),
            host=origin.connects_to.encode("ascii"),
            port=origin.port,
            target=sending.target.encode("ascii"),
        )
        return httpcore.Request(
            sending.method, url, headers=headers, content=sending.content, extensions=self._extensions
        )

    async def _new(self, origin: Origin) -> Connection:
        """Return a connection by which nothing was sent; one to a proxy connects when it is used."""
        if self._proxy is not None:
            return _through(self._proxy)
        stream = await self._network.connect_tcp(origin.connects_to, origin.port, self._connect)
        if origin.scheme == "https":
            stream = await stream.start_tls(ssl_context(), origin.host, self._connect)
        whom = httpcore.Origin(origin.scheme.encode("ascii"), origin.connects_to.encode("ascii"), origin.port)
        connection = httpcore.AsyncHTTP11Connection(origin=whom, stream=stream)
        connection._state_lock = _UNSHARED  # type: ignore[assignment]
        return connection


class _Unshared:
    """The lock of a connection that nobody shares: it is lent to one request at a time, so there is nothing to lock.

    httpcore's own looks on disk for a library that is not there at each new connection, and passes the event loop's
    turn on at each use: together about a fifth of what a request costs.
    """

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


_UNSHARED = _Unshared()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """An answer that comes by a lent connection; `idle` takes it back, where it may be used again."""

    idle: Idle[Connection] | None
    origin: Origin
    connection: Connection
    response: httpcore.Response

    @property
    def status(self) -> int:
        """Return the status."""
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers."""
        return joined(self.response.headers)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body."""
        try:
            async for chunk in self.response.aiter_stream():
                yield chunk
        except MAY_HAVE_LEFT as error:
            raise Broken(in_one_line(error)) from error

    async def aclose(self) -> None:
        """Give the connection back, or close it."""
        await self.response.aclose()
        if self.idle is None:
            await self.connection.aclose()
        else:
            await self.idle.keep(self.origin, self.connection)


def _lives(connection: Connection) -> bool:
    """Tell whether a connection can take another request; a pool of one looks for itself."""
    if isinstance(connection, httpcore.AsyncConnectionPool):
        return True
    return connection.is_available() and not connection.has_expired() and not _said_too_much(connection)


def _said_too_much(connection: httpcore.AsyncHTTP11Connection) -> bool:
    """Tell whether more came than the answer: it would be taken for the answer to whatever is asked next."""
    state = getattr(connection, "_h11_state", None)  # httpcore itself does not look; one that hides it is used once
    return state is None or bool(state.trailing_data[0])


def _through(proxy: httpx.Proxy) -> Connection:
    """Return a connection through a proxy."""
    url = proxy.url
    where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    if url.scheme in {"socks5", "socks5h"}:
        return httpcore.AsyncSOCKSProxy(
            where, proxy_auth=proxy.raw_auth, ssl_context=ssl_context(), max_connections=1, network_backend=Network()
        )
    return httpcore.AsyncHTTPProxy(
        where,
        proxy_auth=proxy.raw_auth,
        proxy_headers=proxy.headers.raw,
        ssl_context=ssl_context(),
        max_connections=1,
        network_backend=Network(),
    )
