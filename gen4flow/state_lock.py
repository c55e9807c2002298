"""One run at a time: an operating-system lock on the state folder, freed when its process dies."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from gen4flow.core.errors import Gen4flowError, StateLocked

LOCK = "run.lock"
HOLDER = "run.json"


@contextmanager
def held(state: Path) -> Iterator[None]:
    """Hold the state's lock; raises StateLocked at once, naming the holder, when another process has it."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(state / LOCK)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StateLocked(f"another run holds {state}: {holder(state)}; wait for it, or end it") from error
    except (OSError, NotImplementedError) as error:
        raise Gen4flowError(f"{state}: the state folder can't be used: {error}") from error
    try:
        told = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat("T", "seconds")}
        with suppress(OSError):
            (state / HOLDER).write_text(json.dumps(told), encoding="utf-8")
        yield
    finally:
        (state / HOLDER).unlink(missing_ok=True)
        lock.release()


def holder(state: Path) -> str:
    """Return who holds the state, as far as is known."""
    try:
        told = json.loads((state / HOLDER).read_bytes())
        return f"process {int(told['pid'])} on {str(told['host'])[:100]!r} since {str(told['since'])[:40]}"
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return "who, is not known"


def is_held(state: Path) -> bool:
    """Tell whether a run seems to be under way; asking never gets in the way of one."""
    try:
        told = json.loads((state / HOLDER).read_bytes())
        host, pid = str(told["host"]), int(told["pid"])
        if host != socket.gethostname() or os.name == "nt":
            return True  # on Windows there is no asking a process without disturbing it
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, ValueError, TypeError, LookupError, RecursionError, OverflowError):
        return False
    return True
