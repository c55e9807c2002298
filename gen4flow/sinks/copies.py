"""Delivered copies: files below the output folder, made from originals, restored when they are missing or edited.

A file that gen4flow did not write is never overwritten; one that somebody edited is kept beside the restored copy.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from gen4flow.core.errors import Gen4flowError, UsageError
from gen4flow.core.history import Delivery
from gen4flow.core.image import EXTENSIONS, Image
from gen4flow.sinks.writing import TEMPORARY

CHUNK = 1024 * 1024


class Copies:
    """The copies of one output folder.

    `known` are the deliveries that the ledger holds; `listed` the sha256 of each path in the folder's manifest, which
    speaks where the ledger is silent (a fresh clone). `read` yields an original's bytes by its sha256.
    """

    def __init__(
        self,
        folder: Path,
        *,
        known: Mapping[str, Delivery],
        listed: Mapping[str, str],
        read: Callable[[str], Iterator[bytes]],
    ) -> None:
        self.folder = folder
        self._known = known
        self._listed = listed
        self._read = read

    def in_place(self, stem: str, images: Sequence[Image]) -> bool:
        """Tell whether every copy of a job stands where it belongs, unedited; hashes only what was touched."""
        try:
            return all(self._stands(path, image) for path, image in paths(stem, images))
        except OSError:
            return False  # delivering says what is wrong

    def foreign(self, stem: str) -> str | None:
        """Return the path of a file that gen4flow did not write and that stands where a copy would go."""
        for extension in EXTENSIONS.values():
            path = stem + extension
            if path not in self._known and path not in self._listed and os.path.lexists(self.folder / path):
                return path
        return None

    def in_the_way(self, stem: str, images: Sequence[Image]) -> str | None:
        """Return the path of a file that gen4flow did not write, and that is not the copy which belongs there."""
        for path, image in paths(stem, images):
            foreign = path not in self._known and path not in self._listed
            if foreign and os.path.lexists(self.folder / path) and not self._stands(path, image):
                return path
        return None

    def deliver(self, stem: str, images: Sequence[Image]) -> list[Delivery]:
        """Put a job's copies in their places and return them; raises Gen4flowError or OSError where that can't be."""
        return [self._deliver(path, image) for path, image in paths(stem, images)]

    def _stands(self, path: str, image: Image) -> bool:
        """Tell whether one copy is what it should be; raises OSError where one is there and can't be read."""
        target = self.folder / path
        try:
            found = target.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        if not stat.S_ISREG(found.st_mode) or found.st_size != image.bytes:
            return False
        known = self._known.get(path)
        if known and (known.sha256, known.bytes, known.mtime_ns) == (image.sha256, found.st_size, found.st_mtime_ns):
            return True
        return file_sha256(target) == image.sha256

    def _deliver(self, path: str, image: Image) -> Delivery:
        """Put one copy in its place."""
        target = self.folder / path
        self._make_folder(target.parent)
        if not self._stands(path, image):
            self._move_aside(path, target)
            self._copy(image.sha256, target)
        found = target.stat()
        return Delivery(path=path, sha256=image.sha256, bytes=found.st_size, mtime_ns=found.st_mtime_ns)

    def _make_folder(self, parent: Path) -> None:
        """Make a folder below the output folder, which no symbolic link may lead out of."""
        parent.mkdir(parents=True, exist_ok=True)
        if not parent.resolve().is_relative_to(self.folder.resolve()):
            raise Gen4flowError(f"{parent} leads out of {self.folder}: remove the symbolic link")

    def _move_aside(self, path: str, target: Path) -> None:
        """Keep an edited copy under another name; refuse to touch a file that is not gen4flow's."""
        if not os.path.lexists(target):
            return
        known = self._known.get(path)
        written = known.sha256 if known else self._listed.get(path)
        if written is None or target.is_symlink() or not target.is_file():
            raise UsageError(f"{target} is in the way, and gen4flow did not write it: move it, or change output.file")
        if file_sha256(target) == written:
            return  # a copy of what stood in this slot before: it is replaced
        number = 1
        while os.path.lexists(aside := target.with_name(f"{target.stem}.edited-{number}{target.suffix}")):
            number += 1
        target.rename(aside)

    def _copy(self, sha256: str, target: Path) -> None:
        """Copy an original into place, whole or not at all."""
        temporary = target.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}")
        try:
            with temporary.open("xb") as file:
                for chunk in self._read(sha256):
                    file.write(chunk)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def paths(stem: str, images: Sequence[Image]) -> list[tuple[str, Image]]:
    """Return where each image of a job goes: the first under its stem, the others numbered from 2."""
    return [
        (f"{stem}{'' if number == 1 else f'-{number}'}{EXTENSIONS.get(image.media_type, '.bin')}", image)
        for number, image in enumerate(images, 1)
    ]


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
