"""How a step joins those that it needs: it inherits their coordinates, and what they share must be the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gen4flow.core.inherited import TAKE, inherited_name
from gen4flow.core.job import Job
from gen4flow.core.matching import axis_test, value_help
from gen4flow.core.matrix import Row
from gen4flow.core.problem import Problem, Severity
from gen4flow.core.recipe import AxisValue, Need
from gen4flow.core.references import OutputImage
from gen4flow.core.values import Value, is_scalar, scalar_text

Report = Callable[[Problem], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one need gives to a row: the coordinates that it brings, what templates see of it, and its images.

    `value` is a mapping, or a list of them for what was collected; `images` finds an image by the text that stands
    for it in templates. `step` is the step that gives it, `lineage` the keys of its job and of those that it was made
    from, by step; what was collected has none.
    """

    axes: Mapping[str, AxisValue]
    value: Value
    images: Mapping[str, OutputImage]
    step: str
    lineage: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inheritance:
    """What a row has from the steps that its step needs; `lineage` is what its jobs were made from, by step."""

    axes: Mapping[str, AxisValue] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)
    lineage: Mapping[str, str] = field(default_factory=dict)

    @property
    def images(self) -> dict[str, OutputImage]:
        """Return every image that the row may refer to, by the text that stands for it."""
        return {text: image for given in self.given.values() for text, image in given.images.items()}


def given(need: Need, jobs: Sequence[Job], picked: frozenset[str] | None, report: Report) -> list[Given]:
    """Return what a need gives: one for each of the jobs that tells it apart; `picked` are the keys of its picks."""
    known = {name for job in jobs for name in job.coordinates}
    for name in (*need.collect, *need.pick):
        if jobs and name not in known:
            report(_unknown(need, name, known))
            return []
    if picked is not None:
        jobs = [job for job in jobs if job.key in picked]
    if need.pick:
        return _picked(need, jobs, report)
    if need.collect:
        return _collected(need, jobs)
    return [_given(need, job, job.coordinates) for job in jobs]


def _given(need: Need, job: Job, coordinates: Mapping[str, AxisValue]) -> Given:
    """Return what one job gives, told apart by those coordinates."""
    axes = {inherited_name(need.name, name): value for name, value in coordinates.items()}
    return Given(
        axes=axes, value=_view(job), images={_text(job): _image(job)}, step=job.step, lineage=job.lineage
    )  # fmt: skip


def _image(job: Job) -> OutputImage:
    """Return the reference to a job's image."""
    return OutputImage(job=job.fingerprint, key=job.key, likeness=job.likeness)


def _text(job: Job) -> str:
    """Return the text that stands for a job's image in templates: no path and no URL looks like it."""
    return f"gen4flow-image:{job.fingerprint}"


def _view(job: Job) -> dict[str, Value]:
    """Return what templates see of an earlier job."""
    request = job.request
    told: dict[str, Value] = {name: value.value for name, value in job.axes.items() if "." not in name}
    told = {**job.extras, **told, **request.parameters, "tags": job.tags}
    told |= {"key": job.key, "prompt": request.prompt, "image": _text(job)}
    return told if request.take is None else {**told, TAKE: request.take}


def _grouped(jobs: Sequence[Job], away: Sequence[str]) -> dict[tuple[tuple[str, str], ...], list[Job]]:
    """Return the jobs by the coordinates that are left without some of them."""
    groups: dict[tuple[tuple[str, str], ...], list[Job]] = defaultdict(list)
    for job in jobs:
        groups[tuple((name, value.id) for name, value in job.coordinates.items() if name not in away)].append(job)
    return groups


def _collected(need: Need, jobs: Sequence[Job]) -> list[Given]:
    """Return a list of jobs for what the collected axes leave."""
    gathered = []
    for group in _grouped(jobs, need.collect).values():
        rest = {name: value for name, value in group[0].coordinates.items() if name not in need.collect}
        gathered.append(
            Given(
                axes={inherited_name(need.name, name): value for name, value in rest.items()},
                value=[_view(job) for job in group],
                images={_text(job): _image(job) for job in group},
                step=need.step,
            )
        )
    return gathered


def _picked(need: Need, jobs: Sequence[Job], report: Report) -> list[Given]:
    """Return one job for what the picked axes leave; several, or none, is a problem: nothing vanishes silently."""
    tests = {}
    for name, want in need.pick.items():
        domain = list(
            {job.coordinates[name].id: job.coordinates[name] for job in jobs if name in job.coordinates}.values()
        )
        tests[name] = axis_test(want, domain)
        if domain and not any(tests[name](value) for value in domain):
            report(_no_such_value(need, name, want, [value.id for value in domain]))
            return []
    found = []
    for rest, group in _grouped(jobs, tuple(need.pick)).items():
        hits = [
            job
            for job in group
            if all(name in job.coordinates and test(job.coordinates[name]) for name, test in tests.items())
        ]
        if len(hits) != 1:
            report(_not_one(need, rest, hits))
            continue
        (job,) = hits
        found.append(_given(need, job, {name: value for name, value in job.coordinates.items() if name not in tests}))
    return found


def inheritances(needs: Mapping[str, Sequence[Given]]) -> Iterator[Inheritance]:
    """Yield every combination of what the needs give in which shared coordinates are the same, first need slowest."""
    made: Iterator[Inheritance] = iter([Inheritance()])
    names: frozenset[str] = frozenset()  # those that every combination has
    for name, gifts in needs.items():
        common = _common([gift.axes for gift in gifts])
        made = _crossed(made, name, gifts, names & common)
        names |= common
    yield from made


