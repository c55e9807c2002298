"""Delivered copies and their sidecars: kept, restored, put aside, and never written over somebody else's file."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from gen4flow.core.copies import Copy, Made
from gen4flow.core.errors import UsageError
from gen4flow.core.history import Delivery
from gen4flow.core.image import Image
from gen4flow.core.marks import Marked
from gen4flow.sinks import copies

BYTES, PACKET = b"an image", b"its marks"
IMAGE = Image(
    sha256=hashlib.sha256(BYTES).hexdigest(), bytes=len(BYTES), media_type="image/png", width=1, height=1
)  # fmt: skip
CUP = Copy(path="cup.png", original=IMAGE, marks=None, made="a" * 64)


class Maker:
    """Makes copies that are their originals, with marks beside them if so told, and counts how many."""

    def __init__(self, sidecar: bytes | None = None) -> None:
        self.made = 0
        self._sidecar = sidecar

    def __call__(self, original: Image, wanted: Sequence[Copy]) -> list[Made]:
        self.made += len(wanted)
        where = Marked.NONE if self._sidecar is None else Marked.SIDECAR
        return [Made(content=BYTES, sidecar=self._sidecar, marks=where, width=1, height=1) for _ in wanted]


def copies_of(folder: Path, written: Iterable[Delivery] = (), make: copies.Make | None = None) -> copies.Copies:
    """Return the copies of a folder of which the ledger knows what was `written`."""
    return copies.Copies(folder, written={one.path: one for one in written}, make=make or Maker())


def test_a_copy_that_cannot_be_read_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: Path) -> str:
        raise OSError(errno.EMFILE, "Too many open files")

    (first,) = copies_of(tmp_path).deliver([CUP]).copies
    monkeypatch.setattr(copies, "file_sha256", unreadable)
    with pytest.raises(OSError, match="Too many open files"):
        copies_of(tmp_path).deliver([CUP])
    assert not copies_of(tmp_path, [first.file._replace(mtime_ns=0)]).in_place([CUP])


def test_a_copy_that_nobody_listed_but_is_right_stays(tmp_path: Path) -> None:
    first = copies_of(tmp_path).deliver([CUP])
    assert copies_of(tmp_path).deliver([CUP]) == first


def test_a_copy_that_stands_as_it_was_written_is_not_made_again(tmp_path: Path) -> None:
    (first,) = copies_of(tmp_path).deliver([CUP]).copies
    later = Maker()
    assert copies_of(tmp_path, [first.file], later).deliver([CUP]).copies == [first]
    assert copies_of(tmp_path, [first.file._replace(mtime_ns=0)], later).deliver([CUP]).copies == [
        first
    ]  # a fresh clone
    assert later.made == 0


def test_a_copy_that_is_wanted_otherwise_is_made_again_and_nothing_is_put_aside(tmp_path: Path) -> None:
    (first,) = copies_of(tmp_path).deliver([CUP]).copies
    otherwise, later = CUP._replace(made="b" * 64), Maker()
    known = copies_of(tmp_path, [first.file], later)
    assert known.outdated([otherwise])
    assert not known.outdated([CUP])
    known.deliver([otherwise])
    assert later.made == 1
    assert [path.name for path in tmp_path.iterdir()] == ["cup.png"]


def test_a_sidecar_is_restored_like_its_copy(tmp_path: Path) -> None:
    (first,) = copies_of(tmp_path, make=Maker(PACKET)).deliver([CUP]).copies
    assert first.sidecar is not None
    known = [first.file, first.sidecar]
    assert copies_of(tmp_path, known).in_place([CUP])
    (tmp_path / "cup.xmp").write_bytes(b"edited")
    assert not copies_of(tmp_path, known).in_place([CUP])
    copies_of(tmp_path, known, Maker(PACKET)).deliver([CUP])
    assert (tmp_path / "cup.xmp").read_bytes() == PACKET
    assert (tmp_path / "cup.edited-1.xmp").read_bytes() == b"edited"


def test_a_sidecar_of_somebody_else_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "cup.xmp").write_bytes(b"mine")
    assert copies_of(tmp_path).foreign(["cup.png", "cup.xmp"]) == "cup.xmp"
    with pytest.raises(UsageError, match=r"cup\.xmp is in the way"):
        copies_of(tmp_path, make=Maker(PACKET)).deliver([CUP])
    assert (tmp_path / "cup.xmp").read_bytes() == b"mine"
