"""Delivered copies: files below the output folder, made from originals, restored when they are missing or edited.

A file that gen4flow did not write is never overwritten; one that somebody edited is kept beside the restored copy.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from gen4flow.core.copies import Copy, Delivered, DeliveredCopy, Made, NotMade
from gen4flow.core.errors import Gen4flowError, UsageError
from gen4flow.core.history import Delivery
from gen4flow.core.image import Image
from gen4flow.core.marks import Marked
from gen4flow.sinks.writing import TEMPORARY

CHUNK = 1024 * 1024
Make: TypeAlias = Callable[[Image, Sequence[Copy]], Sequence[Made | NotMade]]  # raises OSError


class Copies:
    """The copies of one output folder; any of it may be called from any thread.

    `written` are the files that gen4flow wrote, by path: as the ledger knows them, else as the folder's manifest lists
    them (a fresh clone). `make` makes the bytes of copies of one original, which costs what decoding costs.
    """

    def __init__(self, folder: Path, *, written: Mapping[str, Delivery], make: Make) -> None:
        self.folder = folder
        self._place = str(folder)
        self.written = written
        self.touched = False  # whether a file was met that is what it was, though its time says otherwise
        self._make = make

    def in_place(self, copies: Sequence[Copy]) -> bool:
        """Tell whether every one of these copies stands where it belongs, unedited; hashes only what was touched."""
        try:
            return all(self._files(copy) for copy in copies)
        except OSError:
            return False  # delivering says what is wrong

    def outdated(self, copies: Sequence[Copy]) -> bool:
        """Tell whether files were written of these originals, though not all of them as they are wanted now."""
        found = [(self.written.get(copy.path), copy) for copy in copies]
        known = any(one and one.original == copy.original.sha256 for one, copy in found)
        return known and any(one is None or one.made != copy.made for one, copy in found)

    def foreign(self, paths: Iterable[str]) -> str | None:
        """Return the path of a file that gen4flow did not write and that stands where a copy would go."""
        return next((one for one in paths if one not in self.written and os.path.lexists(self.folder / one)), None)

    def in_the_way(self, copies: Sequence[Copy]) -> str | None:
        """Return the path of a file that gen4flow did not write, and that is not the copy which belongs there."""
        there = [copy for copy in copies if self.foreign([copy.path, copy.sidecar])]
        for copy in there:
            (made,) = self._make(copy.original, [copy])
            belonging = {} if isinstance(made, NotMade) else {copy.path: made.content, copy.sidecar: made.sidecar}
            for path, content in belonging.items():
                if content is not None and self.foreign([path]) and not self._holds(self.folder / path, content):
                    return path
        return None

    def deliver(self, copies: Sequence[Copy]) -> Delivered:
        """Put copies in their places; raises Gen4flowError or OSError where that can't be."""
        standing = {copy.path: found for copy in copies if (found := self._standing(copy))}
        missing = [copy for copy in copies if copy.path not in standing]
        failed: list[tuple[Copy, NotMade]] = []
        for original in {copy.original.sha256: copy.original for copy in missing}.values():
            wanted = [copy for copy in missing if copy.original.sha256 == original.sha256]
            for copy, made in zip(wanted, self._make(original, wanted), strict=True):
                if isinstance(made, NotMade):
                    failed.append((copy, made))
                else:
                    standing[copy.path] = self._put(copy, made)
        return Delivered(copies=[standing[copy.path] for copy in copies if copy.path in standing], failed=failed)

    def left(self, wanted: Collection[str], originals: Collection[str]) -> list[str]:
        """Return the files that were made of these originals, are there, and are wanted no more."""
        found = (path for path, one in self.written.items() if path not in wanted and one.original in originals)
        return sorted(path for path in found if os.path.lexists(self.folder / path))

    def _standing(self, copy: Copy) -> DeliveredCopy | None:
        """Return a copy that is what it should be; raises OSError where one is there and can't be read."""
        found = self._files(copy)
        return None if found is None else DeliveredCopy(copy=copy, file=found[0], sidecar=found[1])

    def _files(self, copy: Copy) -> tuple[Delivery, Delivery | None] | None:
        """Return the file of a copy that is what it should be, and its sidecar where it has one; raises OSError."""
        file = self._unedited(copy.path, copy)
        if file is None or file.marks is not Marked.SIDECAR:
            return file and (file, None)
        sidecar = self._unedited(copy.sidecar, copy)
        return None if sidecar is None else (file, sidecar)

    def _unedited(self, path: str, copy: Copy) -> Delivery | None:
        """Return a file that was written for a copy as it is wanted now, and that nobody has edited since."""
        known = self.written.get(path)
        if known is None or (known.original, known.made) != (copy.original.sha256, copy.made):
            return None
        try:
            found = os.lstat(f"{self._place}/{path}")  # a Path takes longer than the disk does
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not stat.S_ISREG(found.st_mode) or found.st_size != known.bytes:
            return None
        if found.st_mtime_ns == known.mtime_ns:
            return known
        if file_sha256(self.folder / path) != known.sha256:
            return None
        self.touched = True
        return _delivery(path, known.sha256, found, copy, known)

    def _put(self, copy: Copy, made: Made) -> DeliveredCopy:
        """Put a copy and its sidecar in their places."""
        sidecar = None if made.sidecar is None else self._write(copy.sidecar, made.sidecar, copy, made)
        return DeliveredCopy(copy=copy, file=self._write(copy.path, made.content, copy, made), sidecar=sidecar)

    def _write(self, path: str, content: bytes, copy: Copy, made: Made) -> Delivery:
        """Put one file in its place, unless it stands there already."""
        target, sha256 = self.folder / path, hashlib.sha256(content).hexdigest()
        self._make_folder(target.parent)
        if not self._holds(target, content):
            self._move_aside(path, target)
            _replace(target, content)
        return _delivery(path, sha256, target.stat(), copy, made)

    def _holds(self, target: Path, content: bytes) -> bool:
        """Tell whether a file is there and has that content."""
        try:
            found = target.lstat()
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(found.st_mode) or found.st_size != len(content):
            return False
        return file_sha256(target) == hashlib.sha256(content).hexdigest()

    def _make_folder(self, parent: Path) -> None:
        """Make a folder below the output folder, which no symbolic link may lead out of."""
        parent.mkdir(parents=True, exist_ok=True)
        if not parent.resolve().is_relative_to(self.folder.resolve()):
            raise Gen4flowError(f"{parent} leads out of {self.folder}: remove the symbolic link")

    def _move_aside(self, path: str, target: Path) -> None:
        """Keep an edited copy under another name; refuse to touch a file that is not gen4flow's."""
        if not os.path.lexists(target):
            return
        known = self.written.get(path)
        if known is None or target.is_symlink() or not target.is_file():
            raise UsageError(f"{target} is in the way, and gen4flow did not write it: move it, or change output.file")
        if file_sha256(target) == known.sha256:
            return  # a copy of what stood in this slot before: it is replaced
        number = 1
        while os.path.lexists(aside := target.with_name(f"{target.stem}.edited-{number}{target.suffix}")):
            number += 1
        target.rename(aside)


def _delivery(path: str, sha256: str, found: os.stat_result, copy: Copy, facts: Delivery | Made) -> Delivery:
    """Return what is to be remembered of a file that stands in its place."""
    return Delivery(
        path=path,
        sha256=sha256,
        bytes=found.st_size,
        mtime_ns=found.st_mtime_ns,
        original=copy.original.sha256,
        made=copy.made,
        marks=facts.marks,
        width=facts.width,
        height=facts.height,
    )


def _replace(target: Path, content: bytes) -> None:
    """Write a file in place of what is there, whole or not at all."""
    temporary = target.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