def _crossed(
    made: Iterator[Inheritance], name: str, gifts: Sequence[Given], shared: frozenset[str]
) -> Iterator[Inheritance]:
    """Yield what was made with each of the gifts that agree with it."""
    index: dict[tuple[str, ...], list[Given]] = defaultdict(list)
    for gift in gifts:
        index[_ids(gift.axes, shared)].append(gift)
    for one in made:
        for gift in index[_ids(one.axes, shared)]:
            if _agree(one.axes, gift.axes) and _related(one, gift):
                yield Inheritance(
                    axes={**one.axes, **gift.axes},
                    given={**one.given, name: gift},
                    lineage={**one.lineage, **gift.lineage},
                )


def _related(one: Inheritance, gift: Given) -> bool:
    """Tell whether what both were made from is the same: a scene goes with its own portrait, not with another take.

    Two needs of one step are meant to differ, and may.
    """
    twice = any(gift.step == other.step for other in one.given.values())
    return all(
        one.lineage.get(step, key) == key for step, key in gift.lineage.items() if not (twice and step == gift.step)
    )


def joined(
    rows: Sequence[Row], inheritances: Sequence[Inheritance], report: Report
) -> Iterator[tuple[Row, Inheritance]]:
    """Yield each row with each of the inheritances that agree with it, inheritances slowest; added rows last.

    An added row names in its values which one it has: several, or none, is a problem.
    """
    own = [row for row in rows if not row.added]
    common = _common([one.axes for one in inheritances])
    shared = _common([row.axes for row in own]) & common
    index: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in own:
        index[_ids(row.axes, shared)].append(row)
    for one in inheritances:
        for row in index[_ids(one.axes, shared)]:
            if _agree(row.axes, one.axes):
                yield row, one
    found = _Finder(inheritances, common)
    for row in rows:
        if row.added:
            hits = found.agreeing({**row.axes, **row.keyed})
            if len(hits) == 1:
                yield _without(row, hits[0].axes), hits[0]
            else:
                report(_not_one_inheritance(row, len(hits)))


class _Finder:
    """Finds the inheritances that agree with a row's values, without a look at each of them."""

    def __init__(self, inheritances: Sequence[Inheritance], common: frozenset[str]) -> None:
        self._all = inheritances
        self._common = common
        self._indexes: dict[frozenset[str], dict[tuple[str, ...], list[Inheritance]]] = {}

    def agreeing(self, values: Mapping[str, AxisValue]) -> list[Inheritance]:
        """Return those in which the values' names, where they have them, have the same identities."""
        names = self._common.intersection(values)
        if names not in self._indexes:
            index: dict[tuple[str, ...], list[Inheritance]] = defaultdict(list)
            for one in self._all:
                index[_ids(one.axes, names)].append(one)
            self._indexes[names] = index
        return [one for one in self._indexes[names].get(_ids(values, names), ()) if _agree(values, one.axes)]


def _common(mappings: Sequence[Mapping[str, AxisValue]]) -> frozenset[str]:
    """Return the names that all of them have."""
    return frozenset.intersection(*(frozenset(one) for one in mappings)) if mappings else frozenset()


def _ids(axes: Mapping[str, AxisValue], names: frozenset[str]) -> tuple[str, ...]:
    return tuple(axes[name].id for name in sorted(names))


def _agree(left: Mapping[str, AxisValue], right: Mapping[str, AxisValue]) -> bool:
    """Tell whether what both have is the same."""
    return all(value.id == right[name].id for name, value in left.items() if name in right)


def _without(row: Row, names: Mapping[str, AxisValue]) -> Row:
    """Return an added row without the values that only said what it inherits."""
    return Row(
        axes=row.axes,
        extras={name: value for name, value in row.extras.items() if name not in names},
        keyed={name: value for name, value in row.keyed.items() if name not in names},
        added=True,
        mark=row.mark,
    )


def _unknown(need: Need, name: str, known: set[str]) -> Problem:
    return Problem(
        mark=need.mark,
        code="unknown-axis",
        message=f"the need {need.name} names {name}, which the step {need.step} has not",
        help=f"it has: {', '.join(sorted(known)) or 'no axis'}",
    )


def _no_such_value(need: Need, name: str, want: Value, known: Sequence[str]) -> Problem:
    """Return the problem of a pick whose value no job of the earlier step has."""
    text = scalar_text(want)[:60] if is_scalar(want) else "this"
    shown = repr(text) if isinstance(want, str) else text
    return Problem(
        mark=need.mark,
        code="pick",
        message=f"the pick of {need.name} names {name}: {shown}, which no job of the step {need.step} has",
        help=value_help(text, known),
    )


def _not_one(need: Need, rest: tuple[tuple[str, str], ...], hits: Sequence[Job]) -> Problem:
    """Return the problem of a pick that is none or several."""
    where = ", ".join(f"{name}={identity}" for name, identity in rest)
    of = f" of {where}" if where else ""
    if hits:
        told, remedy = f"{len(hits)} jobs{of}", "pick a single value of each axis, or say collect"
    else:
        told, remedy = f"no job{of}", "pick a value that every one of them has, or leave those out with exclude"
    return Problem(
        mark=need.mark,
        code="pick",
        message=f"the pick of {need.name} leaves {told}",
        help=remedy,
        severity=Severity.ERROR,
    )


def _not_one_inheritance(row: Row, count: int) -> Problem:
    """Return the problem of an added row that does not say what it inherits."""
    return Problem(
        mark=row.mark,
        code="add-needs",
        message=f"this row agrees with {count or 'none'} of the combinations that its step needs, not with one",
        help="give it the values of the earlier step's axes that tell them apart",
    )
