"""Uploads on disk: what is known of each in a small file, and each content once, by its hash."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

TOKEN = re.compile(r"[0-9a-f]{32}")
FOLDER = "uploads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file: as announced, and its bytes once they have come."""

    token: str
    filename: str
    size: int
    content_type: str
    content: bytes | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that the PUT must carry, exactly."""
        return {"Content-Type": self.content_type, "If-None-Match": "*"}


def save(folder: Path, upload: Upload) -> None:
    """Keep an upload that has its content, each file in one step; the same content is kept once."""
    content = upload.content or b""
    sha256 = hashlib.sha256(content).hexdigest()
    kept = folder / FOLDER
    kept.mkdir(parents=True, exist_ok=True)
    if not (kept / sha256).exists():
        _write(kept / sha256, content)
    facts = {"filename": upload.filename, "content_type": upload.content_type, "sha256": sha256}
    _write(kept / f"{upload.token}.json", json.dumps(facts).encode("ascii"))


def load(folder: Path, token: str) -> Upload | None:
    """Return a kept upload with its content; None where there is none, or what is there is not one."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        facts = json.loads((folder / FOLDER / f"{token}.json").read_bytes())
        filename, content_type, sha256 = facts["filename"], facts["content_type"], facts["sha256"]
        content = (folder / FOLDER / sha256).read_bytes() if re.fullmatch(r"[0-9a-f]{64}", sha256) else b""
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if hashlib.sha256(content).hexdigest() != sha256:
        return None
    return Upload(
        token=token, filename=str(filename), size=len(content), content_type=str(content_type), content=content
    )


def _write(target: Path, content: bytes) -> None:
    draft = target.with_name(f"{target.name}.part")
    draft.write_bytes(content)
    draft.replace(target)
