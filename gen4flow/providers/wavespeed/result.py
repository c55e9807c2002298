"""A prediction's result: what to ask, and what the answer says."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from gen4flow.core.calls import Answer, Call, NoReply
from gen4flow.core.prediction import Completed, Ended, Inline, Link, Output, PollAnswer, Running, Unauthorised
from gen4flow.core.purchase import Failure
from gen4flow.core.retry import read_retry_after
from gen4flow.providers.wavespeed.envelope import PREFIX, Envelope, open_envelope, printable

# final statuses without an image -> what they mean where the application's code says nothing better
ENDED = {
    "failed": Failure.TASK,
    "timeout": Failure.TASK,
    "cancelled": Failure.CANCELLED,
    "canceled": Failure.CANCELLED,
    "deleted": Failure.EXPIRED,
}
# application codes of a failed task. Source: the vendor's error table; 1406 and 1407 from recorded logs
APP_CODES = {
    1200: Failure.MODERATION,
    1402: Failure.REFERENCE,
}
LONGEST_INFERENCE = 604_800_000  # ms: a week; what is longer is no time
_MODERATION_WORDS = ("flagged as potentially sensitive", "content policy", "moderation")
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_DATA_URI = re.compile(r"data:[^,]{0,200},", re.IGNORECASE)


def poll(prediction_id: str) -> Call:
    """Return the call that asks for a prediction's result."""
    return Call(method="GET", path=f"{PREFIX}/predictions/{prediction_id}/result")


def read_poll(answer: Answer, prediction_id: str) -> PollAnswer:
    """Say what a prediction has come to; whatever can't be read, is about another or not final, is still running."""
    if isinstance(answer, NoReply):
        return Running(message=answer.message)
    if answer.status in {401, 403}:
        return Unauthorised(message=f"HTTP {answer.status}: {open_envelope(answer).message or 'no message'}")
    if answer.status != 200:
        wait = read_retry_after(answer.headers.get("retry-after"), now=answer.received)
        return Running(message=f"HTTP {answer.status}", retry_after=wait, throttled=answer.status == 429)
    envelope = open_envelope(answer)
    if envelope.code not in {200, None} or envelope.data is None:
        return Running(message=envelope.message or "an answer that can't be read")
    if envelope.id is not None and envelope.id != prediction_id:
        return Running(message="an answer about another prediction")  # its failure would release money that is spent
    return _read_status(envelope, envelope.data)


def _read_status(envelope: Envelope, data: Mapping[str, object]) -> PollAnswer:
    """Return what the prediction's status says."""
    status = data.get("status")
    if status == "completed":
        return _completed(data)
    if isinstance(status, str) and status in ENDED:
        message = printable(data.get("error")) or f"the prediction is {status}"
        return Ended(failure=_failure(status, envelope, message), message=message)
    return Running()


def _failure(status: str, envelope: Envelope, message: str) -> Failure:
    """Return why a prediction failed: by its code, else by its words, else by its status."""
    if envelope.app_code in APP_CODES:
        return APP_CODES[envelope.app_code]
    if any(words in message.lower() for words in _MODERATION_WORDS):
        return Failure.MODERATION
    return ENDED[status]


def _completed(data: Mapping[str, object]) -> PollAnswer:
    """Return the outputs of a completed prediction; none means paid without an image."""
    told = data.get("outputs")
    items = told if isinstance(told, list) else [told]
    outputs = tuple(output for item in items if (output := _output(item)) is not None)
    if not outputs:
        return Ended(failure=Failure.NO_IMAGE, message="completed, and the answer holds no image")
    timings, nsfw = data.get("timings"), data.get("has_nsfw_contents")
    inference = timings.get("inference") if isinstance(timings, dict) else None
    return Completed(
        outputs=outputs,
        inference_ms=inference if type(inference) is int and 0 <= inference <= LONGEST_INFERENCE else None,
        nsfw=any(flag is True for flag in nsfw) if isinstance(nsfw, list) and nsfw else None,
    )


def _output(item: object) -> Output | None:
    """Return one output: an address, or an image in base64, naked or as a data: URI; None for anything else."""
    if isinstance(item, dict):
        item = item.get("url")
    if not isinstance(item, str) or not item.strip():
        return None
    text = item.strip()
    if _DATA_URI.match(text):
        return _decoded(text.partition(",")[2])
    if _ADDRESS.match(text[:32]) or text.startswith("//"):
        return Link(url=text)
    return _decoded(text)


def _decoded(text: str) -> Inline | None:
    """Return the image that a base64 text holds, None where it holds nothing."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return Inline(data=data) if data else None
