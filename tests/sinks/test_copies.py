"""A copy that can't be read is said to be that, never to be somebody else's file."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest

from gen4flow.core.image import Image
from gen4flow.sinks import copies

BYTES = b"an image"
IMAGE = Image(
    sha256=hashlib.sha256(BYTES).hexdigest(), bytes=len(BYTES), media_type="image/png", width=1, height=1
)  # fmt: skip


def copies_of(folder: Path) -> copies.Copies:
    """Return the copies of a folder of which the ledger knows nothing."""
    return copies.Copies(folder, known={}, listed={}, read=lambda _: iter([BYTES]))


def test_a_copy_that_cannot_be_read_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: Path) -> str:
        raise OSError(errno.EMFILE, "Too many open files")

    copies_of(tmp_path).deliver("cup", [IMAGE])
    monkeypatch.setattr(copies, "file_sha256", unreadable)
    with pytest.raises(OSError, match="Too many open files"):
        copies_of(tmp_path).deliver("cup", [IMAGE])
    assert not copies_of(tmp_path).in_place("cup", [IMAGE])


def test_a_copy_that_nobody_listed_but_is_right_stays(tmp_path: Path) -> None:
    first = copies_of(tmp_path).deliver("cup", [IMAGE])
    assert copies_of(tmp_path).deliver("cup", [IMAGE]) == first
