"""Finds every undefined name of a rendering, where jinja2 itself stops at the first."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import Any

import jinja2

MOST = 20  # names of one template that are told


class Collected(jinja2.ChainableUndefined):
    """An undefined value that notes its use and lets the rendering go on, as an empty text."""

    noted: list[tuple[jinja2.UndefinedError, str, int]]

    def _note(self) -> None:
        """Note the name, and the template and line that use it."""
        try:
            self._fail_with_undefined_error()
        except jinja2.UndefinedError as error:
            file, line = _template_above(error.__traceback__.tb_frame if error.__traceback__ else None)
            if len(self.noted) < MOST:
                self.noted.append((error, file, line))

    def __str__(self) -> str:
        self._note()
        return ""

    def __iter__(self) -> Iterator[Any]:
        self._note()
        return iter(())

    def __bool__(self) -> bool:
        self._note()
        return False

    def __len__(self) -> int:
        self._note()
        return 0


def collecting() -> type[Collected]:
    """Return a kind of undefined value of its own, with a list of its own."""
    return type("Collected", (Collected,), {"noted": []})


def _template_above(frame: FrameType | None) -> tuple[str, int]:
    """Return the name and line of the template that a frame was called from."""
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return str(template.filename or ""), int(template.get_corresponding_lineno(frame.f_lineno))
        frame = frame.f_back
    return "", 0
