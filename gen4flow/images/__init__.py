"""Looks into images: what they are, whether they are whole."""

from gen4flow.images.check import check

__all__ = ["check"]
