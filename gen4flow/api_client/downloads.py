"""Fetches outputs from wherever they lie: any public address, without the key, bounded in size, time and redirects.

The address is checked where it counts: the name is resolved here, every address is judged, and the connection goes to
the address that was judged, with the name kept for TLS and the Host header.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import httpx

from gen4flow import __version__
from gen4flow.api_client.deadlines import Deadlines
from gen4flow.core.addresses import Address, may_connect, parse
from gen4flow.core.calls import DownloadFailed, DownloadForbidden

MAX_BYTES = 64 * 1024 * 1024
MAX_REDIRECTS = 3
GONE = frozenset({401, 403, 404, 410})  # the address has run out: the prediction has a fresh one


class Downloads:
    """Streams files from checked addresses; `base_url` says which private hosts are the API's own."""

    def __init__(self, *, base_url: httpx.URL, deadlines: Deadlines) -> None:
        self._base = base_url
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
        target = _checked_url(url)
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._client.send(await self._request(target), stream=True)
            if not response.has_redirect_location:
                await _judge_status(response)
                return response
            location = response.headers["location"]
            await response.aclose()
            target = _checked_url(str(target.join(location)))
        raise DownloadForbidden(f"more than {MAX_REDIRECTS} redirects")

    async def _request(self, url: httpx.URL) -> httpx.Request:
        """Return a request to the address that a name resolves to, once it is judged."""
        address = await self._resolve(url)
        host = f"[{address}]" if address.version == 6 else str(address)
        return self._client.build_request(
            "GET",
            url.copy_with(host=host),
            headers={"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )

    async def _resolve(self, url: httpx.URL) -> Address:
        """Return the first address of a host that may be connected to; one bad address among them forbids all."""
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await _addresses(url.host, port)
        base = frozenset(await _addresses(self._base.host, self._base.port or 443))
        if not addresses:
            raise DownloadFailed(f"no address is known for {url.host}")
        for address in addresses:
            if not may_connect(address, base=base):
                spelled = "" if url.host == str(address) else f"{url.host} is "
                raise DownloadForbidden(f"{spelled}{address}, which is not a public address")
        return addresses[0]


def _checked_url(text: str) -> httpx.URL:
    """Return an address as a URL; raises DownloadForbidden for anything but http and https."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise DownloadForbidden("the output's address is no URL") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise DownloadForbidden(f"the output's address is {url.scheme or 'no'}: only http and https are fetched")
    return url


async def _judge_status(response: httpx.Response) -> None:
    """Close and refuse an answer that is not the file."""
    if response.status_code == 200 and response.headers.get("content-encoding", "identity") == "identity":
        return
    await response.aclose()
    encoding = response.headers.get("content-encoding")
    told = f"HTTP {response.status_code}" + (f", encoded as {encoding}" if encoding else "")
    raise DownloadFailed(told, gone=response.status_code in GONE, retry_after=response.headers.get("retry-after"))


async def _addresses(host: str, port: int) -> list[Address]:
    """Return the addresses that a host name or a spelled-out address stands for."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [address for *_, sockaddr in found if (address := parse(str(sockaddr[0]))) is not None]
