"""Fetches outputs from wherever they lie: any public address, without the key, bounded in size, time and redirects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from gen4flow import __version__
from gen4flow.api_client.checked_addresses import CheckedAddresses, checked_url, host_and_target
from gen4flow.api_client.deadlines import Deadlines
from gen4flow.api_client.wire import Broken, NeverLeft, Receiving, Sending, Wire
from gen4flow.core.calls import DownloadFailed, DownloadForbidden

MAX_BYTES = 64 * 1024 * 1024
MAX_REDIRECTS = 3
ROUGHLY = 30  # to this part of itself, a patience is exact: to begin anew with every chunk costs more than the chunk
REDIRECTS = frozenset({301, 302, 303, 307, 308})
GONE = frozenset({401, 403, 404, 410})  # the address has run out: the prediction has a fresh one
HEADERS = (("User-Agent", f"gen4flow/{__version__}"), ("Accept", "image/*"), ("Accept-Encoding", "identity"))


class Downloads:
    """Streams files from checked addresses."""

    def __init__(self, *, wire: Wire, addresses: CheckedAddresses, deadlines: Deadlines) -> None:
        self._wire = wire
        self._addresses = addresses
        self._deadline = deadlines.download
        self._stalled = deadlines.stalled

    async def fetch(self, url: str, write: Callable[[bytes], object]) -> None:
        """Write the bytes behind an address; raises DownloadFailed or DownloadForbidden, and what `write` raises."""
        loop, received = asyncio.get_running_loop(), 0
        end = loop.time() + self._deadline
        try:
            async with asyncio.timeout(self._stalled) as patience:
                receiving = await self._follow(url)
                try:
                    async for chunk in receiving.chunks():
                        received += len(chunk)
                        if received > MAX_BYTES:
                            raise DownloadFailed(f"the file is larger than {MAX_BYTES:,} bytes")
                        later = min(end, loop.time() + self._stalled)
                        if later > (patience.when() or 0) + self._stalled / ROUGHLY:
                            patience.reschedule(later)
                        write(chunk)
                finally:
                    await receiving.aclose()
        except TimeoutError as error:
            raise DownloadFailed(self._too_slow(ended=loop.time() >= end)) from error
        except (NeverLeft, Broken, httpx.InvalidURL) as error:
            raise DownloadFailed(str(error)) from error

    def _too_slow(self, *, ended: bool) -> str:
        """Return which patience was at its end."""
        if ended:
            return f"the download took longer than {self._deadline:g} s"
        return f"the download brought nothing for {self._stalled:g} s"

    async def _follow(self, url: str) -> Receiving:
        """Return the answer with the file, after at most three redirects, each checked again."""
        for _ in range(MAX_REDIRECTS + 1):
            receiving = await self._wire.send(await self._sending(url))
            location = receiving.headers.get("location") if receiving.status in REDIRECTS else None
            if location is None:
                await _judge_status(receiving)
                return receiving
            await receiving.aclose()
            url = str(checked_url(url).join(location))
        raise DownloadForbidden(f"more than {MAX_REDIRECTS} redirects")

    async def _sending(self, url: str) -> Sending:
        """Return a request to the address that a name resolves to, once it is judged."""
        host, target = host_and_target(url)
        return Sending(
            method="GET",
            origin=await self._addresses.origin(host),
            target=target,
            headers=(("Host", host.netloc.decode("ascii")), *HEADERS),
        )


async def _judge_status(receiving: Receiving) -> None:
    """Close and refuse an answer that is not the file."""
    headers = receiving.headers
    encoding = headers.get("content-encoding")
    if receiving.status == 200 and encoding in {None, "identity"}:
        return
    await receiving.aclose()
    told = f"HTTP {receiving.status}" + (f", encoded as {encoding}" if encoding else "")
    raise DownloadFailed(told, gone=receiving.status in GONE, retry_after=headers.get("retry-after"))
