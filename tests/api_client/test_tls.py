"""The client over TLS on loopback, with a certificate made for it: who is believed, and bodies beyond any buffer."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from gen4flow.api_client import ApiClient
from gen4flow.api_client.tls import ssl_context
from gen4flow.core.calls import Call, Form, NoReply, Reply

SUBMIT = Call(method="POST", path="/api/v3/m", json={"prompt": "a"})
LARGE = 3 * 1024 * 1024


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a certificate for localhost and its key, in one file, that the client believes."""
    made = tmp_path / "localhost.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(made), "-out", str(tmp_path / "c.pem")]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    made.write_bytes(made.read_bytes() + (tmp_path / "c.pem").read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "c.pem"))
    ssl_context.cache_clear()
    yield made
    ssl_context.cache_clear()


def served(certificate: Path, host: str, work: Callable[[ApiClient, str], Coroutine[Any, Any, None]]) -> list[int]:
    """Do work with a client of a TLS server under a host name; returns the length of each body that came."""
    bodies: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
        bodies.append(len(await reader.readexactly(int(length or 0))))
        size = LARGE if head.startswith(b"GET") else 2
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"{" * size)
        await writer.drain()
        writer.close()

    async def whole() -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
            base_url = f"https://{host}:{server.sockets[0].getsockname()[1]}"
            async with ApiClient(base_url=base_url, key="secret") as api:
                await work(api, base_url)

    asyncio.run(whole())
    return bodies


def test_an_api_with_a_certificate_for_its_name_is_spoken_to(certificate: Path) -> None:
    async def work(api: ApiClient, base_url: str) -> None:
        assert isinstance(await api.submit(SUBMIT), Reply)
        form = Form(
            path="/api/v3/media/upload/binary", field="file", filename="a", content=b"x" * LARGE, media_type="image/png"
        )
        assert isinstance(await api.upload(form), Reply)
        received = bytearray()
        await api.download(f"{base_url}/1.png", received.extend)  # by the address that was judged, under the name
        assert len(received) == LARGE

    _, form, _ = served(certificate, "localhost", work)
    assert form > LARGE


def test_a_certificate_for_another_name_is_refused_before_anything_is_sent(certificate: Path) -> None:
    async def work(api: ApiClient, base_url: str) -> None:
        answer = await api.submit(SUBMIT)
        assert isinstance(answer, NoReply)
        assert not answer.left

    assert served(certificate, "127.0.0.1", work) == []
