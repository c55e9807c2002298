"""A prediction as the provider keeps it: what was asked, what it cost, and what it is by now."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

NANOSECONDS = 1_000_000_000
STARTED_AT = 0.25  # the share of a prediction's time that it is `created`, before it is `processing`


class Status(enum.Enum):
    """Where a prediction stands."""

    CREATED = "created"  # accepted, waits for a worker
    PROCESSING = "processing"  # being drawn
    COMPLETED = "completed"  # the picture can be fetched
    FAILED = "failed"  # there is no picture, and the price was given back
    DELETED = "deleted"  # its owner removed it


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a prediction failed: the provider's app code and its text."""

    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One accepted submit.

    `created_ns` is wall-clock time in nanoseconds, `seconds` what it takes, `price` US dollars, `key_id` says
    which API key paid, `failure` is how it will end (None: well).
    """

    id: str
    model: str
    inputs: Mapping[str, Any]
    created_ns: int
    seconds: float
    price: Decimal
    key_id: str
    failure: Failure | None = None
    deleted: bool = False

    @property
    def finished_ns(self) -> int:
        """The moment it completes or fails."""
        return self.created_ns + int(self.seconds * NANOSECONDS)

    @property
    def created_at(self) -> str:
        """Return when it was accepted, as the provider writes it: RFC 3339 with nine fractional digits."""
        return timestamp(self.created_ns)

    def status(self, now_ns: int) -> Status:
        """Return where it stands at a moment; the decision needs nothing but the two times."""
        if self.deleted:
            return Status.DELETED
        if now_ns >= self.finished_ns:
            return Status.FAILED if self.failure else Status.COMPLETED
        elapsed = (now_ns - self.created_ns) / NANOSECONDS
        return Status.CREATED if elapsed < self.seconds * STARTED_AT else Status.PROCESSING


def timestamp(nanoseconds: int) -> str:
    """Write a moment as RFC 3339 in UTC with nine fractional digits."""
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def view(prediction: Prediction, *, now_ns: int, base_url: str, outputs: list[str]) -> dict[str, Any]:
    """Return a prediction as the API shows it; `outputs` is shown once it is completed."""
    status = prediction.status(now_ns)
    completed = status is Status.COMPLETED
    shown: dict[str, Any] = {
        "id": prediction.id,
        "model": prediction.model,
        "outputs": outputs if completed else [],
        "urls": {"get": f"{base_url}/api/v3/predictions/{prediction.id}/result"},
        "has_nsfw_contents": [False] * len(outputs) if completed else [],
        "status": status.value,
        "created_at": prediction.created_at,
        "error": "",
        "timings": {"inference": int(prediction.seconds * 1000) if completed else 0},
    }
    if status is Status.FAILED and prediction.failure:
        shown |= {"error": prediction.failure.text, "code": prediction.failure.code}
    return shown
