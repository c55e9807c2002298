"""gallery.html: the images of an output folder as a page to look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gen4flow.sinks.writing import write_whole

GALLERY = "gallery.html"


def write_gallery(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the page of a manifest beside its images; raises OSError."""
    from gen4flow.gallery import gallery_page  # a plan asks for this file's name alone

    write_whole(folder / GALLERY, gallery_page(manifest))
