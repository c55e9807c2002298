"""Writes a proof's file, marked as a proof for programs, too."""

from __future__ import annotations

import io
import zlib
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SOFTWARE = "gen4flow emulator"
DESCRIPTION = "gen4flow proof: a placeholder, not a generated image"
EVEN = [level & ~1 for level in range(256)]  # nobody sees the last bit of a tone, and a PNG is a sixth smaller without
EXIF_DESCRIPTION, EXIF_SOFTWARE = 0x010E, 0x0131  # ImageDescription and Software, of TIFF 6.0


def encoded(canvas: Image.Image, image_format: str) -> bytes:
    """Return the file of a picture: png, jpeg or webp."""
    file = io.BytesIO()
    canvas = canvas.point(EVEN * 3) if image_format == "png" else canvas
    canvas.save(file, image_format.upper(), **_options(image_format))
    return file.getvalue()


def _options(image_format: str) -> dict[str, Any]:
    if image_format == "png":
        notes = PngInfo()
        notes.add_text("Software", SOFTWARE)
        notes.add_text("Description", DESCRIPTION)
        # Packed lightly: soft tones pack well anyway, and packing takes most of the time.
        return {"compress_level": 1, "compress_type": zlib.Z_RLE, "pnginfo": notes}
    exif = Image.Exif()
    exif[EXIF_DESCRIPTION] = DESCRIPTION
    exif[EXIF_SOFTWARE] = SOFTWARE
    return {"exif": exif, **({"quality": 88} if image_format == "jpeg" else {"quality": 80, "method": 0})}
