"""What the ledger remembers, as values: purchases with their images, orders to be bought, caps to be kept."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

from gen4flow.core.image import Image
from gen4flow.core.marks import Marked
from gen4flow.core.purchase import Attempt


class Purchase(NamedTuple):
    """The attempt that speaks for a fingerprint: the one that holds it, else the newest. A tuple, as rows are.

    `number` is the attempt's in the ledger, `tries` how many there were. Prices in micro-dollars; times as ISO 8601
    in UTC. `charged` is None until the provider's billing was read.
    """

    number: int
    fingerprint: str
    request: str
    provider: str
    recipe: str
    key: str
    attempt: Attempt
    price: int
    charged: int | None = None
    tries: int = 1
    images: tuple[Image, ...] = ()
    created: str | None = None
    submitted: str | None = None
    finished: str | None = None
    inference_ms: int | None = None
    nsfw: bool | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is about to be bought: a request for a job of a recipe, at a price in micro-dollars."""

    fingerprint: str
    request: str
    provider: str
    key: str
    price: int


class Reach(enum.Enum):
    """What a cap counts."""

    RUN = "what this command buys"
    RECIPE = "all that this recipe and profile ever bought"
    DAY = "all that was bought today (UTC)"
    PROJECT = "all that this project ever bought"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """A limit in micro-dollars that spent, reserved and unknown together never pass; `told` names it to people."""

    reach: Reach
    limit: int
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Micro-dollars by what they count as."""

    reserved: int = 0
    unknown: int = 0
    spent: int = 0

    @property
    def used(self) -> int:
        """Return what counts against a cap."""
        return self.reserved + self.unknown + self.spent


class Delivery(NamedTuple):
    """A file that was written below an output folder: by its size and mtime an edit is noticed. A tuple, as rows are.

    `original` is the sha256 of the image that it was made from, `made` stands for all that was done to that; `width`
    and `height` are its own. `mtime_ns` is 0 where only a manifest tells of the file.
    """

    path: str
    sha256: str
    bytes: int
    mtime_ns: int
    original: str = ""
    made: str = ""
    marks: Marked = Marked.NONE
    width: int = 0
    height: int = 0


class PredictionTaken(Exception):
    """The provider gave an id that another attempt already has: one of the two is not what it seems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What is known of a run before it starts; `recipe` is its name with the profiles, which caps count by."""

    recipe: str
    provider: str
    recipe_sha256: str
    git_commit: str | None
    git_dirty: bool | None
    tool_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverCap:
    """An order was refused: it would have passed a cap. Sums in micro-dollars."""

    cap: Cap
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An order was refused: its fingerprint already has a purchase that forbids another."""

    purchase: Purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One attempt's next state, as decided; `event` names what happened, `images` what came."""

    number: int
    attempt: Attempt
    event: str
    images: tuple[Image, ...] = ()
    inference_ms: int | None = None
    nsfw: bool | None = None
