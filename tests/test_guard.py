"""The guards of conftest.py hold: tests that pass under them have not reached beyond loopback or into a home."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

OUTSIDE = "192.0.2.1"  # reserved for documentation: nobody answers there


async def _open(host: str) -> None:
    await asyncio.open_connection(host, 9)


@pytest.mark.parametrize(
    "reach",
    [
        lambda: socket.create_connection((OUTSIDE, 9), timeout=1),
        lambda: socket.socket().connect_ex((OUTSIDE, 9)),
        lambda: socket.getaddrinfo("example.com", 443),
        lambda: asyncio.run(_open(OUTSIDE)),
        lambda: asyncio.run(_open("example.com")),
        lambda: httpx.get("http://example.com"),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_beyond_loopback_fails_by_name(reach: Callable[[], object]) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"only loopback may be reached"):
        reach()


def test_loopback_is_reached_by_name_and_by_number() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1]), timeout=5).close()


def test_a_host_that_can_not_exist_is_not_found() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("unreachable.invalid", 443)


def test_nothing_of_the_users_account_is_in_the_environment(environment_outside: dict[str, str]) -> None:
    switch = {"GEN4FLOW_FAST": environment_outside.get("GEN4FLOW_FAST", "0")}  # the tests' own: never left to chance
    private = ("WAVESPEED_", "RUNWAYML_", "GEN4FLOW_")
    assert {name: value for name, value in os.environ.items() if name.startswith(private)} == switch
    assert not [name for name in os.environ if name.lower().endswith("_proxy")]
    assert Path.home() != Path(environment_outside.get("HOME", "/"))


def test_the_command_runs_in_its_folder_with_what_it_is_given(
    gen4flow_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = gen4flow_command("--version", folder=tmp_path, environment={"NO_COLOR": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("gen4flow ")
