"""Seeds that stay where they are: hashed from a salt, a number and nothing that an edit would move."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gen4flow.core.sizes import SEED_MAX, SEED_MIN


def auto_seed(*, salt: str, number: int, mixed_in: Iterable[str] = (), again: int = 0) -> int:
    """Return the seed of that number in 1..2147483647: the same on every machine and for every row.

    `mixed_in` are the identities that `per` names; `again` counts draws that met a seed already taken.
    """
    parts = ["gen4flow-seed/1", salt, str(number), *mixed_in]
    if again:
        parts.append(f"again {again}")
    digest = hashlib.sha256("\x00".join(parts).encode()).digest()
    return SEED_MIN + int.from_bytes(digest[:8], "big") % (SEED_MAX - SEED_MIN + 1)


def auto_seeds(*, salt: str, count: int, mixed_in: tuple[str, ...] = ()) -> tuple[int, ...]:
    """Return `count` different seeds; a longer tuple starts with the shorter one's seeds."""
    seeds: dict[int, None] = {}
    for number in range(count):
        again = 0
        while (seed := auto_seed(salt=salt, number=number, mixed_in=mixed_in, again=again)) in seeds:
            again += 1
        seeds[seed] = None
    return tuple(seeds)
