"""Places as people look for them: paths from the current folder, and the column of the word that a problem is about."""

from __future__ import annotations

import functools
import re
import stat
from dataclasses import replace
from pathlib import Path

from gen4flow.core.problem import Problem

MAX_BYTES = 16 * 1024 * 1024
LINES_BEHIND = 200  # a folded text is rendered as one line: how far behind its start a word is looked for


def shown_path(path: Path) -> str:
    """Return a path from the current folder where it lies below it, else the whole of it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def pinpointed(problem: Problem) -> Problem:
    """Return a problem with the place of the word that it is about, where that stands at its mark or behind it."""
    mark = problem.mark
    if not problem.near or not mark.line:
        return problem
    word = re.compile(
        rf"(?<!\w){re.escape(problem.near)}(?!\w)" if problem.near[0].isalnum() else re.escape(problem.near)
    )
    lines = source_lines(mark.file)
    for number in range(mark.line, min(len(lines), mark.line + LINES_BEHIND) + 1):
        found = word.search(lines[number - 1], max(0, mark.column - 1) if number == mark.line else 0)
        if found:
            return replace(problem, mark=replace(mark, line=number, column=found.start() + 1))
    return problem


def source_lines(file: str) -> tuple[str, ...]:
    """Return the lines of a file, none where it can't be shown."""
    path = Path(file)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
            return ()
        return _lines(path.absolute(), found.st_mtime_ns, found.st_size)
    except (OSError, ValueError):
        return ()


@functools.lru_cache(maxsize=16)
def _lines(path: Path, _mtime_ns: int, _size: int) -> tuple[str, ...]:
    """Return the lines of a file as it was at that time: many problems may show the same file."""
    return tuple(path.read_text(encoding="utf-8-sig", errors="replace").splitlines())
