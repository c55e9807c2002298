"""Looks into images: what they are, whether they are whole."""

from gen4flow.images.check import ImageFacts, ImageInvalid, check

__all__ = ["ImageFacts", "ImageInvalid", "check"]
