"""The names of the files that a job is delivered as: its image itself, and everything that `deliver` makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gen4flow.core.deliverable import Deliverable
from gen4flow.core.framing import Size, framing, large_enough
from gen4flow.core.matching import axis_test
from gen4flow.core.matrix import AxisValues
from gen4flow.core.naming import MAX_BYTES, safe_path
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import AxisValue, Step, Text
from gen4flow.core.sizes import SEED_MAX
from gen4flow.core.tuples import tuple_of
from gen4flow.core.values import Value

OWN = ("placement", "width", "height")  # what the template of a file's name knows beside all others
IN_NAMES = 8  # digits of a fingerprint, with which the usual name ends
ORIGINAL = "original"  # the placement of the image itself
Render = Callable[[Text, Mapping[str, Value]], str]
Facts = Mapping[str, AxisValue]


class BadDelivery(Exception):
    """A job can't be delivered as it is asked for; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True, kw_only=True)
class _Ready:
    """A deliverable with its tests compiled, and whether any row has met them."""

    deliverable: Deliverable
    tests: Mapping[str, Callable[[AxisValue], bool]]
    hit: bool = False

    def matches(self, facts: Facts) -> bool:
        """Tell whether it is made for a row."""
        matching = all(name in facts and test(facts[name]) for name, test in self.tests.items())
        self.hit = self.hit or matching
        return matching


class Named(NamedTuple):
    """What a job is delivered as: the stem of the image itself, and each deliverable with its own."""

    stem: str
    deliver: tuple[tuple[str, Deliverable], ...] = ()


class FileNames:
    """Names the files of the jobs of a step whose axes have these values."""

    def __init__(
        self, step: Step, deliverables: Sequence[Deliverable], values: AxisValues, templates: Templates
    ) -> None:
        self.step = step
        self._ready = [
            _Ready(
                deliverable=one,
                tests={name: axis_test(wanted, values.get(name, ())) for name, wanted in one.when.items()},
            )
            for one in deliverables
        ]
        # one file a job, whose name no template says
        self.are_plain = step.file is None and step.original and not deliverables
        self._used = templates.names(step.file.text) if step.file and deliverables else frozenset()

    @property
    def asks(self) -> bool:
        """Tell whether it depends on a row what is made of its image."""
        return any(one.tests for one in self._ready)

    def plainly_named(self, usual: str, *, safe: bool) -> Named:
        """Return the one file of a job where they are plain, whose name is known to be safe or not; see `named`."""
        return tuple_of(Named, (usual if safe else self._safe(usual), ()))

    def named(
        self, fallback: str, names: Mapping[str, Value], facts: Facts, size: Size | None, render: Render
    ) -> Named:
        """Return a job's files; raises BadDelivery, and whatever `render` does.

        `fallback` is the name where the recipe has none; `facts` are what `when` asks about; `size` is what the image
        should come back with, None where nobody knows.
        """
        found = [one.deliverable for one in self._ready if one.matches(facts)] if self._ready else []
        if not self.step.original and not found:
            raise BadDelivery(_nothing(self.step))
        own = [name for name in OWN if name not in names]
        knows = self._knows(own)
        stem = self._stem(fallback, {**names, **_told(own, ORIGINAL, size)}, render, "")
        deliver = []
        for one in found:
            made = _made_of(one, size)
            told = {**names, **_told(own, one.name, made)}
            deliver.append((self._stem(fallback, told, render, "" if knows else f"_{one.name}"), one))
        return Named(stem=stem, deliver=tuple(deliver))

    def unmatched(self) -> Iterator[Problem]:
        """Yield the items of `deliver` that no row has met."""
        for one in self._ready:
            if not one.hit:
                yield Problem(
                    mark=one.deliverable.mark,
                    code="when-matches-nothing",
                    message=f"deliver {one.deliverable.name}: its when matches no row",
                    help="check its axes and values: types and case count; remove it if it is no longer needed",
                )

    def _knows(self, own: Sequence[str]) -> bool:
        """Tell whether the template tells files of one image apart by itself."""
        return self._used is not None and not self._used.isdisjoint(own)

    def _stem(self, fallback: str, names: Mapping[str, Value], render: Render, suffix: str) -> str:
        """Return a file's path without extension."""
        text = self.step.file
        return self._safe((fallback if text is None else render(text, names)) + suffix)

    def _safe(self, rendered: str) -> str:
        """Return a path that every file system takes; raises BadDelivery where nothing is left of it."""
        named = safe_path(rendered)
        if named is None:
            mark = self.step.file.mark if self.step.file else self.step.mark
            raise BadDelivery(_problem(mark, "empty-name", "output.file renders empty", "name the file"))
        return named


