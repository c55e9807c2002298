"""The parameters that are sent beside the prompt: each from its axis, an extra, the recipe or the default."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from gen4flow.core.matrix import Row
from gen4flow.core.problem import Mark
from gen4flow.core.prompt import is_template
from gen4flow.core.recipe import Step, Text
from gen4flow.core.sizes import (
    ASPECT_RATIOS,
    DEFAULT_ASPECT_RATIO,
    DEFAULT_RESOLUTION,
    RESOLUTIONS,
    SEED_MAX,
    SEED_MIN,
    other_ratio_help,
)
from gen4flow.core.values import Value, is_scalar, scalar_text

SEED = "seed"
ALLOWED = {"aspect_ratio": ASPECT_RATIOS, "resolution": RESOLUTIONS}
DEFAULTS = {"aspect_ratio": DEFAULT_ASPECT_RATIO, "resolution": DEFAULT_RESOLUTION}


Render = Callable[[Text], str]


class BadParameter(Exception):
    """A parameter can't be sent: where it comes from, what is wrong and what to do about it (`help`)."""

    def __init__(self, mark: Mark, message: str, *, help: str) -> None:  # noqa: A002  # as in Problem
        super().__init__(message)
        self.mark = mark
        self.help = help


class Parameters:
    """The parameters of a step's rows; `render` gives a template's text. What is wrong raises BadParameter."""

    def __init__(self, step: Step) -> None:
        self._step = step
        written = {name: step.parameters.get(name, DEFAULTS.get(name)) for name in (*ALLOWED, SEED)}
        self._written = written
        self._templates = {name for name, value in written.items() if isinstance(value, str) and is_template(value)}

    @property
    def templates(self) -> list[str]:
        """Return the templates that give words."""
        return [str(self._written[name]) for name in ALLOWED if name in self._templates]

    def words(self, row: Row, render: Render) -> dict[str, str]:
        """Return the parameters of a row that are words, as they are sent."""
        settled = {}
        for name, allowed in ALLOWED.items():
            value = self._found(name, row, render)
            if not isinstance(value, str) or value not in allowed:
                raise self._no_word(name, value, row)
            settled[name] = value
        return settled

    def seed(self, row: Row, render: Render) -> int | None:
        """Return the seed of a row as a number in range, None where none is given."""
        found = row.axes.get(SEED)
        value = self._found(SEED, row, render) if found is None else found.value
        if value is None or (type(value) is int and SEED_MIN <= value <= SEED_MAX):
            return value
        text = value if isinstance(value, str) else scalar_text(value) if isinstance(value, int) else ""
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and SEED_MIN <= int(text) <= SEED_MAX):
            shown, remedy = scalar_text(value) if is_scalar(value) else "this", f"{SEED_MIN} to {SEED_MAX}"
            raise BadParameter(self._place(SEED, row), f"{shown} is no seed", help=f"a whole number, {remedy}")
        return int(text)

    def _found(self, name: str, row: Row, render: Render) -> Value:
        """Return a parameter's value as written or rendered."""
        found = row.axes.get(name)
        if found is not None:
            return found.value
        if name in row.extras:
            return row.extras[name]
        value = self._written[name]
        if name in self._templates:
            return render(Text(text=str(value), mark=self._step.place(name))).strip()
        return value

    def _place(self, name: str, row: Row) -> Mark:
        """Return where a parameter comes from."""
        if name in row.axes:
            return row.axes[name].mark
        return row.mark if name in row.extras else self._step.place(name)

    def _no_word(self, name: str, value: Value, row: Row) -> BadParameter:
        """Return what is wrong with a parameter that is none of its few words."""
        told = repr(value) if isinstance(value, str) else scalar_text(value) if is_scalar(value) else "this"
        near = difflib.get_close_matches(str(value), ALLOWED[name], n=1)
        other = other_ratio_help(str(value)) if name == "aspect_ratio" else ""
        hint = f"{other} " if other else f"did you mean {near[0]}? " if near else ""
        help_text = f"{hint}it is one of {', '.join(ALLOWED[name])}"
        return BadParameter(self._place(name, row), f"{told} is no {name}", help=help_text)
