"""Which jobs of a plan are meant: those that `-s` selects, and what they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gen4flow.core.job import Job
from gen4flow.core.plan import PlannedJob


def selected(planned: Sequence[PlannedJob], selectors: Sequence[str]) -> frozenset[str]:
    """Return the keys of the jobs that are selected, all of them without a selector; raises UsageError."""
    if not selectors:
        return frozenset(one.job.key for one in planned)
    from gen4flow.commands.selectables import selected_planned

    return frozenset(selected_planned(planned, selectors))


def selected_jobs(jobs: Sequence[Job], selectors: Sequence[str]) -> frozenset[str]:
    """Return the keys of the jobs that are selected where nothing is known of their past; raises UsageError."""
    if not selectors:
        return frozenset(job.key for job in jobs)
    from gen4flow.commands.selectables import selected_unplanned

    return frozenset(selected_unplanned(jobs, selectors))


def chosen(planned: Sequence[PlannedJob], selectors: Sequence[str]) -> frozenset[str]:
    """Return the keys of the jobs that are meant: the selected ones, and what they need and is not bought yet.

    They need the images that they refer to, and their own where the plan buys it under another job's name.
    """
    keys = set(selected(planned, selectors))
    needed: set[str] = set()
    for one in reversed(planned):  # a job stands after those that it needs, and after the one that buys its image
        if one.job.key in keys or (one.buys and one.job.fingerprint in needed):
            keys.add(one.job.key)
            needed.update(one.job.request.upstream)
            needed.add(one.job.fingerprint)
    return frozenset(keys)


def selected_entries(entries: Sequence[Mapping[str, Any]], selectors: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the entries of a manifest that are selected, all of them without a selector; raises UsageError."""
    if not selectors:
        return list(entries)
    from gen4flow.commands.selectables import selected_keys

    keys = set(selected_keys(entries, selectors))
    return [entry for entry in entries if entry["key"] in keys]
