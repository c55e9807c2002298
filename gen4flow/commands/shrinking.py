"""Makes the thumbnails that an output folder lacks: where images meet the folder's manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gen4flow.core.image import ImageInvalid
from gen4flow.images import thumbnail
from gen4flow.progress import counted
from gen4flow.sinks.copies import file_sha256
from gen4flow.sinks.delivered import delivered
from gen4flow.sinks.thumbnail_files import FOLDER, Thumbnails, shown
from gen4flow.terminal import say


def complete_thumbnails(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Make every thumbnail that is missing, on all cores; what can't be made is left out, for pages do without.

    Where none is missing, no image is opened.
    """
    thumbnails = Thumbnails(folder)
    found = shown(manifest)
    missing = {sha256: found[sha256] for sha256 in thumbnails.missing(found)}
    if missing and thumbnails.in_the_way:
        say(f"no thumbnails: {folder / FOLDER} is no folder; remove it, then run gen4flow gallery {folder}")
    elif missing:
        _make(folder, thumbnails, missing)


def _make(folder: Path, thumbnails: Thumbnails, missing: Mapping[str, Mapping[str, Any]]) -> None:
    """Make thumbnails; says once what keeps them from being written."""

    def work(one: tuple[str, Mapping[str, Any]]) -> str:
        sha256, file = one
        content = _thumbnail_of(folder, file)
        try:
            if content:
                thumbnails.put(sha256, content)
        except OSError as error:
            return error.strerror or str(error)
        return ""

    pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="thumbnails")
    try:
        faults = {fault for fault in counted(pool.map(work, missing.items()), len(missing), "thumbnails") if fault}
    finally:
        pool.shutdown(cancel_futures=True)  # a Ctrl-C must not wait for thousands of them
    if faults:
        say(f"no thumbnails: {folder / FOLDER} can't be written: {', '.join(sorted(faults))}")


def _thumbnail_of(folder: Path, file: Mapping[str, Any]) -> bytes:
    """Return a delivered file's thumbnail; nothing where the file is not what the manifest says, or no image."""
    path = delivered(folder, file["path"])
    try:
        if path is None or path.stat().st_size != file["bytes"] or file_sha256(path) != file["sha256"]:
            return b""
        return thumbnail(path)
    except (OSError, ImageInvalid):
        return b""
