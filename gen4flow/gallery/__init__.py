"""The gallery: an output folder's images and jobs as one self-contained HTML page."""

from __future__ import annotations

from gen4flow.gallery.page import gallery_cards, gallery_page, review_script

__all__ = ["gallery_cards", "gallery_page", "review_script"]
