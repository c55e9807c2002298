"""`gen4flow picks apply`: copies the images that were picked into a folder. Buys nothing, and overwrites nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gen4flow.commands.choosing import selected
from gen4flow.commands.delivering import not_delivered
from gen4flow.commands.planning import Planning, plan_for
from gen4flow.commands.preparing import prepare
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, add_selectors, choices_of
from gen4flow.core.copies import copies_of
from gen4flow.core.errors import RecipeError, UsageError
from gen4flow.core.finals import unknown_rows
from gen4flow.core.history import Delivery
from gen4flow.core.inert import inert, inert_json
from gen4flow.core.picks import Picks, Verdict
from gen4flow.core.plan import Action, PlannedJob
from gen4flow.core.purchase import Status
from gen4flow.ledger import Ledger
from gen4flow.objects import Objects
from gen4flow.picks_file import read_picks
from gen4flow.sinks.copies import Copies
from gen4flow.terminal import say

SOME_MISSING = 6
RULES = """\
The keys of the picks say which rows are meant, and the recipe, with its profiles, what they are: with the profile of
the drafts these are the images that were looked at, with that of the finals their finals. Copies are named as in the
output folder. Nothing is bought; what is not there is named, with exit code 6. No file is ever overwritten."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = f"{parser.description}\n\n{RULES}"
    parser.add_argument("picks", metavar="PICKS", type=Path, help="a picks file")
    add_recipe(parser)
    parser.add_argument("--to", metavar="DIR", type=Path, required=True, help="the folder for the copies")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A row that was picked: `looked_at` says whether its image is the one that was; `missing` why there is none."""

    planned: PlannedJob
    looked_at: bool
    missing: str = ""
    copies: tuple[Delivery, ...] = ()
    new: bool = False


def run(arguments: argparse.Namespace) -> int:
    """Copy the winners; exit 6 when one of them has no image."""
    picks = read_picks(arguments.picks)
    prepared = prepare(arguments.recipe, choices_of(arguments))
    planning = plan_for(prepared, Ledger.read(prepared.project.state))
    planned = list(planning.jobs())
    keys = [one.job.key for one in planned]
    if problems := list(unknown_rows(prepared.recipe, picks, keys, str(arguments.picks))):
        raise RecipeError(problems)
    meant = picks.picked_keys & selected(planned, arguments.select)
    copies = Copies(arguments.to, written={}, make=planning.make)
    winners = [_winner(one, picks, planning) for one in planned if one.job.key in meant]
    _refuse_to_overwrite(copies, winners)
    copied = [_copied(winner, copies) for winner in winners]
    if arguments.json:
        print(inert_json(_document(arguments.to, copied)))
    else:
        _show(arguments.to, copied)
    _tell(copied, prepared.typed)
    return SOME_MISSING if any(winner.missing for winner in copied) else 0


def _winner(planned: PlannedJob, picks: Picks, planning: Planning) -> Winner:
    """Return a row that was picked."""
    looked_at = {
        pick.fingerprint for pick in picks.picks if pick.verdict is Verdict.PICK and planned.job.key in pick.keys
    }
    missing = _missing(planned, planning.objects)
    return Winner(planned=planned, looked_at=planned.job.fingerprint in looked_at, missing=missing)


def _missing(planned: PlannedJob, objects: Objects) -> str:
    """Return why there is nothing to copy, empty where there is."""
    if planned.action is Action.ELSEWHERE:
        return "bought with another ledger, and not imported into this one yet"
    if planned.purchase is None or planned.purchase.attempt.status is not Status.SUCCEEDED:
        return planned.reason if planned.purchase else "not bought yet"
    try:
        for image in planned.purchase.images:
            for _ in objects.read(image.sha256):
                pass
    except FileNotFoundError:
        return "bought, and its original is missing"
    except OSError as error:
        return f"bought, and its original can't be read: {error}"
    return "" if planned.purchase.images else "bought, and there is no image of it"


def _refuse_to_overwrite(copies: Copies, winners: Sequence[Winner]) -> None:
    """Raise UsageError, before anything is copied, when other files stand where copies would go."""
    there = [(winner.planned.job, winner.planned.purchase) for winner in winners if not winner.missing]
    found = (copies.in_the_way(copies_of(job, purchase.images)) for job, purchase in there if purchase)
    if blocked := [path for path in found if path is not None]:
        more = f", and {len(blocked) - 1} more" if len(blocked) > 1 else ""
        told = f"{copies.folder / blocked[0]} is there already, and is another file{more}"
        raise UsageError(f"{told}: move it, or choose another folder")


def _copied(winner: Winner, copies: Copies) -> Winner:
    """Return a winner after it was copied under its name; raises OSError."""
    job, purchase = winner.planned.job, winner.planned.purchase
    if winner.missing or purchase is None:
        return winner
    wanted = copies_of(job, purchase.images)
    new = not all((copies.folder / copy.path).exists() for copy in wanted)  # what is there is what belongs there
    done = copies.deliver(wanted)
    if done.failed:
        raise not_delivered(done.failed)
    made = tuple(one.file for one in done.copies)
    return Winner(planned=winner.planned, looked_at=winner.looked_at, copies=made, new=new)


def _show(folder: Path, winners: Sequence[Winner]) -> None:
    """Print every copy, and how many of the winners are there."""
    for winner in winners:
        for copy in winner.copies:
            print(f"{'copied' if winner.new else 'there':<8}{folder / copy.path}")
    there = sum(not winner.missing for winner in winners)
    print(f"{there} of {len(winners)} picked images in {folder}")


def _tell(winners: Sequence[Winner], typed: str) -> None:
    """Say what is missing and what brings it, and which images are not the ones that were looked at."""
    missing = [winner for winner in winners if winner.missing]
    for winner in missing:
        say(f"missing: {inert(winner.planned.job.key)}: {inert(winner.missing)}")
    if missing:
        say(f"  -> gen4flow run {typed}")
    others = [winner for winner in winners if not winner.missing and not winner.looked_at]
    if others:
        told = f"note: {len(others)} of them {'is' if len(others) == 1 else 'are'} not what was looked at"
        say(f"{told}, but what the same rows are now: {inert(others[0].planned.job.key)}")


def _document(folder: Path, winners: Sequence[Winner]) -> dict[str, object]:
    """Return what came of it as JSON values."""
    return {
        "folder": str(folder),
        "picked": len(winners),
        "images": list(_images(winners)),
        "missing": [
            {
                "key": winner.planned.job.key,
                "fingerprint": winner.planned.job.fingerprint,
                "status": winner.planned.status.value,
                "reason": winner.missing,
            }
            for winner in winners
            if winner.missing
        ],
    }


def _images(winners: Sequence[Winner]) -> Iterator[Mapping[str, object]]:
    """Yield what is said of each copy."""
    for winner in winners:
        for copy in winner.copies:
            yield {
                "key": winner.planned.job.key,
                "fingerprint": winner.planned.job.fingerprint,
                "looked_at": winner.looked_at,
                "path": copy.path,
                "sha256": copy.sha256,
                "copied": winner.new,
            }
