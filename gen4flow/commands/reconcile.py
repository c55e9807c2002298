"""`gen4flow reconcile`: settles submits whose answer was lost, by the provider's evidence or by a person's word."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gen4flow.api_client import ApiClient, Deadlines
from gen4flow.commands.account import Access
from gen4flow.commands.buying import settle_crashed
from gen4flow.commands.choosing import selected
from gen4flow.commands.evidence_reading import Seen, keys_in, look_at, read_billing, read_history
from gen4flow.commands.planning import plan_for
from gen4flow.commands.preparing import Prepared, prepare
from gen4flow.commands.provider_access import reach_again
from gen4flow.commands.recipe_options import add_recipe_options, add_selectors, choices_of
from gen4flow.commands.settling import adopt, forget, give_up, parse_adoptions, refuse_slips
from gen4flow.commands.view import View
from gen4flow.core.charges import Charge, charges, money_after
from gen4flow.core.errors import UsageError
from gen4flow.core.evidence import CATCH_UP, Doubt, LostSubmit, Verdict, judge
from gen4flow.core.history import Purchase
from gen4flow.core.job import read_request
from gen4flow.core.price import from_micros, show_money
from gen4flow.core.purchase import Money, Status
from gen4flow.core.sizes import SIZES
from gen4flow.ledger import Ledger
from gen4flow.project import Project, find_project
from gen4flow.state_lock import held
from gen4flow.terminal import say

UNSETTLED = 7
LOOKED_AT = 20  # candidates that are fetched for a person's eyes
FOLDER = "reconcile"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("recipe", metavar="RECIPE", type=Path, nargs="?", help="without one: the whole ledger")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument(
        "--adopt", action="append", default=[], metavar="JOB=ID", help="the prediction that a lost submit has become"
    )
    parser.add_argument(
        "--forget",
        action="append",
        default=[],
        metavar="JOB",
        help="a key or a selector: may be bought again; the old one keeps counting",
    )
    parser.add_argument(
        "--give-up",
        action="append",
        default=[],
        metavar="JOB",
        help="a key or a selector: counts as spent, is never bought again",
    )


def run(arguments: argparse.Namespace) -> int:
    """Settle what can be settled; exit 7 while something is unknown."""
    prepared = _prepared(arguments)
    project = prepared.project if prepared else find_project(Path.cwd(), state=arguments.state)
    adoptions = parse_adoptions(arguments.adopt)
    with held(project.state), contextlib.closing(Ledger.open(project.state)) as ledger:
        settle_crashed(ledger)
        keys = _keys(prepared, ledger, arguments.select)
        refuse_slips(project, ledger, adoptions)
        adopt(ledger, adoptions, keys)
        forget(ledger, _meant(prepared, ledger, arguments.forget), keys)
        give_up(ledger, _meant(prepared, ledger, arguments.give_up), keys)
        _ask_provider(project, ledger, keys)
        if prepared:
            _refresh(prepared, ledger)
        return _tell(list(unknown(ledger, keys)))


def _keys(prepared: Prepared | None, ledger: Ledger, selectors: Sequence[str]) -> set[str] | None:
    """Return the keys of the jobs that are looked at, None for the whole ledger; raises UsageError."""
    if prepared is None and selectors:
        raise UsageError("-s selects jobs of a recipe: name the recipe, too")
    return set(selected(list(plan_for(prepared, ledger).jobs()), selectors)) if prepared else None


def _meant(prepared: Prepared | None, ledger: Ledger, told: Sequence[str]) -> Iterator[str]:
    """Yield the jobs that are meant by keys, fingerprints and selectors; raises UsageError."""
    known = {name for one in ledger.every_attempt() for name in (one.key, one.fingerprint)}
    for text in told:
        if text in known or prepared is None:
            yield text
            continue
        planned = list(plan_for(prepared, ledger).jobs())
        keys = selected(planned, [text])
        settled = {
            one.purchase.key
            for one in planned
            if one.job.key in keys and one.purchase and (one.status is Status.UNKNOWN or one.purchase.attempt.adopted)
        }
        if not settled:
            raise UsageError(f"none of the jobs that {text!r} selects is unknown")
        yield from sorted(settled)


def unknown(ledger: Ledger, keys: set[str] | None) -> Iterator[Purchase]:
    """Yield the submits without an answer, of some jobs or of all."""
    for purchase in ledger.open_purchases():
        if purchase.attempt.status is Status.UNKNOWN and (keys is None or purchase.key in keys):
            yield purchase


def _prepared(arguments: argparse.Namespace) -> Prepared | None:
    """Return the recipe, when one is named."""
    if arguments.recipe is None:
        return None
    return prepare(arguments.recipe, choices_of(arguments))


def _refresh(prepared: Prepared, ledger: Ledger) -> None:
    """Write the output folder's documents again, where there are any: charges and adoptions stand in them."""
    planning = plan_for(prepared, ledger)
    if planning.folder.has_manifest:
        View(planning, ledger, list(planning.jobs())).write()


