"""`gen4flow picks to-recipe`: writes a recipe that makes finals of what was picked, and nothing else."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

from gen4flow.commands.finals import Finals, finals_by_reference, finals_by_seed
from gen4flow.commands.finals_rows import Wanted
from gen4flow.commands.new_file import check_folder, write_new
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, add_selectors, choices_of
from gen4flow.core.inert import inert, inert_json
from gen4flow.core.price import list_price, show_money
from gen4flow.picks_file import read_picks
from gen4flow.terminal import say

WAYS: Mapping[str, Callable[[Wanted], Finals]] = {"seed": finals_by_seed, "reference": finals_by_reference}
RULES = """\
The new recipe extends RECIPE and keeps the rows that were picked. What -P and -S lay over RECIPE stands in it, so that
`gen4flow plan FILE` shows and prices exactly the finals. --as seed (the default) asks for each draft's prompt and seed
again; no source says that a seed survives a change of resolution, so a final may look different from its draft. --as
reference also shows the model each draft: a second step takes the images that were picked, which are bought already
and never bought again. Without -o the recipe goes to stdout, for a file in the current folder."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.description = f"{parser.description}\n\n{RULES}"
    parser.add_argument("picks", metavar="PICKS", type=Path, help="a picks file below the project")
    add_recipe(parser)
    parser.add_argument("--as", dest="way", choices=list(WAYS), default="seed", help="default: seed")
    parser.add_argument("-o", dest="output", metavar="FILE", type=Path, help="write it; no other file is overwritten")
    add_recipe_options(parser)
    add_selectors(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print or write the recipe, once it is known to make what was picked."""
    if arguments.output is not None:
        check_folder(arguments.output)
    wanted = Wanted(
        picks=read_picks(arguments.picks),
        file=arguments.picks,
        recipe=arguments.recipe,
        choices=choices_of(arguments),
        selectors=tuple(arguments.select),
        target=arguments.output,
    )
    finals = WAYS[arguments.way](wanted)
    if arguments.output is not None:
        write_new(arguments.output, finals.text.encode())
    if arguments.json:
        print(inert_json(_document(arguments, finals)))
    elif arguments.output is None:
        print(finals.text, end="")
    else:
        print(f"made {arguments.output}: {_priced(finals)}\n\nNext:\n  gen4flow plan {_typed(arguments, finals)}")
    for note in finals.notes:
        say(f"note: {inert(note)}")
    return 0


def _typed(arguments: argparse.Namespace, finals: Finals) -> str:
    """Return the new recipe with the options that its plan takes, as they are typed."""
    words = [str(arguments.output or "FILE"), *(word for one in finals.selectors for word in ("-s", one))]
    words += ["--state", str(arguments.state)] if arguments.state else []
    return shlex.join(words)


def _price(finals: Finals) -> str | None:
    """Return what the finals cost by list price, None where that of one is not known."""
    requests = {job.fingerprint: job.request for job in finals.jobs}.values()
    prices = [list_price(request.model, request.resolution) for request in requests]
    known = [price for price in prices if price is not None]
    return show_money(sum(known, start=0 * known[0])) if known and len(known) == len(prices) else None


def _priced(finals: Finals) -> str:
    """Return what the finals come to, for people."""
    count, images = len(finals.jobs), len({job.fingerprint for job in finals.jobs})
    shared = "" if images == count else f", {images} images"
    return f"{count} final{'' if count == 1 else 's'}{shared}, ${_price(finals) or '?'} by list price"


def _document(arguments: argparse.Namespace, finals: Finals) -> dict[str, object]:
    """Return the recipe and what it makes as JSON values."""
    return {
        "output": None if arguments.output is None else str(arguments.output),
        "name": finals.name,
        "as": arguments.way,
        "recipe": finals.text,
        "finals": [
            {
                "key": job.key,
                "fingerprint": job.fingerprint,
                "prompt": job.request.prompt,
                "parameters": dict(job.request.parameters),
                "references": [reference.as_json() for reference in job.request.references],
            }
            for job in finals.jobs
        ],
        "list_price": _price(finals),
        "command": f"gen4flow plan {_typed(arguments, finals)}",
        "notes": list(finals.notes),
    }
