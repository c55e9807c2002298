"""Fetches outputs from wherever they lie: any public address, without the key, bounded in size, time and redirects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from gen4flow import __version__
from gen4flow.api_client.checked_addresses import CheckedAddresses, checked_url
from gen4flow.api_client.deadlines import Deadlines
from gen4flow.core.calls import DownloadFailed, DownloadForbidden

MAX_BYTES = 64 * 1024 * 1024
MAX_REDIRECTS = 3
GONE = frozenset({401, 403, 404, 410})  # the address has run out: the prediction has a fresh one


class Downloads:
    """Streams files from checked addresses."""

    def __init__(self, *, addresses: CheckedAddresses, deadlines: Deadlines) -> None:
        self._addresses = addresses
        self._deadline = deadlines.download
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=16, keepalive_expiry=5)),
            headers={"User-Agent": f"gen4flow/{__version__}", "Accept": "image/*", "Accept-Encoding": "identity"},
            timeout=deadlines.timeout(30),
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def fetch(self, url: str, write: Callable[[bytes], object]) -> None:
        """Write the bytes behind an address; raises DownloadFailed or DownloadForbidden, and what `write` raises."""
        received = 0
        try:
            async with asyncio.timeout(self._deadline):
                response = await self._follow(url)
                try:
                    async for chunk in response.aiter_raw():
                        received += len(chunk)
                        if received > MAX_BYTES:
                            raise DownloadFailed(f"the file is larger than {MAX_BYTES:,} bytes")
                        write(chunk)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise DownloadFailed(f"the download took longer than {self._deadline:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise DownloadFailed(f"{type(error).__name__}: {error}") from error

    async def _follow(self, url: str) -> httpx.Response:
        """Return the answer with the file, after at most three redirects, each checked again."""
        target = checked_url(url)
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._client.send(await self._request(target), stream=True)
            if not response.has_redirect_location:
                await _judge_status(response)
                return response
            location = response.headers["location"]
            await response.aclose()
            target = checked_url(str(target.join(location)))
        raise DownloadForbidden(f"more than {MAX_REDIRECTS} redirects")

    async def _request(self, url: httpx.URL) -> httpx.Request:
        """Return a request to the address that a name resolves to, once it is judged."""
        place = await self._addresses.place(url)
        return self._client.build_request("GET", place.url, headers=place.headers, extensions=place.extensions)


async def _judge_status(response: httpx.Response) -> None:
    """Close and refuse an answer that is not the file."""
    if response.status_code == 200 and response.headers.get("content-encoding", "identity") == "identity":
        return
    await response.aclose()
    encoding = response.headers.get("content-encoding")
    told = f"HTTP {response.status_code}" + (f", encoded as {encoding}" if encoding else "")
    raise DownloadFailed(told, gone=response.status_code in GONE, retry_after=response.headers.get("retry-after"))
