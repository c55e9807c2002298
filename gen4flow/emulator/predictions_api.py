"""Submit, result, history, delete: the endpoints about predictions."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.emulator.downloads import output_url, picture_bytes
from gen4flow.emulator.envelope import Refusal, success
from gen4flow.emulator.prediction import NANOSECONDS, Prediction, Status, view
from gen4flow.emulator.requests import base_url_of, emulator_of, json_body, key_id_of, page_of


async def submit(request: Request) -> Response:
    """Accept a prediction; a `webhook` in the query is allowed and not called."""
    emulator = emulator_of(request)
    body = await json_body(request)
    prediction = emulator.accept(request.path_params["model"], body, key_id=key_id_of(request))
    if body.get("enable_sync_mode"):
        await asyncio.sleep(prediction.seconds)
        return success(await shown(request, prediction))
    # The answer is what it was at the moment of acceptance, even where the picture takes no time.
    accepted = view(prediction, now_ns=prediction.created_ns, base_url=base_url_of(request), outputs=[])
    return success({**accepted, "outputs": [], "status": Status.CREATED.value, "error": ""})


async def result(request: Request) -> Response:
    """Answer what a prediction is by now."""
    return success(await shown(request, emulator_of(request).find(request.path_params["id"])))


async def shown(request: Request, prediction: Prediction) -> dict[str, Any]:
    """Return a prediction as the API shows it; its output is a URL or, where asked for, naked base64."""
    now_ns = emulator_of(request).now()
    outputs = [output_url(request, prediction)]
    if prediction.inputs.get("enable_base64_output") and prediction.status(now_ns) is Status.COMPLETED:
        outputs = [base64.b64encode(await picture_bytes(request, prediction)).decode()]
    return view(prediction, now_ns=now_ns, base_url=base_url_of(request), outputs=outputs)


async def history(request: Request) -> Response:
    """List the predictions of the last seven days, newest first, without their inputs."""
    body = await json_body(request, empty=True)
    emulator = emulator_of(request)
    after, before = _moment(body, "created_after"), _moment(body, "created_before")
    now_ns = emulator.now()
    rows = [
        each
        for each in emulator.history()
        if body.get("model") in (None, each.model)
        and body.get("status") in (None, each.status(now_ns).value)
        and (after is None or each.created_ns >= after)
        and (before is None or each.created_ns <= before)
    ]
    page, chosen = page_of(body, rows, largest=100)
    return success({"page": page["page"], "items": [_item(request, each, now_ns) for each in chosen]})


def _item(request: Request, prediction: Prediction, now_ns: int) -> dict[str, Any]:
    outputs = [output_url(request, prediction)]
    return view(prediction, now_ns=now_ns, base_url=base_url_of(request), outputs=outputs)


def _moment(body: dict[str, Any], name: str) -> int | None:
    """Read a moment in RFC 3339 as nanoseconds; a fraction finer than microseconds is cut off."""
    value = body.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Refusal(400, f'field "{name}" must be a time like 2026-11-01T12:00:00Z') from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp()) * NANOSECONDS + aware.microsecond * 1000


async def delete(request: Request) -> Response:
    """Delete predictions by id; ids that are not known are passed over."""
    body = await json_body(request)
    ids = body.get("ids")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise Refusal(400, 'field "ids" must be an array of strings')
    return success({"deleted": emulator_of(request).delete(ids)})
