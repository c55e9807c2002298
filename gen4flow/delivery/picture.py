"""From an original's bytes to pixels that can be delivered: upright, in sRGB, in a mode that every format has."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from gen4flow.core.framing import Framing, Size
from gen4flow.delivery.encoding import Picture
from gen4flow.images.opening import decode, opened

ORIENTATION, UPRIGHT = 0x0112, 1  # an EXIF tag, and its value where nothing has to be turned
_TURNING = range(5, 9)  # values of it that swap width and height
REDUCED = 2.0  # a coarse reduction ends at this multiple of the size; a fine one, by cubics, does the rest
_FLAT = {"image/jpeg"}  # formats without transparency


class Source:
    """An original that is open: decoded when its pixels are asked for first, and once."""

    def __init__(self, image: Picture) -> None:
        self._image = image
        self._pixels: Picture = None
        self._orientation = image.getexif().get(ORIENTATION, UPRIGHT)

    @property
    def size(self) -> Size:
        """Return width and height as they are seen."""
        width, height = self._image.size
        return (height, width) if self._orientation in _TURNING else (width, height)

    @property
    def is_plain(self) -> bool:
        """Tell whether the file shows its pixels as they are: not turned, and in no colours of its own."""
        return self._orientation == UPRIGHT and not self._image.info.get("icc_profile") and self._image.mode != "CMYK"

    def framed(self, frame: Framing, media_type: str, background: str) -> Picture:
        """Return a part of the picture in a size, as a format takes it; raises OSError for what can't be decoded."""
        from PIL import Image

        if self._pixels is None:
            self._pixels = _deliverable(self._image, turned=self._orientation != UPRIGHT)
        pixels = self._pixels
        if frame.taken != frame.size:
            made = pixels.resize(frame.size, Image.Resampling.BICUBIC, box=frame.box, reducing_gap=REDUCED)
        else:
            made = pixels.crop(frame.box)
        made.info.clear()
        return _on(made, background) if media_type in _FLAT and made.mode.endswith("A") else made


@contextmanager
def source(content: bytes) -> Iterator[Source]:
    """Open an original; whatever is wrong with it raises ImageInvalid."""
    with opened(io.BytesIO(content)) as image:
        yield Source(image)


def _deliverable(image: Picture, *, turned: bool) -> Picture:
    """Return a picture's pixels upright, in sRGB, and in 8 bits a channel."""
    from PIL import ImageOps

    decode(image)
    upright = ImageOps.exif_transpose(image) if turned else image
    if upright.mode.startswith("I"):
        return upright.point(lambda value: value / 256).convert("L")  # converting alone would cut off the bright half
    clear = upright.has_transparency_data
    wanted = "RGBA" if clear else "L" if upright.mode in {"1", "L"} else "RGB"
    return _in_srgb(upright, wanted)


def _in_srgb(image: Picture, mode: str) -> Picture:
    """Return a picture in the colours that every platform takes a file without a profile to have."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(
                image, theirs, ImageCms.createProfile("sRGB"), outputMode=mode if mode != "L" else "RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that can't be read says nothing
    return image if image.mode == mode else image.convert(mode)


def _on(image: Picture, background: str) -> Picture:
    """Return a picture without transparency, on a colour."""
    from PIL import Image

    clear = image.convert("RGBA")
    sheet = Image.new("RGBA", clear.size, background)
    return Image.alpha_composite(sheet, clear).convert("RGB")
