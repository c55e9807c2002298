"""Which addresses may be connected to for a download: decided by the address itself, never by its spelling."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# prefixes before an IPv4 address in the last 32 bits: NAT64, and the translated form of RFC 2765
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::ffff:0:0:0/96"))
# what `ipaddress` takes for public and is not: documentation, and everything outside 2000::/3, which is all that
# was ever given out (so not site-local, segment routing, or local NAT64 with an IPv4 address somewhere within)
_PUBLIC = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC = (ipaddress.IPv6Network("3fff::/20"),)


def embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one carries (mapped, compatible, NAT64, 6to4, Teredo), else itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _TRANSLATED) or (int(address) >> 32 == 0 and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@lru_cache(maxsize=256)  # the addresses and the answer are values: a run asks the same again with each file
def may_connect(address: Address, *, base: frozenset[Address]) -> bool:
    """Tell whether a download may connect to an address; `base` holds the addresses of the API's own host.

    Any public address; a private one only when it is the API's own; loopback only when the API is on loopback;
    link-local, multicast, unspecified and reserved ones never.
    """
    plain = embedded(address)
    own = frozenset(embedded(one) for one in base)
    if plain.is_link_local or plain.is_multicast or plain.is_unspecified:
        return False
    if plain.is_loopback:
        return any(one.is_loopback for one in own)
    return _is_public(plain) or plain in own


def _is_public(address: Address) -> bool:
    """Tell whether an address is one of the open internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global
    return address.is_global and address in _PUBLIC and not any(address in network for network in _NOT_PUBLIC)


@lru_cache(maxsize=256)  # a run speaks to few of them, again and again
def parse(text: str) -> Address | None:
    """Return the address that a resolved text is, without its scope; None where it is none."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
