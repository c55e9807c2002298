"""Writes into the pages what they have to say: `python -m tests.docs`.

The reference of the recipe's keys is made anew; a command whose output is not the one shown gets its own. Look at
the difference before it is committed: the pages promise what they show.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.docs.pages import PAGES, ROOT, projects, shown
from tests.docs.reference import PAGE, placed, reference, schema
from tests.docs.sessions import Typed, account, carry_out
from tests.outside.harness import KEY, other_server


def corrected(text: str) -> str:
    """Return a page's text with the output of every command that prints something else than it shows."""
    lines = text.splitlines()
    typed: list[Typed] = []
    for project in projects(text):
        with tempfile.TemporaryDirectory() as folder:
            typed += carry_out(project, Path(folder).resolve())
    for one in reversed(typed):
        if not one.step.expects(one.output):
            lines[one.step.line : one.step.line + len(one.step.printed)] = shown(one.output)
    return "".join(f"{line}\n" for line in lines)


def write() -> None:
    """Correct every page."""
    for name in PAGES:
        page = ROOT / name
        text = page.read_text(encoding="utf-8")
        if name == PAGE:
            text = placed(text, reference(schema()))
        page.write_text(corrected(text), encoding="utf-8")


if __name__ == "__main__":
    with other_server() as server:
        account(server.api, KEY, os.environ.__setitem__)
        write()
