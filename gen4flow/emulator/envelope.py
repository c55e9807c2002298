"""The provider's envelope around every answer, and the refusals that wear it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = "Gen4flow-Emulator"  # the header by which a client knows that it does not speak to the real provider


class Refusal(Exception):  # it is an answer, not an error
    """The request is refused with this HTTP status and this message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def success(data: Any) -> JSONResponse:
    """Wrap data into the envelope of an answered request."""
    return JSONResponse({"code": 200, "message": "success", "data": data})


def refused(
    status: int, message: str, *, code: int | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Make the envelope of a refused request; `code` where it differs from the HTTP status."""
    body = {"code": status if code is None else code, "message": message}
    return JSONResponse(body, status_code=status, headers=headers)


async def answer_refusal(_: Request, error: Exception) -> Response:
    """Turn a Refusal that was raised into its answer."""
    assert isinstance(error, Refusal)  # noqa: S101  # registered for this class alone
    return refused(error.status, error.message)


async def answer_not_found(request: Request, _: Exception) -> Response:
    """Answer a route or method that the provider does not have."""
    return refused(404, f"{request.method} {request.url.path}: there is no such endpoint")


async def answer_bug(_: Request, error: Exception) -> Response:
    """Answer for a fault of the emulator itself: nobody reads its log, so the answer says what broke."""
    return refused(500, f"the emulator broke: {error!r}", headers={MARK: "1"})


class Marked:
    """Middleware that puts the mark on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and mark the start of its answer."""

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (MARK.lower().encode(), b"1")]}
            await send(message)

        await self.app(scope, receive, send_marked)
