"""What the second server holds against an upload, so that the tests which use it can trust its silence."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.outside.harness import KEY, SUBMIT, OtherServer, other_server

NAME = f"{'ab' * 32}.png"
TICKET = {"filename": NAME, "size": 3, "content_type": "image/png"}
ASKED = {"prompt": "a fox", "aspect_ratio": "1:1", "resolution": "720p"}


@pytest.fixture(scope="module")
def server() -> Iterator[OtherServer]:
    """Return one server for all checks."""
    with other_server() as running:
        yield running


def sent(method: str, url: str, content: bytes, **headers: str) -> tuple[int, Any]:
    """Send a request with these headers alone, and return the status and the JSON of its answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.putrequest(method, parts.path, skip_accept_encoding=True)
    for name, value in {**headers, "Content-Length": str(len(content))}.items():
        connection.putheader(name, value)
    connection.endheaders(content)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body or b"null")


def posted(server: OtherServer, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    return sent("POST", server.api + path, json.dumps(body).encode(), Authorization=f"Bearer {KEY}")


def test_a_reference_is_https_or_a_file_that_was_uploaded_whole(server: OtherServer) -> None:
    _, answer = posted(server, "/api/v3/media/uploads", TICKET)
    url = answer["data"]["download_url"]
    assert posted(server, SUBMIT, {**ASKED, "reference_images": [url]})[0] == 400
    assert posted(server, SUBMIT, {**ASKED, "reference_images": ["http://127.0.0.1:1/x.png"]})[0] == 400
    assert len(server.told()["complaints"]) >= 2
    assert posted(server, SUBMIT, {**ASKED, "reference_images": ["https://example.com/x.png"]})[0] == 200


@pytest.mark.parametrize(
    "changed",
    [{"filename": "/home/me/secret.png"}, {"filename": "x.png"}, {"size": "3"}, {"size": 0}, {"more": 1}],
    ids=repr,
)
def test_a_ticket_is_asked_for_strictly(server: OtherServer, changed: dict[str, Any]) -> None:
    assert posted(server, "/api/v3/media/uploads", {**TICKET, **changed})[0] == 400


@pytest.mark.parametrize(
    ("content", "more", "status"), [(b"abcd", {}, 400), (b"abc", {"Authorization": "x"}, 403), (b"ab", {}, 400)]
)
def test_a_put_is_what_its_ticket_says_or_nothing(
    server: OtherServer, content: bytes, more: dict[str, str], status: int
) -> None:
    upload = posted(server, "/api/v3/media/uploads", TICKET)[1]["data"]["upload"]
    assert sent("PUT", upload["url"], content, **upload["headers"], **more)[0] == status
    assert all(one["url"] != upload["url"] for one in server.uploads())
    assert sent("PUT", upload["url"], b"abc", **upload["headers"])[0] == 200
    assert [one["count"] for one in server.uploads() if one["url"] == upload["url"]] == [1]
