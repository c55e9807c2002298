"""Keeps everybody out but the page itself: other sites in the same browser, and other users of the machine.

A site that the person visits can send requests to this port, and by a name of its own that resolves to 127.0.0.1 it
can even read the answers. So a request must name this server as its host, must not come from another site, and must
hold a token that no site can guess. The token is the first part of every path: what the page links to has it by itself.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_BYTES = 32
TICKET_SECONDS = 120.0  # how long a browser may take to start
OPEN = "open"  # the first part of the path that a ticket opens; no token has so few letters
READS = {"GET", "HEAD"}
SITES = {"same-origin", "none"}  # of Sec-Fetch-Site; `same-site` is any other port of this machine
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": "frame-ancestors 'none'",  # the rest of the page's policy stands in the page
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Keys:
    """The token of one server, and tickets that open the page once."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self._now = now
        self._tickets: dict[str, float] = {}

    def ticket(self) -> str:
        """Return a path that leads to the page once, and soon.

        Every user of a machine can read how a browser was started; by then this path is worth nothing.
        """
        ticket = secrets.token_urlsafe(TOKEN_BYTES)
        self._tickets[ticket] = self._now() + TICKET_SECONDS
        return f"/{OPEN}/{ticket}"

    def fits(self, told: str) -> bool:
        """Tell whether a text is the token, in a time that says nothing about it."""
        return hmac.compare_digest(told.encode(errors="replace"), self.token.encode())

    def redeem(self, told: str) -> bool:
        """Tell whether a text is a ticket, which it is no more then."""
        found = [one for one in self._tickets if hmac.compare_digest(told.encode(errors="replace"), one.encode())]
        return any(self._tickets.pop(one) >= self._now() for one in found)


class Guard:
    """ASGI middleware: refuses what is not from the page, and takes the token out of the path of the rest."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, every answer with the headers that keep it in."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                more = [
                    (name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in names
                ]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        refusal = _refusal(scope)
        first, _, rest = str(scope["path"]).removeprefix("/").partition("/")
        if refusal:
            answer: ASGIApp = _refused(refusal)
        elif first == OPEN and scope["method"] == "GET" and self._keys.redeem(rest):
            answer = RedirectResponse(f"/{quote(self._keys.token)}/", status_code=303)
        elif not self._keys.fits(first):
            answer = _refused("this page needs the whole address that gen4flow review has printed")
        else:
            answer, scope = self._app, {**scope, "path": f"/{rest}", "raw_path": None}
        await answer(scope, receive, guarded)


def _refused(why: str) -> Response:
    return PlainTextResponse(f"gen4flow review: {why}\n", status_code=403)


def _refusal(scope: Scope) -> str:
    """Return what is wrong with where a request comes from, nothing where it may be the page's own."""
    headers: Mapping[str, list[str]] = _headers(scope)
    host, origin, site = (headers.get(name, []) for name in ("host", "origin", "sec-fetch-site"))
    port = scope["server"][1]
    if len(host) != 1 or host[0].lower() not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
        return "this is not the host that it serves"
    if any(one != f"http://{host[0].lower()}" for one in origin) or any(one not in SITES for one in site):
        return "requests of other sites are refused; type or paste the address"
    if scope["method"] not in READS and len(origin) != 1:
        return "what changes something needs an Origin"
    return ""


def _headers(scope: Scope) -> dict[str, list[str]]:
    """Return a request's headers, each with all of its values."""
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found
