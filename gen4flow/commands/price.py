"""`gen4flow price`: asks the provider what the images of a recipe cost, beside what the plan says."""

from __future__ import annotations

import argparse
import json

from gen4flow.commands.account import access_to, ask_account
from gen4flow.commands.preparing import prepare
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, choices_of
from gen4flow.core.errors import UsageError
from gen4flow.core.price import CURRENCY, list_price, show_money


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_recipe(parser)
    add_recipe_options(parser)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the price of each model and resolution in the recipe."""
    prepared = prepare(arguments.recipe, choices_of(arguments))
    if prepared.is_proof:
        raise UsageError("proofs are free: say --provider wavespeed to ask for real prices")
    samples = {(job.request.model, job.request.resolution): job.request for job in prepared.jobs()}
    account = ask_account(access_to(prepared.recipe.provider, prepared.project), samples.values())
    rows = []
    for model, resolution in samples:
        asked, planned = account.prices.get((model, resolution)), list_price(model, resolution)
        rows.append(
            {
                "model": model,
                "resolution": resolution,
                "price": None if asked is None else show_money(asked),
                "planned": None if planned is None else show_money(planned),
                "currency": CURRENCY,
            }
        )
    if arguments.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(f"{row['model']} {row['resolution']}: ${row['price'] or '?'} (planned: ${row['planned'] or '?'})")
    return 0
