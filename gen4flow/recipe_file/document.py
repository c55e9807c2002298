"""A YAML file as plain values, with the place of each of them; several of them laid over each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from gen4flow.core.problem import Mark
from gen4flow.core.values import Value

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a YAML file holds: mappings are dicts with text keys, sequences are lists.

    `marks` finds a value by its path of keys and indexes, `key_marks` the key of a mapping's entry. What an
    alias stands for is found at the alias, and below it where it was written. `folders` finds the folder that the
    paths in a file are relative to, by the name that marks give the file.
    """

    file: str
    value: Value
    marks: Mapping[KeyPath, Mark]
    key_marks: Mapping[KeyPath, Mark]
    folders: Mapping[str, Path] = field(default_factory=dict)

    def mark(self, path: KeyPath) -> Mark:
        """Return the place of a value, or that of the nearest one around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(file=self.file))

    def key_mark(self, path: KeyPath) -> Mark:
        """Return the place of a key, or that of the value when it has no key."""
        return self.key_marks.get(path) or self.mark(path)

    def folder(self, path: KeyPath) -> Path:
        """Return the folder that a path written there is relative to."""
        return self.folders.get(self.mark(path).file, Path())

    def below(self, path: KeyPath, *, without: frozenset[str] = frozenset()) -> Document:
        """Return the document of what stands at a path, without some of its keys."""
        part = _Part()
        value: Any = self.value
        for key in path:
            value = value[key]
        if isinstance(value, Mapping):
            value = {key: inner for key, inner in value.items() if key not in without}
        part.take(self, path, (), value)
        return Document(
            file=self.file, value=value, marks=part.marks, key_marks=part.key_marks, folders=self.folders
        )  # fmt: skip


def _deletes_later(path: KeyPath) -> bool:
    """Tell whether a null at a key there has something else to delete: in a profile or a step it waits for that."""
    return len(path) > 1 and path[0] in {"profiles", "steps"}


def laid_over(base: Document, over: Document) -> Document:
    """Return two documents as one: mappings merge deeply, everything else is replaced, null deletes."""
    part = _Part()
    value = part.merge(base, over, (), base.value, over.value)
    return Document(
        file=over.file,
        value=value,
        marks=part.marks,
        key_marks=part.key_marks,
        folders={**base.folders, **over.folders},
    )


@dataclass(slots=True)
class _Part:
    """Gathers the places of a document that is made from others."""

    marks: dict[KeyPath, Mark] = field(default_factory=dict)
    key_marks: dict[KeyPath, Mark] = field(default_factory=dict)

    def take(self, source: Document, path: KeyPath, target: KeyPath, value: Value) -> Value:
        """Take a value with everything in it over, and return it."""
        self._place(source, path, target)
        if isinstance(value, Mapping):
            for key, inner in value.items():
                self.take(source, (*path, key), (*target, key), inner)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                self.take(source, (*path, index), (*target, index), inner)
        return value

    def merge(self, base: Document, over: Document, path: KeyPath, below: Value, above: Value) -> Value:
        """Return what two values at the same path come to; `below` is None where there is none."""
        if not isinstance(above, Mapping):
            return self.take(over, path, path, above)
        if isinstance(below, Mapping):
            self._place(base, path, path)
        self._place(over, path, path)
        merged: dict[str, Value] = {}
        known = below if isinstance(below, Mapping) else {}
        for key, inner in known.items():
            if key not in above:
                merged[key] = self.take(base, (*path, key), (*path, key), inner)
            elif above[key] is not None:
                merged[key] = self.merge(base, over, (*path, key), inner, above[key])
        for key, inner in above.items():
            if key not in known and (inner is not None or _deletes_later(path)):
                merged[key] = self.merge(base, over, (*path, key), None, inner)
        return merged

    def _place(self, source: Document, path: KeyPath, target: KeyPath) -> None:
        if path in source.marks:
            self.marks[target] = source.marks[path]
        if path in source.key_marks:
            self.key_marks[target] = source.key_marks[path]
