"""Money: balance, prices, billing."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import httpx
import pytest

GEN4 = "/api/v3/runwayml/gen4-image"
URLS = ["https://example.com/a.png"]


def balance(api: httpx.Client) -> float:
    return float(api.get("/api/v3/balance").json()["data"]["balance"])


@pytest.mark.parametrize(
    ("model", "inputs", "price"),
    [
        ("runwayml/gen4-image", {"resolution": "720p"}, 0.05),
        ("runwayml/gen4-image", {"resolution": "1080p"}, 0.08),
        ("runwayml/gen4-image", {}, 0.08),
        ("runwayml/gen4-image-turbo", {"resolution": "720p", "reference_images": URLS}, 0.03),
        ("wavespeed-ai/z-image/turbo", {}, 0.005),
    ],
)
def test_what_is_quoted_is_what_is_taken(serve: Any, model: str, inputs: dict[str, Any], price: float) -> None:
    api, _ = serve(balance=Decimal(1))
    asked = {"prompt": "x", **inputs}
    quote = api.post("/api/v3/model/price", json={"model_id": model, "inputs": asked}).json()["data"]
    assert (quote["price"], quote["discounted_price"]) == (price, price)
    assert api.post(f"/api/v3/{model}", json=asked).status_code == 200
    assert balance(api) == pytest.approx(1 - price, abs=1e-9)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 404),
        ({"model_id": ["x"]}, 404),
        ({"model_id": "runwayml/gen4-image", "inputs": {"resolution": "8k"}}, 400),
        ({"model_id": "runwayml/gen4-image", "inputs": {"resolution": []}}, 400),
        ({"model_id": "runwayml/gen4-image", "inputs": 1}, 400),
    ],
)
def test_there_is_no_price_for_nonsense(api: httpx.Client, body: dict[str, Any], status: int) -> None:
    assert api.post("/api/v3/model/price", json=body).status_code == status


def test_an_empty_balance_refuses_and_books_nothing(serve: Any) -> None:
    api, app = serve(balance=Decimal("0.12"))
    assert api.post(GEN4, json={"prompt": "x"}).status_code == 200
    answer = api.post(GEN4, json={"prompt": "x"})
    assert (answer.status_code, answer.json()["message"]) == (400, "Insufficient credits. Please top up.")
    assert len(app.state.emulator.submits) == 1
    assert balance(api) == 0.04


def test_a_price_is_taken_at_acceptance_and_given_back_at_the_end(serve: Any) -> None:
    api, _ = serve(balance=Decimal(1), latency=0.3)
    api.post(GEN4, json={"prompt": "[fail]"})
    assert balance(api) == 0.92
    time.sleep(0.5)
    assert balance(api) == 1.0


def test_models_are_listed_with_their_schemas(api: httpx.Client) -> None:
    models = {each["model_id"]: each for each in api.get("/api/v3/models").json()["data"]}
    schema = models["runwayml/gen4-image"]["api_schema"]["api_schemas"][0]["request_schema"]
    assert schema["required"] == ["prompt"]
    assert schema["properties"]["aspect_ratio"]["enum"] == ["1:1", "16:9", "9:16", "4:3", "3:4"]
    assert schema["properties"]["reference_images"]["maxItems"] == 3
    assert set(models) > {"wavespeed-ai/z-image/turbo", "runwayml/gen4-image-turbo"}


def test_billing_names_what_was_taken_and_given_back(fresh: httpx.Client) -> None:
    fine = fresh.post(GEN4, json={"prompt": "x"}).json()["data"]["id"]
    failed = fresh.post(GEN4, json={"prompt": "[fail]", "resolution": "720p"}).json()["data"]["id"]
    data = fresh.post("/api/v3/billings/search", json={"page": 1, "page_size": 50}).json()["data"]
    rows = {(row["prediction"]["uuid"], row["billing_type"], row["price"]) for row in data["items"]}
    assert rows == {(fine, "deduct", 0.08), (failed, "deduct", 0.05), (failed, "refund", 0.05)}
    assert data["has_more"] is False
    assert {row["prediction"]["model_uuid"] for row in data["items"]} == {"runwayml/gen4-image"}
    assert len({row["uuid"] for row in data["items"]}) == 3


def test_billing_can_be_narrowed(fresh: httpx.Client) -> None:
    fresh.post(GEN4, json={"prompt": "x"})
    fresh.post(GEN4, json={"prompt": "x"}, headers={"Authorization": "Bearer another"})
    now = time.time_ns() // 1_000_000

    def rows(**body: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = fresh.post("/api/v3/billings/search", json=body).json()["data"]["items"]
        return items

    keys = {row["access_key_uuid"] for row in rows()}
    assert len(keys) == 2
    assert "a-key" not in str(rows())
    assert [len(rows(access_key_uuid=key)) for key in keys] == [1, 1]
    assert len(rows(start_time=now - 60_000, end_time=now + 60_000)) == 2
    assert rows(start_time=now + 60_000) == rows(billing_type="refund") == rows(model_uuid="no") == []
    assert len(rows(page_size=1)) == 1


def test_the_month_has_signed_prices(fresh: httpx.Client) -> None:
    fresh.post(GEN4, json={"prompt": "[fail]"})
    month = time.strftime("%Y-%m", time.gmtime())
    body = {"year_month": month, "page": 1, "page_size": 1000}
    items = fresh.post("/api/v3/scheduler/billings/query", json=body).json()["data"]["items"]
    assert sorted((row["billing_type"], row["price"]) for row in items) == [("deduct", -0.08), ("refund", 0.08)]
    empty = fresh.post("/api/v3/scheduler/billings/query", json={"year_month": "1999-01"}).json()["data"]
    assert empty == {"page": 1, "has_more": False, "items": []}
    assert fresh.post("/api/v3/scheduler/billings/query", json={}).status_code == 400