def _ask_provider(project: Project, ledger: Ledger, keys: set[str] | None) -> None:
    """Read history and billing of each provider that something was bought from, and heed them."""
    everyone = list(ledger.every_attempt())
    attempts = [one for one in everyone if keys is None or one.key in keys]
    for provider in sorted({one.provider for one in attempts}):
        mine = [one for one in attempts if one.provider == provider]
        open_ones = [one for one in mine if one.attempt.status in {Status.UNKNOWN, Status.SUBMITTED}]
        if open_ones or any(_bill_is_open(one) for one in mine):
            with reach_again(provider, project) as access:
                rivals = [_lost(one) for one in everyone if one.provider == provider and _may_have_arrived(one)]
                asyncio.run(_heed(access, project, ledger, mine, rivals))


async def _heed(
    access: Access, project: Project, ledger: Ledger, attempts: Sequence[Purchase], rivals: Sequence[LostSubmit]
) -> None:
    """Adopt what the evidence carries, and record what was charged; any of the rivals may own a prediction, too."""
    lost = [_lost(one) for one in attempts if one.attempt.status is Status.UNKNOWN]
    unpaid = [one for one in attempts if _bill_is_open(one)]
    moments = [one.window[0] for one in lost]
    moments += [datetime.fromisoformat(one.created) for one in unpaid if one.created]
    if not moments:
        return
    async with access.client() as client:
        bookings = await read_billing(client, access, min(moments) - timedelta(days=1))
        if bookings is None:
            say("the provider does not tell its billing: what was charged stays unknown")
        own = ledger.prediction_ids()
        if lost:
            await _catch_up(max(one.sent for one in lost))
            history = await read_history(client, access, min(one.window[0] for one in lost))
            judged = judge(rivals, history, keys_in(bookings or (), own), claimed=own)
            verdicts = [one for one in judged if one.lost.number in {it.number for it in lost}]
            await _weigh(client, access, project, ledger, attempts, verdicts)
    if access.is_paid:
        _record_charges(ledger, {one.number for one in attempts}, charges(bookings or ()))


def _may_have_arrived(purchase: Purchase) -> bool:
    """Tell whether a submit without an id may have become a prediction: of whatever recipe, forgotten or given up."""
    attempt = purchase.attempt
    return attempt.prediction_id is None and (
        attempt.status is Status.UNKNOWN or attempt.money in {Money.UNKNOWN, Money.SPENT}
    )


def _bill_is_open(purchase: Purchase) -> bool:
    """Tell whether the billing may still have something to say: a charge, or for a failure its refund."""
    if purchase.elsewhere or not purchase.attempt.prediction_id:
        return False
    waits = purchase.attempt.status is Status.FAILED and purchase.attempt.money is Money.SPENT
    return purchase.charged is None or waits


