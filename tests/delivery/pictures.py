"""Pictures to put marks into, what exiftool reads of them, and their pixels."""

from __future__ import annotations

import io
import json
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from gen4flow.core.marks import TRAINED, Marks

KEY = "main[product=\"a cup, <of> 'tea' & more\",seed=7]"
MARKS = Marks(
    source_type=TRAINED,
    system="Runway Gen-4 Image (runwayml/gen4-image) through WaveSpeedAI",
    key=KEY,
    seed=7,
    fingerprint="ab" * 32,
)
TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
SIZE = (61, 43)

OTHERS = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Somebody's 1.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="Somebody's" xmp:Rating="4">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Tea &amp; more</rdf:li></rdf:Alt></dc:title>
   <Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


def picture(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture of a kind (png, jpeg, webp) with a pattern that no two pixels of a row share."""
    image = Image.linear_gradient("L").resize(SIZE)
    bands = [image, image.rotate(90).resize(SIZE), image.rotate(180), image.rotate(270).resize(SIZE)]
    made = Image.merge(mode, bands[: len(mode)]) if len(mode) > 1 else image
    file = io.BytesIO()
    made.save(file, kind.upper(), **options)
    return file.getvalue()


def every_picture() -> dict[str, tuple[bytes, str]]:
    """Return pictures of every kind of container by a name, each with its media type."""
    lossless: Mapping[str, Any] = {"lossless": True}
    made = {
        "rgb.png": ("png", picture("png")),
        "rgba.png": ("png", picture("png", "RGBA")),
        "grey.png": ("png", picture("png", "L")),
        "rgb.jpg": ("jpeg", picture("jpeg", quality=90)),
        "progressive.jpg": ("jpeg", picture("jpeg", progressive=True)),
        "exif.jpg": ("jpeg", picture("jpeg", exif=_exif())),
        "lossy.webp": ("webp", picture("webp")),
        "lossy-alpha.webp": ("webp", picture("webp", "RGBA")),
        "lossless.webp": ("webp", picture("webp", **lossless)),
        "lossless-alpha.webp": ("webp", picture("webp", "RGBA", **lossless)),
        "exif.webp": ("webp", picture("webp", exif=_exif())),
    }
    return {name: (content, TYPES[kind]) for name, (kind, content) in made.items()}


def with_packet(kind: str, packet: bytes = OTHERS) -> bytes:
    """Return a picture that came with an XMP packet."""
    if kind != "png":
        return picture(kind, xmp=packet)
    plain = picture("png")
    return plain[:33] + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet) + plain[33:]


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def with_credentials(kind: str) -> bytes:
    """Return a picture that bears what stands for content credentials, where each container has them."""
    box = b"\0\0\0\x20jumb\0\0\0\x18jumdc2pa" + bytes(20)
    plain = picture(kind)
    if kind == "png":
        return plain[:33] + chunk(b"caBX", box) + plain[33:]
    if kind == "jpeg":
        segment = b"JP\0\x01\0\0\0\x01" + box
        return plain[:2] + b"\xff\xeb" + (len(segment) + 2).to_bytes(2) + segment + plain[2:]
    body = plain[8:] + b"C2PA" + len(box).to_bytes(4, "little") + box
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def pixels(content: bytes) -> tuple[str, tuple[int, int], bytes]:
    """Return the mode, the size and every pixel of a picture."""
    with Image.open(io.BytesIO(content)) as image:
        return image.mode, image.size, image.tobytes()


def exiftool(*files: Path) -> list[dict[str, Any]]:
    """Return what exiftool reads of files: tags with their groups, and what it warns about."""
    command = ["exiftool", "-json", "-G1", "-a", "-XMP:all", "-Warning", "-Error", "-validate", *map(str, files)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _exif() -> Image.Exif:
    """Return an Exif block that says something."""
    exif = Image.Exif()
    exif[0x010E] = "a cup"
    return exif
