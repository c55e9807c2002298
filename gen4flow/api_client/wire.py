"""What the client asks of a connection, and what comes back: the library below is not seen beyond it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx


class NeverLeft(Exception):
    """No byte of the request can have reached anybody: nothing was bought, repeating is free."""


class Broken(Exception):
    """There is no readable answer, or no whole one; the request may have arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who is spoken to: by name, which TLS insists on, and where to connect to.

    `address` is None where the name is resolved at connect.
    """

    scheme: str
    host: str
    port: int
    address: str | None = None

    @classmethod
    def of(cls, url: httpx.URL, address: str | None = None) -> Origin:
        """Return the origin of a URL."""
        port = url.port or (443 if url.scheme == "https" else 80)
        return cls(scheme=url.scheme, host=url.raw_host.decode("ascii"), port=port, address=address)

    @property
    def connects_to(self) -> str:
        """Return the host or the address that a connection is made to."""
        return self.host if self.address is None else self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One request; `target` is path and query as they are sent, `headers` all there are, but for the content's length.

    `fresh`: it travels on a connection of its own, by which nothing was sent before.
    """

    method: str
    origin: Origin
    target: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None = None
    fresh: bool = False


class Receiving(Protocol):
    """An answer that begins to come; to be closed, whatever happens. Header names are in lower case."""

    @property
    def status(self) -> int:
        """Return the status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers; what came more than once is joined by commas."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, undecoded; raises Broken."""
        ...

    async def aclose(self) -> None:
        """End it: the connection is used again when the answer was read whole, else it is closed."""
        ...


class Wire(Protocol):
    """Connections of one event loop. They heed no deadline but that for connecting, and follow no redirect."""

    async def send(self, sending: Sending) -> Receiving:
        """Send a request and return its answer once the head of it is there; raises NeverLeft or Broken.

        A GET may be sent twice: by a connection that the server had closed while it idled, then by another.
        """
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


def joined(pairs: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Return headers as they came by name."""
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def in_one_line(error: BaseException) -> str:
    """Return what happened to a connection, for people."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
