"""The placements that recipes know by name: read from placements.json, each with its source and a date."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from gen4flow.core.deliverable import FORMATS, Placement

FILE = Path(__file__).with_name("placements.json")


@functools.cache
def placements() -> Mapping[str, Placement]:
    """Return the placements by name."""
    told = json.loads(FILE.read_bytes())
    return {
        name: Placement(
            name=name,
            width=one["width"],
            height=one["height"],
            formats=tuple(FORMATS[word] for word in one["formats"]),
            max_bytes=one.get("max_bytes"),
            source=_source(told["sources"][one["source"]], told["date"]),
        )
        for name, one in told["placements"].items()
    }


def _source(told: Mapping[str, str], date: str) -> str:
    """Return who says what a placement takes, for people."""
    return f"{told['name']}; read at {told['read_at']} in {date}"


def placements_text() -> str:
    """Return the list of placements, for people."""
    known = placements()
    wide = max(map(len, known))
    lines = ["Placements that deliver knows by name", ""]
    sources: dict[str, list[Placement]] = {}
    for one in known.values():
        sources.setdefault(one.source, []).append(one)
    for source, ones in sources.items():
        lines += [f"  {source}"]
        for one in ones:
            words = " or ".join(kind.removeprefix("image/") for kind in one.formats)
            most = f", at most {one.max_bytes:,} bytes" if one.max_bytes else ""
            lines += [f"    {one.name:<{wide}}  {one.width}x{one.height} {words}{most}"]
        lines += [""]
    lines += ["  Platforms change these without notice. Your own sizes: {name: web, width: 1200, format: webp}"]
    return "\n".join(lines)
