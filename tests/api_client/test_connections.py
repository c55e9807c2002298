"""Connections on loopback: which request travels on which, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest

from gen4flow.api_client import ApiClient
from gen4flow.api_client import client as of_client
from gen4flow.api_client import idle as of_idle
from gen4flow.core.calls import Call, NoReply, Reply

SUBMIT = Call(method="POST", path="/api/v3/m", json={"prompt": "a"})
ASK = Call(method="GET", path="/api/v3/balance")


@dataclass(slots=True)
class Server:
    """Answers each request and keeps the connection; `answers` on one connection before it hangs up unsaid."""

    answers: int = 1_000
    port: int = 0
    requests: list[tuple[int, str]] = field(default_factory=list)  # by which connection, and what
    made: int = 0
    open: int = 0
    slow: float = 0.0
    twice: bool = False  # each answer is followed by one that nobody asked for
    silent: frozenset[int] = frozenset()  # which requests, by their number, it hangs up on unanswered

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.made, self.open = self.made + 1, self.open + 1
        number = self.made
        try:
            for _ in range(self.answers):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                if "content-length: " in head.lower():
                    await reader.readexactly(int(head.lower().partition("content-length: ")[2].split("\r\n")[0]))
                self.requests.append((number, head))
                if len(self.requests) in self.silent:
                    return
                await asyncio.sleep(self.slow)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                if self.twice:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()


Work: TypeAlias = Callable[[ApiClient, Server], Awaitable[None]]


def with_client(server: Server, work: Work, *, base_url: str = "http://127.0.0.1:{port}") -> None:
    """Do work with a client of a server."""

    async def whole() -> None:
        async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
            server.port = listening.sockets[0].getsockname()[1]
            async with ApiClient(base_url=base_url.format(port=server.port), key="secret") as api:
                await work(api, server)
            await asyncio.sleep(0.05)
            assert server.open == 0, "a connection outlives its client"

    asyncio.run(whole())


def test_one_question_after_the_other_travels_on_one_connection() -> None:
    async def work(api: ApiClient, server: Server) -> None:
        for _ in range(5):
            assert isinstance(await api.ask(ASK), Reply)

    server = Server()
    with_client(server, work)
    assert (server.made, len(server.requests)) == (1, 5)


def test_a_submit_never_travels_on_a_connection_that_idled_but_on_a_new_one() -> None:
    async def work(api: ApiClient, server: Server) -> None:
        await api.ask(ASK)
        for _ in range(3):
            assert isinstance(await api.submit(SUBMIT), Reply)
        await api.ask(ASK)

    server = Server()
    with_client(server, work)
    assert [number for number, _ in server.requests] == [1, 2, 3, 4, 1]


def test_a_question_on_a_connection_that_the_server_closed_is_asked_again() -> None:
    async def work(api: ApiClient, server: Server) -> None:
        for _ in range(4):
            assert isinstance(await api.ask(ASK), Reply)

    server = Server(answers=1)
    with_client(server, work)
    assert server.made == 4


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_of_what_broke_on_a_connection_that_idled_only_a_get_is_sent_again(method: str) -> None:
    async def work(api: ApiClient, server: Server) -> None:
        assert isinstance(await api.ask(ASK), Reply)
        answer = await api.ask(Call(method=method, path="/api/v3/billings", json={} if method == "POST" else None))
        assert isinstance(answer, Reply if method == "GET" else NoReply)

    server = Server(silent=frozenset({2}))
    with_client(server, work)
    assert len(server.requests) == (3 if method == "GET" else 2)


def test_an_answer_that_nobody_asked_for_is_no_answer_to_the_next_question() -> None:
    async def work(api: ApiClient, server: Server) -> None:
        answers = [await api.ask(ASK) for _ in range(5)]
        assert [isinstance(answer, Reply) and answer.body for answer in answers] == [b"{}"] * 5
        assert len({number for number, _ in server.requests}) == 5

    with_client(Server(twice=True), work)


def test_only_so_many_questions_are_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_client, "QUESTIONS_AT_ONCE", 4)
    most = 0

    async def work(api: ApiClient, server: Server) -> None:
        async def one() -> None:
            nonlocal most
            assert isinstance(await api.ask(ASK), Reply)
            most = max(most, server.open)

        await asyncio.gather(*(one() for _ in range(20)))

    server = Server(slow=0.01)
    with_client(server, work)
    assert (most, len(server.requests)) == (4, 20)


def test_of_many_origins_only_some_have_connections_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_idle, "MOST_ORIGINS", 3)

    async def work(api: ApiClient, server: Server) -> None:
        for number in range(2, 12):
            other = await asyncio.start_server(server.serve, f"127.0.0.{number}", server.port)
            await api.download(f"http://127.0.0.{number}:{server.port}/x.png", lambda _: None)
            other.close()
        await asyncio.sleep(0.05)
        assert server.open == 3

    server = Server()
    with_client(server, work)
    assert server.made == 10


def test_a_proxy_of_the_environment_is_asked_by_whoever_asks_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(api: ApiClient, server: Server) -> None:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        async with ApiClient(base_url="http://api.invalid", key="secret") as behind:
            assert isinstance(await behind.submit(SUBMIT), Reply)
            assert isinstance(await behind.ask(ASK), Reply)
        monkeypatch.setenv("no_proxy", "api.invalid")
        async with ApiClient(base_url="http://api.invalid", key="secret") as direct:
            answer = await direct.submit(SUBMIT)
            assert isinstance(answer, NoReply)
            assert not answer.left

    server = Server()
    with_client(server, work)
    assert [head.split(" HTTP")[0] for _, head in server.requests] == [
        "POST http://api.invalid:80/api/v3/m",
        "GET http://api.invalid:80/api/v3/balance",
    ]
