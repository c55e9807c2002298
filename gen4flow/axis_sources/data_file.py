"""Opens the data file of an axis: a regular file of bounded size below the project's root, and nothing else."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from gen4flow.axis_sources.reading import Reading, failure, shown
from gen4flow.core.problem import Mark

MEBIBYTE = 1024 * 1024
MAX_BYTES = 16 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A data file's bytes; `name` is how messages call it: its path as the recipe's own is given."""

    name: str
    data: bytes

    def mark(self, line: int = 0, column: int = 1) -> Mark:
        """Return a place in the file; line 0 is the file as a whole."""
        return Mark(file=self.name, line=line, column=column if line else 0)

    def text(self) -> str:
        """Return the text of UTF-8, with or without a byte order mark; raises RecipeError."""
        try:
            text = self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise failure(
                self.mark(line), "data-encoding", "the line is not UTF-8", "save the file as UTF-8"
            ) from error
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise failure(self.mark(line), "data-encoding", "the line holds a NUL character", "remove it")
        return text


def open_data_file(reading: Reading, written: str) -> DataFile:
    """Return the file at a path that is relative to the recipe; raises RecipeError at the axis."""
    path = below_root(reading, written)
    name = str(Path(reading.axis.mark.file).parent / written)
    return DataFile(name=name, data=_read(reading, path, written))


def below_root(reading: Reading, written: str) -> Path:
    """Return a path with its symlinks resolved; raises RecipeError when it leaves the project."""
    mark = reading.axis.mark
    try:
        path = Path(reading.axis.folder, written).resolve()
        inside = path.is_relative_to(reading.root.resolve())
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: symlinks in a circle
        raise failure(mark, "file-unreadable", f"{shown(written)} is no path to follow") from error
    if not inside:
        remedy = "move it into the project's folder"
        raise failure(mark, "file-outside", f"{shown(written)} lies outside the project", remedy)
    return path


def _read(reading: Reading, path: Path, written: str) -> bytes:
    """Return a regular file's bytes; a pipe or a device would block or never end."""
    mark, name = reading.axis.mark, shown(written)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        remedy = "paths are relative to the recipe's folder"
        raise failure(mark, "file-missing", f"the data file {name} does not exist", remedy) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise failure(mark, "file-unreadable", f"the data file {name} can't be read: {reason}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise failure(mark, "file-kind", f"{name} is not a regular file", "name a file, not a folder or a device")
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise failure(mark, "file-unreadable", f"the data file {name} can't be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // MEBIBYTE
        raise failure(mark, "file-size", f"the data file {name} is larger than {limit} MiB", "split it")
    return data
