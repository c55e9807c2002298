"""The parameters that are sent beside the prompt: each from its axis, an extra, the recipe or the default."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

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
)
from gen4flow.core.values import Value, is_scalar, scalar_text

ALLOWED = {"aspect_ratio": ASPECT_RATIOS, "resolution": RESOLUTIONS}
DEFAULTS = {"aspect_ratio": DEFAULT_ASPECT_RATIO, "resolution": DEFAULT_RESOLUTION}


class BadParameter(Exception):
    """A parameter can't be sent: where it comes from, what is wrong and what to do about it (`help`)."""

    def __init__(self, mark: Mark, message: str, *, help: str) -> None:  # noqa: A002  # as in Problem
        super().__init__(message)
        self.mark = mark
        self.help = help


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of one row; `render` gives a template's text. Its methods raise BadParameter."""

    step: Step
    row: Row
    render: Callable[[Text], str]

    def all(self, *, with_seed: bool) -> dict[str, str | int]:
        """Return the parameters as they are sent; without a seed where none is given or it is settled later."""
        settled: dict[str, str | int] = {name: self._word(name) for name in ALLOWED}
        if with_seed and (seed := self._seed()) is not None:
            settled["seed"] = seed
        return settled

    def _found(self, name: str) -> tuple[Value, Mark]:
        """Return a parameter's value as written or rendered, and where it comes from."""
        if name in self.row.axes:
            return self.row.axes[name].value, self.row.axes[name].mark
        if name in self.row.extras:
            return self.row.extras[name], self.row.mark
        value, mark = self.step.parameters.get(name, DEFAULTS.get(name)), self.step.place(name)
        if isinstance(value, str) and is_template(value):
            return self.render(Text(text=value, mark=mark)).strip(), mark
        return value, mark

    def _word(self, name: str) -> str:
        """Return a parameter that is one of a few words."""
        value, mark = self._found(name)
        if isinstance(value, str) and value in ALLOWED[name]:
            return value
        told = repr(value) if isinstance(value, str) else scalar_text(value) if is_scalar(value) else "this"
        near = difflib.get_close_matches(str(value), ALLOWED[name], n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise BadParameter(mark, f"{told} is no {name}", help=f"{hint}it is one of {', '.join(ALLOWED[name])}")

    def _seed(self) -> int | None:
        """Return the seed as a number in range, None where there is none."""
        value, mark = self._found("seed")
        if value is None:
            return None
        text = value if isinstance(value, str) else scalar_text(value) if isinstance(value, int) else ""
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and SEED_MIN <= int(text) <= SEED_MAX):
            shown = scalar_text(value) if is_scalar(value) else "this"
            raise BadParameter(mark, f"{shown} is no seed", help=f"a whole number, {SEED_MIN} to {SEED_MAX}")
        return int(text)
