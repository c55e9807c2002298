"""The envelope around every answer: `{"code": 200, "message": "success", "data": {...}}`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gen4flow.core.calls import Reply

PREFIX = "/api/v3"
APP_INSUFFICIENT_CREDITS = 1407
NO_CODE = 0  # stands for an envelope's code that is no number: told, and not 200
_PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An answer's JSON, as far as it could be read: `readable` is False where it is no JSON object at all.

    `code` is the envelope's own (None: not told), `app_code` the application's, from `data` or the envelope.
    """

    readable: bool
    code: int | None = None
    message: str = ""
    data: Mapping[str, object] | None = None

    @property
    def app_code(self) -> int | None:
        """Return the application's code."""
        return _number(self.data.get("code")) if self.data else None

    @property
    def id(self) -> object:
        """Return whatever stands where a prediction's id belongs, None where nothing does: an empty text is nothing."""
        told = self.data.get("id") if self.data else None
        return None if told == "" else told


def open_envelope(reply: Reply) -> Envelope:
    """Read an answer's envelope; never raises, whatever the body is."""
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        return Envelope(readable=False)
    if not isinstance(told, dict):
        return Envelope(readable=False)
    code, data = told.get("code"), told.get("data")
    return Envelope(
        readable=True,
        code=None if code is None else _number(code) or NO_CODE,
        message=printable(told.get("message")),
        data=data if isinstance(data, dict) else None,
    )


def _number(value: object) -> int | None:
    """Return a whole number as one, None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_plain_token(value: object) -> bool:
    """Tell whether a value is an id that may stand in a URL, a path and a terminal."""
    return isinstance(value, str) and _PLAIN_TOKEN.fullmatch(value) is not None


def printable(value: object, *, longest: int = 300) -> str:
    """Return a provider's words as one line that no terminal can be steered by."""
    text = value if isinstance(value, str) else ""
    return " ".join(_UNPRINTABLE.sub(" ", text[: longest * 4]).split())[:longest]


def says_no_credits(envelope: Envelope) -> bool:
    """Tell whether the account's balance is empty, which comes with any status."""
    text = envelope.message.lower()
    return (
        APP_INSUFFICIENT_CREDITS in {envelope.code, envelope.app_code}
        or "insufficient credit" in text
        or "insufficient balance" in text
    )
