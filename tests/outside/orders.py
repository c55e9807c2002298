"""Faults, formats and seals are ordered in the prompt: `a cup [submit:500] [poll:404*3] [format:webp] [seal:c2pa]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

ORDER = re.compile(r"\[(submit|poll|output|file|format|seal):([a-z0-9-]+)(?:\*(\d+))?\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A fault by name; `limit` is how often it happens, None for always."""

    name: str
    limit: int | None


class Orders(dict[str, Order]):
    """The orders of one prompt, by kind."""

    @classmethod
    def of(cls, prompt: str) -> Orders:
        """Read the orders out of a prompt."""
        return cls(
            (kind, Order(name=name, limit=int(limit) if limit else None)) for kind, name, limit in ORDER.findall(prompt)
        )

    def name(self, kind: str, default: str) -> str:
        """Return the name ordered for `kind`, or the default."""
        order = self.get(kind)
        return order.name if order else default
