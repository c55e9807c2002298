"""Reads the bytes of a regular file, and of nothing else: a pipe or a device would block or never end."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from gen4flow.recipe_file.wording import close_to, shown

MEBIBYTE = 1024 * 1024
MAX_PATH = 4096  # characters: no system takes a longer one, and following its parts takes seconds


class UnreadableError(Exception):
    """A file can't be read; the message continues its name, `help` says what to do."""

    def __init__(self, code: str, message: str, help: str) -> None:  # noqa: A002  # as in Problem
        super().__init__(message)
        self.code = code
        self.help = help


def check_length(path: str | Path) -> None:
    """Refuse a path that is too long to be followed; raises UnreadableError."""
    if len(str(path)) > MAX_PATH:
        raise UnreadableError("file-unreadable", "can't be read: the path is too long", "check the path")


def read_regular(path: Path, *, limit: int) -> bytes:
    """Return a file's bytes; raises UnreadableError.

    `limit` is the most bytes that are read; a larger file is refused.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise UnreadableError("file-missing", "does not exist", _near(path) or "check the path") from error
    except (OSError, ValueError) as error:
        raise UnreadableError("file-unreadable", f"can't be read: {_reason(error)}", "check the path") from error
    try:
        return _read(descriptor, limit=limit)
    finally:
        os.close(descriptor)


def _near(path: Path) -> str:
    """Return the question whether a file was meant that stands beside the missing one; empty where none is like it."""
    try:
        with os.scandir(path.parent) as entries:
            near = close_to(path.name, [entry.name for entry in entries if entry.is_file()])
    except (OSError, ValueError):
        return ""
    return f"did you mean {shown(near)[1:-1]}?" if near else ""


def _read(descriptor: int, *, limit: int) -> bytes:
    """Return what an open file holds, after a look at what it is."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise UnreadableError("file-kind", "is not a regular file", "name a file, not a folder or a device")
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise UnreadableError("file-unreadable", f"can't be read: {_reason(error)}", "check the disk") from error
    if len(data) > limit:
        raise UnreadableError(
            "file-size", f"is larger than {limit // MEBIBYTE} MiB", "split it, or move rows to a data file"
        )
    return data


def _reason(error: OSError | ValueError) -> str:
    """Return what the system says, without the path that the message already names."""
    return getattr(error, "strerror", None) or str(error)
