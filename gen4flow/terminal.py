"""Says things to a person; a closed pipe or a full disk behind stderr never stops a purchase."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

OUT, ERR = 1, 2  # file descriptors


def say(message: str) -> None:
    """Print a line to stderr, whatever state it is in."""
    try:
        print(message, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        forget(ERR)


def conclude(message: str) -> None:
    """Print the last line of something that is done to stdout: that it can't be read does not undo it."""
    try:
        print(message, flush=True)
    except (OSError, ValueError):
        forget(OUT)
        say(message)


def forget(descriptor: int) -> None:
    """Point a descriptor nowhere, so that Python's own flush at exit can't fail again."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
