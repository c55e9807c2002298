"""Both ways to upload a file, strictly: a ticket whose PUT must carry what it says, and the older multipart POST."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from tests.outside.account import Account, Upload
from tests.outside.answers import Answer, success, trouble

OLDER_WAY_ONLY = 404  # what the first way answers where an account says that it is not served
LARGEST = 200 * 1024 * 1024
_PLAIN = re.compile(r"[0-9a-f]{64}\.(png|jpg|webp)")  # the name says nothing of the user's disk


def ticket(account: Account, body: str) -> Answer:
    """Answer where to PUT a file, and the address that it will have."""
    if not account.serves_tickets:
        return trouble(OLDER_WAY_ONLY, "no such path: /media/uploads")
    asked = json.loads(body or "{}")
    if set(asked) != {"filename", "size", "content_type"} or type(asked["size"]) is not int:
        return _complain(account, f"a ticket is asked for with {asked!r}")
    if not _PLAIN.fullmatch(asked["filename"]) or not 0 < asked["size"] <= LARGEST:
        return _complain(account, f"a ticket is asked for with {asked!r}")
    token = secrets.token_hex(8)
    upload = Upload(
        url=f"{account.cdn_url}/uploads/{token}/{asked['filename']}",
        size=asked["size"],
        headers={"content-type": asked["content_type"], "x-ticket": secrets.token_hex(8)},
    )
    with account.lock:
        account.uploads[upload.url] = upload
    order = {"method": "PUT", "url": upload.url, "headers": upload.headers}
    return success({"download_url": upload.url, "upload": order})


def put(account: Account, path: str, headers: dict[str, str], content: bytes) -> Answer:
    """Take the bytes that a ticket was given for; the address is the ticket's own."""
    url = account.cdn_url + path
    upload = account.uploads.get(url)
    if upload is None:
        return trouble(404, "no such ticket")
    named = {name: value for name, value in headers.items() if name not in {"host", "content-length"}}
    if named != upload.headers:
        return _complain(account, f"a PUT with the headers {sorted(named)}, not those of its ticket", 403)
    if len(content) != upload.size:
        return _complain(account, f"a PUT of {len(content)} bytes, not {upload.size}")
    _keep(account, url, content)
    return Answer(headers={})


def form(account: Account, kind: str, content: bytes) -> Answer:
    """Take a file as the multipart field `file`."""
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
    parts = [part for part in message.iter_parts() if part.get_param("name", header="content-disposition") == "file"]
    if len(parts) != 1 or not _PLAIN.fullmatch(parts[0].get_filename() or ""):
        return _complain(account, "a form without one file of a plain name")
    payload = parts[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    filename = parts[0].get_filename()
    url = f"{account.cdn_url}/uploads/{secrets.token_hex(8)}/{filename}"
    _keep(account, url, payload)
    return success({"type": "image", "download_url": url, "filename": filename, "size": len(payload)})


def told(account: Account) -> list[dict[str, Any]]:
    """Return what was uploaded, in order: address, how often, sha256, size."""
    return [
        {"url": one.url, "count": one.count, "sha256": one.sha256, "size": one.size}
        for one in account.uploads.values()
        if one.count
    ]


def complaint_about_references(account: Account, request: dict[str, Any]) -> str | None:
    """Return what is wrong with the references of a submit: each is https, or a file that is here."""
    for url in request.get("reference_images", []):
        upload = account.uploads.get(url)
        if not url.startswith("https://") and (upload is None or not upload.count):
            return f"reference_images: nothing was uploaded to {url}"
    return None


def _keep(account: Account, url: str, content: bytes) -> None:
    """Count an upload that is whole."""
    with account.lock:
        upload = account.uploads.setdefault(url, Upload(url=url, size=len(content), headers={}))
        upload.count += 1
        upload.sha256 = hashlib.sha256(content).hexdigest()


def _complain(account: Account, complaint: str, status: int = 400) -> Answer:
    """Refuse what a client must never send, and remember it."""
    with account.lock:
        account.complaints.append(complaint)
    return trouble(status, complaint)
