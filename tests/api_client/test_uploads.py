"""Uploads on loopback: exactly the headers that were named, the key for the API alone, addresses judged at connect."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gen4flow.api_client import ApiClient, Deadlines
from gen4flow.core.calls import Answer, Call, Form, NoReply, Put, Reply, UploadCall

HEADERS = {"Content-Type": "image/png", "x-ticket": "abc"}
CONTENT = bytes(range(256)) * 40_000  # larger than what a socket takes at once


class Heard(BaseHTTPRequestHandler):
    """Answers every request, and tells what came."""

    seen: list[tuple[str, dict[str, str], bytes]]
    status = 200
    answer_headers: tuple[tuple[str, str], ...] = ()

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.seen.append((f"{self.command} {self.path}", headers, body))
        self.send_response(self.status)
        for name, value in (("Content-Length", "2"), *self.answer_headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self) -> None:
        self.do_PUT()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server names it so
        pass


@contextmanager
def hearing(*, status: int = 200, answer: tuple[tuple[str, str], ...] = ()) -> Iterator[tuple[str, type[Heard]]]:
    """Serve until the block ends; yields the base URL and what it hears."""
    kind = type("Heard", (Heard,), {"seen": [], "status": status, "answer_headers": answer})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", kind
        server.shutdown()


def uploaded(base_url: str, *calls: UploadCall, deadlines: Deadlines = Deadlines()) -> Answer:  # noqa: B008  # frozen
    """Send calls with one new client and return the last answer."""

    async def all_of_them() -> Answer:
        async with ApiClient(base_url=base_url, key="secret", deadlines=deadlines) as client:
            return [await client.upload(call) for call in calls][-1]

    return asyncio.run(all_of_them())


def put(url: str, content: bytes = CONTENT) -> Put:
    return Put(url=url, headers=HEADERS, content=content)


def test_a_put_carries_the_named_headers_the_bytes_and_nothing_that_proves_who_sends_it() -> None:
    with hearing(answer=(("Set-Cookie", "a=b"),)) as (url, heard):
        once_more = put(f"{url}/bucket/1.png?sign=a%2Fb")
        answer = uploaded(url, Call(method="POST", path="/api/v3/media/uploads", json={}), once_more, once_more)
    assert isinstance(answer, Reply)
    assert answer.status == 200
    for line, headers, body in heard.seen[1:]:
        assert line == "PUT /bucket/1.png?sign=a%2Fb"
        assert headers == {
            "content-type": "image/png",
            "x-ticket": "abc",
            "host": url.removeprefix("http://"),
            "content-length": str(len(CONTENT)),
        }
        assert body == CONTENT
    assert heard.seen[0][1]["authorization"] == "Bearer secret"


def test_a_form_is_one_file_with_the_key_below_the_base_url() -> None:
    form = Form(
        path="/api/v3/media/upload/binary", field="file", filename="a.png", media_type="image/png", content=b"x"
    )
    with hearing() as (url, heard):
        assert isinstance(uploaded(f"{url}/gateway", form), Reply)
    [(line, headers, body)] = heard.seen
    assert line == "POST /gateway/api/v3/media/upload/binary"
    assert headers["authorization"] == "Bearer secret"
    assert headers["content-type"].startswith("multipart/form-data; boundary=")
    boundary = headers["content-type"].partition("boundary=")[2]
    assert body.decode() == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        f"Content-Type: image/png\r\n\r\nx\r\n--{boundary}--\r\n"
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_put_follows_no_redirect(status: int) -> None:
    with hearing() as (elsewhere, never), hearing(status=status, answer=(("Location", elsewhere),)) as (url, _):
        answer = uploaded(url, put(f"{url}/1"))
    assert isinstance(answer, Reply)
    assert (answer.status, never.seen) == (status, [])


@pytest.mark.parametrize(
    "url",
    [
        *("http://10.0.0.1/x", "http://192.168.1.1/x", "http://169.254.169.254/x"),
        *(
            "http://[::ffff:169.254.169.254]/x",
            "http://[64:ff9b::a9fe:a9fe]/x",
            "http://[fe80::1]/",
        ),
        *("http://0.0.0.0/x", "http://224.0.0.1/x"),
    ],
)
def test_a_put_never_goes_inward(url: str) -> None:
    answer = uploaded("http://127.0.0.1:9", put(url))
    assert isinstance(answer, NoReply)
    assert not answer.left
    assert "not a public address" in answer.message


def test_loopback_is_no_storage_of_a_public_api() -> None:
    with hearing() as (url, heard):
        answer = uploaded("http://192.0.2.1", put(url))
    assert answer == NoReply(left=False, message="127.0.0.1, which is not a public address")
    assert heard.seen == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//127.0.0.1/x", "", "http://"])
def test_only_http_is_spoken(url: str) -> None:
    answer = uploaded("http://127.0.0.1:9", put(url))
    assert isinstance(answer, NoReply)
    assert not answer.left


def test_a_user_in_an_address_is_not_said_to_it() -> None:
    with hearing() as (url, heard):
        uploaded(url, put(url.replace("http://", "http://user:password@") + "/1"))
    [(_, headers, _)] = heard.seen
    assert "authorization" not in headers
    assert "user" not in headers["host"]


@pytest.mark.parametrize("headers", [{"a": "b\r\nc: d"}, {"a\n": "b"}, {"é": "b"}, {"a": "é\n"}, {"": "b"}])
def test_headers_that_are_none_send_nothing(headers: dict[str, str]) -> None:
    with hearing() as (url, heard):
        assert isinstance(uploaded(url, Put(url=url, headers=headers, content=b"x")), NoReply)
    assert heard.seen == []


def test_nobody_listening_is_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = uploaded(f"http://127.0.0.1:{port}", put(f"http://127.0.0.1:{port}/x"))
    assert isinstance(answer, NoReply)
    assert not answer.left
    assert isinstance(uploaded("http://127.0.0.1:9", put("https://nowhere.invalid/x")), NoReply)


@pytest.mark.parametrize("form", [False, True])
def test_an_upload_has_its_own_deadline(form: bool) -> None:
    assert Deadlines().upload == 120
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        call = Form(path="/x", field="file", filename="a", media_type="b/c", content=CONTENT) if form else put(url)
        start = time.monotonic()
        answer = uploaded(url, call, deadlines=Deadlines(upload=0.3))
    assert isinstance(answer, NoReply)
    assert 0.2 < time.monotonic() - start < 3


def test_the_largest_file_arrives_whole() -> None:
    content = b"0123456789abcdef" * (4 * 1024 * 1024)
    with hearing() as (url, heard):
        assert isinstance(uploaded(url, put(url, content)), Reply)
    assert hashlib.sha256(heard.seen[0][2]).digest() == hashlib.sha256(content).digest()
