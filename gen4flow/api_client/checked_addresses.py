"""Addresses that the API named, checked where it counts: at connect.

The name is resolved here, every address is judged, and the connection goes to the address that was judged, with the
name kept for TLS and the Host header.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Sequence
from functools import lru_cache

import httpx

from gen4flow.api_client.wire import Origin
from gen4flow.core.addresses import Address, may_connect, parse
from gen4flow.core.calls import DownloadFailed, DownloadForbidden

REMEMBERED = 10.0  # seconds that a name's addresses are known; whatever is remembered is judged each time
MOST_NAMES = 256  # that are remembered
MOST_PORT = 65_535


# an address that means what it says: to read any other one, for every file, takes longer than to ask for the file
_PLAIN = re.compile(
    r"(https?://[a-z0-9.-]+(?::[0-9]{1,5})?)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+(?:\?[A-Za-z0-9._~&=-]*)?)"
)


class CheckedAddresses:
    """Judges addresses; `base_url` says which private hosts are the API's own."""

    def __init__(self, base_url: httpx.URL) -> None:
        self._base = base_url
        self._known: dict[tuple[str, int], tuple[float, Sequence[Address]]] = {}

    async def origin(self, url: httpx.URL) -> Origin:
        """Return whom a request for a URL goes to, by address; raises DownloadFailed or DownloadForbidden."""
        return Origin.of(url, address=str(await self._judged(url)))

    async def _judged(self, url: httpx.URL) -> Address:
        """Return the first address of a host that may be connected to; one bad address among them forbids all."""
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = await self._addresses(url.host, port)
        base = frozenset(await self._addresses(self._base.host, self._base.port or 443))
        if not addresses:
            raise DownloadFailed(f"no address is known for {url.host}")
        for address in addresses:
            if not may_connect(address, base=base):
                spelled = "" if url.host == str(address) else f"{url.host} is "
                raise DownloadForbidden(f"{spelled}{address}, which is not a public address")
        return addresses[0]

    async def _addresses(self, host: str, port: int) -> Sequence[Address]:
        """Return the addresses that a host stands for, asking for a name's again after a while."""
        spelled_out = parse(host)
        if spelled_out is not None and str(spelled_out) == host:
            return [spelled_out]
        now = asyncio.get_running_loop().time()
        known_until, addresses = self._known.get((host, port), (0.0, ()))
        if now >= known_until:
            addresses = await _resolved(host, port)
            if len(self._known) >= MOST_NAMES:
                self._known.clear()
            if addresses:
                self._known[host, port] = (now + REMEMBERED, addresses)
        return addresses


def checked_url(text: str) -> httpx.URL:
    """Return an address as a URL; raises DownloadForbidden for anything but http and https to a port that there is."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise DownloadForbidden("the address is no URL") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise DownloadForbidden(f"the address is {url.scheme or 'no'}: only http and https are spoken")
    if (url.port or 0) > MOST_PORT:
        raise DownloadForbidden(f"the address names port {url.port}, which there is not")
    return url


def host_and_target(text: str) -> tuple[httpx.URL, str]:
    """Return whom an address leads to, as a URL, and what to ask for there; raises DownloadForbidden as above."""
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return _host(plain[1]), plain[2]
    url = checked_url(text)
    return url, url.raw_path.decode("ascii")


@lru_cache(maxsize=64)
def _host(text: str) -> httpx.URL:
    return checked_url(text)


async def _resolved(host: str, port: int) -> list[Address]:
    """Return the addresses that a host name or a spelled-out address stands for."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [address for *_, sockaddr in found if (address := parse(str(sockaddr[0]))) is not None]
