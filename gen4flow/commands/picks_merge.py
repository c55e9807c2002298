"""`gen4flow picks merge`: two people's picks as one file, or a list of what they disagree about."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gen4flow.commands.new_file import write_new
from gen4flow.core.errors import RecipeError, UsageError
from gen4flow.core.inert import inert, inert_json
from gen4flow.core.picks import Pick, Picks, picks_document, picks_text
from gen4flow.core.picks_merge import Conflict, Preference, conflicts, merged
from gen4flow.picks_file import read_picks
from gen4flow.terminal import say

DISAGREE = 1
RULES = """\
A row that one picks and the other rejects is a conflict: it is listed, nothing is written, and the exit code is 1,
unless --prefer says whose verdict holds. What both say of one image is united: all its rows, the lower of two ratings,
both notes below each other. It does not matter which file is A, and merging again changes nothing. Files that name
different recipes are not merged. C is overwritten where it is A or B, or where nothing that it says would be lost."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = f"{parser.description}\n\n{RULES}"
    parser.add_argument("a", metavar="A", type=Path, help="a picks file")
    parser.add_argument("b", metavar="B", type=Path, help="another one, of the same recipe")
    parser.add_argument("-o", dest="output", metavar="C", type=Path, required=True, help="the file of both")
    parser.add_argument(
        "--prefer", choices=[one.value for one in Preference], help="whose verdict holds where they disagree"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the picks of both, or list what they disagree about and exit 1."""
    a, b = read_picks(arguments.a), read_picks(arguments.b)
    if a.recipe != b.recipe:
        told = f"{arguments.a} holds picks of {a.recipe!r}, and {arguments.b} of {b.recipe!r}"
        raise UsageError(f"{told}: only picks of one recipe are merged")
    found = conflicts(a, b)
    settled = not found or arguments.prefer is not None
    both = merged(a, b, Preference(arguments.prefer or Preference.REJECT.value)) if settled else None
    if both is not None:
        replaced = [arguments.a, arguments.b, *([arguments.output] if _adds_nothing(arguments.output, both) else [])]
        write_new(arguments.output, picks_text(both).encode(), instead_of=replaced)
    if arguments.json:
        print(inert_json(_document(arguments, found, both)))
    else:
        _show(arguments, found, both)
    if both is None:
        rows = len({key for one in found for key in one.keys})
        say(f"nothing was written: {rows} row{'s are' if rows > 1 else ' is'} picked by one and rejected by the other")
        say("  help: --prefer reject, --prefer A or --prefer B says whose verdict holds; or edit one of the files")
    elif a.manifest_sha256 != b.manifest_sha256:
        say(f"note: they looked at two states of the output folder; {arguments.output} names one of them")
    return DISAGREE if both is None else 0


def _adds_nothing(file: Path, both: Picks) -> bool:
    """Tell whether a file holds picks that all stand in those of both: an earlier merge, say."""
    try:
        old = read_picks(file)
    except RecipeError:
        return False
    return old.recipe == both.recipe and not conflicts(old, both) and _judged_alike(old, both)


def _judged_alike(old: Picks, both: Picks) -> bool:
    """Tell whether picks that are merged into others change nothing but the manifest that these name."""
    return merged(old, both, Preference.B).picks == both.picks


def _show(arguments: argparse.Namespace, found: Sequence[Conflict], both: Picks | None) -> None:
    """Print the conflicts, and what was written."""
    for one in found:
        print("conflict: " + "\n          ".join(map(inert, one.keys)))
        print(f"  A {_said(one.a)}\n  B {_said(one.b)}")
        if one.a.fingerprint != one.b.fingerprint:
            print(f"  of two images: A looked at {one.a.fingerprint[:12]}, B at {one.b.fingerprint[:12]}")
    if both is not None:
        settled = f"; {len(found)} settled by --prefer {arguments.prefer}" if found else ""
        print(f"{_counted(both)} in {arguments.output}{settled}")


def _said(pick: Pick) -> str:
    """Return what somebody said of an image, on one line."""
    stars = "" if pick.stars is None else f", {pick.stars} star{'s' if pick.stars > 1 else ''}"
    note = f": {inert(' / '.join(pick.note.splitlines()))}" if pick.note else ""
    return f"{pick.verdict.value}s it{stars}{note}"


def _counted(picks: Picks) -> str:
    """Return how many rows are picked and rejected."""
    picked, rejected = len(picks.picked_keys), len(picks.rejected_keys)
    return f"{picked} row{'' if picked == 1 else 's'} picked, {rejected} rejected"


def _document(arguments: argparse.Namespace, found: Sequence[Conflict], both: Picks | None) -> dict[str, object]:
    """Return what came of it as JSON values; `picks` is null where nothing was written."""
    return {
        "output": None if both is None else str(arguments.output),
        "prefer": arguments.prefer,
        "conflicts": [
            {"keys": list(one.keys), "a": _judged(one.a), "b": _judged(one.b)} for one in found
        ],
        "picks": None if both is None else picks_document(both),
    }  # fmt: skip


def _judged(pick: Pick) -> dict[str, object]:
    return {
        "fingerprint": pick.fingerprint,
        "verdict": pick.verdict.value,
        "stars": pick.stars,
        "note": pick.note,
    }
