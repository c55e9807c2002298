"""What was really charged: bookings of the provider's billing, added up for each prediction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gen4flow.core.purchase import Attempt, Money, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One line of the billing: micro-dollars that were taken (positive) or given back (negative), and the key used."""

    prediction_id: str
    micros: int
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a prediction has cost in micro-dollars, and whether something was given back."""

    micros: int
    refunded: bool


def charges(bookings: Iterable[Booking]) -> Mapping[str, Charge]:
    """Return what each prediction has cost."""
    summed: dict[str, Charge] = {}
    for booking in bookings:
        before = summed.get(booking.prediction_id, Charge(micros=0, refunded=False))
        summed[booking.prediction_id] = Charge(
            micros=before.micros + booking.micros, refunded=before.refunded or booking.micros < 0
        )
    return summed


def money_after(attempt: Attempt, charge: Charge) -> Money:
    """Return what an attempt counts as once its bill is known: a failure that was given back is released."""
    if attempt.status is Status.FAILED and charge.refunded and charge.micros <= 0:
        return Money.RELEASED
    return attempt.money
