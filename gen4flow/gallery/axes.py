"""The order of axes: a manifest sorts its keys, and a recipe names first what changes slowest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def axis_order(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the place of each axis, told by rows in the order of the plan: what changes least comes first.

    What never changes says nothing about an image, and comes last.
    """
    changes: dict[str, int] = {}
    last: dict[str, Any] = {}
    for row in rows:
        for name, value in row.items():
            changes[name] = changes.get(name, 0) + (name in last and last[name] != value)
            last[name] = value
    order = sorted(sorted(changes), key=lambda name: (changes[name] == 0, changes[name]))
    return {name: place for place, name in enumerate(order)}
