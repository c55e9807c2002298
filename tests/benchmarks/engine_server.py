"""The provider's API as fast as plain asyncio can speak it, in a process of its own: what clients are measured against.

It takes every submit, says that a prediction is done after so many polls or after a time of its own, and serves a file
for each. It checks nothing: what is right is for the emulator and for the second server of tests/outside to say.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from pathlib import Path

END = b"\r\n\r\n"


class Predictions:
    """What was submitted: when each is done, how often it was asked for, and which file it has."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._polls: int = options.polls
        self._mean: float = options.latency
        self._cv: float = options.cv
        self._chance = random.Random(options.seed)
        self._file = Path(options.file).read_bytes() if options.file else b"x" * options.bytes
        self._done: list[float] = []
        self._asked: list[int] = []
        self.started: float | None = None
        self.ended = 0.0
        self.latencies: list[float] = []
        self.host = ""

    def submit(self) -> bytes:
        """Take one more, and answer with its id."""
        now = time.monotonic()
        self.started = self.started or now
        latency = drawn(self._chance, self._mean, self._cv)
        self.latencies.append(latency)
        self._done.append(now + latency)
        self._asked.append(0)
        return b'{"code":200,"message":"success","data":{"id":"p-%d","status":"created"}}' % (len(self._done) - 1)

    def result(self, number: int) -> bytes:
        """Answer a poll."""
        self._asked[number] += 1
        if self._asked[number] < self._polls or time.monotonic() < self._done[number]:
            return b'{"code":200,"message":"success","data":{"id":"p-%d","status":"processing"}}' % number
        told = b'{"code":200,"message":"success","data":{"id":"p-%d","status":"completed","outputs":["%s/f/%d.png"]}}'
        return told % (number, self.host.encode(), number)

    def file(self, number: int) -> bytes:
        """Return a file like no other: its number stands at its end."""
        self.ended = time.monotonic()
        return self._file + b"%020d" % number

    def stats(self) -> str:
        """Tell what was seen."""
        seen = {
            "submits": len(self._done),
            "polls": sum(self._asked),
            "took": self.ended - (self.started or 0.0),
            "latencies": self.latencies,
        }
        return json.dumps(seen)


def drawn(chance: random.Random, mean: float, cv: float) -> float:
    """Return a latency in seconds: log-normal, with that mean and coefficient of variation."""
    if mean <= 0 or cv <= 0:
        return mean
    import math

    variance = math.log(1 + cv * cv)
    return chance.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


class Connection(asyncio.Protocol):
    """One connection: answers each request as soon as it is whole."""

    def __init__(self, predictions: Predictions) -> None:
        self._predictions = predictions
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are written to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole by now."""
        held = self._held + data
        while (end := held.find(END)) >= 0:
            head = held[:end]
            whole = end + len(END) + _length(head)
            if len(held) < whole:
                break
            held = held[whole:]
            self._answer(head)
        self._held = held

    def _answer(self, head: bytes) -> None:
        """Write one answer."""
        method, path, _ = head.split(b"\r\n", 1)[0].split(b" ", 2)
        kind, body = self._routed(method, path)
        close = b"connection: close" in head.lower()
        told = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n"
        start = told % (kind, len(body), b"Connection: close\r\n" if close else b"")
        self._transport.write(start + body if len(body) < 16_384 else start)
        if len(body) >= 16_384:
            self._transport.write(body)
        if close:
            self._transport.close()

    def _routed(self, method: bytes, path: bytes) -> tuple[bytes, bytes]:
        """Return the type and the body of an answer."""
        if method == b"GET" and path.startswith(b"/api/v3/predictions/p-"):
            number = path.removeprefix(b"/api/v3/predictions/p-").partition(b"/")[0]
            return b"application/json", self._predictions.result(int(number))
        if path.startswith(b"/f/"):
            return b"image/png", self._predictions.file(int(path[3:].partition(b".")[0]))
        if path == b"/api/v3/balance":
            return b"application/json", b'{"code":200,"data":{"balance":1000000.0}}'
        if path == b"/api/v3/model/price":
            return b"application/json", b'{"code":200,"data":{"price":0.05}}'
        return b"application/json", self._predictions.submit()


def _length(head: bytes) -> int:
    """Return the length of a request's body."""
    at = head.lower().find(b"\r\ncontent-length:")
    return int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def serve(options: argparse.Namespace) -> None:
    """Listen on loopback, say where, serve until standard input ends, and tell what was seen."""
    predictions = Predictions(options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(predictions), "127.0.0.1", 0, backlog=4096)
    predictions.host = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(predictions.host, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(predictions.stats(), flush=True)


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=1, help="a prediction is done at this poll, at the earliest")
    parser.add_argument("--latency", type=float, default=0.0, help="and after this many seconds on average")
    parser.add_argument("--cv", type=float, default=0.0, help="which vary log-normally by this coefficient")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bytes", type=int, default=8_000, help="of each file")
    parser.add_argument("--file", help="a file to serve in place of so many bytes")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
