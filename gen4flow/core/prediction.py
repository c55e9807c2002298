"""What a provider says of a prediction that runs, in words that no provider owns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gen4flow.core.purchase import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Not finished, or nothing that could be read: keep waiting. `retry_after` in seconds, where it was asked for."""

    message: str = ""
    retry_after: float | None = None
    throttled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An image to be fetched from an address."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """An image that came within the answer."""

    data: bytes


Output: TypeAlias = Link | Inline


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The prediction is done; `outputs` holds at least one image. `inference_ms`, `nsfw`: None where not told."""

    outputs: tuple[Output, ...]
    inference_ms: int | None = None
    nsfw: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The prediction is done and brought no image."""

    failure: Failure
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unauthorised:
    """The provider does not let this key ask."""

    message: str


PollAnswer: TypeAlias = Running | Completed | Ended | Unauthorised
