"""The only door to image bytes in the state folder: originals by sha256, written once, whole or not at all.

Paths are texts inside: to make and take apart a `Path` takes longer than most of what is done with it.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TypeVar

CHUNK = 1024 * 1024
HELD = 4 * 1024 * 1024  # bytes of a file that are held in memory, so that whoever receives it waits for no disk
T = TypeVar("T")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Objects:
    """Originals below a folder as `ab/abcdef...`; reading never creates anything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._token = secrets.token_hex(4)
        self._numbers = itertools.count()
        self._made: set[str] = set()
        self._making = threading.Lock()

    def path(self, sha256: str) -> Path:
        """Return where an original is, or would be; raises ValueError for what is no sha256."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no sha256")
        return Path(self._place(sha256))

    def has(self, sha256: str, *, bytes: int) -> bool:  # noqa: A002  # a file's size, as everywhere
        """Tell whether an original is there with its full size."""
        if not _SHA256.fullmatch(sha256):
            return False
        try:
            found = os.lstat(self._place(sha256))
        except OSError:
            return False
        return found.st_size == bytes

    def incoming(self) -> Incoming:
        """Return a new file to receive into."""
        name = f"{os.getpid()}-{self._token}-{next(self._numbers)}"
        return Incoming(f"{self._folder}/incoming/{name}", self)

    def create(self, path: str) -> FileIO:
        """Create a file that nobody will write to again once it is closed; raises OSError.

        It has no buffer: whoever receives holds what comes, and hands it over in few pieces.
        """
        return self._in_folder(os.path.dirname(path), lambda: FileIO(_created(path), "wb"))  # noqa: PTH120  # see above

    def put(self, path: str, sha256: str) -> None:
        """Move a file that is on disk to its place, durably; raises OSError."""
        target = self._place(sha256)
        folder = os.path.dirname(target)  # noqa: PTH120
        self._in_folder(folder, lambda: os.replace(path, target))  # noqa: PTH105
        _sync_folder(folder)

    def sweep(self) -> None:
        """Throw away what earlier runs began to receive; only for the holder of the state's lock."""
        folder = self._folder / "incoming"
        for leftover in folder.iterdir() if folder.is_dir() else ():
            with suppress(OSError):
                leftover.unlink()

    def _place(self, sha256: str) -> str:
        """Return the path of an original."""
        return f"{self._folder}/{sha256[:2]}/{sha256}"

    def _in_folder(self, folder: str, work: Callable[[], T]) -> T:
        """Do what needs a folder, which is made, durably, before its first use and where somebody took it away."""
        self._make(folder)
        try:
            return work()
        except FileNotFoundError:
            self._made.discard(folder)
            self._make(folder)
            return work()

    def _make(self, folder: str) -> None:
        """Make a folder once; nobody uses it before it is on disk."""
        with self._making:
            if folder not in self._made:
                Path(folder).mkdir(parents=True, exist_ok=True)
                _sync_folder(os.path.dirname(folder))  # noqa: PTH120
                self._made.add(folder)

    def read(self, sha256: str) -> Iterator[bytes]:
        """Yield an original's bytes; raises OSError, at the end also when they are not what the name says."""
        digest = hashlib.sha256()
        with self.path(sha256).open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != sha256:
            raise OSError(f"{self.path(sha256)}: the original is damaged: its bytes are not what its name says")


class Incoming:
    """A file that is being received; `keep` makes it an original. A small one touches no disk before `flush`.

    `size` is what was written so far, in bytes.
    """

    def __init__(self, path: str, objects: Objects) -> None:
        self._path = path
        self._objects = objects
        self.size = 0
        self._held: list[bytes] = []
        self._weight = 0  # of what is held, in bytes
        self._file: FileIO | None = None
        self._digest = hashlib.sha256()

    @property
    def path(self) -> Path:
        """Return where it is received."""
        return Path(self._path)

    def write(self, chunk: bytes) -> None:
        """Append bytes; raises OSError."""
        self._held.append(chunk)
        self.size += len(chunk)
        self._weight += len(chunk)
        if self._weight > HELD:
            self._drain()

    def flush(self) -> None:
        """Hand what was written to the system, so that others can read it; raises OSError."""
        self._drain()

    def sha256(self) -> str:
        """Return the sha256 of what was written so far; raises OSError."""
        self._drain()
        return self._digest.hexdigest()

    def keep(self) -> str:
        """Make the file durable under its sha256 and return it; raises OSError with nothing half done in sight."""
        file = self._drain()
        os.fsync(file.fileno())
        file.close()
        sha256 = self._digest.hexdigest()
        self._objects.put(self._path, sha256)
        self._file = None
        return sha256

    def discard(self) -> None:
        """Throw the file away; does nothing when it was kept."""
        self._held.clear()
        if self._file is not None:
            self._file.close()
            self.path.unlink(missing_ok=True)

    def _drain(self) -> FileIO:
        """Write what is held to the file, which is made for it where there is none, and return it."""
        file = self._file = self._file or self._objects.create(self._path)
        if self._held:
            data = memoryview(b"".join(self._held))
            self._held.clear()
            self._weight = 0
            self._digest.update(data)
            while data:  # a disk that has room for less takes less, and refuses the rest
                data = data[file.write(data) :]
        return file


def _created(path: str) -> int:
    """Create a file for reading, and open it for writing this once."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o444)


def _sync_folder(folder: str) -> None:
    """Make a folder's entries durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
