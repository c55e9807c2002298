"""Addresses that the API named, checked where it counts: at connect.

The name is resolved here, every address is judged, and the connection goes to the address that was judged, with the
name kept for TLS and the Host header.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from gen4flow.core.addresses import Address, may_connect, parse
from gen4flow.core.calls import DownloadFailed, DownloadForbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a request to a checked address goes: its URL by address, and what keeps the name."""

    url: httpx.URL
    headers: Mapping[str, str]
    extensions: Mapping[str, object]


class CheckedAddresses:
    """Judges addresses; `base_url` says which private hosts are the API's own."""

    def __init__(self, base_url: httpx.URL) -> None:
        self._base = base_url

    async def place(self, url: httpx.URL) -> Place:
        """Return where a request to a URL may go; raises DownloadFailed or DownloadForbidden."""
        address = await self._resolve(url)
        return Place(
            url=url.copy_with(host=f"[{address}]" if address.version == 6 else str(address)),
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


def checked_url(text: str) -> httpx.URL:
    """Return an address as a URL; raises DownloadForbidden for anything but http and https."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise DownloadForbidden("the address is no URL") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise DownloadForbidden(f"the address is {url.scheme or 'no'}: only http and https are spoken")
    return url


async def _addresses(host: str, port: int) -> list[Address]:
    """Return the addresses that a host name or a spelled-out address stands for."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [address for *_, sockaddr in found if (address := parse(str(sockaddr[0]))) is not None]
