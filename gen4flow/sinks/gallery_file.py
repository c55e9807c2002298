"""gallery.html: the images of an output folder as a page to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gen4flow.sinks.manifest_file import MANIFEST
from gen4flow.sinks.thumbnail_files import addresses
from gen4flow.sinks.writing import write_whole

GALLERY = "gallery.html"


def write_gallery(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the page of a manifest beside its images; raises OSError, also where manifest.json is not there yet.

    `manifest` may hold a part of the entries: picks name the file that the page was made from.
    """
    from gen4flow.gallery import gallery_page  # a plan asks for this file's name alone

    sha256 = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    page = gallery_page(manifest, manifest_sha256=sha256, thumbnails=addresses(folder, manifest))
    write_whole(folder / GALLERY, page)
