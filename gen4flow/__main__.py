"""`python -m gen4flow` and the command `gen4flow`: a Ctrl-C while they are being loaded is an interruption too."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> int:
    """Load and run the command line; returns the exit code."""
    try:
        from gen4flow.cli import main as run
    except KeyboardInterrupt:
        return INTERRUPTED
    return run()


if __name__ == "__main__":
    sys.exit(main())
