"""Finds where in a JSON text its values stand, for messages about them; most texts never need it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from typing import TypeAlias

from gen4flow.core.problem import Mark

KeyPath: TypeAlias = tuple[str | int, ...]  # keys and indexes from the document down to a value

# the tokens of valid JSON; possessive, so that no text is looked at twice
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)


def places(text: str, *, deepest: int) -> Iterator[tuple[KeyPath, int]]:
    """Yield the path and the offset of every key of an object and every item of a list, in the text's order.

    The text is valid JSON; of paths longer than `deepest`, nothing is said. A key that an object has twice comes twice.
    """
    path: list[str | int] = []  # the key or index that each open container is at
    key_next = False
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in ("}", "]"):
            path.pop()
            key_next = False
        elif sign == ",":
            at = path[-1]
            key_next = isinstance(at, str)
            path[-1] = at + 1 if isinstance(at, int) else at
        elif sign != ":":
            of_list = not path or isinstance(path[-1], int)
            if key_next:
                path[-1] = json.loads(sign)
            if (key_next or of_list) and len(path) <= deepest:
                yield tuple(path), token.start()
            key_next = sign == "{"
            if sign in ("{", "["):
                path.append("" if sign == "{" else 0)


def marks_of(text: str, file: str, wanted: Set[KeyPath]) -> dict[KeyPath, Mark]:
    """Return the first place of each wanted path that the text has, and of every path above it."""
    around = {path[:end] for path in wanted for end in range(len(path) + 1)}
    marks: dict[KeyPath, Mark] = {}
    line, counted = 1, 0
    for path, at in places(text, deepest=max(map(len, around), default=0)):
        if path in around and path not in marks:
            line, counted = line + text.count("\n", counted, at), at
            marks[path] = Mark(file=file, line=line, column=at - text.rfind("\n", 0, at))
            if len(marks) == len(around):
                break
    return marks


def repeated(text: str, *, deepest: int) -> Iterator[KeyPath]:
    """Yield the keys that an object has twice, once each, and none of what is below them."""
    seen: set[KeyPath] = set()
    told: set[KeyPath] = set()
    for path, _at in places(text, deepest=deepest):
        if path in seen and not any(path[:end] in told for end in range(1, len(path) + 1)):
            told.add(path)
            yield path
        seen.add(path)
