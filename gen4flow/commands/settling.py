"""A person's word on submits whose answer was lost: adopt, forget, give up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence

from gen4flow.commands.account import Access
from gen4flow.commands.evidence_reading import unheard_of
from gen4flow.commands.provider_access import reach_again
from gen4flow.core.errors import UsageError
from gen4flow.core.history import Change, PredictionTaken, Purchase
from gen4flow.core.purchase import Adopted, Event, Forgotten, GivenUp, Status, decide
from gen4flow.ledger import Ledger
from gen4flow.project import Project

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def parse_adoptions(told: Iterable[str]) -> list[tuple[str, str]]:
    """Return jobs with the predictions that they have become; raises UsageError."""
    adoptions = []
    for text in told:
        key, sign, prediction_id = text.rpartition("=")
        if not sign or not key or not _ID.fullmatch(prediction_id):
            raise UsageError(f"--adopt {text}: write JOB=ID, with the key of the job and the id of the prediction")
        adoptions.append((key, prediction_id))
    return adoptions


def refuse_slips(project: Project, ledger: Ledger, adoptions: Sequence[tuple[str, str]]) -> None:
    """Raise UsageError for a prediction that its provider does not know: adopted, it would be waited for in vain."""
    told = dict(adoptions)
    for one in ledger.open_purchases():
        prediction_id = told.get(one.key) or told.get(one.fingerprint)
        if one.attempt.status is Status.UNKNOWN and prediction_id and _is_slip(project, one.provider, prediction_id):
            text = f"--adopt {one.key}={prediction_id}: the provider knows no such prediction; nothing was adopted"
            raise UsageError(text)


def _is_slip(project: Project, provider: str, prediction_id: str) -> bool:
    """Ask the provider whether it knows no such prediction."""

    async def asked(access: Access) -> bool:
        async with access.client() as client:
            return await unheard_of(client, access, prediction_id)

    with reach_again(provider, project) as access:
        return asyncio.run(asked(access))


def adopt(ledger: Ledger, adoptions: Sequence[tuple[str, str]], keys: set[str] | None) -> None:
    """Record which predictions lost submits have become; raises UsageError."""
    for key, prediction_id in adoptions:
        try:
            _settle(ledger, _lost(ledger, key, keys), Adopted(prediction_id=prediction_id))
        except PredictionTaken as error:
            raise UsageError(f"--adopt {key}={prediction_id}: that prediction is another job's already") from error


def forget(ledger: Ledger, told: Iterable[str], keys: set[str] | None) -> None:
    """Let jobs be bought again, though their lost submits keep counting; raises UsageError."""
    for key in told:
        adopted = [one for one in _of(ledger, key, keys) if one.attempt.adopted and one.attempt.holds]
        _settle(ledger, adopted[0] if adopted else _lost(ledger, key, keys), Forgotten())


def give_up(ledger: Ledger, told: Iterable[str], keys: set[str] | None) -> None:
    """Count lost submits as spent and never buy them again; raises UsageError."""
    for key in told:
        _settle(ledger, _lost(ledger, key, keys), GivenUp())


def _settle(ledger: Ledger, purchase: Purchase, event: Event) -> None:
    """Record what a person, or evidence, says of an attempt."""
    attempt = decide(purchase.attempt, event).attempt
    ledger.record([Change(number=purchase.number, attempt=attempt, event=type(event).__name__)])


def _lost(ledger: Ledger, key: str, keys: set[str] | None) -> Purchase:
    """Return the one lost submit of a job; raises UsageError where there is none, or more than one."""
    found = [one for one in _of(ledger, key, keys) if one.attempt.status is Status.UNKNOWN]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{key}: {len(found)} recipes have such a job with a lost submit: name the recipe")
    raise UsageError(f"{key}: no submit of such a job is unknown; `gen4flow status` names those that are")


def _of(ledger: Ledger, key: str, keys: set[str] | None) -> list[Purchase]:
    """Return every attempt of a job, by its key or fingerprint."""
    return [
        one for one in ledger.every_attempt() if key in {one.key, one.fingerprint} and (not keys or one.key in keys)
    ]
