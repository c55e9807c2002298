"""What the conditions of a selector mean: each makes a test of jobs, or says why no job of the plan can pass it."""

from __future__ import annotations

import difflib
import fnmatch
import hashlib
import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from gen4flow.core.errors import UsageError
from gen4flow.core.job import key_of

MAX_COMPARED = 1_000  # known words that a suggestion is looked for in: difflib takes its time
MAX_LISTED = 8
MAX_SHOWN = 60  # characters of a value
MAX_KEY = 300  # characters of a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectable:
    """What a selector sees of a job: `coordinates` are ids by axis, as in the key; `status` a value of Status."""

    key: str
    step: str
    coordinates: Mapping[str, str]
    tags: Mapping[str, str]
    status: str


Test: TypeAlias = Callable[[Selectable], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAxis:
    """The coordinate on an axis is the text, or matches it as a glob."""

    text: str
    axis: str
    glob: str

    def test(self, items: Sequence[Selectable]) -> Test:
        """Return the test of a job among the plan's; raises UsageError for what no job of it has."""
        axis = self.axis
        known = {item.coordinates[axis] for item in items if axis in item.coordinates}
        if not known:
            raise UsageError(f"no job has an axis {shown(axis)}; {_other_axis(axis, items)}")
        wanted = _meant(self.glob, known)
        if not wanted:
            raise UsageError(f"{axis} is {shown(self.glob)} for no job; {_instead(self.glob, known)}")
        return lambda item: item.coordinates.get(axis) in wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTag:
    """A tag is the text, or matches it as a glob."""

    text: str
    tag: str
    glob: str

    def test(self, items: Sequence[Selectable]) -> Test:
        """Return the test of a job among the plan's; raises UsageError for what no job of it has."""
        tag = self.tag
        known = {item.tags[tag] for item in items if tag in item.tags}
        if not known:
            tags = {name for item in items for name in item.tags}
            raise UsageError(f"no job has a tag {shown(tag)}; {_instead(tag, tags)}")
        wanted = _meant(self.glob, known)
        if not wanted:
            raise UsageError(f"the tag {tag} is {shown(self.glob)} for no job; {_instead(self.glob, known)}")
        return lambda item: item.tags.get(tag) in wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class OfStep:
    """The job is one of a step."""

    text: str
    step: str

    def test(self, items: Sequence[Selectable]) -> Test:
        """Return the test of a job among the plan's; raises UsageError for what no job of it has."""
        step = self.step
        known = {item.step for item in items}
        if step not in known:
            raise UsageError(f"no step {shown(step)} has a job; {_instead(step, known)}")
        return lambda item: item.step == step


@dataclass(frozen=True, slots=True, kw_only=True)
class OfState:
    """The job has one of these statuses."""

    text: str
    statuses: frozenset[str]

    def test(self, items: Sequence[Selectable]) -> Test:
        """Return the test of a job among the plan's; raises UsageError for what no job of it has."""
        statuses = self.statuses
        counts = Counter(item.status for item in items)
        if not statuses & counts.keys():
            told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
            raise UsageError(f"no job is {' or '.join(sorted(statuses))}; of the jobs, {told}")
        return lambda item: item.status in statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class OfKey:
    """The job is the one with these coordinates and no others."""

    text: str
    step: str
    coordinates: Mapping[str, str]

    def test(self, items: Sequence[Selectable]) -> Test:
        """Return the test of a job among the plan's; raises UsageError for what no job of it has."""
        key = key_of(self.step, self.coordinates)
        if all(item.key != key for item in items):
            OfStep(text=self.text, step=self.step).test(items)
            found = items
            for axis, value in self.coordinates.items():
                exact = [item for item in found if item.coordinates.get(axis) == value]
                if not exact:
                    raise UsageError(f"no such job: {_without(axis, value, found, items)}")
                found = exact
            raise UsageError(f"no such job; there is {found[0].key[:MAX_KEY]!r}")
        return lambda item: item.key == key


Condition: TypeAlias = OfAxis | OfTag | OfStep | OfState | OfKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """So many of the jobs, drawn by a seed."""

    count: int
    seed: int

    def draw(self, items: Iterable[Selectable]) -> list[Selectable]:
        """Return `count` jobs, or all where there are no more, the same ones whatever else the plan holds.

        Each job's rank is a hash of the seed and its own key, and the lowest ranks are drawn. So a job that joins the
        plan takes the place of at most one that was drawn, one that leaves makes room for at most one, and a larger
        count keeps what a smaller one drew.
        """
        return heapq.nsmallest(self.count, items, key=lambda item: (self._rank(item.key), item.key))

    def _rank(self, key: str) -> bytes:
        return hashlib.sha256(f"{self.seed}\n{key}".encode("utf-8", "surrogatepass")).digest()


def _meant(glob: str, known: Iterable[str]) -> frozenset[str]:
    """Return the known texts that are meant: the one that is written, else those that match."""
    known = frozenset(known)
    if glob in known:
        return frozenset({glob})
    matches = re.compile(fnmatch.translate(glob)).match
    return frozenset(text for text in known if matches(text))


def _other_axis(axis: str, items: Sequence[Selectable]) -> str:
    """Return what to write in place of an axis that no job has."""
    if axis in {"state", "step", "tag", "sample"}:
        return f"write {axis}: with a colon"
    if any(axis in item.tags for item in items):
        return f"it is a tag: write tag:{axis}=..."
    return _instead(axis, {name for item in items for name in item.coordinates})


def _without(axis: str, value: str, found: Sequence[Selectable], plan: Sequence[Selectable]) -> str:
    """Return why a key is that of no job: what its first coordinate that no job has should be."""
    known = {item.coordinates[axis] for item in found if axis in item.coordinates}
    if not known:
        return f"no job with what stands before has an axis {shown(axis)}; {_other_axis(axis, plan)}"
    return f"{axis} is {shown(value)} for none with what stands before; {_instead(value, known)}"


def _instead(word: str, known: Iterable[str]) -> str:
    """Return the known word that is nearest to the one written, else the first ones that there are."""
    words = sorted(known)
    near = difflib.get_close_matches(word[:MAX_SHOWN], words[:MAX_COMPARED], n=1)
    if near:
        return f"did you mean {shown(near[0])}?"
    more = f" and {len(words) - MAX_LISTED:,} more" if len(words) > MAX_LISTED else ""
    return f"there is {', '.join(map(shown, words[:MAX_LISTED]))}{more}" if words else "there is none"


def shown(text: str) -> str:
    """Return a text for a message: short, on one line, without characters that a terminal acts on."""
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")
