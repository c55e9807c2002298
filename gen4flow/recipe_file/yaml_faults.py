"""What to say when YAML's parser can't go on."""

from __future__ import annotations

from dataclasses import replace

import yaml

from gen4flow.core.problem import Mark, Problem
from gen4flow.recipe_file.yaml_hints import hint

# what the parser's message holds -> what to do
_HELP = {
    "mapping values are not allowed": "quote a text that holds ': ', and check the indentation",
    "did not find expected key": "check the indentation and the quotes of the lines above",
    "did not find expected ',' or": "check that every [ and { has its ] and }",
    "unknown escape character": 'write \\\\ for a backslash in "...", or use single quotes',
    "invalid Unicode character escape": "write the character itself",
}


MAX_DEPTH = 100  # levels of mappings and lists
_TOO_DEEP = "exceeded maximum nesting depth"  # libyaml since 0.2.6 gives up by itself, before its events tell the depth


def depth_problem(mark: Mark) -> Problem:
    """Return the problem of a text whose mappings and lists are nested too deeply."""
    told = f"nested more than {MAX_DEPTH} levels deep"
    return Problem(mark=mark, code="yaml-depth", message=told, help="flatten it")


def syntax_problem(error: Exception, file: str, lines: list[str]) -> Problem:
    """Return the problem of a text that is no YAML, at the place where the parser gave up."""
    mark = Mark(file=file)
    message = str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        message = _message(error)
        mark = _place(error.problem_mark, file, lines)
    if _TOO_DEEP in message:
        return depth_problem(mark)
    if _is_at_tab(mark, lines):
        message = "this line is indented with a tab"
    elif isinstance(error, yaml.MarkedYAMLError) and (meant := _meant(error, mark, lines)):
        return meant
    return Problem(mark=mark, code="yaml-syntax", message=f"not YAML: {message}", help=_help(message, mark, lines))


def _meant(error: yaml.MarkedYAMLError, mark: Mark, lines: list[str]) -> Problem | None:
    """Return the problem in the words of what a person has done, where that can be told."""
    start = error.context_mark
    found = hint(
        str(error.problem),
        lines,
        line=mark.line,
        column=mark.column,
        start=(start.line + 1, start.column + 1) if start else None,
    )
    if found is None:
        return None
    at = replace(mark, line=found.line, column=found.column) if found.line else mark
    return Problem(mark=at, code="yaml-syntax", message=f"not YAML: {found.message}", help=found.help)


def _is_at_tab(mark: Mark, lines: list[str]) -> bool:
    """Tell whether the line that the parser gave up at has a tab before its text."""
    line = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
    return "\t" in line[: len(line) - len(line.lstrip())]


def _place(mark: yaml.Mark | None, file: str, lines: list[str]) -> Mark:
    """Return where the parser gave up; at the file's end that is behind the last line with a text."""
    if mark is None:
        return Mark(file=file)
    if mark.line < len(lines):
        return Mark(file=file, line=mark.line + 1, column=mark.column + 1)
    last = next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 1)
    return Mark(file=file, line=last, column=len(lines[last - 1].rstrip()) + 1 if lines else 1)


def _message(error: yaml.MarkedYAMLError) -> str:
    """Return what the parser says, on one line."""
    parts = [error.problem or "the text can't be read"]
    if error.context:
        where = f" that starts in line {error.context_mark.line + 1}" if error.context_mark else ""
        parts.append(f"{error.context}{where}")
    return ", ".join(parts)


def _help(message: str, mark: Mark, lines: list[str]) -> str:
    """Return the remedy for a fault, by the character it is at and by the parser's words."""
    line = lines[mark.line - 1] if 0 < mark.line <= len(lines) else ""
    at = line[mark.column - 1 : mark.column]
    if at == "\t" or _is_at_tab(mark, lines):
        return "indent with spaces; YAML takes no tabs there"
    if "cannot start any token" in message and at:
        return f"quote a text that starts with {at}"
    for words, remedy in _HELP.items():
        if words in message:
            return remedy
    return "check the quotes, brackets and indentation around this place"
