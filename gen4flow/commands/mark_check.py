"""Holds the marks of delivered copies against what the manifest says was written: what was found, and what is missing.

Nothing here says whether that is enough for anybody's law or rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from gen4flow.core.marks import FoundMarks, Marked
from gen4flow.delivery.marking import read_marks, read_sidecar
from gen4flow.delivery.packet import carried_key
from gen4flow.sinks.copies import file_sha256

WHERE = {Marked.EMBEDDED: "in the file", Marked.SIDECAR: "in a sidecar", Marked.NONE: "nowhere"}


def found_marks(folder: Path, file: Mapping[str, Any], content: bytes) -> FoundMarks:
    """Return what a copy, or its sidecar, says of it; raises OSError."""
    found = read_marks(content, str(file["media_type"]))
    if file["sidecar"] is None:
        return found
    beside = read_sidecar((folder / file["sidecar"]["path"]).read_bytes())
    return FoundMarks(**{**_plain(beside), "credentials": found.credentials})


def sidecar_difference(folder: Path, file: Mapping[str, Any]) -> str:
    """Return how a copy's sidecar differs from what the manifest says, nothing where it doesn't; raises OSError."""
    sidecar = file["sidecar"]
    if sidecar is None:
        return ""
    path = folder / sidecar["path"]
    if not path.resolve().is_relative_to(folder.resolve()):
        return f"its sidecar {sidecar['path']} leads out of the folder"
    if not path.is_file():
        return f"its sidecar {sidecar['path']} is missing"
    return "" if file_sha256(path) == sidecar["sha256"] else f"its sidecar {sidecar['path']} was edited"


def mark_difference(entry: Mapping[str, Any], file: Mapping[str, Any], found: FoundMarks) -> str:
    """Return which mark that was written is not there, or says something else; nothing where all are as they were."""
    if file["marks"] == Marked.NONE.value:
        return ""
    if not found.fingerprint:
        return "its marks are missing"
    told = {"fingerprint": (found.fingerprint, entry["fingerprint"]), "key": (found.key, carried_key(entry["key"]))}
    for name, (is_there, was_written) in told.items():
        if is_there != was_written:
            return f"the mark {name} is {str(is_there)[:80]!r}, and the manifest says {str(was_written)[:80]!r}"
    return "" if found.source_type else "the mark DigitalSourceType is missing"


def told_marks(found: FoundMarks) -> dict[str, object]:
    """Return what was found as JSON values."""
    return {name: value.value if isinstance(value, Marked) else value for name, value in _plain(found).items()}


def mark_lines(path: str, found: FoundMarks) -> Iterator[str]:
    """Yield what was found of a file, for people."""
    yield f"{path}: marks {WHERE[found.where]}" + ("; it bears content credentials" if found.credentials else "")
    for name, value in _plain(found).items():
        if value and name not in {"where", "credentials"}:
            yield f"  {name.replace('_', ' ')}: {' '.join(str(value).split())}"


def mark_summary(found: Iterable[FoundMarks]) -> str:
    """Return how many files bear marks, and where."""
    counts = Counter(one.where for one in found)
    return "marks: " + ", ".join(f"{counts[where]} {told}" for where, told in WHERE.items() if counts[where])


def _plain(found: FoundMarks) -> dict[str, Any]:
    return {one.name: getattr(found, one.name) for one in fields(found)}
