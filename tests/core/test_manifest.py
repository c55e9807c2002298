"""The manifest: every job of a plan with what became of it."""

from __future__ import annotations

import json
from typing import Any

from gen4flow.core.history import Purchase, RunFacts
from gen4flow.core.image import Image
from gen4flow.core.manifest import Entry, build_manifest
from gen4flow.core.purchase import Attempt, Failure, Money, Status
from tests.core.making import delivered, jobs_of, list_axis, matrix, recipe

JOBS = jobs_of(
    recipe(made=matrix([list_axis("scene", [{"id": "s", "n": 1}, "b"]), list_axis("seed", [7, 8])]), prompt="x")
)
IMAGE = Image(sha256="a" * 64, bytes=9, width=3, height=2, media_type="image/png")
FACTS = RunFacts(
    recipe="spring", provider="wavespeed", recipe_sha256="b" * 64, git_commit="c", git_dirty=True, tool_version="1"
)


def purchase(number: int, attempt: Attempt, charged: int | None = None) -> Purchase:
    """Return a purchase at eight cents."""
    return Purchase(
        number=number,
        fingerprint="f",
        request="{}",
        provider="w",
        recipe="r",
        key="k",
        attempt=attempt,
        price=80_000,
        charged=charged,
        tries=2,
        images=(IMAGE,),
    )


DONE = Attempt(status=Status.SUCCEEDED, money=Money.SPENT, holds=True, prediction_id="p", message="old words")
FAILED = Attempt(status=Status.FAILED, money=Money.RELEASED, failure=Failure.TASK, message="boom")


def manifest(*entries: Entry, last: RunFacts | None = FACTS) -> dict[str, Any]:
    """Return a manifest as a reader sees it."""
    built = build_manifest(
        tool_version="1", recipe="spring", provider="wavespeed", model="m", last=last, entries=iter(entries)
    )
    told: dict[str, Any] = json.loads(json.dumps(built))
    return told


def test_every_job_has_an_entry_in_plan_order_whatever_its_status() -> None:
    told = manifest(
        Entry(job=JOBS.found[0], purchase=purchase(1, DONE)),
        Entry(job=JOBS.found[1], purchase=None),
        Entry(job=JOBS.found[2], purchase=purchase(2, FAILED)),
    )
    assert [entry["key"] for entry in told["entries"]] == [job.key for job in JOBS.found[:3]]
    assert [entry["status"] for entry in told["entries"]] == ["succeeded", "planned", "failed"]
    assert told["totals"]["jobs"] == {"total": 3, "succeeded": 1, "planned": 1, "failed": 1}
    assert told["entries"][0]["axes"] == {"scene": "s", "seed": 7}
    assert [entry["attempts"] for entry in told["entries"]] == [2, 0, 2]


def test_an_entry_says_why_there_is_no_image_and_nothing_where_there_is_one() -> None:
    told = manifest(*(Entry(job=JOBS.found[0], purchase=purchase(n, one)) for n, one in enumerate([DONE, FAILED])))
    assert [entry["error"] for entry in told["entries"]] == [None, {"class": "task", "message": "boom"}]


def test_money_counts_each_purchase_once_and_what_was_released_never() -> None:
    shared = purchase(1, DONE)
    told = manifest(
        Entry(job=JOBS.found[0], purchase=shared),
        Entry(job=JOBS.found[2], purchase=shared),
        Entry(job=JOBS.found[1], purchase=purchase(2, FAILED)),
    )
    assert told["totals"]["list"] == "0.08"
    assert told["totals"]["charged"] is None


def test_what_was_charged_is_told_once_all_of_it_is_known() -> None:
    known = Entry(job=JOBS.found[0], purchase=purchase(1, DONE, charged=50_000))
    unknown = Entry(job=JOBS.found[1], purchase=purchase(2, DONE))
    assert manifest(known)["totals"]["charged"] == "0.05"
    assert manifest(known, unknown)["totals"]["charged"] is None
    assert manifest(known)["entries"][0]["price"] == {"list": "0.08", "charged": "0.05", "currency": "USD"}


def test_files_name_the_copy_and_its_original() -> None:
    file = delivered("a.png", IMAGE)
    (entry,) = manifest(Entry(job=JOBS.found[0], purchase=purchase(1, DONE), files=[file]))["entries"]
    assert entry["files"] == [
        {
            "path": "a.png",
            "sha256": "d" * 64,
            "original_sha256": "a" * 64,
            "bytes": 10,
            "width": 3,
            "height": 2,
            "media_type": "image/png",
            "placement": None,
            "made": "e" * 64,
            "marks": "embedded",
            "sidecar": None,
        }
    ]


def test_the_last_purchase_is_known_or_not() -> None:
    assert manifest()["recipe"] == {
        "name": "spring",
        "profiles": [],
        "sha256": "b" * 64,
        "git_commit": "c",
        "git_dirty": True,
    }
    assert manifest(last=None)["recipe"]["sha256"] is None
