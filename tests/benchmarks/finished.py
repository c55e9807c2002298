"""How fast a finished recipe is planned and run again: everything is bought and in its place."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gen4flow.commands.planning import Planning, plan_for
from gen4flow.commands.preparing import Choices, prepare
from gen4flow.core.copies import copies_of
from gen4flow.core.history import Change, Delivery, RunFacts
from gen4flow.core.image import Image
from gen4flow.core.marks import Marked
from gen4flow.core.plan import PlannedJob
from gen4flow.core.purchase import Attempt, Money, Status
from gen4flow.ledger import Ledger, writing
from gen4flow.ledger.connection import open_for_writing
from gen4flow.ledger.ledger import FILE
from gen4flow.sinks.thumbnail_files import Thumbnails
from tests.benchmarks.figures import Figure, Scale, interleaved
from tests.benchmarks.plans import against, write_recipe
from tests.benchmarks.processes import GEN4FLOW, taken_by

SIZE = (1280, 720)


def measure(scale: Scale) -> Iterator[Figure]:
    """Measure plan and run of a finished recipe of 100,000 jobs against the plan of one that nothing is bought of."""
    axes: dict[str, list[str | int]] = {
        name: [f"{name} {n}" for n in range(count)]
        for name, count in {"product": scale.of(100_000) // 100, "scene": 10, "light": 10}.items()
    }
    recipes = {name: scale.folder / name / "recipe.yaml" for name in ("fresh", "finished")}
    for recipe in recipes.values():
        recipe.parent.mkdir()
        (recipe.parent / "gen4flow.toml").touch()
        write_recipe(recipe, axes)
    finish(recipes["finished"])
    run = partial(taken_by, (*GEN4FLOW, "run", recipes["finished"], "--yes"), scale.folder)
    run()  # the first one writes the manifest, which no later one has to
    found = interleaved(
        {
            **{
                name: partial(taken_by, (*GEN4FLOW, "plan", recipe, "--jsonl"), scale.folder)
                for name, recipe in recipes.items()
            },
            "run": run,
        },
        scale.rounds,
    )
    fresh, finished = ("fresh", found["fresh"]), ("finished", found["finished"])
    yield against("`plan` of a finished recipe, against a fresh one", dict([fresh, finished]), 3)
    yield against("`run` of a finished recipe, against its plan", dict([finished, ("run", found["run"])]), 1.5)


def finish(recipe: Path) -> None:
    """Put into state and output folder what a run leaves there that has bought everything, in bulk and without it."""
    prepared = prepare(recipe, Choices())
    planning = plan_for(prepared, None)
    jobs = list(planning.jobs())
    state = prepared.project.state
    with contextlib.closing(Ledger.open(state)) as ledger:
        facts = RunFacts(
            recipe=prepared.scope,
            provider=prepared.recipe.provider,
            recipe_sha256="0" * 64,
            git_commit=None,
            git_dirty=None,
            tool_version="0",
        )
        run = ledger.start_run(facts)
        images = _buy(planning, jobs, state / FILE, run)
        ledger.delivered(str(planning.folder.path), _delivered(planning, jobs, images))


def _buy(planning: Planning, jobs: Sequence[PlannedJob], path: Path, run: int) -> list[Image]:
    """Write a purchase and an original for every job; returns the originals."""
    images, now = [], datetime.now(UTC)
    with contextlib.closing(open_for_writing(path)) as database:
        database.execute("BEGIN IMMEDIATE")
        for number, planned in enumerate(jobs):
            images.append(_original(planning, f"the image {number}".encode()))
            Thumbnails(planning.folder.path).put(images[-1].sha256, b"a small picture")
            attempt = writing.insert(database, planning.order(planned), run, Attempt(), now=now, elsewhere=False)
            succeeded = Attempt(
                status=Status.SUCCEEDED, money=Money.SPENT, holds=True, prediction_id=f"prediction{number}"
            )
            change = Change(number=attempt, attempt=succeeded, event="Succeeded", images=(images[-1],))
            writing.apply(database, change, at=writing.iso(now))
        database.execute("COMMIT")
    return images


def _original(planning: Planning, content: bytes) -> Image:
    """Put bytes in place of an original: whoever plans looks at no more than its size."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = planning.objects.path(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    width, height = SIZE
    return Image(sha256=sha256, bytes=len(content), width=width, height=height, media_type="image/png")


def _delivered(planning: Planning, jobs: Sequence[PlannedJob], images: Sequence[Image]) -> Iterator[Delivery]:
    """Put a file in the place of every copy, and yield what is remembered of each."""
    for planned, image in zip(jobs, images, strict=True):
        for copy in copies_of(planned.job, [image]):
            target = planning.folder.path / copy.path
            target.write_bytes(content := copy.path.encode())
            yield Delivery(
                path=copy.path,
                sha256=hashlib.sha256(content).hexdigest(),
                bytes=len(content),
                mtime_ns=target.stat().st_mtime_ns,
                original=image.sha256,
                made=copy.made,
                marks=Marked.EMBEDDED,
                width=image.width,
                height=image.height,
            )
