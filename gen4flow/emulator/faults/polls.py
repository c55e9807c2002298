"""Faults in what a poll tells about a prediction; most of them wait until it is completed."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.emulator.downloads import picture_bytes
from gen4flow.emulator.envelope import success
from gen4flow.emulator.faults.answers import edited
from gen4flow.emulator.faults.fault import Act, Proceed
from gen4flow.emulator.prediction import Failure, Status
from gen4flow.emulator.predictions_api import shown
from gen4flow.emulator.requests import emulator_of

FAILURE = Failure(code=1405, text="Task failed: a fault on demand")


def outputs(change: Callable[[list[str]], Any]) -> Act:
    """Make a fault that changes the outputs of a completed prediction."""
    return edited(lambda data: {**data, "outputs": change(data["outputs"])} if data["status"] == "completed" else data)


def output_url(url: str) -> Act:
    """Make a fault that names this URL as the only output."""
    return outputs(lambda _: [url])


async def failed(request: Request, proceed: Proceed) -> Response:
    """Let the prediction fail, for good."""
    prediction_id = request.path_params["id"]
    if prediction_id in emulator_of(request).predictions:
        emulator_of(request).fail(prediction_id, FAILURE)
    return await proceed()


def _inlined(prefix: str) -> Act:
    async def act(request: Request, _: Proceed) -> Response:
        prediction = emulator_of(request).find(request.path_params["id"])
        answer = await shown(request, prediction)
        if answer["status"] == Status.COMPLETED.value:
            encoded = base64.b64encode(await picture_bytes(request, prediction)).decode()
            answer["outputs"] = [prefix.format(format=emulator_of(request).settings.image_format) + encoded]
        return success(answer)

    return act


naked_base64 = _inlined("")
data_uri = _inlined("data:image/{format};base64,")
unknown_status = edited(lambda data: {**data, "status": "reticulating", "outputs": []})
backwards = edited(lambda data: {**data, "status": "created", "outputs": [], "has_nsfw_contents": []})
timed_out = edited(lambda data: {**data, "status": "timeout", "outputs": [], "error": "timeout", "code": 5004})
other_id = edited(lambda data: {**data, "id": "0" * 32})
no_flags = edited(lambda data: {name: value for name, value in data.items() if name != "has_nsfw_contents"})
no_outputs = outputs(lambda _: [])
outputs_null = outputs(lambda _: None)
outputs_string = outputs(lambda urls: urls[0])
outputs_missing = edited(lambda data: {name: value for name, value in data.items() if name != "outputs"})
five_outputs = outputs(lambda urls: urls * 5)
object_output = outputs(lambda urls: [{"url": urls[0], "type": "image"}])
