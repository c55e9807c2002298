"""Uploads of reference images: tickets, the PUT that a ticket names, and the older multipart way.

They are kept in memory, and in the emulator's folder where it has one: a picture that is drawn again shows them again.
"""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import replace
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from gen4flow.emulator import kept_uploads
from gen4flow.emulator.envelope import Refusal, success
from gen4flow.emulator.kept_uploads import Upload
from gen4flow.emulator.requests import base_url_of, emulator_of, json_body, refuse_key, whole_number

LARGEST_UPLOAD = 200 * 1024 * 1024
OCTETS = "application/octet-stream"


async def ticket(request: Request) -> Response:
    """Answer where and how to PUT a file, and the URL that it will have."""
    body = await json_body(request)
    filename = body.get("filename")
    if not isinstance(filename, str) or not filename:
        raise Refusal(400, 'field "filename" must be a non-empty string')
    size = whole_number(body, "size", default=-1, low=0, high=LARGEST_UPLOAD)
    upload = _announced(filename, size, body.get("content_type"))
    _uploads(request)[upload.token] = upload
    instruction = {"method": "PUT", "url": _url(request, upload), "headers": upload.headers}
    return success({**_facts(request, upload), "upload": instruction})


async def put(request: Request) -> Response:
    """Take the bytes that a ticket announced; like a signed storage URL, it refuses any other request."""
    refuse_key(request)
    upload = _find(request)
    for name, value in upload.headers.items():
        if request.headers.get(name) != value:
            raise Refusal(403, f"the ticket asks for the header {name}: {value}")
    if upload.content is not None:
        raise Refusal(412, "the file is there already")
    content = await _read(request, limit=upload.size)
    if len(content) != upload.size:
        raise Refusal(400, f"the ticket announced {upload.size} bytes")
    _keep(request, replace(upload, content=content))
    return Response(status_code=200)


async def binary(request: Request) -> Response:
    """Take a file as the multipart field `file`."""
    async with request.form() as form:
        field = form.get("file")
        if not isinstance(field, UploadFile):
            raise Refusal(400, 'field "file" is required')
        content = await field.read()
        upload = _announced(field.filename or "upload", len(content), field.content_type)
    if len(content) > LARGEST_UPLOAD:
        raise Refusal(413, "the file is larger than 200 MB")
    _keep(request, replace(upload, content=content))
    return success(_facts(request, upload))


async def fetch(request: Request) -> Response:
    """Answer an uploaded file."""
    refuse_key(request)
    upload = _find(request)
    if upload.content is None:
        raise Refusal(404, "there is no such file")
    return Response(upload.content, media_type=upload.content_type)


def _uploads(request: Request) -> dict[str, Upload]:
    uploads: dict[str, Upload] = request.app.state.uploads
    return uploads


def find_upload(request: Request, token: str) -> Upload | None:
    """Return the upload with a token: one of this emulator's, or one that its folder has kept."""
    folder = emulator_of(request).settings.folder
    return _uploads(request).get(token) or (kept_uploads.load(folder, token) if folder else None)


def _keep(request: Request, upload: Upload) -> None:
    _uploads(request)[upload.token] = upload
    if folder := emulator_of(request).settings.folder:
        kept_uploads.save(folder, upload)


def _find(request: Request) -> Upload:
    upload = find_upload(request, request.path_params["token"])
    if upload is None:
        raise Refusal(404, "there is no such file")
    return upload


def _announced(filename: str, size: int, content_type: Any) -> Upload:
    guessed = content_type if isinstance(content_type, str) and content_type else mimetypes.guess_type(filename)[0]
    return Upload(token=secrets.token_hex(16), filename=filename, size=size, content_type=guessed or OCTETS)


def _url(request: Request, upload: Upload) -> str:
    suffix = mimetypes.guess_extension(upload.content_type) or ".bin"
    return f"{base_url_of(request)}/uploads/{upload.token}{suffix}"


def _facts(request: Request, upload: Upload) -> dict[str, Any]:
    return {
        "type": upload.content_type.partition("/")[0],
        "download_url": _url(request, upload),
        "filename": upload.filename,
        "size": upload.size,
    }


async def _read(request: Request, *, limit: int) -> bytes:
    """Return the body, or as much of it as is needed to see that it is too long."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            break
    return bytes(content)
