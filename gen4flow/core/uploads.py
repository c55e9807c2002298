"""Uploads of reference images, in words that no provider owns: what is sent, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from gen4flow.core.calls import Answer, UploadCall
from gen4flow.core.image import EXTENSIONS, media_type_of
from gen4flow.core.purchase import Denied, Refused

LARGEST = 64 * 1024 * 1024  # bytes of one file
LONGEST_ADDRESS = 4_096  # characters
_WEB = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFile:
    """A file to be uploaded: known by its content alone, so that no path of the user's leaves."""

    sha256: str
    content: bytes

    @property
    def media_type(self) -> str:
        """Return what its first bytes say it is."""
        return media_type_of(self.content) or "application/octet-stream"

    @property
    def filename(self) -> str:
        """Return the name that it is sent under: its sha256, and the extension of its kind."""
        return self.sha256 + EXTENSIONS.get(self.media_type, ".bin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """The provider has the file, under this address."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """The upload failed and may be repeated freely; `retry_after` in seconds, None where nothing was asked for."""

    message: str
    retry_after: float | None = None


UploadAnswer: TypeAlias = Uploaded | Refused | Denied | NotNow
Conversation: TypeAlias = Generator[UploadCall, Answer, UploadAnswer]


def is_web_address(told: object) -> bool:
    """Tell whether a value is an http(s) address that may stand in a request, a ledger and a terminal."""
    return isinstance(told, str) and len(told) <= LONGEST_ADDRESS and told.isprintable() and bool(_WEB.fullmatch(told))
