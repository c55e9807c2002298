"""Delivers what is bought, on every core, and says what could not be made and what was left."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from gen4flow.core.copies import Copy, Delivered, NotMade
from gen4flow.core.errors import Gen4flowError, NotDelivered
from gen4flow.core.image import Image
from gen4flow.core.job import Job
from gen4flow.progress import counted
from gen4flow.sinks.copies import Copies
from gen4flow.terminal import say

TOLD = 5  # files of each kind that are named


def deliver_all(
    wanted: Sequence[tuple[Job, Sequence[Image]]], deliver: Callable[[Job, Sequence[Image]], Delivered]
) -> Mapping[str, Delivered | Gen4flowError]:
    """Deliver every job on all cores; returns by key what came of it, or what stood against it."""

    def tried(one: tuple[Job, Sequence[Image]]) -> Delivered | Gen4flowError:
        try:
            return deliver(*one)
        except Gen4flowError as error:
            return error

    pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="deliver")
    try:
        found = list(counted(pool.map(tried, wanted), len(wanted), "delivering"))
    finally:
        pool.shutdown(cancel_futures=True)  # a Ctrl-C must not wait for thousands of them
    return {job.key: one for (job, _), one in zip(wanted, found, strict=True)}


def not_delivered(failed: Sequence[tuple[Copy, NotMade]]) -> NotDelivered:
    """Return the error of files that can't be made as the recipe asks: each reason once, with its files."""
    reasons: dict[NotMade, list[str]] = {}
    for copy, reason in failed:
        reasons.setdefault(reason, []).append(copy.path)
    lines = [f"{_counted(len(failed), 'file')} can't be made as the recipe asks; what is bought is safe"]
    for reason, paths in list(reasons.items())[:TOLD]:
        lines += [f"  {_listed(paths)}: {reason.message}", f"    help: {reason.help}"]
    if len(reasons) > TOLD:
        lines.append(f"  and {_counted(len(reasons) - TOLD, 'more reason')}")
    return NotDelivered("\n".join(lines))


def say_what_is_left(copies: Copies, wanted: Collection[str], originals: Iterable[str]) -> bool:
    """Say which files were made of images of this plan, and are wanted no more; returns whether there are any.

    Nothing is deleted.
    """
    left = copies.left(wanted, frozenset(originals))
    if left:
        told = f"{_counted(len(left), 'file')} in {copies.folder} that the recipe asks for no more"
        say(f"left in place: {told}: {_listed(left)}")
    return bool(left)


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - TOLD} more" if len(paths) > TOLD else ""
    return ", ".join(paths[:TOLD]) + more


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number:,} {word}s"
