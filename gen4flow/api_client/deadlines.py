"""How long anything may take, in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds from the start of each kind of request to its end; `connect` is part of each.

    `stalled` is how long a download may bring nothing.
    """

    connect: float = 10
    submit: float = 60
    get: float = 30
    download: float = 300
    stalled: float = 30
    upload: float = 120
    poll: float = 1_800
