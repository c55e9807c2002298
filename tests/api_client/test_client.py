"""The door to the network on loopback: what counts as never sent, what is bounded, where the key goes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gen4flow.api_client import ApiClient, Deadlines
from gen4flow.api_client.client import MAX_ANSWER, MAX_INLINE_ANSWER, checked_base_url
from gen4flow.core.calls import Answer, Call, DownloadFailed, DownloadForbidden, NoReply, Reply
from gen4flow.core.errors import UsageError

SUBMIT = Call(method="POST", path="/api/v3/m", json={"prompt": "é"})
ASK = Call(method="GET", path="/api/v3/balance")


@contextmanager
def answering(serve: Callable[[socket.socket, bytes], None]) -> Iterator[tuple[str, list[bytes]]]:
    """Serve every connection of a loopback port by a function; yields the base URL and the requests that came."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    seen.append(connection.recv(65_536))
                    try:
                        serve(connection, seen[-1])
                    except OSError:
                        continue

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", seen
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def said(text: str) -> Callable[[socket.socket, bytes], None]:
    """Return a server that answers with a text and hangs up."""
    return lambda connection, _: connection.sendall(text.encode())


def tried(
    base_url: str,
    call: Call,
    *,
    deadlines: Deadlines = Deadlines(),  # noqa: B008  # frozen
    key: str = "secret",
) -> Answer:
    """Send one call with a new client."""

    async def once() -> Answer:
        async with ApiClient(base_url=base_url, key=key, deadlines=deadlines) as client:
            return await (client.submit(call) if call.method == "POST" else client.ask(call))

    return asyncio.run(once())


def fetched(base_url: str, url: str) -> bytes:
    """Download from an address, with the API at the base URL."""
    got = bytearray()

    async def once() -> None:
        async with ApiClient(base_url=base_url, key="secret") as client:
            await client.download(url, got.extend)

    asyncio.run(once())
    return bytes(got)


@pytest.mark.parametrize(
    ("told", "base"),
    [
        ("https://api.example.com", "https://api.example.com/"),
        ("https://api.example.com/", "https://api.example.com/"),
        ("http://127.0.0.1:8787/api/v3", "http://127.0.0.1:8787/"),
        ("https://example.com/gateway/", "https://example.com/gateway/"),
    ],
)
def test_a_base_url_is_taken_without_the_apis_prefix(told: str, base: str) -> None:
    assert str(checked_base_url(told)) == base


