"""The store of originals: whole under their sha256 or not there, however the disk takes what is written."""

from __future__ import annotations

import hashlib
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from gen4flow import objects as of_objects
from gen4flow.objects import Objects

PIECES = [b"a picture ", b"in pieces", b"", b"!" * 100]
WHOLE = b"".join(PIECES)
NAME = hashlib.sha256(WHOLE).hexdigest()


def received(store: Objects) -> str:
    """Receive the pieces and keep them; returns the name."""
    incoming = store.incoming()
    for piece in PIECES:
        incoming.write(piece)
    incoming.flush()
    assert (incoming.path.read_bytes(), incoming.size) == (WHOLE, len(WHOLE))
    return incoming.keep()


def test_what_is_kept_is_there_whole_under_its_name(tmp_path: Path) -> None:
    store = Objects(tmp_path)
    assert received(store) == NAME
    assert store.path(NAME).read_bytes() == b"".join(store.read(NAME)) == WHOLE
    assert store.has(NAME, bytes=len(WHOLE))
    assert not store.has(NAME, bytes=len(WHOLE) + 1)
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_disk_that_takes_little_at_a_time_is_given_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(FileIO):
        def write(self, data: Any) -> int:
            return super().write(memoryview(data)[:7])

    monkeypatch.setattr(of_objects, "FileIO", Slow)
    store = Objects(tmp_path)
    assert received(store) == NAME
    assert b"".join(store.read(NAME)) == WHOLE


def test_a_large_file_is_not_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_objects, "HELD", 16)
    store = Objects(tmp_path)
    incoming = store.incoming()
    incoming.write(b"x" * 10)
    assert not incoming.path.exists()
    incoming.write(b"y" * 10)
    assert incoming.path.stat().st_size == 20
    incoming.discard()
    assert not incoming.path.exists()


def test_a_damaged_original_is_told(tmp_path: Path) -> None:
    store = Objects(tmp_path)
    received(store)
    store.path(NAME).chmod(0o644)
    store.path(NAME).write_bytes(WHOLE[:-1] + b"?")
    with pytest.raises(OSError, match="damaged"):
        list(store.read(NAME))


def test_a_folder_that_somebody_took_away_is_made_again(tmp_path: Path) -> None:
    store = Objects(tmp_path / "objects")
    received(store)
    store.path(NAME).unlink()
    store.path(NAME).parent.rmdir()
    (tmp_path / "objects" / "incoming").rmdir()
    assert received(store) == NAME
