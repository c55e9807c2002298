"""Handing a reference image over: a ticket and the PUT that it names, else the older way, one multipart POST.

Source: the vendor's documentation and official SDK. Uploads cost nothing and live for seven days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gen4flow.core.calls import Answer, Call, Form, NoReply, Put, Reply
from gen4flow.core.purchase import Denied, Failure, Refused
from gen4flow.core.retry import read_retry_after
from gen4flow.core.uploads import Conversation, NotNow, ReferenceFile, UploadAnswer, Uploaded, is_web_address
from gen4flow.providers.wavespeed.account import read_denial
from gen4flow.providers.wavespeed.envelope import PREFIX, open_envelope, printable

NOT_SERVED = frozenset({404, 405, 501})  # of the first way: there is an older one
UNFIT = frozenset({400, 413, 415, 422})  # this file will never do; what is not here may be tried again
TAKEN = frozenset({200, 201, 202, 204})
MOST_HEADERS = 32
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]{0,4000}")
# A ticket names what was signed, which may hold what the transport says itself. What would make another request of
# the PUT, or prove who somebody is, has no place in it.
_SAID_ANYWAY = frozenset({"host", "content-length"})
_OUT_OF_PLACE = frozenset({
    *("authorization", "connection", "cookie", "expect", "proxy-authorization", "te", "trailer"),
    *("transfer-encoding", "upgrade"),
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    """Where a file is to be put, with which headers, and the address that it will have."""

    url: str
    headers: Mapping[str, str]
    download_url: str


def upload(file: ReferenceFile) -> Conversation:
    """Yield the calls that hand a file over, take their answers, and return what came of it."""
    asked = {"filename": file.filename, "size": len(file.content), "content_type": file.media_type}
    answer = yield Call(method="POST", path=f"{PREFIX}/media/uploads", json=asked)
    if isinstance(answer, Reply) and answer.status in NOT_SERVED:
        return (yield from _as_form(file))
    ticket = _trouble(answer) or _read_ticket(answer)
    if not isinstance(ticket, _Ticket):
        return ticket
    answer = yield Put(url=ticket.url, headers=ticket.headers, content=file.content)
    return _put_trouble(answer) or Uploaded(url=ticket.download_url)


def _as_form(file: ReferenceFile) -> Conversation:
    """Hand a file over in the older way."""
    answer = yield Form(
        path=f"{PREFIX}/media/upload/binary",
        field="file",
        filename=file.filename,
        media_type=file.media_type,
        content=file.content,
    )
    return _trouble(answer) or _read_address(answer)


def _trouble(answer: Answer) -> Refused | Denied | NotNow | None:
    """Return what the API says against an upload, None where it says nothing."""
    if isinstance(answer, NoReply):
        return NotNow(message=answer.message)
    if (denial := read_denial(answer)) is not None:
        return Denied(message=denial)
    envelope = open_envelope(answer)
    if answer.status in TAKEN and envelope.code in {200, None}:
        return None
    code = f", code {envelope.code}" if envelope.code not in {None, answer.status} else ""
    return _judged(answer, f"HTTP {answer.status}{code}: {envelope.message or 'no message'}")


def _put_trouble(answer: Answer) -> Refused | NotNow | None:
    """Return what the storage says against a file; that it refuses a ticket says nothing about the key."""
    if isinstance(answer, NoReply):
        return NotNow(message=f"the storage: {answer.message}")
    if answer.status in TAKEN:
        return None
    words = printable(answer.body[:1_000].decode("utf-8", "replace"))
    return _judged(answer, f"HTTP {answer.status} from the storage: {words or 'no message'}")


def _judged(reply: Reply, message: str) -> Refused | NotNow:
    """Return what an answer that is no success means for the file: by its status alone."""
    if reply.status in UNFIT:
        return Refused(failure=Failure.REFERENCE, message=f"the reference image is refused: {message}")
    wait = read_retry_after(reply.headers.get("retry-after"), now=reply.received)
    return NotNow(message=message, retry_after=wait)


def _read_ticket(answer: Answer) -> _Ticket | NotNow:
    """Return the ticket that an answer holds; one that can't be trusted to be one may be asked for again."""
    data = _data(answer)
    told = data.get("upload")
    told = told if isinstance(told, dict) else {}
    url, address, headers = told.get("url"), data.get("download_url"), _read_headers(told.get("headers", {}))
    if told.get("method") != "PUT" or headers is None or not is_web_address(url) or not is_web_address(address):
        return NotNow(message="the answer does not say where to upload to")
    return _Ticket(url=str(url), headers=headers, download_url=str(address))


def _read_address(answer: Answer) -> UploadAnswer:
    """Return the address that an uploaded file has."""
    address = _data(answer).get("download_url")
    if not is_web_address(address):
        return NotNow(message="the answer does not say which address the file has")
    return Uploaded(url=str(address))


def _read_headers(told: object) -> Mapping[str, str] | None:
    """Return the headers of a ticket, None where they are none, or such as no PUT may carry."""
    if not isinstance(told, dict) or len(told) > MOST_HEADERS:
        return None
    for name, value in told.items():
        if not _NAME.fullmatch(name) or not isinstance(value, str) or not _VALUE.fullmatch(value):
            return None
    if _OUT_OF_PLACE & {name.lower() for name in told}:
        return None
    return {name: value for name, value in told.items() if name.lower() not in _SAID_ANYWAY}


def _data(answer: Answer) -> Mapping[str, object]:
    """Return an answer's data, empty where there are none."""
    return (not isinstance(answer, NoReply) and open_envelope(answer).data) or {}
