"""Balance, prices, models and billing: the endpoints about money."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.emulator import models
from gen4flow.emulator.emulator import Emulator
from gen4flow.emulator.envelope import Refusal, success
from gen4flow.emulator.prediction import NANOSECONDS, Prediction, timestamp
from gen4flow.emulator.requests import emulator_of, json_body, page_of, whole_number

MILLISECOND = 1_000_000
FAR_FUTURE_MS = 2**53


async def balance(request: Request) -> Response:
    """Answer what the account holds, in US dollars."""
    return success({"balance": float(emulator_of(request).balance())})


async def model_price(request: Request) -> Response:
    """Answer what a request would cost; the account has no discount."""
    body = await json_body(request)
    inputs = body.get("inputs", {})
    if not isinstance(inputs, dict):
        raise Refusal(400, 'field "inputs" must be an object')
    amount = float(models.price_of(body.get("model_id", ""), inputs))
    return success({"model_id": body["model_id"], "price": amount, "discounted_price": amount, "currency": "USD"})


async def list_models(_: Request) -> Response:
    """List the models and the schemas of their inputs."""
    return success(models.listing())


async def search_billings(request: Request) -> Response:
    """List what was taken and given back, newest first; amounts are positive, the type tells which."""
    body = await json_body(request, empty=True)
    start = whole_number(body, "start_time", default=0, low=0, high=FAR_FUTURE_MS) * MILLISECOND
    end = whole_number(body, "end_time", default=FAR_FUTURE_MS, low=0, high=FAR_FUTURE_MS) * MILLISECOND
    rows = [
        row
        for moment, row in _bookings(emulator_of(request))
        if start <= moment <= end
        and body.get("billing_type") in (None, row["billing_type"])
        and body.get("model_uuid") in (None, row["prediction"]["model_uuid"])
        and body.get("access_key_uuid") in (None, row["access_key_uuid"])
    ]
    page, chosen = page_of(body, rows, largest=100)
    return success({**page, "items": chosen})


async def query_billings(request: Request) -> Response:
    """List the bookings of one month; what was taken is negative."""
    body = await json_body(request)
    month = body.get("year_month")
    if not isinstance(month, str):
        raise Refusal(400, 'field "year_month" must be a month like 2026-11')
    rows = [_signed(row) for moment, row in _bookings(emulator_of(request)) if _month(moment) == month]
    page, chosen = page_of(body, rows, largest=1000)
    return success({**page, "items": chosen})


def _bookings(emulator: Emulator) -> list[tuple[int, dict[str, Any]]]:
    """Return all bookings with their moments in nanoseconds, newest first."""
    everything = emulator.predictions.values()
    rows = [(each.created_ns, _booking(emulator, each, "deduct", each.created_ns)) for each in everything]
    refunds = [each for each in everything if emulator.refunded(each)]
    rows += [(each.finished_ns, _booking(emulator, each, "refund", each.finished_ns)) for each in refunds]
    return sorted(rows, key=lambda row: row[0], reverse=True)


def _booking(emulator: Emulator, prediction: Prediction, billing_type: str, moment: int) -> dict[str, Any]:
    return {
        "uuid": hashlib.sha256(f"{prediction.id} {billing_type}".encode()).hexdigest()[:32],
        "billing_type": billing_type,
        "price": float(prediction.price),
        "created_at": timestamp(moment),
        "access_key_name": f"key {prediction.key_id[:6]}",
        "access_key_uuid": prediction.key_id,
        "prediction": {
            "uuid": prediction.id,
            "model_uuid": prediction.model,
            "status": prediction.status(emulator.now()).value,
        },
    }


def _signed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "price": -row["price"]} if row["billing_type"] == "deduct" else row


def _month(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment // NANOSECONDS, UTC):%Y-%m}"
