"""XMP in WebP: the last chunk of an extended file, which says in VP8X that it has one; content credentials in `C2PA`.

Sources: the WebP Container Specification; RFC 9649; C2PA Technical Specification 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gen4flow.delivery.container import Chunk, Container, Kind, Layout, Part, Unsplittable, layout

HEAD = 12  # RIFF, the length of what follows, WEBP
LIMIT = 16 * 1024 * 1024  # bytes of a packet; the format itself would take four gigabytes
_HAS_XMP, _HAS_ALPHA = 0x04, 0x10  # flags of VP8X
_EXTENDED = 18  # bytes of a VP8X chunk


def split(content: bytes) -> Layout:
    """Return a WebP's parts; a packet goes behind its last chunk."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or content[12:15] != b"VP8":
        raise Unsplittable("it does not begin as a WebP does")
    return layout(content, _chunks(content, 8 + int.from_bytes(content[4:8], "little")))


def _chunks(content: bytes, end: int) -> Iterator[Chunk]:
    """Yield the chunks of the file, which ends at an offset by its own word."""
    if end > len(content):
        raise Unsplittable("it is shorter than it says")
    at = HEAD
    while at < end:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        stop = at + 8 + size + size % 2
        if stop > end:
            raise Unsplittable("a chunk of it is cut off")
        name = content[at : at + 4]
        start = 0 if at == HEAD else at
        if name == b"C2PA":
            yield start, stop, Kind.CREDENTIALS, b""
        elif name == b"XMP ":
            yield start, stop, Kind.XMP, content[at + 8 : at + 8 + size]
        else:
            yield start, stop, Kind.OTHER, b""
        at = stop


def wrap(packet: bytes) -> Part:
    """Return a packet as a chunk."""
    pad = b"\0" * (len(packet) % 2)
    return Part(b"XMP " + len(packet).to_bytes(4, "little") + packet + pad, Kind.XMP, packet)


def join(parts: Sequence[Part]) -> Iterator[bytes]:
    """Yield the file with the length and the flags that its parts make true; then the simple file it may have been."""
    has_packet = any(part.kind is Kind.XMP for part in parts)
    body = b"".join(part.raw for part in parts if part.kind is not Kind.BEHIND)[HEAD:]
    behind = b"".join(part.raw for part in parts if part.kind is Kind.BEHIND)
    for one in _bodies(body, has_packet=has_packet):
        yield b"RIFF" + (len(one) + 4).to_bytes(4, "little") + b"WEBP" + one + behind


def _bodies(body: bytes, *, has_packet: bool) -> Iterator[bytes]:
    """Yield what the chunks of a file can be."""
    if body[:4] == b"VP8X":
        flags = body[8] | _HAS_XMP if has_packet else body[8] & ~_HAS_XMP
        yield body[:8] + bytes([flags]) + body[9:]
        if not has_packet and _is_simple(body[_EXTENDED:]):
            yield body[_EXTENDED:]
    else:
        yield (_vp8x(body) if has_packet else b"") + body


def _is_simple(body: bytes) -> bool:
    """Tell whether chunks are a single one of pixels: such a file needs no VP8X."""
    size = int.from_bytes(body[4:8], "little")
    return body[:4] in {b"VP8 ", b"VP8L"} and len(body) == 8 + size + size % 2


def _vp8x(body: bytes) -> bytes:
    """Return the VP8X chunk of a simple file, with the size and transparency that its pixels tell."""
    name, data = body[:4], body[8:18]
    if name == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        width, height, alpha = data[6] | (data[7] & 0x3F) << 8, data[8] | (data[9] & 0x3F) << 8, 0
    elif name == b"VP8L" and data[:1] == b"\x2f":
        bits = int.from_bytes(data[1:5], "little")
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1
    else:
        raise Unsplittable("its pixels do not begin as those of a WebP do")
    flags = _HAS_XMP | (_HAS_ALPHA if alpha else 0)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X" + (10).to_bytes(4, "little") + bytes([flags, 0, 0, 0]) + sides


WEBP = Container(limit=LIMIT, split=split, wrap=wrap, join=join)
