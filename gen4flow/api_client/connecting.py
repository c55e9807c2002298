"""Makes connections: the addresses of a host are raced, so that one that is silent costs a quarter of a second."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from gen4flow.core.addresses import parse

EYEBALLS = 0.25  # seconds until the next address of a host is tried beside the first (RFC 8305)

ProtocolT = TypeVar("ProtocolT", bound=asyncio.Protocol)


async def connect(
    make: Callable[[], ProtocolT], host: str, port: int, *, tls: ssl.SSLContext | None = None, name: str | None = None
) -> ProtocolT:
    """Connect to a host or an address; `name` is whose certificate TLS asks for.

    Raises OSError, UnicodeError for a host that is no name, ValueError for a name that no certificate can be for.
    """
    loop = asyncio.get_running_loop()
    if parse(host) is not None:  # it has no other beside it: racing it alone costs as much as connecting does
        _, made = await loop.create_connection(make, host, port, ssl=tls, server_hostname=name)
    elif isinstance(loop, asyncio.BaseEventLoop):
        _, made = await loop.create_connection(
            make, host, port, ssl=tls, server_hostname=name, happy_eyeballs_delay=EYEBALLS
        )
    else:
        raced = await _raced(loop, host, port)
        _, made = await loop.create_connection(make, sock=raced, ssl=tls, server_hostname=name)
    return made


async def _raced(loop: asyncio.AbstractEventLoop, host: str, port: int) -> socket.socket:
    """Return what connected first, under an event loop that does not race by itself."""
    from aiohappyeyeballs import start_connection  # such a loop comes with the extra `fast`, and so does this

    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return await start_connection(found, happy_eyeballs_delay=EYEBALLS)
