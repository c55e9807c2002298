"""How long anything may take, in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds from the start of each kind of request to its end; `connect` is part of each."""

    connect: float = 10
    submit: float = 60
    get: float = 30
    download: float = 300
    upload: float = 120
    poll: float = 1_800

    def timeout(self, seconds: float) -> httpx.Timeout:
        """Return httpx's limits for one request; the whole is bounded by the caller."""
        return httpx.Timeout(seconds, connect=self.connect)
