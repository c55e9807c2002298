"""A YAML file as plain values, with the place of each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gen4flow.core.problem import Mark
from gen4flow.core.values import Value

KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a YAML file holds: mappings are dicts with text keys, sequences are lists.

    `marks` finds a value by its path of keys and indexes, `key_marks` the key of a mapping's entry. What an
    alias stands for is found at the alias, and below it where it was written.
    """

    file: str
    value: Value
    marks: Mapping[KeyPath, Mark]
    key_marks: Mapping[KeyPath, Mark]

    def mark(self, path: KeyPath) -> Mark:
        """Return the place of a value, or that of the nearest one around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(file=self.file))

    def key_mark(self, path: KeyPath) -> Mark:
        """Return the place of a key, or that of the value when it has no key."""
        return self.key_marks.get(path) or self.mark(path)