def usual_name(ids: str | None, take: int | None, fingerprint: str) -> str:
    """Return the name of a job's file where the recipe says none; `ids` are those of its values, None without any."""
    told = "" if ids is None else f"{ids}_"
    told += fingerprint[:IN_NAMES] if take is None else f"{take}_{fingerprint[:IN_NAMES]}"
    return told.replace("/", "-") if "/" in told else told


def end_with_fingerprints(step: Step, deliverables: Sequence[Deliverable], values: AxisValues) -> bool:
    """Tell whether each job of a step has one file, with its usual name, which is surely short enough to stay whole.

    Its length is known beforehand only where nothing but ASCII stands in it and all its values stand in axes.
    """
    if step.file is not None or not step.original or deliverables or step.needs or step.matrix.add:
        return False
    longest = {name: max((len(value.id) for value in found), default=0) for name, found in values.items()}
    if "seed" in longest:
        longest["seed"] = max(longest["seed"], len(str(SEED_MAX)))  # it may follow from other axes
    length = sum(longest.values()) + len(longest) + len(f"{step.repeat or ''}_") + IN_NAMES
    return length < MAX_BYTES and all(value.id.isascii() for found in values.values() for value in found)


def _told(own: Sequence[str], placement: str, size: Size | None) -> dict[str, Value]:
    """Return what a template is told of a file, less what it knows under these names already."""
    told: dict[str, Value] = {"placement": placement}
    if size is not None:
        told |= {"width": size[0], "height": size[1]}
    return {name: value for name, value in told.items() if name in own}


def _made_of(deliverable: Deliverable, size: Size | None) -> Size | None:
    """Return the size of a deliverable, None where it follows from an image that nobody knows; raises BadDelivery."""
    if size is None:
        return (deliverable.width, deliverable.height) if deliverable.width and deliverable.height else None
    found = framing(size, deliverable)
    if found.enlarges and not deliverable.upscale:
        raise BadDelivery(enlarged(deliverable, size))
    return found.size


def enlarged(deliverable: Deliverable, size: Size) -> Problem:
    """Return the problem of an image that is too small for what is to be made of it."""
    found = framing(size, deliverable)
    wanted, there, whole = ("x".join(map(str, one)) for one in (found.size, found.taken, size))
    part = "" if found.taken == size else f", of which its shape takes {there}"
    enough = large_enough(deliverable)
    advice = f"ask for {' or '.join(enough[:2])}, " if enough else ""
    return _problem(
        deliverable.mark,
        "enlarged",
        f"deliver {deliverable.name}: {wanted} from an image of {whole}{part}: it would be enlarged",
        f"{advice}make it smaller, limit it to some rows with when, or say upscale: true",
    )


def _nothing(step: Step) -> Problem:
    """Return the problem of a job of which nothing would be delivered."""
    return _problem(
        step.place("output"),
        "nothing-delivered",
        "output.original is false, and deliver makes nothing of some rows",
        "add an item without when, or remove output.original",
    )


def _problem(mark: Mark, code: str, message: str, remedy: str) -> Problem:
    return Problem(mark=mark, code=code, message=message, help=remedy)
