"""Delivering uses every core, and tells each reason once."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from gen4flow.commands.delivering import deliver_all, not_delivered
from gen4flow.core.copies import Copy, Delivered, NotMade
from gen4flow.core.errors import Gen4flowError
from gen4flow.core.image import Image
from gen4flow.core.job import Job
from tests.core.making import jobs_of, matrix, recipe

IMAGE = Image(sha256="a" * 64, bytes=9, width=3, height=2, media_type="image/png")
JOBS = jobs_of(recipe(made=matrix({"scene": [f"s{n}" for n in range(40)]}))).found


def test_as_many_images_are_delivered_at_once_as_there_are_cores() -> None:
    cores = os.cpu_count() or 1
    together = threading.Barrier(cores, timeout=30)  # nobody passes it before all are there
    first = {job.key for job in JOBS[:cores]}

    def deliver(job: Job, images: Sequence[Image]) -> Delivered:
        if job.key in first:
            together.wait()
        return Delivered()

    found = deliver_all([(job, [IMAGE]) for job in JOBS], deliver)
    assert list(found) == [job.key for job in JOBS]


def test_one_that_can_not_be_delivered_stops_no_other() -> None:
    def deliver(job: Job, images: Sequence[Image]) -> Delivered:
        if job is JOBS[1]:
            raise Gen4flowError("no room")
        return Delivered()

    found = deliver_all([(job, [IMAGE]) for job in JOBS], deliver)
    assert [key for key, one in found.items() if isinstance(one, Gen4flowError)] == [JOBS[1].key]


def test_a_reason_is_told_once_with_the_first_of_its_files() -> None:
    reasons = [NotMade(message="too large", help="allow more"), NotMade(message="too small", help="enlarge")]
    failed = [
        (Copy(path=f"{n}.png", original=IMAGE, marks=None, made=""), reasons[0 if n < 7 else 1]) for n in range(8)
    ]
    assert str(not_delivered(failed)).splitlines() == [
        "8 files can't be made as the recipe asks; what is bought is safe",
        "  0.png, 1.png, 2.png, 3.png, 4.png and 2 more: too large",
        "    help: allow more",
        "  7.png: too small",
        "    help: enlarge",
    ]
