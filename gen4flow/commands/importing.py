"""Takes pictures over that another ledger has bought: a fresh clone with its output folder buys nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gen4flow.commands.planning import Planning
from gen4flow.commands.preparing import Prepared
from gen4flow.core.history import Order, RunFacts
from gen4flow.core.image import Image, ImageInvalid
from gen4flow.core.job import Request, fingerprint_of
from gen4flow.core.manifest import told_request
from gen4flow.core.plan import PlannedJob
from gen4flow.images import check
from gen4flow.ledger import Ledger
from gen4flow.objects import Objects
from gen4flow.sinks import manifest_file


def import_elsewhere(
    planning: Planning,
    planned: Sequence[PlannedJob],
    ledger: Ledger,
    run: int | None,
    facts: Callable[[Prepared], RunFacts],
) -> None:
    """Import every picture whose file is what the manifest says, also of jobs that the recipe no longer has."""
    requests = {one.job.fingerprint: one.job.request for one in planned}
    for fingerprint, entry in planning.folder.bought.items():
        request = requests.get(fingerprint) or told_request(entry, planning.folder.manifest or {})
        if ledger.purchase(fingerprint) or not _is(request, fingerprint):
            continue
        images = [
            image
            for file in manifest_file.files(entry)
            if (image := _imported(planning.folder.path / file["path"], file["original_sha256"], planning.objects))
        ]
        if images:
            run = ledger.start_run(facts(planning.prepared)) if run is None else run
            order = Order(
                fingerprint=fingerprint,
                request=request.canonical(),
                provider=request.provider,
                key=entry["key"],
                price=0,
            )
            ledger.import_elsewhere(order, run=run, images=images)


def _is(request: Request, fingerprint: str) -> bool:
    """Tell whether a request, which a manifest may have made up, has a fingerprint."""
    try:
        return fingerprint_of(request.canonical()) == fingerprint
    except (ValueError, TypeError, RecursionError):
        return False


def _imported(path: Path, sha256: str, objects: Objects) -> Image | None:
    """Keep a delivered copy as an original; None where it is not the original's bytes, or no whole image."""
    try:
        size = path.stat().st_size
        if path.is_symlink() or size > 64 * 1024 * 1024:
            return None
        facts = check(path)
        incoming = objects.incoming()
        try:
            with path.open("rb") as file:
                while chunk := file.read(1024 * 1024):
                    incoming.write(chunk)
            if incoming.sha256() != sha256:
                return None
            incoming.keep()
        finally:
            incoming.discard()
    except (OSError, ImageInvalid):
        return None
    return Image(sha256=sha256, bytes=size, width=facts.width, height=facts.height, media_type=facts.media_type)
