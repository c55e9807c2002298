"""What the server needs of whoever knows the images and keeps the picks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to the page: JSON with an HTTP status."""

    status: int
    told: Mapping[str, Any]


class Desk(Protocol):
    """The images and the picks of one review. Every method may be called from any thread, and never raises."""

    def page(self) -> bytes:
        """Return the page as it is now."""
        ...

    def file(self, path: str) -> Path | None:
        """Return the file that an address of the page stands for, None for every other one."""
        ...

    def news(self, since: int, revision: str) -> Mapping[str, Any]:
        """Return what has changed since a version of the images and a revision of the picks."""
        ...

    def save(self, told: object) -> Reply:
        """Take changes of picks, which anybody may have made up, and say what became of them."""
        ...