def _record_charges(ledger: Ledger, numbers: set[int], charged: Mapping[str, Charge]) -> None:
    """Record what some attempts were charged, those included that were adopted a moment ago."""
    for one in list(ledger.every_attempt()):
        charge = charged.get(one.attempt.prediction_id or "")
        if one.number in numbers and charge is not None and charge.micros != one.charged:
            ledger.charge(one.number, charge.micros, money_after(one.attempt, charge))


async def _catch_up(sent: datetime) -> None:
    """Wait until the provider's history can be expected to show a submit that was sent a moment ago."""
    wait = (sent + CATCH_UP - datetime.now(UTC)).total_seconds()
    if wait > 0:
        say(f"waiting {wait:.0f} s: the provider's history may lag behind")
        await asyncio.sleep(min(wait, CATCH_UP.total_seconds()))


def _lost(purchase: Purchase) -> LostSubmit:
    """Return what evidence is looked for."""
    sent = datetime.fromisoformat(purchase.created or datetime.now(UTC).isoformat())
    return LostSubmit(
        number=purchase.number,
        key=purchase.key,
        model=read_request(purchase.request).model,
        sent=sent,
        deadline=sent + timedelta(seconds=Deadlines().submit),
    )


async def _weigh(
    client: ApiClient,
    access: Access,
    project: Project,
    ledger: Ledger,
    attempts: Sequence[Purchase],
    verdicts: Sequence[Verdict],
) -> None:
    """Look at the candidates of each verdict, adopt where nothing else can be meant, show the rest."""
    by_number = {one.number: one for one in attempts}
    looks: dict[str, Seen] = {}
    for verdict in verdicts:
        for candidate in verdict.candidates:
            if candidate.prediction_id not in looks and len(looks) < LOOKED_AT:
                folder = project.state / FOLDER
                looks[candidate.prediction_id] = await look_at(client, access, candidate.prediction_id, folder)
    for verdict in verdicts:
        purchase = by_number[verdict.lost.number]
        found = verdict.candidates[0].prediction_id if verdict.candidates else ""
        if verdict.certain and _has_size(purchase, looks.get(found)):
            adopt(ledger, [(purchase.key, found)], {purchase.key})
            print(f"adopted: {purchase.key} is prediction {found}: {Doubt.NONE.value}, and has its size")
        else:
            _show(verdict, purchase, looks)


def _has_size(purchase: Purchase, seen: Seen | None) -> bool:
    """Tell whether a prediction's image has the size that the job asked for."""
    request = read_request(purchase.request)
    size = SIZES.get((request.aspect_ratio, request.resolution))
    return seen is not None and seen.facts is not None and (seen.facts.width, seen.facts.height) == size


def _show(verdict: Verdict, purchase: Purchase, looks: dict[str, Seen]) -> None:
    """Print what is known of a lost submit that a person has to decide on."""
    doubt = verdict.doubt if verdict.doubt is not Doubt.NONE else None
    print(f"unsettled: {purchase.key}: {doubt.value if doubt else 'its one candidate has not the size of the job'}")
    for candidate in verdict.candidates:
        seen = looks.get(candidate.prediction_id, Seen(told="not looked at"))
        size = f"{seen.facts.width}x{seen.facts.height}" if seen.facts else seen.told
        if seen.facts and not _has_size(purchase, seen):
            size += ", and this job asked for another size"
        print(f"  {candidate.prediction_id}  {candidate.created.isoformat()}  {candidate.status}  {size}")
        if _has_size(purchase, seen):
            print(f"    look at {seen.path}; if this is it:")
            print(f"    gen4flow reconcile --adopt '{purchase.key}={candidate.prediction_id}'")


def _tell(left: Sequence[Purchase]) -> int:
    """Print what is still unknown, with its price and time; returns the exit code."""
    for one in left:
        print(
            f"unknown: {one.key}: ${show_money(from_micros(one.price))}, sent {one.created}; "
            f"--adopt, --forget or --give-up '{one.key}'"
        )
    print(f"{len(left)} unknown" if left else "nothing is unknown; `gen4flow run` fetches what was adopted")
    return UNSETTLED if left else 0
