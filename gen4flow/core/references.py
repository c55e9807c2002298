"""Reference images: what a request shows the model beside its prompt, each identified by what it is, not by its place.

A local image is its bytes' sha256, a remote one the text of its URL, an earlier job's output that job's fingerprint: so
every fingerprint is known at plan time, before anything was bought or uploaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

LONGEST = 4_096  # characters of a path or an address: no system takes more
MOST = 3  # reference images of one request; source: the vendor's schema
_URL = re.compile(r"https?://(?:[^/?#\\]*@)?(\[[^\]/?#\\]*\]|[^:/?#\\]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalImage:
    """An image of the project: its path below the root (empty where only its content is known) and its sha256."""

    sha256: str
    path: str = ""

    def identity(self) -> dict[str, object]:
        """Return what goes into the fingerprint."""
        return {"sha256": self.sha256}

    def likeness_json(self) -> dict[str, object]:
        """Return what it shows, whoever makes it."""
        return self.identity()

    def as_json(self) -> dict[str, object]:
        """Return what plan and manifest say of it."""
        return {"path": self.path, "sha256": self.sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteImage:
    """An image on the web, which is passed on by its https URL."""

    url: str

    @property
    def host(self) -> str:
        """Return the name of the host that the provider will ask."""
        return host_of(self.url)

    def identity(self) -> dict[str, object]:
        """Return what goes into the fingerprint."""
        return {"url": self.url}

    def likeness_json(self) -> dict[str, object]:
        """Return what it shows, whoever makes it."""
        return self.identity()

    def as_json(self) -> dict[str, object]:
        """Return what plan and manifest say of it."""
        return {"url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputImage:
    """An image that another job of the plan brings: that job's fingerprint and key, and which of its outputs.

    `likeness` says what it will show, whoever makes it.
    """

    job: str
    output: int = 0
    key: str = ""
    likeness: str = ""

    def identity(self) -> dict[str, object]:
        """Return what goes into the fingerprint: the job, whatever its key is."""
        return {"job": self.job, "output": self.output}

    def likeness_json(self) -> dict[str, object]:
        """Return what it shows, whoever makes it."""
        return {"likeness": self.likeness, "output": self.output}

    def as_json(self) -> dict[str, object]:
        """Return what plan and manifest say of it."""
        return {"job": self.job, "output": self.output, "key": self.key}


Reference: TypeAlias = LocalImage | RemoteImage | OutputImage
# finds a local image by its path and the folder that the path is relative to; raises BadReference
FindImage: TypeAlias = Callable[[str, str], LocalImage]


class BadReference(Exception):
    """A reference can't be sent: what is wrong, and what to do about it (`help`)."""

    def __init__(self, message: str, *, help: str = "") -> None:  # noqa: A002  # as in Problem
        super().__init__(message)
        self.help = help


def host_of(url: str) -> str:
    """Return the host that a browser would ask, without credentials and port; the URL itself where it names none."""
    found = _URL.match(url)
    return found[1].lower() if found and found[1] else url


def references_of(text: str, *, folder: str, images: Mapping[str, OutputImage], find: FindImage) -> list[Reference]:
    """Return the references that a rendered text names, one a line: empty lines are none; raises BadReference.

    `images` are the outputs of earlier jobs by the text that stands for them.
    """
    lines = (line.strip() for line in text.splitlines())
    return [images[line] if line in images else _written(line, folder, find) for line in lines if line]


def _written(text: str, folder: str, find: FindImage) -> Reference:
    """Return the reference that a path or an address says."""
    if len(text) > LONGEST:
        raise BadReference(f"{text[:80]!r}… is no path and no address: {len(text):,} characters", help="shorten it")
    scheme, sign, rest = text.partition("://")
    if not sign and not text.startswith("data:"):
        return find(text, folder)
    if scheme.lower() != "https" or not rest or not text.isprintable() or " " in text:
        told, remedy = f"{text[:80]!r} can't be a reference image", "a file below the project, or an https URL"
        raise BadReference(told, help=remedy)
    return RemoteImage(url=text)


def read_reference(told: Mapping[str, object]) -> Reference:
    """Return the reference that a canonical request or a manifest says; raises ValueError where it says none."""
    match told:
        case {"sha256": str(sha256)}:
            return LocalImage(sha256=sha256, path=str(told.get("path") or ""))
        case {"url": str(url)}:
            return RemoteImage(url=url)
        case {"job": str(job), "output": int(output)}:
            return OutputImage(job=job, output=output, key=str(told.get("key") or ""))
        case _:
            raise ValueError(f"this is no reference: {told!r:.80}")
