"""Takes pictures over that another ledger has bought: a fresh clone with its output folder buys nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gen4flow.commands.planning import Planning
from gen4flow.commands.preparing import Prepared
from gen4flow.core.history import Order, RunFacts
from gen4flow.core.image import Image, ImageInvalid, media_type_of
from gen4flow.core.job import Request, fingerprint_of
from gen4flow.core.manifest import told_request
from gen4flow.core.plan import PlannedJob
from gen4flow.delivery.marking import original_candidates
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
        images = _imported_images(planning, entry)
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


def _imported_images(planning: Planning, entry: Mapping[str, Any]) -> list[Image]:
    """Return the originals that an entry's files bring, each once: several files may be made of one."""
    found: dict[str, Image] = {}
    for file in manifest_file.files(entry):
        sha256 = file["original_sha256"]
        if sha256 not in found and (image := _imported(planning.folder.path / file["path"], sha256, planning.objects)):
            found[sha256] = image
    return list(found.values())


def _is(request: Request, fingerprint: str) -> bool:
    """Tell whether a request, which a manifest may have made up, has a fingerprint."""
    try:
        return fingerprint_of(request.canonical()) == fingerprint
    except (ValueError, TypeError, RecursionError):
        return False


def _imported(path: Path, sha256: str, objects: Objects) -> Image | None:
    """Keep the original that a delivered copy was made from; None where it can't be had from it, or is no whole image.

    Marks come out of a copy as they went in, so that the original is there again byte for byte; a conversion doesn't.
    """
    try:
        if path.is_symlink() or path.stat().st_size > 64 * 1024 * 1024:
            return None
        content = path.read_bytes()
        found = original_candidates(content, media_type_of(content) or "")
        original = next((one for one in found if hashlib.sha256(one).hexdigest() == sha256), None)
        return _kept(original, objects) if original is not None else None
    except (OSError, ImageInvalid):
        return None


def _kept(original: bytes, objects: Objects) -> Image:
    """Keep an original that decodes; raises OSError or ImageInvalid."""
    incoming = objects.incoming()
    try:
        incoming.write(original)
        incoming.flush()
        facts = check(incoming.path)
        sha256 = incoming.keep()
    finally:
        incoming.discard()
    return Image(
        sha256=sha256, bytes=len(original), width=facts.width, height=facts.height, media_type=facts.media_type
    )
