"""What holds for every test: the network ends at loopback, and nothing of the user's own account is seen or touched."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PRIVATE = ("WAVESPEED_", "RUNWAYML_", "GEN4FLOW_")  # keys, addresses and settings of the person who runs the tests
PROXIES = {"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"}


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes `-n auto` means: one more than cores, for half of the time tests wait for somebody."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def environment_outside() -> dict[str, str]:
    """Return the environment that the tests were started in: for pip, which may need its proxy and its settings."""
    return dict(os.environ)


@pytest.fixture(scope="session", autouse=True)
def _environment_of_nobody(
    environment_outside: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Take keys, settings and proxies out of the environment, and put an empty home in place of the real one."""
    with pytest.MonkeyPatch.context() as patch:
        for name in environment_outside:
            if name.startswith(PRIVATE) or name.lower() in PROXIES or name.startswith("XDG_"):
                patch.delenv(name)
        # most people have no extra: tests of it turn it on, and whoever runs all of them with it says so outside
        patch.setenv("GEN4FLOW_FAST", environment_outside.get("GEN4FLOW_FAST", "0"))
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_reaches_processes() -> None:
    """Heed Ctrl-C again where the tests were started in a shell's background, which ignores it for all below it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _network_of_loopback() -> Iterator[None]:
    """Fail by name whoever looks up a host or connects beyond loopback; other processes are not held by this.

    `pytest.fail` is no `Exception`, so that code which maps every error it meets can't hide it.
    """
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_outside(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_outside(self, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name.rstrip(".").endswith(".invalid"):  # reserved never to exist: no need to ask anybody
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if name and name != "localhost" and _address(name) is None:
            pytest.fail(f"a test looked up {name}: only loopback may be reached")
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def _refuse_outside(connection: socket.socket, address: Any) -> None:
    """Fail the test when an internet connection leaves the machine; sockets of the file system do not."""
    if connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    found = _address(address[0])
    if address[0] != "localhost" and (found is None or not found.is_loopback):
        pytest.fail(f"a test connected to {address[0]}: only loopback may be reached")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return a numeric address as one, None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


@pytest.fixture
def gen4flow_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return what runs `gen4flow` as a process of its own, in a folder, without a terminal and without settings.

    `environment` is added to the clean one; `timeout` is in seconds.
    """

    def run(
        *arguments: str | Path, folder: Path, environment: dict[str, str] | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gen4flow", *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    return run
