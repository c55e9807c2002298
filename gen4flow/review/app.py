"""The review page as an application: the page, its files, what is new, and picks that are saved."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gen4flow.core.image import media_type_of
from gen4flow.review.desk import Desk
from gen4flow.review.guard import Guard, Keys

MAX_BODY = 16 * 1024 * 1024
BODY_SECONDS = 30.0  # for a body to arrive: whoever is slower holds nobody up but is not waited for
FILE = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
THUMBNAILS = ".gallery/"
THUMBNAIL = {**FILE, "cache-control": "private, max-age=3600"}  # its name is that of its content: it never changes


class Refusal(Exception):
    """A request that can't be taken, with its HTTP status."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def create_app(desk: Desk, keys: Keys) -> ASGIApp:
    """Make the application; only requests that hold the token reach it."""

    async def page(_: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(desk.page))

    async def news(request: Request) -> Response:
        since, revision = request.query_params.get("since", ""), request.query_params.get("picks", "")
        number = int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0
        return JSONResponse(await run_in_threadpool(desk.news, number, revision))

    async def save(request: Request) -> Response:
        try:
            told = await _told(request)
        except Refusal as error:
            # the rest of a body that is not wanted is not waited for
            return JSONResponse({"message": str(error)}, status_code=error.status, headers={"connection": "close"})
        reply = await run_in_threadpool(desk.save, told)
        return JSONResponse(reply.told, status_code=reply.status)

    async def file(request: Request) -> Response:
        path = request.path_params["path"]
        found = await run_in_threadpool(desk.file, path)
        kind = await run_in_threadpool(_kind, found) if found else None
        if found is None or kind is None:
            return Response(status_code=404)
        return FileResponse(found, media_type=kind, headers=THUMBNAIL if path.startswith(THUMBNAILS) else FILE)

    app = Starlette(
        routes=[
            Route("/", page, methods=["GET"]),
            Route("/.review/news", news, methods=["GET"]),
            Route("/.review/picks", save, methods=["POST"]),
            Route("/{path:path}", file, methods=["GET"]),
        ]
    )
    return Guard(app, keys)


def _kind(path: Path) -> str | None:
    """Return the media type that a file's bytes tell; None for what is no image, or can't be read."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            return media_type_of(file.read(16)) if stat.S_ISREG(os.fstat(handle).st_mode) else None
    except OSError:
        return None


async def _told(request: Request) -> object:
    """Return the JSON of a request's body; raises Refusal."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(415, "only application/json is taken")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _body(request)
    except TimeoutError as error:
        raise Refusal(408, f"the body took longer than {BODY_SECONDS:g} s") from error
    try:
        told: object = await run_in_threadpool(json.loads, body)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "the body is not JSON") from error
    return told


async def _body(request: Request) -> bytes:
    """Return a request's body; raises Refusal as soon as it is larger than what is taken."""
    length = request.headers.get("content-length", "")
    body = bytearray()
    if length.isdigit() and int(length) > MAX_BODY:
        raise Refusal(413, f"the body is larger than {MAX_BODY:,} bytes")
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Refusal(413, f"the body is larger than {MAX_BODY:,} bytes")
    return bytes(body)
