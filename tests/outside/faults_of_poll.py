"""What a poll can answer, and what a completed prediction can hold for outputs."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

from tests.outside.answers import Answer, page, success, trouble
from tests.outside.orders import Orders
from tests.outside.pictures import LYING_SUFFIX, picture

MODERATION = "Content flagged as potentially sensitive. Please try different prompts or images."
BROKEN = {
    "500": trouble(500, "internal error"),
    "404": trouble(404, "prediction not found"),
    "429": trouble(429, "too many requests", Retry_After="1"),
    "drop": Answer(raw=b""),
    "garbage": Answer(content=b'{"code": 200, "data": {"sta'),
    "html": page(200, "Welcome"),
}
FAILED = {"failed-1200": (1200, MODERATION), "failed-1405": (1405, "task failed"), "failed-1407": (1407, "credits")}
BACKWARDS = ("processing", "created", "pending", "martian", "processing")


def answer_of_poll(
    prediction_id: str,
    request: dict[str, Any],
    orders: Orders,
    fault: str | None,
    asked: int,
    cdn_url: str,
    *,
    done: bool,
) -> Answer:
    """Return the answer to the `asked`th poll of a prediction."""
    if fault in BROKEN:
        return BROKEN[fault]
    status = "completed" if done else "processing"
    if fault == "backwards" and asked <= len(BACKWARDS):
        status = BACKWARDS[asked - 1]
    told: dict[str, Any] = {"id": prediction_id, "model": "runwayml/gen4-image", "status": status, "outputs": []}
    told |= {"error": "", "code": 0, "timings": {"inference": 4321}, "has_nsfw_contents": [False]}
    told["created_at"] = "2026-01-02T03:04:05.123456789Z"
    if fault in FAILED and done:
        told["status"] = "failed"
        told["code"], told["error"] = FAILED[fault]
    elif status == "completed":
        told["outputs"] = outputs_of(prediction_id, request, orders, asked, cdn_url)
    return success(told)


def outputs_of(prediction_id: str, request: dict[str, Any], orders: Orders, asked: int, cdn_url: str) -> Any:
    """Return what `outputs` holds; a good URL is fresh at every poll, and its suffix lies about the bytes."""
    kind = orders.name("format", "png")
    good = f"{cdn_url}/predictions/{prediction_id}/1.{LYING_SUFFIX[kind]}?asked={asked}"
    port = urlsplit(cdn_url).port
    rest = f"{port}/predictions/{prediction_id}/1.png"
    naked = base64.b64encode(picture(request, kind)).decode() if orders.name("output", "") in {"base64", "data"} else ""
    odd: dict[str, Any] = {
        "none": [],
        "null": None,
        "string": good,
        "five": [good.replace("/1.", f"/{number}.") for number in range(1, 6)],
        "base64": [naked],
        "data": [f"data:image/{kind};base64,{naked}"],
        "object": [{"url": good}],
        "etc-passwd": ["file:///etc/passwd"],
        "link-local": ["http://169.254.169.254/x"],
        "ten": ["http://10.0.0.1/x.png"],
        "nat64": ["http://[64:ff9b::a9fe:a9fe]/x.png"],
        "loopback": [f"http://127.0.0.1:{rest}"],
        "mapped": [f"http://[::ffff:127.0.0.1]:{rest}"],
        "decimal": [f"http://2130706433:{rest}"],
        "hex": [f"http://0x7f000001:{rest}"],
        "octal": [f"http://0177.0.0.1:{rest}"],
        "short": [f"http://127.1:{rest}"],
        "zero": [f"http://0.0.0.0:{rest}"],
        "localhost": [f"http://localhost:{rest}"],
    }
    return odd.get(orders.name("output", ""), [good])
