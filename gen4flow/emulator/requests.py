"""What every endpoint does with a request: its key, its JSON body, the emulator behind it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.emulator.emulator import Emulator, key_identity
from gen4flow.emulator.envelope import Refusal, refused

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


def emulator_of(request: Request) -> Emulator:
    """Return the emulator that the application carries."""
    emulator: Emulator = request.app.state.emulator
    return emulator


def base_url_of(request: Request) -> str:
    """Return the base URL under which the client reached us, so that the links in answers lead back here."""
    return str(request.base_url).rstrip("/")


def key_id_of(request: Request) -> str:
    """Return the identity of the key that a request carries."""
    return key_identity(_key(request))


def _key(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def refuse_key(request: Request) -> None:
    """Refuse a request that sends the API key where it has no business."""
    if "authorization" in request.headers:
        raise Refusal(400, "the API key belongs to the API alone: fetch files without Authorization")


def keyed(handler: Handler) -> Handler:
    """Let only requests with an accepted key through to a handler."""

    async def checked(request: Request) -> Response:
        key, wanted = _key(request), emulator_of(request).settings.key
        if not key or (wanted is not None and key != wanted):
            return refused(401, "Unauthorized: the API key is missing or not valid")
        return await handler(request)

    return checked


async def json_body(request: Request, *, empty: bool = False) -> dict[str, Any]:
    """Return the request's JSON object; `empty` says that no body stands for an empty one; raises Refusal."""
    raw = await request.body()
    if empty and not raw:
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "the body must be JSON") from error
    if not isinstance(body, dict):
        raise Refusal(400, "the body must be a JSON object")
    return body


def whole_number(body: Mapping[str, Any], name: str, *, default: int, low: int, high: int) -> int:
    """Return a field that must be an integer within bounds; raises Refusal."""
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Refusal(400, f'field "{name}" must be an integer from {low} to {high}')
    return value


def page_of(body: Mapping[str, Any], rows: list[Any], *, largest: int) -> tuple[dict[str, Any], list[Any]]:
    """Return `page` and `has_more`, and the rows that the body's page and page_size ask for."""
    page = whole_number(body, "page", default=1, low=1, high=2**31)
    size = whole_number(body, "page_size", default=min(20, largest), low=1, high=largest)
    end = page * size
    return {"page": page, "has_more": end < len(rows)}, rows[end - size : end]
