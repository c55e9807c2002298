"""Faults that answer something else, or nothing: fit for every endpoint that speaks JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from gen4flow.emulator.envelope import refused
from gen4flow.emulator.faults.fault import Act, Proceed
from gen4flow.emulator.requests import emulator_of
from gen4flow.emulator.wire import Cut

HTML = b"<!doctype html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"
MEBIBYTE = 1024 * 1024
HUGE_MEBIBYTES = 200
DEPTH = 100_000
NONSENSE_WAITS = ("-5", "NaN", "1000000000000000000", "soon", "Wed, 99 Foo 2026 99:99:99 GMT", "")


def answering(status: int, message: str, *, code: int | None = None, headers: Mapping[str, str] | None = None) -> Act:
    """Make a fault that refuses with an envelope, before anything is done."""

    async def act(_: Request, __: Proceed) -> Response:
        return refused(status, message, code=code, headers=headers)

    return act


def sending(body: bytes, *, media_type: str = "application/json", status: int = 200) -> Act:
    """Make a fault that sends these bytes, before anything is done."""

    async def act(_: Request, __: Proceed) -> Response:
        return Response(body, status_code=status, media_type=media_type)

    return act


def accepted(fault: Act) -> Act:
    """Make a fault that lets the endpoint do its work and loses its answer; a refusal stays a refusal."""

    async def act(request: Request, proceed: Proceed) -> Response:
        answer = await proceed()
        return await fault(request, proceed) if answer.status_code == 200 else answer

    return act


def edited(change: Callable[[dict[str, Any]], Any]) -> Act:
    """Make a fault that changes the `data` of an answer."""

    async def act(_: Request, proceed: Proceed) -> Response:
        answer = await proceed()
        if answer.status_code != 200:
            return answer
        body = json.loads(bytes(answer.body))
        return JSONResponse({**body, "data": change(body["data"])})

    return act


async def drop(_: Request, __: Proceed) -> Response:
    """Close the connection without a byte of an answer."""
    return Cut()


async def reset(_: Request, __: Proceed) -> Response:
    """Reset the connection without a byte of an answer."""
    return Cut(reset=True)


async def stall(request: Request, _: Proceed) -> Response:
    """Keep the client waiting, then close the connection."""
    return Cut(linger=emulator_of(request).settings.stall)


async def cut(_: Request, proceed: Proceed) -> Response:
    """Send half of the answer, then close the connection."""
    answer = await proceed()
    return Cut(_half(answer), media_type=answer.media_type or "application/json")


async def trickle(request: Request, proceed: Proceed) -> Response:
    """Send half of the answer, keep the client waiting for the rest, then close the connection."""
    return Cut(_half(await proceed()), linger=emulator_of(request).settings.stall)


def _half(answer: Response) -> bytes:
    return bytes(answer.body)[: max(1, len(answer.body) // 2)]


async def redirect(request: Request, _: Proceed) -> Response:
    """Answer 307 to the very same URL: a client that follows asks again."""
    return RedirectResponse(request.url, status_code=307)


async def huge(_: Request, __: Proceed) -> Response:
    """Answer valid JSON of 200 MiB."""
    return StreamingResponse(_huge_json(), media_type="application/json")


def _huge_json() -> Iterator[bytes]:
    yield b'{"code":200,"message":"success","data":{"padding":"'
    for _ in range(HUGE_MEBIBYTES):
        yield b"x" * MEBIBYTE
    yield b'"}}'


async def nonsense_wait(request: Request, _: Proceed) -> Response:
    """Refuse with 429 and a Retry-After that means nothing, another one each time."""
    wait = NONSENSE_WAITS[emulator_of(request).requests.total() % len(NONSENSE_WAITS)]
    return refused(429, "Too many requests", headers={"Retry-After": wait})


too_many = answering(429, "Too many requests: limits reset every minute", headers={"Retry-After": "1"})
too_many_bare = answering(429, "Too many requests: limits reset every minute")
broken = answering(500, "Internal server error")
unauthorized = answering(401, "Unauthorized: the API key is missing or not valid")
forbidden = answering(403, "Forbidden: the account is suspended")
bad_gateway = sending(HTML, media_type="text/html", status=502)
html = sending(HTML, media_type="text/html")
empty = sending(b"")
null = sending(b"null")
bad_json = sending(b'{"code":200,"message":"succ')
deep = sending(b'{"code":200,"message":"success","data":' + b"[" * DEPTH + b"]" * DEPTH + b"}")
