"""Makes text of unknown origin safe to print: nothing in it moves a cursor, hides, or changes how its line reads."""

from __future__ import annotations

import json
import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SUSPECT = re.compile(r"[^ -~]")  # what is not plain ASCII is looked at


def inert(text: str) -> str:
    """Return a text on one line: what is no printable character, bidi controls included, shows as a replacement."""
    return _SUSPECT.sub(lambda found: found[0] if found[0].isprintable() else REPLACEMENT, text)


def inert_json(value: object, *, indent: int | None = 1) -> str:
    """Return JSON that any terminal shows as it is; what is not printable is escaped, so that no value changes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _SUSPECT.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """Return a character as JSON escapes it; a line end is the layout's, as those in texts are escaped already."""
    return found[0] if found[0].isprintable() or found[0] == "\n" else json.dumps(found[0])[1:-1]
