"""Writes a file that somebody has named with -o: whole or not at all, and never over another one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from gen4flow.core.errors import Gen4flowError, UsageError
from gen4flow.sinks.writing import write_whole


def check_folder(target: Path) -> None:
    """Raise UsageError where the folder of a new file is not there."""
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent} is no folder, so {target} can't be written: make it first")


def write_new(target: Path, data: bytes, *, instead_of: Sequence[Path] = ()) -> None:
    """Write a file; raises UsageError where another one stands there that is none of `instead_of`."""
    check_folder(target)
    try:
        free = not os.path.lexists(target) or target.resolve() in [path.resolve() for path in instead_of]
        if not free and not (target.is_file() and target.read_bytes() == data):
            raise UsageError(f"{target} is there already, and is another file: remove it, or name another one with -o")
        write_whole(target.resolve(), data)
    except OSError as error:
        raise Gen4flowError(f"{target} can't be written: {error.strerror or error}") from error
