"""Serving in a thread: quickly there, quietly gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from typing import Any

import httpx
import pytest

from gen4flow.core.errors import UsageError
from gen4flow.emulator import FaultRule, Settings, serving


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = """
import sys, gen4flow.emulator, gen4flow.commands.emulator
heavy = {"starlette", "uvicorn", "PIL", "h11", "anyio", "multipart"} & set(sys.modules)
sys.exit(str(heavy) if heavy else 0)
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_it_starts_and_stops_quickly_and_leaves_nothing_behind(capfd: pytest.CaptureFixture[str]) -> None:
    with serving(Settings()):
        pass  # the imports are paid
    before = threading.active_count()
    started = time.monotonic()
    with serving(Settings(key="k")) as base_url:
        assert httpx.get(f"{base_url}/api/v3/balance").status_code == 401
    assert time.monotonic() - started < 2
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base_url}/api/v3/balance")
    assert capfd.readouterr() == ("", "")


def test_an_error_inside_passes_through() -> None:
    with pytest.raises(KeyError), serving(Settings()):
        raise KeyError


def test_a_stalled_connection_does_not_hold_up_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    stalled = FaultRule(point="balance", name="stall")
    with serving(Settings(faults=(stalled,), stall=60.0)) as base_url:
        client = threading.Thread(target=_ask, args=(f"{base_url}/api/v3/balance",))
        client.start()
        time.sleep(0.3)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    client.join()
    assert capfd.readouterr() == ("", "")


def _ask(url: str) -> None:
    with pytest.raises(httpx.HTTPError):  # cut off, or told that the server broke
        httpx.get(url, headers={"Authorization": "Bearer x"}, timeout=30).raise_for_status()


def test_it_leaves_signal_handlers_alone() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with serving(Settings()):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "example.com", ""])
def test_only_loopback_is_served(host: str) -> None:
    with pytest.raises(UsageError, match="loopback"), serving(Settings(), host=host):
        pass


@pytest.mark.parametrize("host", ["::1", "localhost", "127.0.0.5"])
def test_any_loopback_address_will_do(host: str) -> None:
    with serving(Settings(), host=host) as base_url:
        assert httpx.get(f"{base_url}/api/v3/balance").status_code == 401


def test_a_port_that_is_taken_is_said(serve: Any) -> None:
    api, _ = serve()
    with pytest.raises(UsageError, match="port"), serving(Settings(), port=api.base_url.port):
        pass


def test_an_unknown_fault_is_said_before_anything_is_served() -> None:
    settings = Settings(faults=(FaultRule(point="poll", name="nothing"),))
    with pytest.raises(UsageError, match="poll:nothing"), serving(settings):
        pass


def test_many_requests_at_once_are_answered(serve: Any) -> None:
    api, app = serve()
    failures: list[Exception] = []

    def submit() -> None:
        try:
            with httpx.Client(base_url=api.base_url, headers={"Authorization": "Bearer x"}) as client:
                for _ in range(10):
                    client.post("/api/v3/runwayml/gen4-image", json={"prompt": "x"}).raise_for_status()
        except httpx.HTTPError as error:
            failures.append(error)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(app.state.emulator.submits) == len(app.state.emulator.predictions) == 80
