"""Addresses of files: the quick way to read one says what httpx says of it, and leaves what it can't read to httpx."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.api_client.checked_addresses import _PLAIN, checked_url, host_and_target
from gen4flow.core.calls import DownloadForbidden


def read(text: str) -> tuple[str, str, int | None, bytes, str]:
    """Return scheme, host, port and netloc as they are read, and what is asked for."""
    host, target = host_and_target(text)
    return host.scheme, host.host, host.port, host.netloc, target


def read_by_httpx(text: str) -> tuple[str, str, int | None, bytes, str]:
    """Return the same as httpx reads it."""
    url = httpx.URL(text)
    return url.scheme, url.host, url.port, url.netloc, url.raw_path.decode()


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_a_plain_address_means_what_httpx_reads(text: str) -> None:
    try:
        checked_url(text)
    except DownloadForbidden:
        with pytest.raises(DownloadForbidden):
            read(text)
        return
    assert read(text) == read_by_httpx(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.example.com/a/b.png",
        "https://cdn.example.com:443/a.png?token=a-b_c~d&n=1",
        "http://127.0.0.1:8787/f/1.png",
        "https://CDN.example.com/a.png",
        "https://cdn.example.com/a/../b.png",
        "https://cdn.example.com/./b.png",
        "https://cdn.example.com//evil.example/b.png",
        "https://user:password@cdn.example.com/b.png",
        "https://cdn.example.com/ä b.png?x=%20ü",
        "https://cdn.example.com/a.png#part",
        "https://cdn.example.com/a.png?a=b?c",
        "https://[::1]:80/a.png",
        "https://bücher.example/a.png",
        "https://cdn.example.com",
        "https://cdn.example.com/",
        "https://cdn.example.com:0/a.png",
    ],
)
def test_any_address_means_what_httpx_reads(text: str) -> None:
    assert read(text) == read_by_httpx(text)


@pytest.mark.parametrize(
    "text", ["https://a.example:99999/b", "ftp://a.example/b", "/b", "", "https:///b", "http://[::1]:65536/a"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(DownloadForbidden):
        host_and_target(text)
