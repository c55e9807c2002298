"""History and billing: what was accepted and what was charged, as far as the provider tells. Read-only, paged.

The history goes back seven days, newest first, and holds no inputs; the billing names the key that paid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from gen4flow.core.calls import Answer, Call, NoReply
from gen4flow.core.charges import Booking
from gen4flow.core.evidence import Listed
from gen4flow.core.price import to_micros
from gen4flow.providers.wavespeed.envelope import PREFIX, is_plain_token, open_envelope, printable

PAGE = 100  # items of one page, the most that is allowed
_FRACTION = re.compile(r"\.(\d{1,6})\d*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One page of a list: its items, and whether there may be more."""

    items: tuple[Mapping[str, object], ...]
    more: bool


def history(*, page: int, since: datetime) -> Call:
    """Return the call that asks for one page of the history, pages from 1; its end is open, which hides nothing."""
    body: dict[str, object] = {"page": page, "page_size": PAGE, "created_after": _rfc3339(since)}
    return Call(method="POST", path=f"{PREFIX}/predictions", json=body)


def read_history(answer: Answer) -> tuple[list[Listed], bool] | None:
    """Return the predictions of a page and whether there may be more, None where it can't be read whole."""
    page = _page(answer)
    if page is None:
        return None
    items = [_listed(item) for item in page.items]
    if any(item is None for item in items):
        return None
    return [item for item in items if item is not None], page.more


def billing(*, page: int, since: datetime, until: datetime) -> Call:
    """Return the call that asks for one page of the bookings."""
    body: dict[str, object] = {
        "page": page,
        "page_size": PAGE,
        "start_time": int(since.timestamp() * 1000),
        "end_time": int(until.timestamp() * 1000),
    }
    return Call(method="POST", path=f"{PREFIX}/billings/search", json=body)


def read_billing(answer: Answer) -> tuple[list[Booking], bool] | None:
    """Return the bookings of a page and whether there may be more, None where it can't be read."""
    page = _page(answer)
    if page is None:
        return None
    return [booking for item in page.items if (booking := _booking(item)) is not None], page.more


def _page(answer: Answer) -> _Page | None:
    """Return a page of any list."""
    if isinstance(answer, NoReply) or answer.status != 200:
        return None
    envelope = open_envelope(answer)
    items = envelope.data.get("items") if envelope.data and envelope.code in {200, None} else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    more = envelope.data.get("has_more") if envelope.data else None
    return _Page(items=tuple(items), more=bool(more) if isinstance(more, bool) else len(items) >= PAGE)


def _listed(item: Mapping[str, object]) -> Listed | None:
    """Return a prediction of the history, None where what matters of it can't be read."""
    created = _moment(item.get("created_at"))
    if not is_plain_token(item.get("id")) or created is None:
        return None
    return Listed(
        prediction_id=str(item["id"]),
        model=printable(item.get("model")),
        status=printable(item.get("status")),
        created=created,
    )


def _booking(item: Mapping[str, object]) -> Booking | None:
    """Return a booking of a prediction, None for anything else."""
    prediction = item.get("prediction")
    told = prediction.get("uuid") if isinstance(prediction, dict) else None
    amount = item.get("price")
    if not is_plain_token(told) or isinstance(amount, bool) or not isinstance(amount, int | float):
        return None
    try:
        micros = to_micros(abs(Decimal(str(amount))))
    except (ValueError, ArithmeticError):
        return None
    refund = item.get("billing_type") == "refund" or (item.get("billing_type") != "deduct" and amount < 0)
    key = item.get("access_key_uuid") or item.get("access_key_name")
    return Booking(
        prediction_id=str(told), micros=-micros if refund else micros, key=key if isinstance(key, str) else None
    )


def _moment(told: object) -> datetime | None:
    """Return a moment that the provider wrote, with up to nine fractional digits."""
    if not isinstance(told, str) or len(told) > 60:
        return None
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(lambda found: "." + found[1], told))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
