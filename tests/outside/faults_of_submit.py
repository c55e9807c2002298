"""What a submit can answer; every lost answer here has been booked, which is the worst case, but for `drop-before`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.outside.answers import Answer, page, success, trouble

STALL = 75.0  # seconds: longer than any client waits for a submit
NOT_BOOKED = {
    "drop-before": Answer(raw=b""),
    "400": trouble(400, "prompt: not acceptable"),
    "422": trouble(422, "prompt: not acceptable"),
    "401": trouble(401, "invalid api key"),
    "402": trouble(402, "payment required"),
    "403": trouble(403, "account suspended"),
    "no-credits": trouble(400, "Insufficient credits. Please top up."),
    "429": trouble(429, "too many requests", Retry_After="1"),
    "429-bare": trouble(429, "too many requests"),
    "429-odd": trouble(429, "too many requests", Retry_After="-NaN, 1000000000000000000"),
}
BOOKED = {
    "500": trouble(500, "internal error"),
    "408": trouble(408, "request timeout"),
    "502-html": page(502, "Bad Gateway"),
    "drop-after": Answer(raw=b""),
    "empty": Answer(),
    "html": page(200, "Welcome"),
    "null": Answer(content=b"null"),
    "data-null": Answer(content=b'{"code": 200, "message": "success", "data": null}'),
    "deep": Answer(content=b"[" * 100_000 + b"]" * 100_000),
    "302": trouble(302, "moved", Location="/api/v3/runwayml/gen4-image"),
    "307": trouble(307, "moved", Location="/api/v3/runwayml/gen4-image"),
}


def answer_before_booking(fault: str | None) -> Answer | None:
    """Return the answer of a fault that books nothing, or None when the submit goes on to be booked."""
    return NOT_BOOKED.get(fault or "")


def answer_of_booked(fault: str | None, created: dict[str, Any], *, first: str, delay: float) -> Answer:
    """Return the answer to a submit that was booked; `first` is the id of the account's first prediction."""
    told = dict(created)
    if fault == "no-id":
        del told["id"]
    elif fault == "same-id":
        told["id"] = first
    elif fault == "bad-id":
        told["id"] = "../../x"
    elif fault == "terminal-id":
        told["id"] = "\x1b[31mred"
    elif fault == "code-500":
        return Answer(content=json.dumps({"code": 500, "message": "internal", "data": told}).encode())
    elif fault == "cut":
        body = success(told).content
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return Answer(raw=head.encode() + body[: len(body) // 2])
    elif fault == "stall":
        return success(told, delay=STALL)
    elif fault in BOOKED:
        return replace(BOOKED[fault], delay=delay)
    return success(told, delay=delay)
