"""What a run is given: its purchases, its bounds and its doors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gen4flow.core.history import Cap, Order
from gen4flow.core.image import ImageFacts
from gen4flow.core.interfaces import Api, Dialect, Observer, Originals, Records
from gen4flow.core.job import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One purchase to make: what is sent, what the ledger notes of it, and where its local images are, by sha256."""

    order: Order
    request: Request
    files: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run may do. `run` and `recipe` are the ledger's; `poll_deadline` in seconds."""

    run: int
    recipe: str
    caps: Sequence[Cap] = ()
    concurrency: int | None = None
    images_per_minute: int | None = None
    submitting: int = 8
    max_failures: int = 10
    poll_deadline: float = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Everything outside that the engine may touch.

    `check` decodes a file or raises ImageInvalid; a thumbnail that it makes goes along with the image.
    """

    dialect: Dialect
    api: Api
    records: Records
    originals: Originals
    check: Callable[[Path], ImageFacts]
    observer: Observer
