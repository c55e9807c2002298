"""Composes a YAML file from its parser's events: strict, with places, and bounded in depth and size.

The parser's own composer recurses, expands aliases without limit and reads YAML 1.1: only its events are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml

from gen4flow.core.errors import RecipeError
from gen4flow.core.problem import Mark, Problem
from gen4flow.recipe_file.document import Document
from gen4flow.recipe_file.nodes import Entry, Node, OpenCollection, flatten
from gen4flow.recipe_file.scalars import (
    MAPPING_TAG,
    SEQUENCE_TAG,
    BadScalarError,
    check_text,
    plain_value,
    tagged_value,
    unknown_tag,
)
from gen4flow.recipe_file.wording import MAX_SHOWN, shown
from gen4flow.recipe_file.yaml_faults import MAX_DEPTH, depth_problem, syntax_problem
from gen4flow.recipe_file.yaml_text import block_start, decode

MAX_NODES = 100_000  # values, with aliases expanded; larger data belong in a .csv or .jsonl file
MAX_PROBLEMS = 1_000  # after so many, the file is not a recipe with mistakes but something else

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_document(data: bytes, file: str) -> Document:
    """Return the document in a YAML file's bytes; raises RecipeError with every problem in it.

    `file` is the name that places get.
    """
    document, problems = compose(data, file)
    if document is None or problems:
        raise RecipeError(problems)
    return document


def compose(data: bytes, file: str) -> tuple[Document | None, list[Problem]]:
    """Return the document, None where reading had to stop, and every problem found."""
    text = decode(data, file)
    if isinstance(text, Problem):
        return None, [text]
    composer = _Composer(file, text.splitlines())
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
        root = composer.finish()
    except _StopError:
        return None, composer.problems
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return None, [*composer.problems, syntax_problem(error, file, composer.lines)]
    return flatten(root, file), composer.problems


class _StopError(Exception):
    """Reading can't go on; the reason is among the problems."""


