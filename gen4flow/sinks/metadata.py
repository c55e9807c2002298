"""metadata.jsonl: one line an image, as Hugging Face's `imagefolder`, pandas and jq read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gen4flow.sinks.writing import write_whole


def write_metadata(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a line for each delivered image; `file_name` is relative to the folder."""
    lines = [json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n" for line in _lines(manifest)]
    write_whole(folder / "metadata.jsonl", "".join(lines).encode())


def _lines(manifest: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Yield the facts of each delivered image."""
    for entry in manifest["entries"]:
        for file in entry["files"]:
            yield {
                "file_name": file["path"],
                "placement": file.get("placement"),
                "key": entry["key"],
                "fingerprint": entry["fingerprint"],
                "model": manifest["model"],
                "provider": manifest["provider"],
                "prompt": entry["prompt"],
                **entry["parameters"],
                "width": file["width"],
                "height": file["height"],
                "media_type": file["media_type"],
                "sha256": file["sha256"],
                "axes": entry["axes"],
                "tags": entry["tags"],
            }
