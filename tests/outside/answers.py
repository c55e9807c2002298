"""What the server sends: a status with headers and content, or raw bytes where HTTP itself is to be broken."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer; `raw` replaces everything else and closes the connection, `delay` is seconds before it."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    raw: bytes | None = None
    delay: float = 0.0


def success(data: dict[str, Any], *, delay: float = 0.0) -> Answer:
    """Return the API's envelope around `data`."""
    return Answer(content=json.dumps({"code": 200, "message": "success", "data": data}).encode(), delay=delay)


def trouble(status: int, message: str, **headers: str) -> Answer:
    """Return an error as the API words it; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"code": status, "message": message}).encode()
    return Answer(status=status, content=body, headers={"Content-Type": "application/json", **named})


def page(status: int, text: str) -> Answer:
    """Return what a gateway says in HTML."""
    content = f"<html><body><h1>{text}</h1></body></html>".encode()
    return Answer(status=status, content=content, headers={"Content-Type": "text/html"})
