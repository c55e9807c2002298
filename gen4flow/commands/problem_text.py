"""A problem as a person reads it: where, what, the line with a caret, and the remedy."""

from __future__ import annotations

from gen4flow.commands.places import source_lines
from gen4flow.core.problem import Mark, Problem

LONGEST = 120  # characters of a source line that are shown


def problem_text(problem: Problem) -> str:
    """Return a problem as lines: position and message, the source line with a caret, the remedy."""
    lines = [f"{problem.mark}: {problem.severity.value}[{problem.code}]: {problem.message}"]
    lines += _source(problem.mark)
    if problem.help:
        lines.append(f"  help: {problem.help}")
    return "\n".join(lines)


def _source(mark: Mark) -> list[str]:
    """Return the line that a mark points at, and a caret below it; nothing where the file can't be shown."""
    if not mark.line:
        return []
    lines = source_lines(mark.file)
    if mark.line > len(lines):
        return []
    text = lines[mark.line - 1]
    start = max(0, mark.column - LONGEST // 2)
    shown = "".join(sign if sign.isprintable() else " " for sign in text[start : start + LONGEST])
    caret = " " * (mark.column - 1 - start) + "^"
    return [f"  {mark.line:>4} | {shown}", f"       | {caret}"]


def github_text(problem: Problem) -> str:
    """Return a problem as a workflow command, which GitHub shows beside the line of a pull request.

    Source: GitHub's documentation of workflow commands, and the escapes of its own toolkit.
    """
    mark = problem.mark
    places = [f"file={_property(mark.file)}"]
    places += [f"line={mark.line}", f"col={mark.column}"] if mark.line else []
    told = f"{problem.message}\n{problem.help}" if problem.help else problem.message
    return f"::{problem.severity.value} {','.join(places)},title={_property(problem.code)}::{_data(told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
