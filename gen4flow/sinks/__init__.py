"""What a run leaves in its output folder: delivered copies, the manifest, and what is made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gen4flow.sinks.gallery_file import write_gallery
from gen4flow.sinks.manifest_file import write_manifest
from gen4flow.sinks.metadata import write_metadata

# file -> what writes it into an output folder from the manifest; all of them can be written again at any time
SINKS: dict[str, Callable[[Path, Mapping[str, Any]], None]] = {
    "manifest.json": write_manifest,
    "metadata.jsonl": write_metadata,
    "gallery.html": write_gallery,
}
