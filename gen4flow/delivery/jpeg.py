"""XMP in JPEG: an APP1 segment; content credentials in APP11 segments.

Sources: XMP Specification Part 3; ITU-T T.81; C2PA Technical Specification 2 (JUMBF, ISO/IEC 19566-5).
"""

from __future__ import annotations

from collections.abc import Iterator

from gen4flow.delivery.container import Chunk, Container, Kind, Layout, Part, Unsplittable, joined, layout

XMP = b"http://ns.adobe.com/xap/1.0/\0"
LIMIT = 65_533 - len(XMP)  # a segment's length is two bytes, and counts itself
_SOS, _EOI, _APP0, _APP1, _APP11 = 0xDA, 0xD9, 0xE0, 0xE1, 0xEB
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a segment
_FIRST = (b"JFIF\0", b"JFXX\0", b"Exif\0")  # what readers expect at the start of the file


def split(content: bytes) -> Layout:
    """Return a JPEG's parts; a packet goes behind the segments that have to come first."""
    if content[:2] != b"\xff\xd8":
        raise Unsplittable("it does not begin as a JPEG does")
    chunks = list(_segments(content))
    cut = next((start for start, _, _, _ in chunks[1:] if not _is_first(content, start)), None)
    return layout(content, chunks, cut=cut)


def _segments(content: bytes) -> Iterator[Chunk]:
    """Yield the segments up to the first scan, then the rest as one."""
    yield 0, 2, Kind.OTHER, b""
    at, size = 2, len(content)
    while True:
        marker = at
        while content[marker : marker + 2] == b"\xff\xff":  # fill bytes may stand before a marker
            marker += 1
        code = content[marker + 1] if content[marker : marker + 1] == b"\xff" and marker + 1 < size else None
        if code is None:
            raise Unsplittable("a segment of it is cut off")
        if code in {_SOS, _EOI}:
            yield at, size, Kind.OTHER, b""
            return
        length = 0 if code in _ALONE else int.from_bytes(content[marker + 2 : marker + 4])
        stop = marker + 2 + length
        if stop > size or (length < 2 and code not in _ALONE):
            raise Unsplittable("a segment of it is cut off")
        yield at, stop, *_kind(code, content[marker + 4 : stop])
        at = stop


def _kind(code: int, body: bytes) -> tuple[Kind, bytes]:
    """Return what a segment is, and its packet."""
    if code == _APP1 and body.startswith(XMP):
        return Kind.XMP, body[len(XMP) :]
    if code == _APP11 and body.startswith(b"JP"):  # a JUMBF box: whatever it holds is signed more often than not
        return Kind.CREDENTIALS, b""
    return Kind.OTHER, b""


def _is_first(content: bytes, at: int) -> bool:
    """Tell whether the segment at an offset has to stand before others."""
    return content[at : at + 2] in {b"\xff\xe0", b"\xff\xe1"} and content[at + 4 : at + 9].startswith(_FIRST)


def wrap(packet: bytes) -> Part:
    """Return a packet as an APP1 segment."""
    return Part(b"\xff\xe1" + (len(XMP) + len(packet) + 2).to_bytes(2) + XMP + packet, Kind.XMP, packet)


JPEG = Container(limit=LIMIT, split=split, wrap=wrap, join=joined)
