"""Runs an application on loopback in a thread of this process, from a socket that is bound before anybody is told."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from gen4flow.core.errors import Gen4flowError, UsageError

START_DEADLINE = 30.0


def is_loopback(host: str) -> bool:
    """Tell whether a host, as an address or as `localhost`, is this machine alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def serving(app: Any, *, name: str, host: str = "127.0.0.1", port: int = 0, protocol: Any = None) -> Iterator[str]:
    """Serve an ASGI application and yield its base URL; port 0 takes a free one.

    `name` is what people call it; `protocol` is uvicorn's for HTTP, or one made from it.
    """
    # uvicorn and the rest cost a quarter of a second: paid by those who serve, not by those who import.
    from gen4flow.loopback.quiet_server import quiet_server

    listener = _listen(host, port, name)
    server = quiet_server(app, protocol)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name=name)
    thread.start()
    try:
        _wait_until(lambda: server.started or not thread.is_alive())
        if not server.started:
            raise Gen4flowError(f"{name} did not start")
        yield _base_url(listener.getsockname())
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listen(host: str, port: int, name: str) -> socket.socket:
    if not is_loopback(host):
        raise UsageError(f"{name} serves on loopback alone, not on {host!r}: try 127.0.0.1 or ::1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, because asyncio sends small packets at once only for sockets that say so (else 40 ms an answer).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(f"can't listen on {host} port {port}: {error}; try another --port") from error
    return listener


def _wait_until(ready: Any) -> None:
    deadline = time.monotonic() + START_DEADLINE
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.001)


def _base_url(address: tuple[Any, ...]) -> str:
    host, port = str(address[0]), address[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
