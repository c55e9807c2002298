"""Looks into images: what they are, whether they are whole, how they look in small."""

from gen4flow.images.check import check
from gen4flow.images.thumbnails import thumbnail

__all__ = ["check", "thumbnail"]
