"""What a submit must be, and what it is answered."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

GEN4 = "/api/v3/runwayml/gen4-image"
TURBO = "/api/v3/runwayml/gen4-image-turbo"
Z_IMAGE = "/api/v3/wavespeed-ai/z-image/turbo"
URL = "https://example.com/a.png"


def test_an_accepted_submit_is_answered_as_the_documentation_shows_it(api: httpx.Client) -> None:
    answer = api.post(GEN4, json={"prompt": "A fox"})
    body, data = answer.json(), answer.json()["data"]
    assert (answer.status_code, body["code"], body["message"]) == (200, 200, "success")
    assert re.fullmatch(r"[0-9a-f]{32}", data["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", data["created_at"])
    assert data["urls"]["get"] == f"{api.base_url}/api/v3/predictions/{data['id']}/result"
    assert {name: data[name] for name in ("model", "outputs", "status", "error", "has_nsfw_contents", "timings")} == {
        "model": "runwayml/gen4-image",
        "outputs": [],
        "status": "created",
        "error": "",
        "has_nsfw_contents": [],
        "timings": {"inference": 0},
    }


@pytest.mark.parametrize("path", [GEN4, f"{GEN4}?webhook=https://example.com/hook", Z_IMAGE])
def test_a_prompt_is_enough(api: httpx.Client, path: str) -> None:
    assert api.post(path, json={"prompt": "A fox"}).status_code == 200


def test_every_field_of_the_schema_is_accepted(api: httpx.Client) -> None:
    full = {"prompt": "x", "aspect_ratio": "9:16", "resolution": "720p", "reference_images": [URL] * 3, "seed": 1}
    assert api.post(GEN4, json={**full, "enable_base64_output": False}).status_code == 200
    assert api.post(TURBO, json={**full, "seed": 2147483647}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", ""),
        ("prompt", "   "),
        ("prompt", None),
        ("prompt", 7),
        ("aspect_ratio", "2:1"),
        ("aspect_ratio", None),
        ("resolution", "4k"),
        ("resolution", ["1080p"]),
        ("reference_images", [URL] * 4),
        ("reference_images", URL),
        ("reference_images", ["file:///etc/passwd"]),
        ("reference_images", ["https://"]),
        ("reference_images", ["http://[::1"]),
        ("reference_images", [7]),
        ("seed", 0),
        ("seed", 2147483648),
        ("seed", 1.0),
        ("seed", "1"),
        ("seed", True),
        ("enable_base64_output", 1),
        ("negative_prompt", "blurry"),
        ("enable_sync_mode", True),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(api: httpx.Client, field: str, value: Any) -> None:
    answer = api.post(GEN4, json={"prompt": "A fox", field: value})
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert f'"{field}"' in answer.json()["message"]


def test_a_missing_prompt_is_refused_as_in_the_curl_of_the_documentation(api: httpx.Client) -> None:
    asked = {"aspect_ratio": "4:3", "resolution": "1080p", "enable_base64_output": False}
    answer = api.post(GEN4, json=asked)
    assert (answer.status_code, answer.json()["message"]) == (400, 'Invalid parameters: field "prompt" is required')


@pytest.mark.parametrize("references", [{}, {"reference_images": []}])
def test_turbo_wants_a_reference(api: httpx.Client, references: dict[str, Any]) -> None:
    answer = api.post(TURBO, json={"prompt": "A fox", **references})
    assert answer.status_code == 400
    assert '"reference_images" is required' in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(api: httpx.Client, body: bytes) -> None:
    answer = api.post(GEN4, content=body)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["message"]


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Basic x"}])
def test_without_a_key_nothing_is_accepted(stage: tuple[httpx.Client, Starlette], headers: dict[str, str]) -> None:
    api, app = stage
    before = len(app.state.emulator.submits)
    answer = api.post(GEN4, json={"prompt": "A fox"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, 401)
    assert len(app.state.emulator.submits) == before


def test_a_key_that_was_set_is_the_only_one(serve: Any) -> None:
    api, _ = serve(key="right")
    assert api.get("/api/v3/balance").status_code == 401
    assert api.get("/api/v3/balance", headers={"Authorization": "Bearer right"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v3/nobody/nothing"), ("GET", "/"), ("GET", GEN4), ("PUT", "/api/v3/balance"), ("GET", "/api/v4/x")],
)
def test_what_there_is_not_is_404_in_an_envelope(api: httpx.Client, method: str, path: str) -> None:
    answer = api.request(method, path, json={"prompt": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, 404)


def test_every_answer_bears_the_mark(api: httpx.Client) -> None:
    prediction = api.post(GEN4, json={"prompt": "A fox"}).json()["data"]["id"]
    paths = ["/api/v3/balance", "/nowhere", f"/predictions/{prediction}/1.png", "/api/v3/predictions/no/result"]
    assert {api.get(path).headers.get("Gen4flow-Emulator") for path in paths} == {"1"}


def test_the_emulator_breaking_is_said_in_the_answer(serve: Any) -> None:
    api, app = serve()
    app.state.emulator.predictions = None
    answer = api.get("/api/v3/predictions/x/result")
    assert answer.status_code == 500
    assert answer.headers["Gen4flow-Emulator"] == "1"
    assert "TypeError" in answer.json()["message"]


def test_sync_mode_answers_the_finished_prediction(api: httpx.Client) -> None:
    data = api.post(Z_IMAGE, json={"prompt": "x", "enable_sync_mode": True}).json()["data"]
    assert data["status"] == "completed"
    assert len(data["outputs"]) == 1
