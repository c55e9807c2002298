"""What becomes of a prediction, and the list of them."""

from __future__ import annotations

import base64
import time
from decimal import Decimal
from typing import Any

import httpx
import pytest

from gen4flow.emulator.prediction import NANOSECONDS, Failure, Prediction, Status, timestamp

GEN4 = "/api/v3/runwayml/gen4-image"


def submit(api: httpx.Client, **inputs: Any) -> str:
    answer = api.post(GEN4, json={"prompt": "A fox", **inputs})
    return str(answer.json()["data"]["id"])


def result(api: httpx.Client, prediction_id: str) -> dict[str, Any]:
    data: dict[str, Any] = api.get(f"/api/v3/predictions/{prediction_id}/result").json()["data"]
    return data


def prediction(**facts: Any) -> Prediction:
    whole = {"id": "a", "model": "m", "inputs": {}, "created_ns": 0, "seconds": 4.0, "price": Decimal(1), "key_id": ""}
    return Prediction(**{**whole, **facts})


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0.0, "created"), (0.9, "created"), (1.0, "processing"), (3.9, "processing"), (4.0, "completed"), (-9, "created")],
)
def test_a_prediction_is_created_then_processing_then_completed(seconds: float, status: str) -> None:
    assert prediction().status(int(seconds * NANOSECONDS)).value == status


def test_a_failure_shows_at_the_end() -> None:
    failing = prediction(failure=Failure(code=1, text=""))
    assert failing.status(3 * NANOSECONDS) is Status.PROCESSING
    assert failing.status(4 * NANOSECONDS) is Status.FAILED


def test_moments_have_nine_fractional_digits() -> None:
    assert timestamp(1_700_000_000_000_000_042) == "2023-11-14T22:13:20.000000042Z"


def test_both_paths_tell_the_result(api: httpx.Client) -> None:
    prediction_id = submit(api)
    short = api.get(f"/api/v3/predictions/{prediction_id}").json()["data"]
    assert short == result(api, prediction_id)
    assert short["status"] == "completed"
    assert short["outputs"] == [f"{api.base_url}/predictions/{prediction_id}/1.png"]
    assert short["has_nsfw_contents"] == [False]


def test_a_result_takes_its_time_and_there_is_no_picture_before(serve: Any) -> None:
    api, _ = serve(latency=2)  # long enough for two requests on a machine that is busy otherwise
    prediction_id = submit(api)
    assert result(api, prediction_id)["status"] == "created"
    assert httpx.get(f"{api.base_url}/predictions/{prediction_id}/1.png").status_code == 404
    while (done := result(api, prediction_id))["status"] != "completed":
        time.sleep(0.1)
    assert 1000 <= done["timings"]["inference"] <= 3000


def test_results_come_out_of_order_and_in_the_same_one_again(serve: Any) -> None:
    spreads = []
    for _ in range(2):
        api, app = serve(latency=10.0)
        for number in range(20):
            submit(api, seed=1 + number % 3)
        spreads.append([each.seconds for each in app.state.emulator.submits])
    assert spreads[0] == spreads[1] != sorted(spreads[0])
    assert all(5 <= seconds <= 15 for seconds in spreads[0])


def test_an_unknown_id_is_404(api: httpx.Client) -> None:
    answer = api.get("/api/v3/predictions/0123/result")
    assert (answer.status_code, answer.json()["code"]) == (404, 404)


@pytest.mark.parametrize(
    ("inputs", "code", "text"),
    [
        ({"prompt": "x [moderate]"}, 1200, "Content flagged as potentially sensitive."),
        ({"prompt": "[fail] x"}, 1405, "Task failed"),
        ({"reference_images": ["https://unreachable.invalid/a.png"]}, 1402, "Failed to fetch the reference image"),
    ],
)
def test_what_is_meant_to_fail_fails_and_is_paid_back(
    api: httpx.Client, inputs: dict[str, Any], code: int, text: str
) -> None:
    before = api.get("/api/v3/balance").json()["data"]["balance"]
    failed = result(api, submit(api, **inputs))
    assert (failed["status"], failed["code"], failed["outputs"]) == ("failed", code, [])
    assert text in failed["error"]
    assert api.get("/api/v3/balance").json()["data"]["balance"] == before


def test_base64_is_naked_and_is_the_very_picture(api: httpx.Client) -> None:
    encoded = result(api, submit(api, seed=5, enable_base64_output=True))["outputs"][0]
    picture = httpx.get(result(api, submit(api, seed=5))["outputs"][0])
    assert base64.b64decode(encoded, validate=True) == picture.content


def test_the_history_is_newest_first_in_pages_and_without_inputs(fresh: httpx.Client) -> None:
    ids = [submit(fresh, seed=seed) for seed in range(1, 6)]
    first = fresh.post("/api/v3/predictions", json={"page": 1, "page_size": 3}).json()["data"]
    second = fresh.post("/api/v3/predictions", json={"page": 2, "page_size": 3}).json()["data"]
    assert [each["id"] for each in first["items"] + second["items"]] == ids[::-1]
    assert second["page"] == 2
    assert not any("input" in each or "prompt" in str(each) for each in first["items"])


def test_the_history_can_be_narrowed(fresh: httpx.Client) -> None:
    submit(fresh)
    failing = submit(fresh, prompt="[fail]")
    z_image = fresh.post("/api/v3/wavespeed-ai/z-image/turbo", json={"prompt": "x"}).json()["data"]
    middle = result(fresh, failing)["created_at"]

    def ids(**body: Any) -> list[str]:
        items = fresh.post("/api/v3/predictions", json=body).json()["data"]["items"]
        return [each["id"] for each in items]

    assert ids(status="failed") == [failing]
    assert ids(model="wavespeed-ai/z-image/turbo") == [z_image["id"]]
    assert z_image["id"] in ids(created_after=middle)
    assert z_image["id"] not in ids(created_before=middle)
    assert len(ids()) == 3


@pytest.mark.parametrize(
    "body", [{"page": 0}, {"page_size": 101}, {"page": "1"}, {"created_after": "soon"}, {"created_before": 5}]
)
def test_a_history_that_makes_no_sense_is_refused(api: httpx.Client, body: dict[str, Any]) -> None:
    answer = api.post("/api/v3/predictions", json=body)
    assert answer.status_code == 400
    assert f'"{next(iter(body))}"' in answer.json()["message"]


def test_what_is_deleted_is_gone_from_the_history_and_its_picture_too(fresh: httpx.Client) -> None:
    kept, deleted = submit(fresh), submit(fresh)
    assert fresh.post("/api/v3/predictions/delete", json={"ids": [deleted, "no"]}).json()["data"] == {"deleted": 1}
    items = fresh.post("/api/v3/predictions").json()["data"]["items"]
    assert [each["id"] for each in items] == [kept]
    assert result(fresh, deleted)["status"] == "deleted"
    assert httpx.get(f"{fresh.base_url}/predictions/{deleted}/1.png").status_code == 404
    assert fresh.post("/api/v3/predictions/delete", json={"ids": "x"}).status_code == 400
