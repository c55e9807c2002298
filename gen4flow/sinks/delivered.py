"""Finds the files that a manifest names: the manifest may be anybody's, and so may what stands in its folder."""

from __future__ import annotations

import stat
from pathlib import Path


def delivered(folder: Path, path: str) -> Path | None:
    """Return where a file is that a manifest names; None where it is no regular file below the folder.

    Symbolic links are resolved: one that leads out of the folder is no file of it.
    """
    try:
        found = (folder / path).resolve(strict=True)
        inside = found.is_relative_to(folder.resolve(strict=True))
        return found if inside and stat.S_ISREG(found.stat().st_mode) else None
    except (OSError, ValueError, RuntimeError):  # a loop of links is a RuntimeError to older Pythons
        return None
