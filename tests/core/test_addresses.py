"""Which addresses a download may connect to, in every spelling."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from gen4flow.core.addresses import embedded, may_connect, parse

PUBLIC = ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "2a00:1450:4001::1"]
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "fd00::1",
    "fc00::1",
]
LOOPBACK = ["127.0.0.1", "127.0.0.2", "127.255.255.255", "::1"]
NEVER = ["169.254.169.254", "169.254.0.1", "fe80::1", "febf::1", "0.0.0.0", "::", "224.0.0.1", "239.1.1.1", "ff02::1"]
NOT_PUBLIC = [
    *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "0.1.2.3", "240.0.0.1", "255.255.255.255", "192.0.0.1"),
    *("2001:db8::1", "100::1", "fec0::1", "3fff::1", "5f00::1", "4000::1", "64:ff9b:1::808:808"),
    "64:ff9b:1:a00:0:100:808:808",  # local NAT64 with 10.0.0.1 where a /48 translator looks, and 8.8.8.8 at the end
]


def spellings(text: str) -> list[str]:
    """Return an IPv4 address in every IPv6 form that carries one."""
    number = int(ip_address(text))
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    hidden = number ^ 0xFFFFFFFF
    return [
        f"::ffff:{text}",
        f"::ffff:{high}:{low}",
        f"::{text}",
        f"::ffff:0:{text}",
        f"64:ff9b::{text}",
        f"64:ff9b::{high}:{low}",
        f"2002:{high}:{low}::",
        f"2002:{high}:{low}:1::5",
        f"2001:0:4136:e378:8000:63bf:{hidden >> 16:x}:{hidden & 0xFFFF:x}",
    ]


def allowed(text: str, *base: str) -> bool:
    """Tell whether an address may be connected to; `base` are the addresses of the API."""
    return may_connect(ip_address(text), base=frozenset(ip_address(one) for one in base))


BASES: list[tuple[str, ...]] = [(), ("8.8.4.4",), ("10.0.0.1",), ("127.0.0.1",), ("::1",), ("169.254.169.254",)]


@pytest.mark.parametrize("base", BASES, ids=str)
def test_any_public_address_may_be_fetched_from(base: tuple[str, ...]) -> None:
    for text in PUBLIC:
        assert allowed(text, *base), text


@pytest.mark.parametrize("text", [*PRIVATE, *NOT_PUBLIC])
def test_a_private_address_only_where_it_is_the_apis_own(text: str) -> None:
    assert not allowed(text)
    assert not allowed(text, "10.9.9.9", "127.0.0.1")
    if text in PRIVATE:
        assert allowed(text, text)
        assert allowed(text, "8.8.8.8", text)


@pytest.mark.parametrize("text", LOOPBACK)
def test_loopback_only_where_the_api_is_on_loopback(text: str) -> None:
    assert not allowed(text)
    assert not allowed(text, "10.0.0.1", "8.8.8.8")
    assert allowed(text, "127.0.0.1")
    assert allowed(text, "::1")


@pytest.mark.parametrize("text", NEVER)
def test_link_local_multicast_and_unspecified_addresses_never(text: str) -> None:
    assert not allowed(text)
    assert not allowed(text, text)
    assert not allowed(text, "127.0.0.1")


@pytest.mark.parametrize("form", range(9))
@pytest.mark.parametrize("text", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"])
def test_an_address_is_judged_by_the_one_that_it_carries(text: str, form: int) -> None:
    spelt = spellings(text)[form]
    assert embedded(ip_address(spelt)) == ip_address(text)
    assert not allowed(spelt)
    assert not allowed(spelt, "8.8.8.8")


@pytest.mark.parametrize("form", range(9))
def test_an_address_of_the_api_is_its_own_in_every_spelling(form: int) -> None:
    assert allowed(spellings("10.0.0.1")[form], "10.0.0.1")
    assert allowed("10.0.0.1", spellings("10.0.0.1")[form])
    assert allowed(spellings("127.0.0.1")[form], "127.0.0.1")
    assert not allowed(spellings("169.254.169.254")[form], "169.254.169.254")


@pytest.mark.parametrize(
    ("text", "address"),
    [("8.8.8.8", "8.8.8.8"), ("fe80::1%eth0", "fe80::1"), ("::1", "::1"), ("host", None), ("", None), ("1.2.3", None)],
)
def test_a_resolved_text_is_read_without_its_scope(text: str, address: str | None) -> None:
    assert parse(text) == (None if address is None else ip_address(address))
