"""What is said to an API and what comes back, as values: dialects make and read them, the API client carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the provider's API; `path` is below the base URL, `json` its body, None for none."""

    method: str
    path: str
    json: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A POST of one file as multipart/form-data to the provider's API; `path` is below the base URL."""

    path: str
    field: str
    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A PUT of bytes to an address that the API named: sent without the key, with these headers and no others."""

    url: str
    headers: Mapping[str, str]
    content: bytes


UploadCall: TypeAlias = Call | Form | Put


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer: status, headers with lower-case names, the body as bytes, and when it came."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    received: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoReply:
    """There was no readable answer; `left` tells whether any byte of the request may have reached the provider."""

    left: bool
    message: str


Answer: TypeAlias = Reply | NoReply


class DownloadFailed(Exception):
    """A download failed and may be tried again; `gone`: only under a fresh address."""

    def __init__(self, message: str, *, gone: bool = False, retry_after: str | None = None) -> None:
        super().__init__(message)
        self.gone = gone
        self.retry_after = retry_after


class DownloadForbidden(Exception):
    """The address is one that nothing may be fetched from."""
