"""`gen4flow balance`: asks the provider what the account holds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from gen4flow.commands.account import access_to, ask_account
from gen4flow.core.errors import Gen4flowError
from gen4flow.core.price import CURRENCY, show_money
from gen4flow.project import find_project
from gen4flow.providers import PROVIDERS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    real = sorted(PROVIDERS.keys() - {"local"})
    parser.add_argument("--provider", choices=real, default="wavespeed", help="default: wavespeed")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print the balance."""
    project = find_project(Path.cwd(), state=None)
    account = ask_account(access_to(arguments.provider, project), ())
    if account.balance is None:
        raise Gen4flowError("the provider's answer holds no balance; try again later")
    if arguments.json:
        told = {"balance": show_money(account.balance), "currency": CURRENCY, "emulator": account.emulator}
        print(json.dumps(told))
    else:
        print(f"${show_money(account.balance)}{' (an emulator: no real money)' if account.emulator else ''}")
    return 0
