"""Texts that an author writes in an editor, and what comes of a completion that is accepted."""

from __future__ import annotations

import re
from typing import Any

from tests.editor.language_server import CURSOR, Message

SCHEMA_LINE = "# yaml-language-server: $schema=.schemas/recipe.schema.json\n"
ONE = f"{SCHEMA_LINE}version: 1\nname: fox\nprompt: A {{{{ animal }}}}\n"
TWO = f"{SCHEMA_LINE}version: 1\nname: fox\nsteps:\n  portrait: {{prompt: A fox}}\n  scene:\n"
_STOP = re.compile(r"\$\d+|\$\{\d+(?::((?:\\.|[^\\}])*))?\}")


def accepted(text: str, item: Message) -> str:
    """Return a text after a completion was accepted at its cursor, every stop of the snippet left as it is offered."""
    edit: dict[str, Any] = item["textEdit"]
    lines = text.replace(CURSOR, "").split("\n")
    start, end = edit["range"]["start"], edit["range"]["end"]
    first, last = lines[start["line"]], lines[end["line"]]
    indent = first[: len(first) - len(first.lstrip(" "))]
    inserted = _plain(edit["newText"]).replace("\n", f"\n{indent}")
    changed = first[: start["character"]] + inserted + last[end["character"] :]
    return "\n".join([*lines[: start["line"]], changed, *lines[end["line"] + 1 :]])


def _plain(snippet: str) -> str:
    """Return a snippet's text as an editor inserts it."""
    return re.sub(r"\\([\\$}])", r"\1", _STOP.sub(lambda stop: stop[1] or "", snippet))