@pytest.mark.parametrize(
    "told",
    ["", "api.example.com", "ftp://x", "https://", "https://u:p@x", "https://x?y=1", "http://:80", "http://x:65536"],
)
def test_what_is_no_base_url_is_refused(told: str) -> None:
    with pytest.raises(UsageError, match="no base URL"):
        checked_base_url(told)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_that_found_no_connection_has_never_left(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for host in (f"127.0.0.1:{port}", "nowhere.invalid"):
        answer = tried(f"{scheme}://{host}", SUBMIT)
        assert isinstance(answer, NoReply)
        assert not answer.left


def test_a_request_behind_a_failed_handshake_has_never_left() -> None:
    with answering(said("this is no TLS")) as (base_url, _):
        answer = tried(base_url.replace("http:", "https:"), SUBMIT)
    assert isinstance(answer, NoReply)
    assert not answer.left


@pytest.mark.parametrize(
    "text", ["", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "HTTP/1.1 2", "nonsense\r\n\r\n"]
)
def test_a_request_whose_answer_was_cut_may_have_left(text: str) -> None:
    with answering(said(text)) as (base_url, seen):
        answer = tried(base_url, SUBMIT)
    assert isinstance(answer, NoReply)
    assert answer.left
    assert len(seen) == 1


def test_an_answer_that_does_not_come_in_time_may_be_on_its_way() -> None:
    waiting = threading.Event()

    def silent(_connection: socket.socket, _request: bytes) -> None:
        waiting.wait(5)

    with answering(silent) as (base_url, seen):
        answer = tried(base_url, SUBMIT, deadlines=Deadlines(submit=0.3))
        waiting.set()
    assert answer == NoReply(left=True, message="no answer within 0.3 s")
    assert len(seen) == 1


def test_a_submit_follows_no_redirect() -> None:
    with answering(said("HTTP/1.1 307 M\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")) as (base_url, seen):
        answer = tried(base_url, SUBMIT)
    assert isinstance(answer, Reply)
    assert (answer.status, len(seen)) == (307, 1)


@pytest.mark.parametrize(("call", "limit"), [(SUBMIT, MAX_ANSWER), (ASK, MAX_INLINE_ANSWER)])
def test_an_endless_answer_is_left_alone_at_its_limit(call: Call, limit: int) -> None:
    sent = 0

    def endless(connection: socket.socket, _: bytes) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 4 * MAX_INLINE_ANSWER:
            connection.sendall(b"x" * 65_536)
            sent += 65_536

    with answering(endless) as (base_url, _):
        answer = tried(base_url, call)
    assert isinstance(answer, NoReply)
    assert "an answer of more than" in answer.message
    assert sent < limit + 40 * 1024 * 1024  # what lies between the two: Linux lends a slow receiver up to 32 MiB


def test_the_key_goes_to_the_api_and_to_no_download() -> None:
    answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with answering(said(answer)) as (api, asked), answering(said(answer)) as (cdn, downloads):
        tried(api, ASK)
        assert fetched(api, f"{cdn}/1.png") == b"{}"
    assert b"Bearer secret" in asked[0]
    assert b"secret" not in downloads[0]


@pytest.mark.parametrize("call", [SUBMIT, ASK])
@pytest.mark.parametrize(
    "body",
    [
        b'{"message": "Bearer wsk/0123456789 may not"}',
        rb'{"message": "Bearer wsk\/0123456789 may not"}',
        b'{"data": {"outputs": ["https://cdn.example/1.png?key=wsk%2F0123456789"]}}',
    ],
)
def test_the_key_is_taken_out_of_an_answer_that_repeats_it(call: Call, body: bytes) -> None:
    said_back = said(f"HTTP/1.1 500 X\r\nContent-Length: {len(body)}\r\n\r\n{body.decode()}")
    with answering(said_back) as (base_url, seen):
        answer = tried(base_url, call, key="wsk/0123456789")
    assert b"wsk/0123456789" in seen[0]
    assert isinstance(answer, Reply)
    assert b"[key]" in answer.body
    assert b"0123456789" not in answer.body


def test_the_key_is_taken_out_of_what_is_said_of_an_unreadable_answer() -> None:
    with answering(said("HTTP/1.1 200 wsk-0123456789\x00\r\nwsk-0123456789\r\n\r\n")) as (base_url, _):
        answer = tried(base_url, SUBMIT, key="wsk-0123456789")
    assert isinstance(answer, NoReply)
    assert "0123456789" not in answer.message


def test_a_key_that_may_be_a_word_by_chance_stays_in_answers() -> None:
    with answering(said('HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"id": "a-id"}')) as (base_url, _):
        answer = tried(base_url, SUBMIT, key="id")
    assert isinstance(answer, Reply)
    assert answer.body == b'{"id": "a-id"}'


def test_a_redirect_of_a_download_is_judged_like_the_download() -> None:
    with (
        answering(said("HTTP/1.1 302 F\r\nLocation: http://169.254.169.254/x\r\n\r\n")) as (cdn, _),
        pytest.raises(DownloadForbidden, match=r"169\.254\.169\.254"),
    ):
        fetched(cdn, f"{cdn}/1.png")


def test_more_than_three_redirects_are_refused() -> None:
    with (
        answering(said("HTTP/1.1 302 F\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")) as (cdn, seen),
        pytest.raises(DownloadForbidden, match="redirects"),
    ):
        fetched(cdn, f"{cdn}/1.png")
    assert len(seen) == 4


def test_loopback_is_no_place_for_the_images_of_a_public_api() -> None:
    with (
        answering(said("HTTP/1.1 200 OK\r\n\r\n")) as (cdn, seen),
        pytest.raises(DownloadForbidden, match="not a public address"),
    ):
        fetched("http://192.0.2.1", f"{cdn}/1.png")
    assert seen == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:image/png,x", "//127.0.0.1/x", ""])
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(DownloadForbidden):
        fetched("http://127.0.0.1:1", url)


def test_an_address_that_has_run_out_says_so() -> None:
    with (
        answering(said("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")) as (cdn, _),
        pytest.raises(DownloadFailed) as caught,
    ):
        fetched(cdn, f"{cdn}/1.png")
    assert caught.value.gone
