"""Uploads: tickets and their PUT, and the multipart way."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

PICTURE = b"\x89PNG a picture"


def ticket(api: httpx.Client, **body: Any) -> dict[str, Any]:
    announced = {"filename": "a b.png", "size": len(PICTURE), "content_type": "image/png", **body}
    data: dict[str, Any] = api.post("/api/v3/media/uploads", json=announced).json()["data"]
    return data


def test_what_a_ticket_names_can_be_put_and_fetched(api: httpx.Client) -> None:
    data = ticket(api)
    upload = data["upload"]
    assert httpx.get(data["download_url"]).status_code == 404
    assert upload["method"] == "PUT"
    assert httpx.put(upload["url"], headers=upload["headers"], content=PICTURE).status_code == 200
    fetched = httpx.get(data["download_url"])
    assert (fetched.content, fetched.headers["content-type"]) == (PICTURE, "image/png")
    assert (data["type"], data["filename"], data["size"]) == ("image", "a b.png", len(PICTURE))
    assert httpx.put(upload["url"], headers=upload["headers"], content=PICTURE).status_code == 412


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Authorization": "Bearer a-key"}, PICTURE, 400),
        ({"Content-Type": "image/gif"}, PICTURE, 403),
        ({"If-None-Match": "x"}, PICTURE, 403),
        ({}, PICTURE + b"!", 400),
        ({}, PICTURE[:-1], 400),
    ],
)
def test_a_put_other_than_the_ticket_says_is_refused(
    api: httpx.Client, headers: dict[str, str], content: bytes, status: int
) -> None:
    data = ticket(api)
    named = {**data["upload"]["headers"], **headers}
    assert httpx.put(data["upload"]["url"], headers=named, content=content).status_code == status
    assert httpx.get(data["download_url"]).status_code == 404


@pytest.mark.parametrize("body", [{"filename": ""}, {"filename": 3}, {"size": "9"}, {"size": -1}, {"size": 209715201}])
def test_a_ticket_for_nonsense_is_refused(api: httpx.Client, body: dict[str, Any]) -> None:
    answer = api.post("/api/v3/media/uploads", json={"filename": "a.png", "size": 1, **body})
    assert answer.status_code == 400
    assert f'"{next(iter(body))}"' in answer.json()["message"]


def test_a_file_can_be_posted_as_multipart(api: httpx.Client) -> None:
    answer = api.post("/api/v3/media/upload/binary", files={"file": ("a.png", PICTURE, "image/png")})
    data = answer.json()["data"]
    assert {name: data[name] for name in ("type", "filename", "size")} == {
        "type": "image",
        "filename": "a.png",
        "size": len(PICTURE),
    }
    assert httpx.get(data["download_url"]).content == PICTURE


@pytest.mark.parametrize("sent", [{"files": {"other": b"x"}}, {"data": {"file": "x"}}, {"content": b"x"}])
def test_a_multipart_upload_without_a_file_is_refused(api: httpx.Client, sent: dict[str, Any]) -> None:
    assert api.post("/api/v3/media/upload/binary", **sent).status_code == 400


def test_an_upload_can_be_a_reference(api: httpx.Client) -> None:
    asked = {"prompt": "x", "reference_images": [ticket(api)["download_url"]]}
    assert api.post("/api/v3/runwayml/gen4-image-turbo", json=asked).status_code == 200


def test_uploading_needs_a_key_and_an_unknown_file_is_404(api: httpx.Client) -> None:
    assert httpx.post(f"{api.base_url}/api/v3/media/uploads", json={}).status_code == 401
    assert httpx.get(f"{api.base_url}/uploads/00.png").status_code == 404
    assert httpx.put(f"{api.base_url}/uploads/00.png").status_code == 404
