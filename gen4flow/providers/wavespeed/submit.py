"""The paid submit: what is sent, and what each answer means for money."""

from __future__ import annotations

from collections.abc import Sequence

from gen4flow.core.calls import Answer, Call, NoReply, Reply
from gen4flow.core.job import Request
from gen4flow.core.purchase import Accepted, Denied, Lost, NeverLeft, Refused, SubmitAnswer, Throttled
from gen4flow.core.retry import read_retry_after
from gen4flow.providers.wavespeed.envelope import (
    PREFIX,
    Envelope,
    is_plain_token,
    open_envelope,
    says_no_credits,
)

# What an HTTP status means for a submit that brought no id. Every status that is not here: the request may have been
# accepted, so the answer is lost. Source: the vendor's error pages; where they are silent, what never pays twice.
THROTTLES = frozenset({429})
DENIES = frozenset({401, 402, 403})
REFUSES = frozenset({400, 404, 405, 413, 415, 422})
ACCEPTS = frozenset({200, 201, 202})


def submit(request: Request, images: Sequence[str] = ()) -> Call:
    """Return the call that buys one image: aspect ratio and resolution always explicit, nothing null.

    `images` are the addresses of the request's references, in their order.
    """
    references = {"reference_images": list(images)} if images else {}
    return Call(
        method="POST",
        path=f"{PREFIX}/{request.model}",
        json={"prompt": request.prompt, **request.parameters, **references},
    )


def read_submit(answer: Answer) -> SubmitAnswer:
    """Say what the answer to a submit means; the rules are tried in the order in which they stand.

    A reply that holds an id is never taken for a refusal: the prediction may well run.
    """
    if isinstance(answer, NoReply):
        return Lost(message=answer.message) if answer.left else NeverLeft(message=answer.message)
    envelope = open_envelope(answer)
    if envelope.id is not None:
        return _with_id(answer, envelope)
    told = _told(answer, envelope)
    if says_no_credits(envelope) or answer.status in DENIES:
        return Denied(message=told)
    if answer.status in THROTTLES:
        return Throttled(
            retry_after=read_retry_after(answer.headers.get("retry-after"), now=answer.received), message=told
        )
    if answer.status in REFUSES:
        return Refused(message=told)
    return Lost(message=told)


def _with_id(reply: Reply, envelope: Envelope) -> SubmitAnswer:
    """Return what an answer with an id means: accepted only when everything about it says so."""
    if not is_plain_token(envelope.id):
        return Lost(message=f"HTTP {reply.status} with an id that is no plain token")
    if reply.status in ACCEPTS and envelope.code in {200, None}:
        return Accepted(prediction_id=str(envelope.id))
    code = "" if envelope.code is None else f", code {envelope.code}"
    return Lost(message=f"HTTP {reply.status}{code}, and yet the id {envelope.id}")


def _told(reply: Reply, envelope: Envelope) -> str:
    """Return what the provider said, in one line."""
    if not envelope.readable:
        return f"HTTP {reply.status} with an answer that is no JSON object"
    if reply.status in ACCEPTS and envelope.code in {200, None}:
        return f"HTTP {reply.status}, and no prediction id in the answer"
    code = f", code {envelope.code}" if envelope.code not in {None, reply.status} else ""
    return f"HTTP {reply.status}{code}: {envelope.message or 'no message'}"
