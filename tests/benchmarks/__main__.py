"""Runs benchmarks and prints what they found: `python -m tests.benchmarks [NAME ...] [--rounds N] [--small] [--peers]`.

Without a name all of them run, one after the other. Figures are medians; what is held against something else is
measured in turns with it, in the same run. Look at `uptime` first: another program on the machine makes them worse.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import Scale
from tests.benchmarks.register import BENCHMARKS
from tests.benchmarks.table import heading, rows


def main() -> int:
    """Measure what is asked for; exit 1 where a figure misses its target."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--rounds", type=int, default=5, help="how often each thing is measured (5)")
    parser.add_argument("--small", action="store_true", help="a hundredth of the size: shows that it works")
    parser.add_argument(
        "--peers", action="store_true", help="also against programs that npm installs for it: promptfoo"
    )
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHMARKS]:
        parser.error(f"no benchmark is called {unknown[0]}: there are {', '.join(BENCHMARKS)}")
    missed = 0
    print(heading(), end="", flush=True)
    for name in arguments.names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix=f"gen4flow-{name}-") as folder:
            scale = Scale(
                rounds=arguments.rounds, small=arguments.small, folder=Path(folder).resolve(), peers=arguments.peers
            )
            for figure in BENCHMARKS[name](scale):
                print(*rows([figure]), sep="\n", flush=True)
                missed += not figure.holds
    return 1 if missed and not arguments.small else 0


if __name__ == "__main__":
    sys.exit(main())
