"""Writes a derived file whole or not at all, and leaves it alone when nothing changed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

TEMPORARY = ".gen4flow-"  # begins every name that is not finished


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that no one ever sees a part of it; raises OSError."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
        return
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
