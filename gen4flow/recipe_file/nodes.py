"""The tree that YAML's events are gathered into, before aliases are expanded."""

from __future__ import annotations

from dataclasses import dataclass, field

from gen4flow.core.problem import Mark
from gen4flow.core.values import Value
from gen4flow.recipe_file.document import Document, KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a collection: its key (an index in a sequence), the key's place, and its value."""

    key: str | int
    key_mark: Mark | None
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A finished value; `size` counts the values in it and `height` its levels, with aliases expanded."""

    value: Value
    mark: Mark
    key_text: str | None = None  # what it reads as a mapping's key; None: it can't be one
    entries: tuple[Entry, ...] = ()
    size: int = 1
    height: int = 0


@dataclass(slots=True, kw_only=True)
class OpenCollection:
    """A mapping or a sequence whose end has not been read; `key` is the one that waits for its value."""

    mark: Mark
    is_mapping: bool
    anchor: str | None
    entries: dict[str | int, Entry] = field(default_factory=dict)
    key: tuple[str | None, Mark] | None = None  # (None, place): a key that can't be, its value is dropped

    @property
    def awaits_key(self) -> bool:
        """Tell whether the next value is a key."""
        return self.is_mapping and self.key is None

    def close(self) -> Node:
        """Return the finished collection."""
        entries = tuple(self.entries.values())
        value: Value
        if self.is_mapping:
            value = {str(entry.key): entry.node.value for entry in entries}
        else:
            value = [entry.node.value for entry in entries]
        return Node(
            value=value,
            mark=self.mark,
            entries=entries,
            size=1 + sum(entry.node.size for entry in entries),
            height=1 + max((entry.node.height for entry in entries), default=0),
        )


def flatten(root: Node, file: str) -> Document:
    """Return the document of a tree; the caller has bounded its expanded size and depth."""
    marks: dict[KeyPath, Mark] = {}
    key_marks: dict[KeyPath, Mark] = {}
    waiting: list[tuple[KeyPath, Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        marks[path] = node.mark
        for entry in node.entries:
            below = (*path, entry.key)
            waiting.append((below, entry.node))
            if entry.key_mark is not None:
                key_marks[below] = entry.key_mark
    return Document(file=file, value=root.value, marks=marks, key_marks=key_marks)
