"""Which jobs of a plan are meant: those that `-s` selects, and what they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gen4flow.core.plan import PlannedJob
from gen4flow.core.selecting import Selectable, read_selector, select
from gen4flow.core.values import identity


def selected(planned: Sequence[PlannedJob], selectors: Sequence[str]) -> frozenset[str]:
    """Return the keys of the jobs that are selected, all of them without a selector; raises UsageError."""
    if not selectors:
        return frozenset(one.job.key for one in planned)
    items = [_selectable(one) for one in planned]
    return frozenset(select([read_selector(text) for text in selectors], items))


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
    items = [_of_entry(entry) for entry in entries]
    keys = set(select([read_selector(text) for text in selectors], items))
    return [entry for entry in entries if entry["key"] in keys]


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


def _selectable(planned: PlannedJob) -> Selectable:
    """Return what selectors look at."""
    job = planned.job
    return Selectable(
        key=job.key,
        step=job.step,
        coordinates={name: value.id for name, value in job.coordinates.items()},
        tags=job.tags,
        status=planned.status.value,
    )
