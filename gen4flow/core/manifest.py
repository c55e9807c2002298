"""The manifest: every job of a plan with what became of it; made from the ledger and the plan, the same each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gen4flow.core.copies import DeliveredCopy
from gen4flow.core.history import Delivery, Purchase, RunFacts
from gen4flow.core.job import Job, Request
from gen4flow.core.price import CURRENCY, from_micros, show_money
from gen4flow.core.purchase import Money, Status
from gen4flow.core.recipe import AxisValue
from gen4flow.core.references import read_reference
from gen4flow.core.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What became of one job: its purchase, if there is one, and the copies that were delivered.

    `waiting` says why nothing is bought: it is held, or what it needs brought no image.

    `elsewhere` is what the manifest already said of a job that another ledger has bought and this one could not import.
    """

    job: Job
    purchase: Purchase | None
    files: Sequence[DeliveredCopy] = ()
    elsewhere: Mapping[str, object] | None = None
    waiting: Status | None = None

    @property
    def status(self) -> Status:
        """Return where the job is."""
        if self.purchase is None and self.elsewhere is not None:
            return Status.SUCCEEDED
        if self.purchase is not None and self.purchase.attempt.status is not Status.PLANNED:
            return self.purchase.attempt.status
        return self.waiting or Status.PLANNED


def build_manifest(
    *,
    tool_version: str,
    recipe: str,
    profiles: Sequence[str] = (),
    provider: str,
    model: str,
    last: RunFacts | None,
    entries: Iterable[Entry],
) -> dict[str, object]:
    """Return the manifest as JSON values.

    `recipe` is its name, `profiles` are those that were laid over it, `last` is the last run that bought.
    """
    entries = list(entries)
    return {
        "tool": {"name": "gen4flow", "version": tool_version},
        "recipe": {
            "name": recipe,
            "profiles": list(profiles),
            "sha256": last.recipe_sha256 if last else None,
            "git_commit": last.git_commit if last else None,
            "git_dirty": last.git_dirty if last else None,
        },
        "provider": provider,
        "model": model,
        "totals": _totals(entries),
        "entries": [_entry(entry) for entry in entries],
    }


def _totals(entries: Sequence[Entry]) -> dict[str, object]:
    """Return the jobs by status, and what they cost: a purchase that several jobs share counts once."""
    bought = {entry.purchase.number: entry.purchase for entry in entries if entry.purchase}
    counted = [purchase for purchase in bought.values() if purchase.attempt.money is not Money.RELEASED]
    charged = [purchase.charged for purchase in counted]
    return {
        "jobs": {"total": len(entries), **dict(sorted(Counter(entry.status.value for entry in entries).items()))},
        "list": show_money(from_micros(sum(purchase.price for purchase in counted))),
        "charged": _sum(charged),
        "currency": CURRENCY,
    }


def waiting_for(upstream: Iterable[Status], *, held: bool) -> Status | None:
    """Return what a job without a purchase waits for: what it needs has failed, or it or that is held."""
    found = set(upstream)
    if found & {Status.FAILED, Status.UNKNOWN, Status.SKIPPED}:
        return Status.SKIPPED
    return Status.HELD if held or Status.HELD in found else None


def _sum(amounts: Sequence[int | None]) -> str | None:
    """Return what was charged in all, None while some of it is not known."""
    known = [amount for amount in amounts if amount is not None]
    return show_money(from_micros(sum(known))) if known and len(known) == len(amounts) else None


def _entry(entry: Entry) -> dict[str, object]:
    """Return one job's entry."""
    job, purchase = entry.job, entry.purchase
    return {
        "key": job.key,
        "fingerprint": job.fingerprint,
        "status": entry.status.value,
        "axes": plain_axes(job.axes),
        "extras": dict(job.extras),
        "tags": dict(job.tags),
        "template": job.template,
        "model": job.request.model,
        "prompt": job.request.prompt,
        "parameters": dict(job.request.parameters),
        "take": job.request.take,
        "seed": job.request.seed,
        "references": [reference.as_json() for reference in job.request.references],
        "files": [_file(file) for file in entry.files],
        **_purchase_facts(purchase),
        **(dict(entry.elsewhere) if entry.elsewhere is not None and purchase is None else {}),
    }


def _purchase_facts(purchase: Purchase | None) -> dict[str, object]:
    """Return what the ledger knows of a job's purchase."""
    attempt = purchase.attempt if purchase else None
    return {
        "prediction_id": attempt.prediction_id if attempt else None,
        "attempts": purchase.tries if purchase else 0,
        "price": {
            "list": show_money(from_micros(purchase.price)) if purchase else None,
            "charged": show_money(from_micros(purchase.charged)) if purchase and purchase.charged is not None else None,
            "currency": CURRENCY,
        },
        "created": purchase.created if purchase else None,
        "submitted": purchase.submitted if purchase else None,
        "finished": purchase.finished if purchase else None,
        "inference_ms": purchase.inference_ms if purchase else None,
        "nsfw": purchase.nsfw if purchase else None,
        "adopted": attempt.adopted if attempt else False,
        "error": _error(purchase),
    }


def _error(purchase: Purchase | None) -> dict[str, object] | None:
    """Return why there is no image, None where there is one or nothing was tried."""
    if purchase is None or not (purchase.attempt.failure or purchase.attempt.message):
        return None
    if purchase.attempt.status is Status.SUCCEEDED:
        return None
    attempt = purchase.attempt
    return {
        "class": attempt.failure.value if attempt.failure else attempt.status.value,
        "message": attempt.message,
    }


def _file(delivered: DeliveredCopy) -> dict[str, object]:
    """Return one delivered copy."""
    copy, file, sidecar = delivered.copy, delivered.file, delivered.sidecar
    return {
        "path": file.path,
        "sha256": file.sha256,
        "original_sha256": copy.original.sha256,
        "bytes": file.bytes,
        "width": file.width,
        "height": file.height,
        "media_type": copy.media_type,
        "placement": copy.placement,
        "made": copy.made,
        "marks": file.marks.value,
        "sidecar": sidecar and _sidecar(sidecar),
    }


def _sidecar(file: Delivery) -> dict[str, object]:
    """Return the file that holds the marks of a copy which could not take them itself."""
    return {"path": file.path, "sha256": file.sha256, "bytes": file.bytes}


def told_request(entry: Mapping[str, Any], manifest: Mapping[str, Any]) -> Request:
    """Return the request that an entry says, which anybody may have written: only its fingerprint proves it."""
    parameters, take = entry.get("parameters"), entry.get("take")
    try:
        references = tuple(read_reference(one) for one in entry.get("references") or ())
    except (ValueError, TypeError):
        references = ()
    return Request(
        provider=str(manifest.get("provider")),
        model=str(entry.get("model") or manifest.get("model")),
        prompt=str(entry.get("prompt")),
        parameters=parameters if isinstance(parameters, dict) else {},
        references=references,
        take=take if isinstance(take, int) else None,
    )


def plain_axes(axes: Mapping[str, AxisValue]) -> dict[str, Value]:
    """Return a job's coordinates: scalars as they are, a mapping by its identity."""
    return {name: value.id if isinstance(value.value, Mapping) else value.value for name, value in axes.items()}


# What is taken over from the manifest of another ledger's purchase: nothing else of it is believed.
FACTS_OF_A_PURCHASE = (*_purchase_facts(None), "files")
