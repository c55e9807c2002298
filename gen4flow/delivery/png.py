"""XMP in PNG: an iTXt chunk with the keyword `XML:com.adobe.xmp`; content credentials in `caBX`.

Sources: XMP Specification Part 3; PNG, third edition; C2PA Technical Specification 2.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from gen4flow.delivery.container import Chunk, Container, Kind, Layout, Part, Unsplittable, joined, layout

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"XML:com.adobe.xmp"
HEAD = len(SIGNATURE) + 25  # signature and IHDR, which is always first and always as long
LIMIT = 16 * 1024 * 1024  # bytes of a packet; the format itself would take two gigabytes
INFLATED = 4 * 1024 * 1024  # bytes that a compressed packet may grow to
_TEXTS = frozenset({b"iTXt", b"tEXt", b"zTXt"})


def split(content: bytes) -> Layout:
    """Return a PNG's parts; a packet goes behind IHDR."""
    if content[:8] != SIGNATURE or content[12:16] != b"IHDR" or content[8:12] != b"\0\0\0\x0d":
        raise Unsplittable("it does not begin as a PNG does")
    return layout(content, _chunks(content), cut=HEAD)


def _chunks(content: bytes) -> Iterator[Chunk]:
    """Yield the chunks from the signature to IEND."""
    at, size = HEAD, len(content)
    yield 0, HEAD, Kind.OTHER, b""
    while True:
        stop = at + 12 + int.from_bytes(content[at : at + 4])
        name = content[at + 4 : at + 8]
        if stop > size or len(name) < 4:
            raise Unsplittable("a chunk of it is cut off")
        if name == b"caBX":
            yield at, stop, Kind.CREDENTIALS, b""
        elif name in _TEXTS and content[at + 8 : at + 8 + len(KEYWORD) + 1] == KEYWORD + b"\0":
            yield at, stop, Kind.XMP, _packet(name, content[at + 8 + len(KEYWORD) + 1 : stop - 4])
        else:
            yield at, stop, Kind.OTHER, b""
        if name == b"IEND":
            return
        at = stop


def _packet(name: bytes, text: bytes) -> bytes:
    """Return the packet in a text chunk of any kind, behind its keyword; empty where it can't be read."""
    if name == b"tEXt":
        return text
    if name == b"zTXt":
        return _inflated(text[1:])
    compressed, rest = text[:1] == b"\x01", text[2:]
    _, _, rest = rest.partition(b"\0")  # the language
    _, _, rest = rest.partition(b"\0")  # the keyword in that language
    return _inflated(rest) if compressed else rest


def _inflated(data: bytes) -> bytes:
    """Return data decompressed, as far as a packet may go; empty where it is damaged or longer."""
    try:
        inflater = zlib.decompressobj()
        found = inflater.decompress(data, INFLATED)
    except zlib.error:
        return b""
    return b"" if inflater.unconsumed_tail else found


def wrap(packet: bytes) -> Part:
    """Return a packet as an iTXt chunk: not compressed, so that any program finds it."""
    body = b"iTXt" + KEYWORD + b"\0\0\0\0\0" + packet
    raw = (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)
    return Part(raw, Kind.XMP, packet)


PNG = Container(limit=LIMIT, split=split, wrap=wrap, join=joined)
