"""manifest.json: writes it, and reads one back that may be anybody's."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from gen4flow.core.errors import Gen4flowError
from gen4flow.core.history import Delivery
from gen4flow.core.indented import indented_json
from gen4flow.core.marks import Marked
from gen4flow.sinks.writing import write_whole

MANIFEST = "manifest.json"
MAX_BYTES = 1024 * 1024 * 1024
_TOLD = ("path", "sha256", "original_sha256", "bytes", "width", "height", "media_type")
_UNTOLD: dict[str, Any] = {"made": "", "marks": Marked.NONE.value, "placement": None, "sidecar": None}
_SIDECAR = {"path", "sha256", "bytes"}
_MARKS = frozenset(one.value for one in Marked)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest; raises OSError."""
    write_whole(folder / MANIFEST, manifest_text(manifest))


def manifest_text(manifest: Mapping[str, Any]) -> bytes:
    """Return what is written of a manifest: sorted keys, the same bytes for the same facts."""
    return indented_json(manifest).encode() + b"\n"


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return a folder's manifest, None where there is none; raises Gen4flowError for one that can't be read."""
    path = folder / MANIFEST
    return manifest_in(path) if path.is_file() else None


def manifest_in(path: Path) -> dict[str, Any]:
    """Return the manifest in a file of any name; raises Gen4flowError for one that can't be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("larger than any manifest")
        told = json.loads(path.read_bytes())
        if not isinstance(told, dict) or not isinstance(told.get("entries"), list):
            raise ValueError("this is no manifest of gen4flow")
    except (OSError, ValueError, RecursionError) as error:
        raise Gen4flowError(
            f"{path}: can't be read: {error}\n  help: move it away; a run writes it again from the ledger"
        ) from error
    return told


def entries(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the entries that have what every entry has: a key and a fingerprint."""
    return [
        entry
        for entry in manifest["entries"]
        if isinstance(entry, dict)
        and isinstance(entry.get("key"), str)
        and isinstance(entry.get("fingerprint"), str)
        and _SHA256.fullmatch(entry["fingerprint"])
    ]


def files(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an entry's files whose paths stay below the folder and whose hashes are hashes, with the known fields."""
    told = entry.get("files")
    return (
        [_known(file) for file in told if isinstance(file, dict) and _is_safe(file)] if isinstance(told, list) else []
    )


def written(entry: Mapping[str, Any], *, besides: Container[str] = ()) -> Iterator[Delivery]:
    """Yield what an entry says of the files that gen4flow wrote: when, nobody knows.

    An entry whose paths are all among `besides`, about which more is known, says nothing.
    """
    if _are_known(entry.get("files"), besides):
        return
    for file in files(entry):
        facts: dict[str, Any] = {
            "mtime_ns": 0,
            "original": file["original_sha256"],
            "made": file["made"],
            "marks": Marked(file["marks"]),
            "width": file["width"],
            "height": file["height"],
        }
        yield Delivery(path=file["path"], sha256=file["sha256"], bytes=file["bytes"], **facts)
        if sidecar := file["sidecar"]:
            yield Delivery(path=sidecar["path"], sha256=sidecar["sha256"], bytes=sidecar["bytes"], **facts)


def _are_known(told: object, paths: Container[str]) -> bool:
    """Tell whether every path that is told of files is among these, so that nothing is left to be read."""
    files = [file for file in told if isinstance(file, dict)] if isinstance(told, list) else []
    sidecars = [file["sidecar"] for file in files if file.get("sidecar")]
    found = [file.get("path") for file in [*files, *(one for one in sidecars if isinstance(one, dict))]]
    return all(isinstance(path, str) and path in paths for path in found)


def _known(file: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a file that are known; an older manifest does not say how it was made."""
    return {**_UNTOLD, **{name: file[name] for name in (*_TOLD, *_UNTOLD) if name in file}}


def _is_safe(file: Mapping[str, Any]) -> bool:
    """Tell whether a file's facts can be believed enough to look at it."""
    facts = {**_UNTOLD, **file}
    counts = (facts.get("width"), facts.get("height"))
    typed = all(type(count) is int and count >= 0 for count in counts) and isinstance(facts.get("media_type"), str)
    made, sidecar = facts["made"], facts["sidecar"]
    return (
        typed
        and _is_file(facts)
        and _is_sha256(facts.get("original_sha256"))
        and (made == "" or _is_sha256(made))
        and str(facts["marks"]) in _MARKS
        and (facts["placement"] is None or isinstance(facts["placement"], str))
        and (sidecar is None or (isinstance(sidecar, dict) and sidecar.keys() == _SIDECAR and _is_file(sidecar)))
    )


def _is_file(facts: Mapping[str, Any]) -> bool:
    """Tell whether facts are those of a file below the folder."""
    path, size = facts.get("path"), facts.get("bytes")
    if not isinstance(path, str) or not path or "\\" in path or "\x00" in path:
        return False
    inside = not path.startswith("/") and ".." not in path.split("/")
    return inside and type(size) is int and size >= 0 and _is_sha256(facts.get("sha256"))


def _is_sha256(text: object) -> bool:
    return isinstance(text, str) and bool(_SHA256.fullmatch(text))
