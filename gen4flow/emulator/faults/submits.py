"""Faults in the data of a submit's answer; the submit was booked."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gen4flow.emulator.faults.answers import edited
from gen4flow.emulator.faults.fault import Proceed
from gen4flow.emulator.requests import emulator_of

# None of these is a plain token that may stand in a URL, a path or a terminal
STRANGE_IDS: tuple[Any, ...] = (
    "../../../etc/passwd",
    "a\x1b[31mb",
    "a/b?c=d#e",
    "..%2f..%2fbalance",
    42,
    "",
    "x" * 100_000,
    ["an", "array"],
    "\u202egnp.1",
)
ELSEWHERE = "http://169.254.169.254/api/v3/predictions/stolen/result"


async def same_id_twice(request: Request, proceed: Proceed) -> Response:
    """Answer with the id of the first submit that this emulator accepted."""
    answer = await proceed()
    return _with_id(answer, emulator_of(request).submits[0].id) if answer.status_code == 200 else answer


async def strange_id(request: Request, proceed: Proceed) -> Response:
    """Answer with an id that is no plain token, another one each time."""
    answer = await proceed()
    strange = STRANGE_IDS[len(emulator_of(request).submits) % len(STRANGE_IDS)]
    return _with_id(answer, strange) if answer.status_code == 200 else answer


def _with_id(answer: Response, prediction_id: Any) -> Response:
    body = json.loads(bytes(answer.body))
    return JSONResponse({**body, "data": {**body["data"], "id": prediction_id}})


no_id = edited(lambda data: {name: value for name, value in data.items() if name != "id"})
urls_elsewhere = edited(lambda data: {**data, "urls": {"get": ELSEWHERE}})
