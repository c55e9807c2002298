"""Talks to the provider's API: the paid submit is sent once, and the key goes to the API's own origin alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from types import TracebackType

import httpx

from gen4flow import __version__
from gen4flow.api_client.checked_addresses import CheckedAddresses, checked_url
from gen4flow.api_client.deadlines import Deadlines
from gen4flow.api_client.downloads import Downloads
from gen4flow.core.calls import Answer, Call, DownloadFailed, DownloadForbidden, Form, NoReply, Put, Reply, UploadCall
from gen4flow.core.errors import UsageError

MAX_ANSWER = 2 * 1024 * 1024  # bytes of an API answer without pictures in it
MAX_INLINE_ANSWER = 32 * 1024 * 1024  # bytes of a prediction's answer, which may hold a picture in base64

# Raised before the first byte of a request can have left: nothing was bought. Whatever is not here may have left.
NEVER_LEFT = (
    httpx.ConnectError,  # refused, no such host, TLS failed
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,  # the proxy refused to connect
)


class ApiClient:
    """One provider's API under one base URL, with one key; an asynchronous context manager.

    Raises UsageError for a base URL that is none.
    """

    def __init__(self, *, base_url: str, key: str, deadlines: Deadlines = Deadlines()) -> None:  # noqa: B008  # frozen
        self._base = checked_base_url(base_url)
        self._deadlines = deadlines
        headers = {
            "Authorization": f"Bearer {key}",
            "User-Agent": f"gen4flow/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # an answer is bounded as it comes, not after it was blown up
        }
        # A connection that the server closes while it idles looks like a lost submit: so every submit has its own.
        fresh = httpx.Limits(max_keepalive_connections=0, max_connections=None)
        self._submits = httpx.AsyncClient(
            headers=headers, limits=fresh, timeout=deadlines.timeout(deadlines.submit), follow_redirects=False
        )
        self._asks = httpx.AsyncClient(
            headers=headers,
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16),
            timeout=deadlines.timeout(deadlines.get),
            follow_redirects=False,
        )
        self._large = asyncio.Lock()  # one answer with a picture in it at a time, so that memory stays bounded
        self._addresses = CheckedAddresses(self._base)
        self._downloads = Downloads(addresses=self._addresses, deadlines=deadlines)
        # with a transport of its own it heeds no proxy, which would resolve the name once more
        self._puts = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(limits=fresh), follow_redirects=False)

    async def __aenter__(self) -> ApiClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._submits.aclose()
        await self._asks.aclose()
        await self._downloads.aclose()
        await self._puts.aclose()

    @property
    def base_url(self) -> str:
        """Return the base URL: scheme, host and port."""
        return str(self._base)

    async def submit(self, call: Call) -> Answer:
        """Send the one POST of an attempt; whatever happens is an answer."""
        return await _send(self._submits, self._request(self._submits, call), self._deadlines.submit)

    async def ask(self, call: Call) -> Answer:
        """Send a request that buys nothing, once; whatever happens is an answer."""
        return await _send(self._asks, self._request(self._asks, call), self._deadlines.get, large=self._large)

    async def upload(self, call: UploadCall) -> Answer:
        """Send one call of an upload, once; whatever happens is an answer. Addresses that the API named are judged."""
        match call:
            case Call():
                return await self.ask(call)
            case Form():
                return await _send(self._submits, self._form(call), self._deadlines.upload)
            case Put():
                return await self._put(call)

    async def download(self, url: str, write: Callable[[bytes], object]) -> None:
        """Write the bytes behind an address, without the key; raises DownloadFailed or DownloadForbidden."""
        await self._downloads.fetch(url, write)

    def _request(self, client: httpx.AsyncClient, call: Call) -> httpx.Request:
        """Return the request for a call below the base URL."""
        content = None if call.json is None else json.dumps(call.json, ensure_ascii=False).encode()
        headers = {} if content is None else {"Content-Type": "application/json"}
        return client.build_request(call.method, self._below(call.path), content=content, headers=headers)

    def _form(self, call: Form) -> httpx.Request:
        """Return the request for a file as multipart/form-data."""
        return self._submits.build_request(
            "POST",
            self._below(call.path),
            files={call.field: (call.filename, call.content, call.media_type)},
            timeout=self._deadlines.timeout(self._deadlines.upload),
        )

    async def _put(self, call: Put) -> Answer:
        """Send bytes to an address that the API named, once it is judged: the named headers, no key, no redirect."""
        limits = self._deadlines.timeout(self._deadlines.upload).as_dict()
        try:
            async with asyncio.timeout(self._deadlines.connect):
                place = await self._addresses.place(checked_url(call.url).copy_with(userinfo=b""))
            # made without the client, which would add headers of its own
            request = httpx.Request(
                "PUT",
                place.url,
                headers={**call.headers, **place.headers},
                content=call.content,
                extensions={**place.extensions, "timeout": limits},
            )
        except (DownloadFailed, DownloadForbidden) as error:
            return NoReply(left=False, message=str(error))
        except (TimeoutError, httpx.InvalidURL, ValueError) as error:
            return NoReply(left=False, message=_words(error))
        return await _send(self._puts, request, self._deadlines.upload)

    def _below(self, path: str) -> httpx.URL:
        """Return the URL of a path of the API."""
        return self._base.copy_with(path=self._base.path.rstrip("/") + path)


async def _send(
    client: httpx.AsyncClient, request: httpx.Request, deadline: float, *, large: asyncio.Lock | None = None
) -> Answer:
    """Send a request and read its answer within a deadline and a size; `large` admits long answers one by one."""
    try:
        async with asyncio.timeout(deadline):
            response = await client.send(request, stream=True)
            try:
                return await _read(response, large)
            finally:
                await response.aclose()
    except NEVER_LEFT as error:
        return NoReply(left=False, message=_words(error))
    except TimeoutError:
        return NoReply(left=True, message=f"no answer within {deadline:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
        return NoReply(left=True, message=_words(error))


async def _read(response: httpx.Response, large: asyncio.Lock | None) -> Answer:
    """Read an answer's body, unless it is longer than any answer is."""
    body, chunks = bytearray(), response.aiter_raw()
    whole = await _fill(body, chunks, MAX_ANSWER)
    if not whole and large is not None:
        async with large:
            whole = await _fill(body, chunks, MAX_INLINE_ANSWER)
    if not whole:
        return NoReply(left=True, message=f"an answer of more than {len(body):,} bytes")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status=response.status_code, headers=headers, body=bytes(body), received=datetime.now(UTC))


async def _fill(body: bytearray, chunks: AsyncIterator[bytes], limit: int) -> bool:
    """Append what comes to a body; True at the end of it, False where it has grown past a limit."""
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            return False
    return True


def _words(error: Exception) -> str:
    """Return what happened to a connection, in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def checked_base_url(text: str) -> httpx.URL:
    """Return a base URL (scheme, host, port, no /api/v3); raises UsageError where it is none."""
    try:
        url = httpx.URL(text.strip().rstrip("/"))
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{text!r} is no base URL: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise UsageError(f"{text!r} is no base URL; it looks like https://api.example.com, without /api/v3")
    return url.copy_with(path=url.path.removesuffix("/api/v3").rstrip("/") + "/")
