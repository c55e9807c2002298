"""What is remembered of the jobs of a plan so far: enough to find one that clashes with an earlier one."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import lru_cache

from gen4flow.core.file_names import IN_NAMES
from gen4flow.core.job import First, Job
from gen4flow.core.joining import Inheritance, Report
from gen4flow.core.matrix import Row
from gen4flow.core.naming import folded
from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import Step
from gen4flow.core.row_job import RowJob
from gen4flow.core.sightings import Sightings
from gen4flow.core.step_kit import StepKit

# finds the row of a step, and what it inherits, by its number
FindRow = Callable[[int], tuple[Row, Inheritance]]
MADE_AGAIN = 256  # jobs that are kept after they were made again: one that is met once is met often


class Earlier:
    """The jobs so far, by numbers from 0: none of them is kept, each is made again where something meets it.

    `expected` is about how many there will be. `by_end`: each of them has one file, whose name ends with the first
    digits of its fingerprint, so that only jobs that have these in common can have anything in common.
    """

    def __init__(self, report: Report, expected: int, *, by_end: bool = False) -> None:
        self._report = report
        self._by_end = by_end
        self._steps: list[tuple[StepKit, FindRow]] = []
        self._begins: list[int] = []  # the number of each step's first job
        self._codes = array("I")  # of each job: its row's number in its step, and its take
        self._distinct = False
        self._keys, self._stems, self._requests = Sightings(), Sightings(0 if by_end else expected), Sightings(expected)
        self._again = lru_cache(maxsize=MADE_AGAIN)(self._made_again)

    @property
    def count(self) -> int:
        """Return how many different jobs there were."""
        return len(self._codes)

    def begin(self, kit: StepKit, find: FindRow, *, distinct: bool) -> None:
        """Begin with the jobs of another step, made again with a `kit` that reports nothing.

        `distinct`: no two rows of it have the same identities, so that its keys need not be looked at.
        """
        self._distinct = distinct
        self._steps.append((kit, find))
        self._begins.append(self.count)

    def judged(self, job: Job, code: int, step: Step) -> Job | None:
        """Return a job, knowing the first one that asks for the same; None, and report it, where it clashes with one.

        Jobs clash by the same key, by the same file, by the same request without a seed. `code` says how to find it.
        """
        number = len(self._codes)
        if not self._distinct and self._first(self._keys, job.key, number, self._is_key) is not None:
            self._clash(job, step, "duplicate-key", f"two rows are {job.key}", "remove one of them")
            return None
        self._codes.append(code)
        other = None
        if self._by_end:
            other = self._requests.first(int(job.fingerprint[:IN_NAMES], 16), number)
            if other is None:
                return job
            self._first(self._stems, folded(self._again(other).stem), other, self._has_stem)  # nobody has looked at it
        if self._shares_a_file(job, number, step):
            return None
        if other is None or not self._is_fingerprint(other, job.fingerprint):
            other = self._first(self._requests, job.fingerprint, number, self._is_fingerprint)
        if other is None:
            return job
        first = self._again(other)
        if job.request.seed is None:
            told = f"{job.key} and {first.key} ask for the same image without a seed"
            remedy = "say repeat: n for several takes of one request, or give each a seed"
            self._clash(job, step, "duplicate-request", told, remedy)
            return None
        return job._replace(first=First(key=first.key, step=first.step, held=first.held))

    def _shares_a_file(self, job: Job, number: int, step: Step) -> bool:
        """Report a job that has a file with an earlier one, or one file twice, in common."""
        stems = job.stems
        if len(stems) > 1 and len({folded(stem) for stem in stems}) < len(stems):
            told = f"two files of {job.key} would both be named {_twice(stems)}"
            remedy = "put {{ placement }} into output.file, or give each item of deliver a name of its own"
            self._report(Problem(mark=_place_of_files(step), code="duplicate-file", message=told, help=remedy))
            return True
        for stem in stems:
            other = self._first(self._stems, folded(stem), number, self._has_stem)
            # where it is this very job, two of its files have the same part of a hash, and either finds the job
            if other is not None and other != number:
                told = f"{job.key} and {self._key(other)} would both be the file {stem}"
                self._clash(job, step, "duplicate-file", told, "put what tells them apart into output.file")
                return True
        return False

    @staticmethod
    def _first(seen: Sightings, text: str, number: int, is_at: Callable[[int, str], bool]) -> int | None:
        """Return the number of the job that a text was seen at; None, and remember it, where it is new."""
        other = seen.first(hash(text), number)
        if other is None:
            return None
        tries = 0
        while other is not None and not is_at(other, text):  # another text has the same part of its hash
            tries += 1
            other = seen.first(hash((text, tries)), number)
        return other

    def _clash(self, job: Job, step: Step, code: str, message: str, remedy: str) -> None:
        """Report a job that clashes with an earlier one, at the place where that can be mended."""
        mark = next((value.mark for value in job.coordinates.values()), step.prompt.mark)
        if code == "duplicate-file" and step.file:
            mark = step.file.mark
        if code == "duplicate-request":
            mark = step.prompt.mark
        self._report(Problem(mark=mark, code=code, message=message, help=remedy))

    def _row_job(self, number: int) -> RowJob:
        """Return what makes the job of a number again."""
        kit, find = self._steps[bisect_right(self._begins, number) - 1]
        code, takes = self._codes[number], kit.step.repeat or 1
        row, inheritance = find(code // takes)
        return RowJob(kit, row, inheritance, code % takes if kit.step.repeat else None)

    def _key(self, number: int) -> str:
        return self._row_job(number).key()

    def _is_key(self, number: int, key: str) -> bool:
        return self._key(number) == key

    def _has_stem(self, number: int, stem: str) -> bool:
        return stem in {folded(one) for one in self._again(number).stems}

    def _is_fingerprint(self, number: int, fingerprint: str) -> bool:
        return self._again(number).fingerprint == fingerprint

    def _made_again(self, number: int) -> Job:
        return self._row_job(number).job()


def _twice(stems: Sequence[str]) -> str:
    """Return the first name that is there twice."""
    return next((stem for at, stem in enumerate(stems) if folded(stem) in map(folded, stems[:at])), stems[0])


def _place_of_files(step: Step) -> Mark:
    """Return the place where a step says what its files are."""
    return step.file.mark if step.file else step.place("deliver")
