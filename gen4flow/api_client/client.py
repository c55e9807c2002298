"""Talks to the provider's API: the paid submit is sent once, and the key goes to the API's own origin alone."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from types import TracebackType

import httpx

from gen4flow import __version__
from gen4flow.api_client.checked_addresses import MOST_PORT, CheckedAddresses, checked_url
from gen4flow.api_client.deadlines import Deadlines
from gen4flow.api_client.downloads import Downloads
from gen4flow.api_client.fast import new_wire
from gen4flow.api_client.unspoken import Unspoken
from gen4flow.api_client.wire import Broken, NeverLeft, Origin, Receiving, Sending, Wire, in_one_line
from gen4flow.core.calls import Answer, Call, DownloadFailed, DownloadForbidden, Form, NoReply, Put, Reply, UploadCall
from gen4flow.core.errors import UsageError

MAX_ANSWER = 2 * 1024 * 1024  # bytes of an API answer without pictures in it
QUESTIONS_AT_ONCE = 64  # connections: a system lends a process about a thousand
MAX_INLINE_ANSWER = 32 * 1024 * 1024  # bytes of a prediction's answer, which may hold a picture in base64
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~-]*")


class ApiClient:
    """One provider's API under one base URL, with one key; an asynchronous context manager.

    Raises UsageError for a base URL that is none.
    """

    def __init__(self, *, base_url: str, key: str, deadlines: Deadlines = Deadlines()) -> None:  # noqa: B008  # frozen
        self._base = checked_base_url(base_url)
        self._origin = Origin.of(self._base)
        self._deadlines = deadlines
        self._key = Unspoken(key)
        self._headers = (
            ("Host", self._base.netloc.decode("ascii")),
            ("Authorization", f"Bearer {key}"),
            ("User-Agent", f"gen4flow/{__version__}"),
            ("Accept", "application/json"),
            ("Accept-Encoding", "identity"),  # an answer is bounded as it comes, not after it was blown up
        )
        proxy = _proxy_for(self._base)
        self._api = new_wire(connect=deadlines.connect, proxy=proxy)
        self._questions = asyncio.Semaphore(QUESTIONS_AT_ONCE)
        self._large = asyncio.Lock()  # one answer with a picture in it at a time, so that memory stays bounded
        self._addresses = CheckedAddresses(self._base)
        # what goes to checked addresses heeds no proxy, which would resolve the name once more
        self._storage = new_wire(connect=deadlines.connect)
        self._downloads = Downloads(wire=self._storage, addresses=self._addresses, deadlines=deadlines)

    async def __aenter__(self) -> ApiClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._api.aclose()
        await self._storage.aclose()
        await asyncio.sleep(0)  # what was closed is gone with the loop's next turn

    @property
    def base_url(self) -> str:
        """Return the base URL: scheme, host and port."""
        return str(self._base)

    async def submit(self, call: Call) -> Answer:
        """Send the one POST of an attempt; whatever happens is an answer.

        Its connection is new: one that idles may have been closed by the server in this moment, and then nobody could
        tell whether the submit arrived.
        """
        return self._key.out_of(await _exchange(self._api, self._sending(call, fresh=True), self._deadlines.submit))

    async def ask(self, call: Call) -> Answer:
        """Send a request that buys nothing; whatever happens is an answer."""
        async with self._questions:
            answer = await _exchange(self._api, self._sending(call), self._deadlines.get, large=self._large)
        return self._key.out_of(answer)

    async def upload(self, call: UploadCall) -> Answer:
        """Send one call of an upload, once; whatever happens is an answer. Addresses that the API named are judged."""
        match call:
            case Call():
                return await self.ask(call)
            case Form():
                return self._key.out_of(await _exchange(self._api, self._form(call), self._deadlines.upload))
            case Put():
                return await self._put(call)

    async def download(self, url: str, write: Callable[[bytes], object]) -> None:
        """Write the bytes behind an address, without the key; raises DownloadFailed or DownloadForbidden."""
        await self._downloads.fetch(url, write)

    def _sending(self, call: Call, *, fresh: bool = False) -> Sending:
        """Return the request for a call below the base URL."""
        content = None if call.json is None else json.dumps(call.json, ensure_ascii=False).encode()
        typed = () if content is None else (("Content-Type", "application/json"),)
        return Sending(
            method=call.method,
            origin=self._origin,
            target=self._below(call.path),
            headers=self._headers + typed,
            content=content,
            fresh=fresh,
        )

    def _form(self, call: Form) -> Sending:
        """Return the request for a file as multipart/form-data."""
        files = {call.field: (call.filename, call.content, call.media_type)}
        encoded = httpx.Request("POST", self._base, files=files)
        return Sending(
            method="POST",
            origin=self._origin,
            target=self._below(call.path),
            headers=(*self._headers, ("Content-Type", encoded.headers["content-type"])),
            content=encoded.read(),
            fresh=True,
        )

    async def _put(self, call: Put) -> Answer:
        """Send bytes to an address that the API named, once it is judged: the named headers, no key, no redirect."""
        try:
            async with asyncio.timeout(self._deadlines.connect):
                url = checked_url(call.url).copy_with(userinfo=b"")
                origin = await self._addresses.origin(url)
        except (DownloadFailed, DownloadForbidden) as error:
            return NoReply(left=False, message=str(error))
        except (TimeoutError, httpx.InvalidURL, ValueError) as error:
            return NoReply(left=False, message=in_one_line(error))
        sending = Sending(
            method="PUT",
            origin=origin,
            target=url.raw_path.decode("ascii"),
            headers=(("Host", url.netloc.decode("ascii")), *call.headers.items()),
            content=call.content,
            fresh=True,
        )
        return self._key.out_of(await _exchange(self._storage, sending, self._deadlines.upload))

    def _below(self, path: str) -> str:
        """Return the target of a path of the API."""
        whole = self._base.path.rstrip("/") + path
        return whole if _PLAIN_PATH.fullmatch(whole) else self._base.copy_with(path=whole).raw_path.decode("ascii")


def _proxy_for(url: httpx.URL) -> str | None:
    """Return the proxy that the environment names for a URL."""
    if urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(url.scheme) or proxies.get("all")
    return found if found is None or "://" in found else f"http://{found}"


async def _exchange(wire: Wire, sending: Sending, deadline: float, *, large: asyncio.Lock | None = None) -> Answer:
    """Send a request and read its answer within a deadline and a size; `large` admits long answers one by one."""
    try:
        async with asyncio.timeout(deadline):
            receiving = await wire.send(sending)
            try:
                return await _read(receiving, large)
            finally:
                await receiving.aclose()
    except NeverLeft as error:
        return NoReply(left=False, message=str(error))
    except Broken as error:
        return NoReply(left=True, message=str(error))
    except TimeoutError:
        return NoReply(left=True, message=f"no answer within {deadline:g} s")
    except ValueError as error:
        return NoReply(left=True, message=in_one_line(error))


async def _read(receiving: Receiving, large: asyncio.Lock | None) -> Answer:
    """Read an answer's body, unless it is longer than any answer is."""
    body, chunks = bytearray(), receiving.chunks()
    whole = await _fill(body, chunks, MAX_ANSWER)
    if not whole and large is not None:
        async with large:
            whole = await _fill(body, chunks, MAX_INLINE_ANSWER)
    if not whole:
        return NoReply(left=True, message=f"an answer of more than {len(body):,} bytes")
    return Reply(status=receiving.status, headers=receiving.headers, body=bytes(body), received=datetime.now(UTC))


async def _fill(body: bytearray, chunks: AsyncIterator[bytes], limit: int) -> bool:
    """Append what comes to a body; True at the end of it, False where it has grown past a limit."""
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            return False
    return True


def checked_base_url(text: str) -> httpx.URL:
    """Return a base URL (scheme, host, port, no /api/v3); raises UsageError where it is none."""
    try:
        url = httpx.URL(text.strip().rstrip("/"))
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"{text!r} is no base URL: {error}") from error
    wrong = url.userinfo or url.query or url.fragment or (url.port or 0) > MOST_PORT
    if url.scheme not in {"http", "https"} or not url.host or wrong:
        raise UsageError(f"{text!r} is no base URL; it looks like https://api.example.com, without /api/v3")
    return url.copy_with(path=url.path.removesuffix("/api/v3").rstrip("/") + "/")
