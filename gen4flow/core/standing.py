"""What stands in an output folder, in short: enough to know that writing it again would change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from gen4flow.core.job import Job
from gen4flow.core.values import canonical_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An output folder as it was left: whose it is and how its derived files were found, and the jobs that they show.

    It is kept where every job has its image in its place, and no file is left over.
    """

    files: str
    jobs: str


class JobsTold:
    """Tells jobs in order apart from any others by what a manifest says of them: in 64 hex digits.

    What became of them is not in it: the ledger knows whether that has changed.
    """

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._digest = hashlib.sha256()
        self.add(jobs)

    def begin(self) -> None:
        """Begin anew, with no job."""
        self._digest = hashlib.sha256()

    def add(self, jobs: Iterable[Job]) -> None:
        """Take the next jobs into account."""
        self._digest.update("".join(map(_told, jobs)).encode("utf-8", "surrogatepass"))

    @property
    def digest(self) -> str:
        """Return what stands for the jobs so far."""
        return self._digest.hexdigest()


def _told(job: Job) -> str:
    """Return what an entry of a manifest says of a job: the fingerprint stands for its request."""
    axes = ",".join([f"{name}={value.told}" for name, value in job.axes.items()])
    told = f"{job.fingerprint}\n{job.key}\n{job.stem}\n{axes}\n"
    if job.extras or job.tags or job.deliver or job.request.references or not job.original:
        deliver = [[stem, one.name] for stem, one in job.deliver]
        references = [one.as_json() for one in job.request.references]
        told += canonical_json([dict(job.extras), dict(job.tags), job.original, deliver, references])
    return f"{told}{job.template}\n"
