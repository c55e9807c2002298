"""What is known of an image file."""

from __future__ import annotations

from dataclasses import dataclass


class ImageInvalid(Exception):
    """The bytes are not a whole image of a known kind; the message says what they are instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image is: its size in pixels and its media type."""

    width: int
    height: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One original: its sha256 (hex), its size in bytes and pixels, its media type."""

    sha256: str
    bytes: int
    width: int
    height: int
    media_type: str


EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