class _Composer:
    """Gathers events into nodes with a stack of its own, so that depth costs no recursion."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.problems: list[Problem] = []
        self.lines = lines
        self._file = file
        self._root: Node | None = None
        self._open: list[OpenCollection] = []
        self._anchors: dict[str, Node | None] = {}  # None: its collection is still open
        self._size = 0
        self._actions: dict[type[Any], Callable[[Any], None]] = {
            yaml.DocumentStartEvent: self._document,
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
        }

    def take(self, event: Any) -> None:
        """Take the parser's next event."""
        action = self._actions.get(type(event))
        if action is not None:
            action(event)

    def finish(self) -> Node:
        """Return the root; an empty file has none."""
        if self._root is None:
            self._report(Mark(file=self._file), "yaml-empty", "the file is empty", "write something in it")
            raise _StopError
        return self._root

    def _document(self, event: Any) -> None:
        if self._root is not None:
            self._stop(self._mark(event), "yaml-documents", "a second document starts here", "remove the ---")

    def _scalar(self, event: Any) -> None:
        mark = self._mark(event)
        plain = event.style is None or event.style == ""
        text: str = event.value
        if plain and not text and not self._open and event.tag is None:
            return  # an empty document: finish() says so
        value: Any = text
        try:
            check_text(text)
            if event.tag is not None:
                value = tagged_value(event.tag, text)
            elif plain and not self._awaits_key():
                value = plain_value(text)
        except BadScalarError as error:
            self._report(mark, error.code, str(error), error.help)
        if event.style in {"|", ">"}:
            mark = block_start(self.lines, mark)
        key_text = None if plain and not text else text
        node = Node(value=value, mark=mark, key_text=key_text)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._count(1, mark)
        self._place(node, merges=plain and text == "<<")

    def _alias(self, event: Any) -> None:
        mark = self._mark(event)
        node = self._anchors.get(event.anchor)
        if node is None:
            known = event.anchor in self._anchors
            what = "stands inside what it names" if known else "names nothing above it"
            remedy = "write the value out" if known else "write the value out; quote a text that starts with *"
            self._report(mark, "yaml-alias", f"the alias *{event.anchor[:MAX_SHOWN]} {what}", remedy)
            node = Node(value=None, mark=mark, key_text=event.anchor)
        self._count(node.size, mark)
        self._check_depth(len(self._open) + node.height, mark)
        self._place(replace(node, mark=mark))

    def _start(self, event: Any) -> None:
        mark = self._mark(event)
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in {None, "!", MAPPING_TAG if is_mapping else SEQUENCE_TAG}:
            error = unknown_tag(event.tag)
            self._report(mark, error.code, str(error), error.help)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._count(1, mark)
        self._check_depth(len(self._open) + 1, mark)
        self._open.append(OpenCollection(mark=mark, is_mapping=is_mapping, anchor=event.anchor))

    def _end(self, event: Any) -> None:
        collection = self._open.pop()
        node = collection.close()
        if collection.anchor is not None:
            self._anchors[collection.anchor] = node
        self._place(node)

    def _place(self, node: Node, *, merges: bool = False) -> None:
        """Put a finished node where it belongs: root, key, value or item."""
        if not self._open:
            self._root = node
            return
        around = self._open[-1]
        if around.awaits_key:
            around.key = (self._key_text(node, merges=merges), node.mark)
        elif around.key is not None:
            self._add_entry(around, *around.key, node)
            around.key = None
        else:
            index = len(around.entries)
            around.entries[index] = Entry(key=index, key_mark=None, node=node)

    def _add_entry(self, mapping: OpenCollection, key: str | None, mark: Mark, node: Node) -> None:
        """Add an entry to a mapping, unless its key is none or is there already."""
        if key is None:
            return
        first = mapping.entries.get(key)
        if first is None:
            mapping.entries[key] = Entry(key=key, key_mark=mark, node=node)
            return
        line = first.key_mark.line if first.key_mark else 0
        self._report(
            mark,
            "yaml-duplicate-key",
            f"the key {shown(key)} is written twice, first in line {line}",
            "remove one of them",
        )

    def _key_text(self, node: Node, *, merges: bool) -> str | None:
        """Return the text of a key, None (and a problem) when it can't be one."""
        if merges:
            self._report(node.mark, "yaml-merge-key", "merge keys (<<) are not read", "write the keys out")
            return None
        if node.key_text is None:
            empty = node.value is None or node.value == ""
            message = "a key is missing before the ':'" if empty else "a key must be text, not a mapping or a list"
            template = None if empty else self._bare_template(node.mark)
            if template is not None:  # what follows on this line can't be read either
                told = "a text that starts with {{ needs quotes around the whole of it"
                self._stop(node.mark, "yaml-key", told, f"write it as '{template}'")
            self._report(node.mark, "yaml-key", message, "" if empty else "write the key as text")
        return node.key_text

    def _bare_template(self, mark: Mark) -> str | None:
        """Return the template that stands there without quotes, as far as its line goes; None where none does."""
        line = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        start = line.rfind("{{", 0, mark.column + 1)
        return line[start:].strip()[:MAX_SHOWN].replace("'", "''") if start >= 0 else None

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1].awaits_key

    def _count(self, size: int, mark: Mark) -> None:
        """Stop at more values than a recipe has: aliases can multiply a few lines into gigabytes."""
        self._size += size
        if self._size > MAX_NODES:
            self._stop(
                mark,
                "yaml-size",
                f"the file holds more than {MAX_NODES:,} values with its aliases expanded",
                "move rows to a .csv or .jsonl file",
            )

    def _check_depth(self, depth: int, mark: Mark) -> None:
        if depth > MAX_DEPTH:
            self.problems.append(depth_problem(mark))
            raise _StopError

    def _mark(self, event: Any) -> Mark:
        return Mark(file=self._file, line=event.start_mark.line + 1, column=event.start_mark.column + 1)

    def _report(self, mark: Mark, code: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(mark=mark, code=code, message=message, help=remedy))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _StopError

    def _stop(self, mark: Mark, code: str, message: str, remedy: str) -> None:
        self._report(mark, code, message, remedy)
        raise _StopError
