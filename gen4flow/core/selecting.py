"""Selectors (`-s`): which jobs of a plan somebody means.

A selector is a list of conditions joined by commas, all of which hold; of several selectors, one is enough:

    axis=glob            the coordinate's id; one that is the text itself goes before a glob
    tag:name=glob        the same for a tag
    step:name            the step
    state:failed|held    one of these statuses
    main[seed=7]         exactly the job with that key
    sample:20@7          20 of what the rest of the selector matches, drawn by seed 7; without @, by seed 0

A value with commas or quotes stands in double quotes, as in a key.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gen4flow.core.conditions import Condition, OfAxis, OfKey, OfState, OfStep, OfTag, Sample, Selectable, shown
from gen4flow.core.errors import UsageError
from gen4flow.core.purchase import Status

FORMS = "write axis=value, step:name, state:failed, tag:name=value, sample:20@7 or a job's key, with commas between"
STATUSES = tuple(status.value for status in Status)

_SPACE = re.compile(r"\s*")
_HEAD = re.compile(r'([^\s,:="\[\]]+)([=:\[])')  # what a condition starts with: a name, and what sort it is
_NAMED = re.compile(r'([^\s,:="\[\]]+)=')
_SAMPLE = re.compile(r"([0-9]{1,9})(?:@([0-9]{1,18}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """One `-s`, as it was written and as it was read."""

    text: str
    conditions: tuple[Condition, ...]
    sample: Sample | None = None


def read_selector(text: str) -> Selector:
    """Return what one `-s` says; raises UsageError that says what to write instead."""
    reading = _Reading(text=text)
    try:
        while True:
            reading.condition()
            if reading.at == len(text):
                break
            reading.comma()
    except UsageError as error:
        raise UsageError(f"-s {shown(text)}: {error}") from error
    return Selector(text=text, conditions=tuple(reading.conditions), sample=reading.sample)


def select(selectors: Iterable[Selector], items: Iterable[Selectable]) -> list[str]:
    """Return the keys of the jobs that at least one selector means, in plan order.

    Raises UsageError for a selector that matches nothing: it names the condition that is to blame, and what there is.
    """
    plan = list(items)
    chosen: set[str] = set()
    for selector in selectors:
        try:
            chosen.update(item.key for item in _matched(selector, plan))
        except UsageError as error:
            raise UsageError(f"-s {shown(selector.text)} matches nothing: {error}") from error
    return [item.key for item in plan if item.key in chosen]


def _matched(selector: Selector, plan: Sequence[Selectable]) -> Sequence[Selectable]:
    """Return the jobs of one selector; raises UsageError when there are none."""
    if not plan:
        raise UsageError("the recipe has no job")
    found, before = plan, ""
    for condition in selector.conditions:
        test = condition.test(plan)
        found = [item for item in found if test(item)]
        if not found:
            told = f"no job that matches {shown(before)} matches {shown(condition.text)}, too"
            raise UsageError(f"{told}; where one of them is enough, give each its own -s")
        before = f"{before},{condition.text}" if before else condition.text
    return selector.sample.draw(found) if selector.sample else found


@dataclass(slots=True, kw_only=True)
class _Reading:
    """A selector as far as it is read: `at` is where it goes on."""

    text: str
    at: int = 0
    conditions: list[Condition] = field(default_factory=list)
    sample: Sample | None = None

    def condition(self) -> None:
        """Read one condition."""
        space = _SPACE.match(self.text, self.at)
        start = self.at = space.end() if space else self.at
        head = _HEAD.match(self.text, start)
        if head is None:
            raise UsageError(_no_condition(self._plain()))
        name, sign = head.groups()
        self.at = head.end()
        if sign == "[":
            step, coordinates = name, self._coordinates()
            self.conditions.append(OfKey(text=self._since(start), step=step, coordinates=coordinates))
        elif sign == "=":
            value = self._value()
            self.conditions.append(OfAxis(text=self._since(start), axis=name, glob=value))
        elif name in _WORDS:
            _WORDS[name](self, start)
        else:
            raise UsageError(f"{shown(name + ':')} is no condition; {_near(name) or FORMS}")

    def comma(self) -> None:
        """Read the comma before another condition."""
        if not self.text.startswith(",", self.at):
            raise UsageError(f"before {shown(self.text[self.at :])}, a comma is missing")
        self.at += 1

    def read_step(self, start: int) -> None:
        """Read the rest of `step:name`."""
        name = self._plain()
        if not name:
            raise UsageError("a step's name is missing; write step:name")
        self.conditions.append(OfStep(text=self._since(start), step=name))

    def read_state(self, start: int) -> None:
        """Read the rest of `state:failed|unknown`."""
        told = self._plain().split("|")
        for status in told:
            if status not in STATUSES:
                near = difflib.get_close_matches(status, STATUSES, n=1)
                remedy = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(STATUSES)}"
                raise UsageError(f"{shown(status)} is no state of a job; {remedy}")
        self.conditions.append(OfState(text=self._since(start), statuses=frozenset(told)))

    def read_tag(self, start: int) -> None:
        """Read the rest of `tag:name=glob`."""
        name = _NAMED.match(self.text, self.at)
        if name is None:
            raise UsageError(f"{shown('tag:' + self._plain())} has no value; write tag:name=value")
        self.at = name.end()
        value = self._value()
        self.conditions.append(OfTag(text=self._since(start), tag=name[1], glob=value))

    def read_sample(self, start: int) -> None:
        """Read the rest of `sample:20@7`."""
        told = _SAMPLE.fullmatch(self._plain())
        if told is None or not int(told[1]):
            raise UsageError(f"{shown(self._since(start))} is no sample; write how many and a seed: sample:20@7")
        if self.sample is not None:
            raise UsageError("two samples; write one, or give each its own -s")
        self.sample = Sample(count=int(told[1]), seed=int(told[2] or 0))

    def _since(self, start: int) -> str:
        return self.text[start : self.at]

    def _plain(self) -> str:
        """Read a text up to the next comma."""
        start = self.at
        found = self.text.find(",", start)
        self.at = len(self.text) if found < 0 else found
        return self._since(start)

    def _value(self) -> str:
        """Read a value, plain or quoted."""
        return self._quoted() if self.text.startswith('"', self.at) else self._plain()

    def _quoted(self) -> str:
        """Read a text in double quotes, as JSON writes it."""
        try:
            value, self.at = _STRINGS.raw_decode(self.text, self.at)
        except ValueError as error:
            told = shown(self.text[self.at :])
            raise UsageError(
                f'{told} has no closing quote, or a backslash that JSON does not know; write "..."'
            ) from error
        return str(value)

    def _coordinates(self) -> dict[str, str]:
        """Read the rest of a key: `axis=id,...]`.

        An id may hold brackets, so that a `]` before a comma may end the key or not: it ends at the last one that the
        coordinates reach, for to name the axes of a single job once more would say nothing.
        """
        if self.text.startswith("]", self.at):
            self.at += 1
            return {}
        read: dict[str, str] = {}
        closed: tuple[int, str, str, int] | None = None  # how many coordinates are before the last, it, and the end
        while (named := _NAMED.match(self.text, self.at)) and named[1] not in read:
            name, self.at = named[1], named.end()
            quoted, value = self.text.startswith('"', self.at), self._value()
            if quoted and self.text.startswith("]", self.at):
                self.at += 1
                return {**read, name: value}
            if not quoted and value.endswith("]"):
                closed = (len(read), name, value[:-1], self.at)
            read[name] = value
            if not self.text.startswith(",", self.at):
                break
            self.at += 1
        if closed is None:
            raise UsageError("this key has no end; write it as `gen4flow plan` shows it, like main[scene=a forest]")
        count, name, value, self.at = closed
        return {**dict(list(read.items())[:count]), name: value}


def _no_condition(told: str) -> str:
    """Return what is wrong with a text that starts like no condition."""
    if not told:
        return f"a condition is missing; {FORMS}"
    if told in STATUSES:
        return f"{shown(told)} is no condition; did you mean state:{told}?"
    return f"{shown(told)} is no condition; {FORMS}"


def _near(name: str) -> str:
    """Return the question that names the nearest word with a colon, empty when none is near."""
    near = difflib.get_close_matches(name, _WORDS, n=1)
    return f"did you mean {near[0]}:?" if near else ""


_STRINGS = json.JSONDecoder()
# the word before the colon -> what reads on after it
_WORDS: dict[str, Callable[[_Reading, int], None]] = {
    "step": _Reading.read_step,
    "state": _Reading.read_state,
    "tag": _Reading.read_tag,
    "sample": _Reading.read_sample,
}

__all__ = ["Selectable", "Selector", "read_selector", "select"]
