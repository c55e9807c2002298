"""Thumbnails in an output folder: `.gallery/` holds one a content, made once, thrown away when nothing shows it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gen4flow.sinks.manifest_file import entries, files
from gen4flow.sinks.writing import write_whole

FOLDER = ".gallery"
DIGITS = 32  # of a content's sha256: as many as no two contents share
NAME = re.compile(rf"[0-9a-f]{{{DIGITS}}}\.webp")


class Thumbnails:
    """The thumbnails of one output folder, by the sha256 of the original that each shows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    @property
    def in_the_way(self) -> bool:
        """Tell whether something else has the folder's name: a link would lead what is written here elsewhere."""
        try:
            return not stat.S_ISDIR(self._folder.lstat().st_mode)
        except OSError:
            return False

    def has(self, sha256: str) -> bool:
        """Tell whether a content's thumbnail is there, without opening it."""
        try:
            return stat.S_ISREG(self._path(sha256).lstat().st_mode) and not self.in_the_way
        except OSError:
            return False

    def missing(self, contents: Iterable[str]) -> list[str]:
        """Return those of some contents whose thumbnail is not there; one look at the folder tells of all of them."""
        try:
            with os.scandir("" if self.in_the_way else self._folder) as found:
                there = {one.name for one in found if one.is_file(follow_symlinks=False)}
        except OSError:
            there = set()
        return [sha256 for sha256 in contents if _name(sha256) not in there]

    def put(self, sha256: str, content: bytes) -> None:
        """Keep a thumbnail, unless it is there; raises OSError."""
        if self.in_the_way or self.has(sha256):
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._path(sha256), content)

    def sweep(self, wanted: Iterable[str]) -> None:
        """Throw away the thumbnails of contents that nothing shows any more; other files stay.

        Only for the holder of the state's lock: images of a run under way stand in no manifest yet.
        """
        if self.in_the_way or not self._folder.is_dir():
            return
        names = {_name(sha256) for sha256 in wanted}
        for path in self._folder.iterdir():
            if NAME.fullmatch(path.name) and path.name not in names:
                with suppress(OSError):
                    path.unlink()

    def _path(self, sha256: str) -> Path:
        return self._folder / _name(sha256)


def _name(sha256: str) -> str:
    """Return the name of a content's thumbnail."""
    return f"{sha256[:DIGITS]}.webp"


def shown(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the contents that a manifest shows: sha256 of the original -> a file of it, itself if it is there."""
    found: dict[str, Mapping[str, Any]] = {}
    for file in (file for entry in entries(manifest) for file in files(entry)):
        if file["placement"] is None or file["original_sha256"] not in found:
            found[file["original_sha256"]] = file
    return found


def addresses(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the thumbnails that are there: path of a file in the manifest -> address relative to the page."""
    told = [file for entry in entries(manifest) for file in files(entry)]
    missing = frozenset(Thumbnails(folder).missing([file["original_sha256"] for file in told]))
    there = [file for file in told if file["original_sha256"] not in missing]
    return {file["path"]: f"{FOLDER}/{_name(file['original_sha256'])}" for file in there}
