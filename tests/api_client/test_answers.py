"""Answers as servers frame them, well or badly: what is read of them, and where reading ends."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from gen4flow.api_client import ApiClient, Deadlines
from gen4flow.api_client.client import MAX_ANSWER
from gen4flow.api_client.connecting import connect
from gen4flow.core.calls import Answer, Call, NoReply, Reply
from tests.api_client.test_client import answering, said, tried

SUBMIT = Call(method="POST", path="/api/v3/m", json={"prompt": "é"})
ASK = Call(method="GET", path="/api/v3/balance")
CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
INTERIM = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
MOST = 32 * 1024 * 1024  # bytes that an endless server says before it gives up


def replied(answer: Answer) -> tuple[int, bytes]:
    assert isinstance(answer, Reply), answer
    return answer.status, answer.body


@pytest.mark.parametrize("call", [SUBMIT, ASK])
@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npieces",
        "HTTP/1.0 200 OK\r\n\r\npieces",  # its end is the connection's
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\npieces",
        CHUNKED + "3\r\npie\r\n3\r\nces\r\n0\r\n\r\n",
        CHUNKED + "3;why=not\r\npie\r\n3\r\nces\r\n0\r\nX-Sum: 1\r\n\r\n",
        INTERIM + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npieces",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npiecesHTTP/1.1 404 Not Found\r\n\r\n",
    ],
)
def test_an_answer_is_whole_however_its_end_is_told(call: Call, text: str) -> None:
    with answering(said(text)) as (url, _):
        assert replied(tried(url, call)) == (200, b"pieces")


def test_an_answer_that_comes_byte_by_byte_is_the_same() -> None:
    def serve(connection: socket.socket, _: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in (CHUNKED + "3\r\npie\r\n3\r\nces\r\n0\r\n\r\n").encode():
            connection.sendall(bytes([number]))
            time.sleep(0.001)

    with answering(serve) as (url, _):
        assert replied(tried(url, SUBMIT)) == (200, b"pieces")


def test_an_answer_before_the_whole_request_was_read_is_the_answer() -> None:
    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        time.sleep(0.3)

    large = Call(method="POST", path="/api/v3/m", json={"prompt": "x" * 8_000_000})
    with answering(serve) as (url, _):
        assert replied(tried(url, large)) == (413, b"")


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npieces",
        CHUNKED + "3\r\npie\r\n3\r\nces\r\n",
        CHUNKED + "3\r\npie\r\n3\r\nces\r\n0\r\n",
        CHUNKED + "zz\r\npie\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n",
        INTERIM,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\npieces",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\npieces",
        "HTTP/1.1 OK\r\nContent-Length: 6\r\n\r\npieces",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "",
    ],
)
def test_what_is_no_whole_answer_may_have_arrived(text: str) -> None:
    with answering(said(text)) as (url, seen):
        answer = tried(url, SUBMIT)
    assert isinstance(answer, NoReply), answer
    assert answer.left
    assert len(seen) == 1  # and is not sent again


def endless(start: str, again: str) -> Callable[[socket.socket, bytes], None]:
    """Return a server that says the same again and again, until nobody listens."""
    more = again.encode() * (65_536 // len(again))

    def serve(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start.encode())
        for _number in range(MOST // len(more)):
            connection.sendall(more)
        pytest.fail("it was listened to, to the end")

    return serve


@pytest.mark.parametrize(
    ("start", "again"),
    [
        ("HTTP/1.1 200 OK\r\n", "X-More: and more\r\n"),
        ("HTTP/1.1 200 OK\r\nX-More: ", "and more "),
        ("HTTP/1.1 200 ", "and more "),
        (CHUNKED + "3;", "and=more;"),
        (CHUNKED + "0\r\n", "X-More: and more\r\n"),
        (CHUNKED + "0\r\nX-More: ", "and more "),
    ],
)
def test_a_server_that_never_comes_to_a_body_is_not_listened_to_for_long(start: str, again: str) -> None:
    with answering(endless(start, again)) as (url, _):
        began = time.monotonic()
        answer = tried(url, ASK, deadlines=Deadlines(get=60))
    assert isinstance(answer, NoReply)
    assert answer.left
    assert time.monotonic() - began < 30


def test_of_a_long_answer_that_waits_for_its_turn_little_is_held() -> None:
    long, sent = b"x" * 24_000_000, {"first": 0, "second": 0}
    first_goes_on = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        which = "first" if b"first" in await reader.readuntil(b"\r\n\r\n") else "second"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(long))
        while sent[which] < len(long):
            piece = long[sent[which] : sent[which] + 65_536]
            writer.write(piece)
            await writer.drain()
            sent[which] += len(piece)
            if which == "first" and sent[which] > 4_000_000:
                await first_goes_on.wait()
        writer.close()

    async def whole() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with ApiClient(base_url=f"http://127.0.0.1:{port}", key="secret") as client:
                first = asyncio.ensure_future(client.ask(Call(method="GET", path="/first")))
                await asyncio.sleep(0.3)
                second = asyncio.ensure_future(client.ask(Call(method="GET", path="/second")))
                await asyncio.sleep(0.7)
                assert MAX_ANSWER < sent["second"] < 20_000_000, sent  # what the system holds for both sides is in it
                first_goes_on.set()
                assert [replied(await one) for one in (first, second)] == [(200, long)] * 2

    asyncio.run(whole())


@pytest.mark.parametrize("text", ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 503", ""])
def test_a_server_that_speaks_or_leaves_before_it_is_asked_was_sent_nothing(
    way: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "httpx":
        pytest.skip("httpx takes what was said before for the answer, which loses nothing either")

    async def slowly(*arguments: Any, **options: Any) -> Any:
        made = await connect(*arguments, **options)
        await asyncio.sleep(0.1)
        return made

    monkeypatch.setattr("gen4flow.api_client.parsed.connect", slowly)

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        connection.sendall(text.encode())
        if text:
            heard.append(connection.recv(65_536))
        connection.close()

    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        answer = tried(f"http://127.0.0.1:{server.getsockname()[1]}", SUBMIT)
        thread.join(5)
    assert isinstance(answer, NoReply)
    assert not answer.left
    assert heard in ([], [b""])
