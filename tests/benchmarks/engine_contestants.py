"""Who buys from the server: gen4flow's engine, and what somebody would write or use in its place.

Each runs in a process of its own, `python -m tests.benchmarks.engine_contestants NAME`, and tells as JSON what it took.
All of them do the same: submit, poll until it is done, download, hash, and put the file in its place by a rename.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import resource
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

WITH_EXTRA = "engine with the extra"
MODEL = "runwayml/gen4-image"
PATH = f"/api/v3/{MODEL}"
Ask: TypeAlias = Callable[[str, str, bytes | None], Awaitable[bytes]]  # method, URL, body -> body


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a contestant is to do; `wait` is the seconds between two polls, where it does not decide itself."""

    base: str
    jobs: int
    in_flight: int
    folder: Path
    wait: float = 0.2
    submitting: int = 64
    decode: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What it took: seconds on the clock and of CPU, of these the ledger's; the most memory, in bytes."""

    wall: float
    cpu: float
    memory: int
    ledger: float = 0.0


def body(number: int) -> bytes:
    """Return the request for one image."""
    return json.dumps({"prompt": f"picture {number}", "aspect_ratio": "1:1", "resolution": "720p"}).encode()


def put(folder: Path, data: bytes) -> None:
    """Write a file and rename it to its hash."""
    temporary = folder / f"{time.monotonic_ns()}.part"
    temporary.write_bytes(data)
    temporary.rename(folder / hashlib.sha256(data).hexdigest())


async def bought(ask: Ask, wish: Wish, number: int) -> bytes:
    """Buy one image the bare way."""
    data = json.loads(await ask("POST", wish.base + PATH, body(number)))["data"]
    while data["status"] != "completed":
        await asyncio.sleep(wish.wait)
        data = json.loads(await ask("GET", f"{wish.base}/api/v3/predictions/{data['id']}/result", None))["data"]
    return await ask("GET", data["outputs"][0], None)


async def all_of_them(ask: Ask, wish: Wish) -> None:
    """Buy everything, so many at once; where it is to decode, on all cores."""
    room, loop = asyncio.Semaphore(wish.in_flight), asyncio.get_running_loop()
    with ThreadPoolExecutor(os.cpu_count()) as cores:

        async def one(number: int) -> None:
            try:
                data = await bought(ask, wish, number)
            finally:
                room.release()
            if wish.decode:
                await loop.run_in_executor(cores, decoded_and_put, wish.folder, data)
            else:
                put(wish.folder, data)

        async with asyncio.TaskGroup() as group:
            for number in range(wish.jobs):
                await room.acquire()
                group.create_task(one(number))


def decoded_and_put(folder: Path, data: bytes) -> None:
    """Decode an image, write it and its thumbnail."""
    import io

    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        image.load()
        small = image.convert("RGB")
    small.thumbnail((480, 480))
    put(folder, data)
    small.save(folder / f"{hashlib.sha256(data).hexdigest()}.webp", "WEBP", quality=80)


def bare_loop(wish: Wish) -> None:
    """Buy with a bare loop over aiohttp, 64 connections: about the least that Python can do it with."""
    import aiohttp

    async def whole() -> None:
        connector = aiohttp.TCPConnector(limit=64)
        async with aiohttp.ClientSession(connector=connector, headers={"Authorization": "Bearer k"}) as session:

            async def ask(method: str, url: str, content: bytes | None) -> bytes:
                async with session.request(method, url, data=content) as answer:
                    return await answer.read()

            await all_of_them(ask, wish)

    asyncio.run(whole())


def httpx_raised(wish: Wish) -> None:
    """Buy with one httpx client whose limits were raised to what is in flight, as its users do."""
    import httpx

    async def whole() -> None:
        limits = httpx.Limits(max_connections=wish.in_flight, max_keepalive_connections=wish.in_flight)
        headers = {"Authorization": "Bearer k"}
        async with httpx.AsyncClient(limits=limits, timeout=600, headers=headers) as client:

            async def ask(method: str, url: str, content: bytes | None) -> bytes:
                return (await client.request(method, url, content=content)).content

            await all_of_them(ask, wish)

    asyncio.run(whole())


def sdk(wish: Wish) -> None:
    """Buy with the provider's own SDK, a thread for each image in flight."""
    import requests
    from wavespeed import Client  # type: ignore[import-untyped]

    client = Client(api_key="k", base_url=wish.base)

    def one(number: int) -> None:
        told = client.run(MODEL, json.loads(body(number)), poll_interval=wish.wait)
        put(wish.folder, requests.get(told["outputs"][0], timeout=60).content)

    with ThreadPoolExecutor(wish.in_flight) as threads:
        list(threads.map(one, range(wish.jobs)))


def engine_with_extra(wish: Wish) -> float:
    """Buy with gen4flow's engine, HTTP and event loop in C; raises RuntimeError where the extra is not installed."""
    from gen4flow.api_client.fast import is_on

    os.environ["GEN4FLOW_FAST"] = "1"
    if not is_on():
        raise RuntimeError("pip install 'gen4flow[fast]'")
    return engine(wish)


def engine(wish: Wish) -> float:
    """Buy with gen4flow's engine: a durable ledger and store; files that are no images are taken as if they were."""
    from tests.benchmarks.engine_run import buy

    return buy(wish)


Work: TypeAlias = Callable[[Wish], float | None]  # the CPU seconds of a ledger, where there is one
CONTESTANTS: dict[str, Work] = {
    "bare loop": bare_loop,
    "httpx": httpx_raised,
    "sdk": sdk,
    "engine": engine,
    WITH_EXTRA: engine_with_extra,
}


def spent(work: Work, wish: Wish) -> Spent:
    """Do the work and tell what it took."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    ledger = work(wish) or 0.0
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(wall=wall, cpu=cpu, memory=after.ru_maxrss * 1024, ledger=ledger)


# what each of them loads before the clock starts
LIBRARIES = {"bare loop": "aiohttp", "httpx": "httpx", "sdk": "wavespeed", "engine": "tests.benchmarks.engine_run"}
LIBRARIES[WITH_EXTRA] = LIBRARIES["engine"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the wish, fulfil it, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CONTESTANTS)
    parser.add_argument("wish", type=json.loads)
    options = parser.parse_args(arguments)
    told: dict[str, Any] = options.wish
    wish = Wish(**{**told, "folder": Path(told["folder"])})
    wish.folder.mkdir(parents=True, exist_ok=True)
    os.environ["GEN4FLOW_FAST"] = "0"
    import_module(LIBRARIES[options.name])
    print(json.dumps(asdict(spent(CONTESTANTS[options.name], wish))))


if __name__ == "__main__":
    main()
