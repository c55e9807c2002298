"""`{glob: PATTERN}`: the paths of files below the project's root, found without following links out of it."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from gen4flow.axis_sources.data_file import below_root
from gen4flow.axis_sources.reading import Reading, failure, shown
from gen4flow.core.recipe import AxisValue

MAX_ENTRIES = 1_000_000  # looked at for one pattern

_WILD = re.compile(r"[*?\[]")


def read_glob(reading: Reading) -> tuple[AxisValue, ...]:
    """Return the sorted paths, relative to the recipe's folder and with slashes, of the files that match.

    `*` and `?` match within one name, `**` any number of folders; neither matches names that start with a dot.
    Raises RecipeError when nothing matches, or when a match is a link that leads out of the project.
    """
    pattern, mark = str(reading.axis.settings["glob"]), reading.axis.mark
    parts = PurePosixPath(pattern.replace("\\", "/")).parts
    if PurePosixPath(pattern).is_absolute() or ".." in parts[_leading_ups(parts) :]:
        raise failure(mark, "glob", f"{shown(pattern)} must be relative, with .. only at its start")
    try:
        found = sorted(_Walk(reading).files(parts))
    except OSError as error:
        reason = error.strerror or str(error)
        raise failure(mark, "file-unreadable", f"a folder of {shown(pattern)} can't be read: {reason}") from error
    if not found:
        remedy = "patterns are relative to the recipe's folder; ** reaches any depth"
        raise failure(mark, "empty", f"no file matches {shown(pattern)}", remedy)
    return tuple(AxisValue.of(path, mark) for path in found)


def _leading_ups(parts: tuple[str, ...]) -> int:
    """Return how many parts at the start go up."""
    return next((index for index, part in enumerate(parts) if part != ".."), len(parts))


class _Walk:
    """Follows a pattern part by part; counts what it looks at, so that no tree keeps it busy for ever."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._folder = Path(reading.axis.folder)
        self._looked_at = 0

    def files(self, parts: tuple[str, ...]) -> Iterable[str]:
        """Return the files that match; the same file is found once."""
        folders: Iterable[str] = {"": None}
        for part in parts[:-1]:
            step = self._below if part == "**" else self._folders(part)
            folders = dict.fromkeys(found for folder in folders for found in step(folder))
        if not parts or parts[-1] == "..":
            return {}
        if parts[-1] == "**":
            folders = dict.fromkeys(found for folder in folders for found in self._below(folder))
        name = "*" if parts[-1] == "**" else parts[-1]
        paths = dict.fromkeys(path for folder in folders for path in self._matching(folder, name))
        return [path for path in paths if self._inside(path).is_file()]

    def _folders(self, part: str) -> Callable[[str], Iterator[str]]:
        """Return the step from a folder to those in it that match one part of the pattern."""

        def step(folder: str) -> Iterator[str]:
            for path in self._matching(folder, part):
                if (self._folder / path).is_dir():
                    yield path

        return step

    def _below(self, folder: str) -> Iterator[str]:
        """Yield a folder and all those below it, without following links."""
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            yield current
            for path in self._matching(current, "*"):
                full = self._folder / path
                if full.is_dir() and not full.is_symlink():
                    waiting.append(path)

    def _matching(self, folder: str, part: str) -> Iterator[str]:
        """Yield the paths in a folder that match one part of the pattern."""
        if not _WILD.search(part):
            if os.path.lexists(self._folder / folder / part):
                yield _join(folder, part)
            return
        for name in self._names(folder):
            hidden = name.startswith(".") and not part.startswith(".")
            if not hidden and fnmatch.fnmatchcase(name, part):
                yield _join(folder, name)

    def _names(self, folder: str) -> list[str]:
        """Return the names in a folder; raises RecipeError when it lies outside the project."""
        names = [path.name for path in self._inside(folder or ".").iterdir()]
        self._looked_at += len(names)
        if self._looked_at > MAX_ENTRIES:
            message = f"the pattern looks at more than {MAX_ENTRIES:,} files"
            raise failure(self._reading.axis.mark, "glob", message, "name the folder more closely")
        return names

    def _inside(self, path: str) -> Path:
        """Return the resolved path; raises RecipeError when it leaves the project or its name is no text."""
        try:
            path.encode()
        except UnicodeEncodeError as error:
            message = f"the file name {path!a} is not UTF-8"
            raise failure(self._reading.axis.mark, "glob", message, "rename the file") from error
        return below_root(self._reading, path)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
