"""What selectors see of planned jobs and of a manifest's entries; imported only where somebody selects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gen4flow.core.job import Job
from gen4flow.core.plan import PlannedJob
from gen4flow.core.purchase import Status
from gen4flow.core.selecting import Selectable, read_selector, select
from gen4flow.core.values import identity


def selected_planned(planned: Iterable[PlannedJob], selectors: Sequence[str]) -> list[str]:
    """Return the keys of the planned jobs that selectors mean; raises UsageError."""
    return select([read_selector(text) for text in selectors], [_of_job(one.job, one.status) for one in planned])


def selected_unplanned(jobs: Iterable[Job], selectors: Sequence[str]) -> list[str]:
    """Return the keys of the jobs that selectors mean where nothing is known of their past; raises UsageError."""
    return select([read_selector(text) for text in selectors], [_of_job(job, Status.PLANNED) for job in jobs])


def selected_keys(entries: Iterable[Mapping[str, Any]], selectors: Sequence[str]) -> list[str]:
    """Return the keys of the entries of a manifest that selectors mean; raises UsageError."""
    return select([read_selector(text) for text in selectors], [_of_entry(entry) for entry in entries])


def _of_entry(entry: Mapping[str, Any]) -> Selectable:
    """Return what selectors look at in a manifest."""
    axes, tags = entry.get("axes"), entry.get("tags")
    return Selectable(
        key=entry["key"],
        step=entry["key"].partition("[")[0],
        coordinates={name: identity(value) for name, value in axes.items()} if isinstance(axes, dict) else {},
        tags={name: str(value) for name, value in tags.items()} if isinstance(tags, dict) else {},
        status=str(entry.get("status")),
    )


def _of_job(job: Job, status: Status) -> Selectable:
    """Return what selectors look at in a job."""
    return Selectable(
        key=job.key,
        step=job.step,
        coordinates={name: value.id for name, value in job.coordinates.items()},
        tags=job.tags,
        status=status.value,
    )
