"""What the axes of a row are written as: in its key, in the name of its file, and in a plan's line.

Most rows of a plan differ from the one before in their last values alone. What the values before them are written as is
made once for all of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, product
from typing import NamedTuple

from gen4flow.core.naming import begins_safely, goes_on_safely
from gen4flow.core.recipe import AxisValue
from gen4flow.core.tuples import tuple_of
from gen4flow.core.values import json_word

FEW, MANY = 64, 4_096  # endings: with fewer, too little is shared; more of them would have to be remembered

# the values of a dimension's axes, one of them at a time
Places = Sequence[tuple[AxisValue, ...]]


class RowTexts(NamedTuple):
    """What a row's axes are written as.

    `key` is what stands between the brackets of a key, axes by name; `name` their identities in their own order, as in
    the name of a file, and `safe` whether they surely stay as they are in one; `line` their JSON, axes by name, as
    between the braces of a plan's line.
    """

    key: str
    name: str
    line: str
    safe: bool


def key_part(axes: Mapping[str, AxisValue]) -> str:
    """Return what stands between the brackets of a key: `axis=id,...`, axes by name."""
    return ",".join([f"{name}={axes[name].quoted}" for name in sorted(axes)])


def name_part(axes: Mapping[str, AxisValue]) -> str:
    """Return the identities of values in their order, as in the name of a file."""
    return "_".join([value.id for value in axes.values()])


def line_part(axes: Mapping[str, AxisValue]) -> str:
    """Return the JSON of values, axes by name, without its braces."""
    return ", ".join([f"{json_word(name)}: {axes[name].told}" for name in sorted(axes)])


class Ending(NamedTuple):
    """The last values of some rows, and what they are written as: each by itself, axes by name, but for `name`."""

    axes: Mapping[str, AxisValue]
    quoted: tuple[str, ...]
    name: str
    told: tuple[str, ...]
    safe: bool

    @classmethod
    def of(cls, axes: Mapping[str, AxisValue]) -> Ending:
        """Return the ending that has these values."""
        by_name, name = [axes[name] for name in sorted(axes)], name_part(axes)
        return cls(
            axes=axes,
            quoted=tuple([value.quoted for value in by_name]),
            name=name,
            told=tuple([value.told for value in by_name]),
            safe=goes_on_safely(name),
        )


class Beginning:
    """The first values of some rows, and what they are written as around whatever follows."""

    def __init__(self, axes: Mapping[str, AxisValue], following: Sequence[str]) -> None:
        self.axes = axes
        names = sorted([*axes, *following])
        self._key = ",".join(
            [f"{_plain(name)}={_plain(axes[name].quoted) if name in axes else '%s'}" for name in names]
        )
        self._name = "".join([f"{value.id}_" for value in axes.values()])
        self._safe = begins_safely(self._name)
        self._line = ", ".join(
            [f"{_plain(json_word(name))}: {_plain(axes[name].told) if name in axes else '%s'}" for name in names]
        )

    def texts(self, ending: Ending) -> RowTexts:
        """Return what the row of an ending is written as."""
        name, line = self._name + ending.name, self._line % ending.told
        return tuple_of(RowTexts, (self._key % ending.quoted, name, line, self._safe and ending.safe))


def endings(names: Sequence[Sequence[str]], dimensions: Sequence[Places]) -> tuple[int, list[Ending]]:
    """Return with which dimension the endings of a product begin, and all of them; none where they are of no use.

    `names` are the axes of each dimension.
    """
    count, first = 1, len(dimensions)
    while first and count < FEW and count * len(dimensions[first - 1]) <= MANY:
        first -= 1
        count *= len(dimensions[first])
    if count < 2:
        return first, []
    axes = list(chain.from_iterable(names[first:]))
    chosen = product(*dimensions[first:])
    return first, [Ending.of(dict(zip(axes, chain.from_iterable(one), strict=True))) for one in chosen]


def _plain(text: str) -> str:
    """Return a text as it stands in a format."""
    return text.replace("%", "%%")
