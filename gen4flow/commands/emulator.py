"""`gen4flow emulator`: serves the provider's API on loopback until Ctrl-C."""

from __future__ import annotations

import argparse
import threading
from decimal import Decimal, InvalidOperation
from pathlib import Path

from gen4flow.core.errors import UsageError
from gen4flow.emulator import FaultRule, Settings, serving
from gen4flow.emulator.settings import DEFAULT_BALANCE, DEFAULT_LATENCY, IMAGE_FORMATS

HELP = "serve the provider's API on loopback: free proofs, the real rules, faults on demand"
DEFAULT_PORT = 8787

EPILOG = """\
A prompt with [moderate] in it ends in moderation (code 1200), one with [fail] in a
failed task (1405); a reference image on the host unreachable.invalid can't be fetched
(1402). Every answer has the header Gen4flow-Emulator: 1.

Faults: --fault poll:500:0.1 answers a tenth of the polls with HTTP 500;
--fault submit:accept_then_drop:1:2 books the first two submits and drops their
connections; --list-faults names them all.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}; 0 takes a free one")
    parser.add_argument("--latency", type=float, default=DEFAULT_LATENCY, metavar="SECONDS", help="mean time a picture")
    parser.add_argument("--balance", default=str(DEFAULT_BALANCE), metavar="DOLLARS", help="what the account holds")
    parser.add_argument("--format", choices=IMAGE_FORMATS, default="png", help="the pictures' format (default: png)")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep predictions here, and know them next time")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="POINT:NAME:PROBABILITY[:TIMES]",
        help="may be repeated",
    )
    parser.add_argument("--fault-seed", type=int, default=0, metavar="N", help="fixes which requests the faults hit")
    parser.add_argument("--list-faults", action="store_true", help="name every fault and what it does")


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C, or list the faults."""
    if arguments.list_faults:
        print(_faults())
        return 0
    try:
        with serving(_settings(arguments), host=arguments.host, port=arguments.port) as base_url:
            print(_greeting(base_url), flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        pass  # Ctrl-C is how serving is meant to end
    return 0


def _settings(arguments: argparse.Namespace) -> Settings:
    if not 0 <= arguments.latency < float("inf"):
        raise UsageError("--latency is a number of seconds, 0 or more")
    return Settings(
        latency=arguments.latency,
        balance=_dollars(arguments.balance),
        image_format=arguments.format,
        folder=arguments.folder,
        faults=tuple(FaultRule.parse(text) for text in arguments.fault),
        fault_seed=arguments.fault_seed,
    )


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise UsageError(f"--balance {text}: write dollars, as in 12.50") from error
    if not amount.is_finite() or amount < 0:
        raise UsageError(f"--balance {text}: write dollars, 0 or more")
    return amount


def _greeting(base_url: str) -> str:
    return (
        f"Serving on {base_url} until Ctrl-C. In another shell:\n\n"
        f"export WAVESPEED_BASE_URL={base_url}\n"
        "export WAVESPEED_API_KEY=any"
    )


def _faults() -> str:
    # The faults speak HTTP, and so load the web framework: not for a --help.
    from gen4flow.emulator.faults.register import FAULTS

    names = {f"{point}:{name}": fault.line for (point, name), fault in FAULTS.items()}
    width = max(map(len, names))
    return "\n".join(f"{name:<{width}}  {line}" for name, line in names.items())
