"""The only door to image bytes in the state folder: originals by sha256, written once, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

CHUNK = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Objects:
    """Originals below a folder as `ab/abcdef...`; reading never creates anything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Return where an original is, or would be; raises ValueError for what is no sha256."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no sha256")
        return self._folder / sha256[:2] / sha256

    def has(self, sha256: str, *, bytes: int) -> bool:  # noqa: A002  # a file's size, as everywhere
        """Tell whether an original is there with its full size."""
        try:
            found = self.path(sha256).lstat()
        except (OSError, ValueError):
            return False
        return found.st_size == bytes

    def incoming(self) -> Incoming:
        """Return a new file to receive into."""
        folder = self._folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        return Incoming(folder / f"{os.getpid()}-{secrets.token_hex(8)}", self)

    def sweep(self) -> None:
        """Throw away what earlier runs began to receive; only for the holder of the state's lock."""
        folder = self._folder / "incoming"
        for leftover in folder.iterdir() if folder.is_dir() else ():
            with suppress(OSError):
                leftover.unlink()

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
    """A file that is being received; `keep` makes it an original."""

    def __init__(self, path: Path, objects: Objects) -> None:
        self.path = path
        self._objects = objects
        self._file = path.open("xb")
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """Append bytes; raises OSError."""
        self._file.write(chunk)
        self._digest.update(chunk)

    def flush(self) -> None:
        """Hand what was written to the system, so that others can read it."""
        self._file.flush()

    def sha256(self) -> str:
        """Return the sha256 of what was written so far."""
        return self._digest.hexdigest()

    def keep(self) -> str:
        """Make the file durable under its sha256 and return it; raises OSError with nothing half done in sight."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sha256 = self.sha256()
        target = self._objects.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o444)
        self.path.replace(target)
        _sync_folder(target.parent)
        _sync_folder(target.parent.parent)
        return sha256

    def discard(self) -> None:
        """Throw the file away; does nothing when it was kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a folder's entries durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
