"""Finds what a person has done where YAML's parser says what it missed: an indentation, a quote, a space."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ITEM_WITHOUT_SPACE = re.compile(r"(\s*)-([^\s-].*)")
_KEY_WITHOUT_SPACE = re.compile(r"\s*([A-Za-z_][\w-]*):(\S.*)")
_KEY = re.compile(r"\s*[A-Za-z_][\w-]*:(\s|$)")
_OPENS = re.compile(r"[:>|-]\s*$|[>|][+-]?\d?\s*$")  # how a line ends whose value stands below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is wrong and what to do, at a line and column from 1; 0 where the parser's own place is right."""

    message: str
    help: str
    line: int = 0
    column: int = 0


def hint(words: str, lines: Sequence[str], *, line: int, column: int, start: tuple[int, int] | None) -> Hint | None:
    """Return what was meant by a line that the parser gave up at; None where that can't be told.

    `words` are the parser's, `start` is the line and column at which the thing begins that it could not finish.
    """
    if "could not find expected ':'" in words and start:
        return _no_colon(lines, *start)
    if "unexpected end of stream" in words and start:
        told = "the quote that opens here is not closed"
        return Hint(message=told, help="write the same quote at its end", line=start[0], column=start[1])
    if "expected '-' indicator" in words and start:
        told = f"a list starts in line {start[0]}, and this line is no item of it"
        return Hint(message=told, help=f"begin it with '- ', or take the - away in line {start[0]}")
    if "did not find expected key" in words or "mapping values are not allowed" in words:
        return _quote(lines, line, column) or _indentation(lines, line, column)
    return None


def _no_colon(lines: Sequence[str], line: int, column: int) -> Hint:
    """Return what a line lacks that should have been a key and its value."""
    text = lines[line - 1] if line <= len(lines) else ""
    if item := _ITEM_WITHOUT_SPACE.match(text):
        told, remedy = "this list item has no space behind its -", f"write - {item[2].strip()[:60]}"
    elif key := _KEY_WITHOUT_SPACE.match(text):
        told, remedy = "this key has no space behind its :", f"write {key[1]}: {key[2].strip()[:60]}"
    else:
        told, remedy = "this line is no key with a value", "a key needs ': ' after it; check the indentation"
    return Hint(message=told, help=remedy, line=line, column=column)


def _quote(lines: Sequence[str], line: int, column: int) -> Hint | None:
    """Return where the quote opens that ended before a place in the midst of a line."""
    text = lines[line - 1] if line <= len(lines) else ""
    quote = text[: column - 1].rstrip()[-1:]
    if quote not in {"'", '"'} or not text[: column - 1].strip():
        return None
    opened = next((at for at in range(line - 1, 0, -1) if lines[at - 1].count(quote) % 2), None)
    if text[: column - 1].count(quote) % 2 and opened:
        told, remedy = f"a quote that opens in line {opened} ends here", f"close it in line {opened}"
        return Hint(message=told, help=remedy)
    instead = "write '' for an apostrophe" if quote == "'" else 'write \\" for a quote'
    return Hint(message="a quoted text ends here, and more follows it", help=f"{instead} inside of it")


def _indentation(lines: Sequence[str], line: int, column: int) -> Hint | None:
    """Return what is wrong with the indentation of a line whose own text is a key or an item."""
    text = lines[line - 1] if line <= len(lines) else ""
    indent = _indent(text)
    above = next((at for at in range(line - 1, 0, -1) if _has_text(lines[at - 1])), None)
    if above is None or (column - 1 != indent and not _KEY.match(text)):
        return None
    of_above = _indent(lines[above - 1])
    if indent > of_above and not _OPENS.search(lines[above - 1]):
        told = f"this line is indented deeper than line {above}, which has its value already"
        remedy = f"indent both alike: by {_spaces(of_above)}, or by {_spaces(indent)}"
        return Hint(message=told, help=remedy, line=line, column=indent + 1)
    if indent < of_above:
        around = sorted({_indent(lines[at - 1]) for at in _open_lines(lines, above)})
        if indent not in around:
            near = [one for one in around if one < indent][-1:] + [one for one in around if one > indent][:1]
            told = f"this line is indented by {_spaces(indent)}, and no line that it could belong to is"
            return Hint(message=told, help=f"indent it by {' or '.join(map(_spaces, near))}")
    return None


def _open_lines(lines: Sequence[str], last: int) -> list[int]:
    """Return the lines that a line may go on with: the last one, and those above it that are indented less and less."""
    found, least = [last], _indent(lines[last - 1])
    for at in range(last - 1, 0, -1):
        if _has_text(lines[at - 1]) and _indent(lines[at - 1]) < least:
            found.append(at)
            least = _indent(lines[at - 1])
    return found


def _has_text(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count} spaces"
