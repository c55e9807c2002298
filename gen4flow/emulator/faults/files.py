"""Faults in a picture's download."""

from __future__ import annotations

import asyncio
import io
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterator

from PIL import Image
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from gen4flow.emulator.faults.fault import Act, Proceed

INWARD = "http://169.254.169.254/latest/meta-data/"
DRIP_SECONDS = 0.05
CHUNK = 64 * 1024
BOMB_MEBIBYTES = 256
MEBIBYTE = 1024 * 1024
HUGE_SIDE = 20_000  # 400 megapixels


def mangled(change: Callable[[bytes, str], Response]) -> Act:
    """Make a fault that changes a picture's bytes; it gets its media type too."""

    async def act(_: Request, proceed: Proceed) -> Response:
        answer = await proceed()
        if answer.status_code != 200:
            return answer
        return change(bytes(answer.body), answer.media_type or "application/octet-stream")

    return act


def _short(picture: bytes, media_type: str) -> Response:
    return Response(picture[: len(picture) // 2], media_type=media_type)


def _empty(_: bytes, media_type: str) -> Response:
    return Response(b"", media_type=media_type)


def _bit_flip(picture: bytes, media_type: str) -> Response:
    middle = len(picture) // 2
    flipped = bytes([picture[middle] ^ 0x10])
    return Response(picture[:middle] + flipped + picture[middle + 1 :], media_type=media_type)


def _no_length(picture: bytes, media_type: str) -> Response:
    pieces = (picture[start : start + CHUNK] for start in range(0, len(picture), CHUNK))
    return StreamingResponse(pieces, media_type=media_type)


def _drip(picture: bytes, media_type: str) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for byte in picture:
            yield bytes([byte])
            await asyncio.sleep(DRIP_SECONDS)

    return StreamingResponse(drops(), media_type=media_type, headers={"content-length": str(len(picture))})


def _endless(picture: bytes, media_type: str) -> Response:
    async def flood() -> AsyncIterator[bytes]:
        yield picture
        while True:
            yield bytes(CHUNK)
            await asyncio.sleep(0)

    return StreamingResponse(flood(), media_type=media_type)


def _wrong_size(picture: bytes, media_type: str) -> Response:
    with Image.open(io.BytesIO(picture)) as image:
        return Response(_encoded(image.reduce(2), image.format or "PNG"), media_type=media_type)


def _wrong_type(_: bytes, media_type: str) -> Response:
    return Response(_encoded(Image.new("P", (64, 64)), "GIF"), media_type=media_type)


def _encoded(image: Image.Image, image_format: str) -> bytes:
    file = io.BytesIO()
    image.save(file, image_format)
    return file.getvalue()


def _huge_header(_: bytes, __: str) -> Response:
    header = struct.pack(">IIBBBBB", HUGE_SIDE, HUGE_SIDE, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1024))
    chunks = [_chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b"")]
    return Response(b"\x89PNG\r\n\x1a\n" + b"".join(chunks), media_type="image/png")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _gzip_bomb(_: bytes, media_type: str) -> Response:
    return StreamingResponse(_bomb(), media_type=media_type, headers={"content-encoding": "gzip"})


def _bomb() -> Iterator[bytes]:
    """Yield a gzip file of zeros: one block, packed once and sent again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    checksum = 0
    for _ in range(BOMB_MEBIBYTES):
        checksum = zlib.crc32(bytes(MEBIBYTE), checksum)
        yield block
    yield b"\x03\x00" + struct.pack("<II", checksum, BOMB_MEBIBYTES * MEBIBYTE)


async def redirect_inward(_: Request, __: Proceed) -> Response:
    """Redirect to an address that only this machine's cloud can reach."""
    return RedirectResponse(INWARD, status_code=302)


async def redirect_loop(request: Request, _: Proceed) -> Response:
    """Redirect to the very same URL."""
    return RedirectResponse(request.url, status_code=302)


async def redirect_once(request: Request, proceed: Proceed) -> Response:
    """Redirect to the same file under another URL, and answer that one."""
    if "moved" in request.query_params:
        return await proceed()
    return RedirectResponse(request.url.include_query_params(moved=1), status_code=302)


short = mangled(_short)
empty = mangled(_empty)
bit_flip = mangled(_bit_flip)
no_length = mangled(_no_length)
drip = mangled(_drip)
endless = mangled(_endless)
wrong_size = mangled(_wrong_size)
wrong_type = mangled(_wrong_type)
huge_header = mangled(_huge_header)
gzip_bomb = mangled(_gzip_bomb)
