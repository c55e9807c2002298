"""From rows to jobs: renders every template, settles every parameter, names every file, and finds what is wrong.

Streams: what must be remembered of each job is its key, its file and its fingerprint. Problems go to `report`; a row
that has one yields no job.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from gen4flow.core.job import Job, Request, fingerprint_of, key_of
from gen4flow.core.matrix import AxisValues, Row, rows, with_seed
from gen4flow.core.naming import folded, safe_path
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import PROMPT_UNITS, TemplateError, Templates, is_template, utf16_units
from gen4flow.core.recipe import AutoSeedAxis, AxisValue, Recipe, Text
from gen4flow.core.seeds import auto_seed
from gen4flow.core.sizes import (
    ASPECT_RATIOS,
    DEFAULT_ASPECT_RATIO,
    DEFAULT_RESOLUTION,
    RESOLUTIONS,
    SEED_MAX,
    SEED_MIN,
)
from gen4flow.core.values import Value, canonical_json, is_scalar, scalar_text

STEP = "main"
ALLOWED = {"aspect_ratio": ASPECT_RATIOS, "resolution": RESOLUTIONS}
DEFAULTS = {"aspect_ratio": DEFAULT_ASPECT_RATIO, "resolution": DEFAULT_RESOLUTION}

Report = Callable[[Problem], None]


class _Wrong(Exception):
    """A row has a problem, which was reported."""


@dataclass(slots=True)
class _Seen:
    """What is remembered of the jobs so far, to find two that clash."""

    keys: set[str] = field(default_factory=set)
    stems: dict[str, str] = field(default_factory=dict)
    unseeded: dict[str, str] = field(default_factory=dict)


def jobs(recipe: Recipe, values: AxisValues, templates: Templates, report: Report) -> Iterator[Job]:
    """Yield the jobs of a recipe in plan order; `values` are the axes' values, sources read."""
    seen = _Seen()
    seeded = "seed" in values or "seed" in recipe.parameters
    if not seeded:
        report(_no_seed(recipe))
    elif recipe.repeat is not None:
        report(_repeat_beside_seed(recipe))
        return
    for row in rows(recipe.matrix, values, report):
        for take in range(recipe.repeat) if recipe.repeat else (None,):
            try:
                job = _Builder(recipe=recipe, row=row, templates=templates, report=report, take=take).job()
            except _Wrong:
                continue
            if not _clashes(job, row.mark, seen, report, recipe):
                yield job


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    """Makes one job of one row."""

    recipe: Recipe
    row: Row
    templates: Templates
    report: Report
    take: int | None

    def job(self) -> Job:
        """Return the job; raises _Wrong after reporting what is wrong."""
        names = self._names()
        prompt, parameters = None, None
        with suppress(_Wrong):
            prompt = self._prompt(names)
        with suppress(_Wrong):  # what is wrong with the parameters is told beside what is wrong with the prompt
            parameters = self._parameters(names)
        if prompt is None or parameters is None:
            raise _Wrong
        row = self._settled(prompt, parameters)
        names = {**names, **{name: value.value for name, value in row.axes.items()}}
        request = Request(
            provider=self.recipe.provider,
            model=self.recipe.model,
            prompt=prompt,
            parameters=parameters,
            take=self.take,
        )
        fingerprint = fingerprint_of(request.canonical())
        return Job(
            key=key_of(STEP, self._coordinates(row)),
            step=STEP,
            axes=row.axes,
            extras=row.extras,
            tags={name: self._render(text, names) for name, text in self.recipe.tags.items()},
            template=self.recipe.prompt.text,
            request=request,
            fingerprint=fingerprint,
            stem=self._stem(names, row, fingerprint),
        )

    def _names(self) -> dict[str, Value]:
        """Return what the templates see: vars, then extras, then axes."""
        axes = {name: value.value for name, value in self.row.axes.items()}
        if self._seed_waits():
            del axes["seed"]
        names: dict[str, Value] = {"name": self.recipe.name, **self.recipe.vars, **self.row.extras, **axes}
        if self.take is not None:
            names["take"] = self.take
        return names

    def _seed_axis(self) -> AutoSeedAxis | None:
        axes = (axis for dimension in self.recipe.matrix.dimensions for axis in dimension.axes)
        return next((axis for axis in axes if isinstance(axis, AutoSeedAxis)), None)

    def _seed_waits(self) -> bool:
        """Tell whether this row's seed is mixed from its request; an added row brings its own."""
        axis = self._seed_axis()
        return bool(axis and axis.per_request and "seed" in self.row.axes and self.row.axes["seed"].mark is axis.mark)

    def _prompt(self, names: Mapping[str, Value]) -> str:
        """Return the prompt as it will be sent: rendered, trimmed, not empty."""
        text = self.recipe.prompt
        prompt = self._render(text, names).strip()
        if not prompt:
            self._wrong(text.mark, "empty-prompt", f"the prompt renders empty for {self._where()}", "write a prompt")
        if (units := utf16_units(prompt)) > PROMPT_UNITS:
            self.report(
                Problem(
                    mark=text.mark,
                    code="long-prompt",
                    message=f"a prompt of {units:,} UTF-16 units: Runway takes {PROMPT_UNITS:,} ({self._where()})",
                    help="shorten it; what lies behind the limit may be cut or refused",
                    severity=Severity.WARNING,
                )
            )
        return prompt

    def _parameters(self, names: Mapping[str, Value]) -> dict[str, str | int]:
        """Return the request's parameters, each from its axis, an extra, the recipe or the default."""
        parameters: dict[str, str | int] = {}
        for name, allowed in ALLOWED.items():
            value, mark = self._parameter(name, names)
            if not isinstance(value, str) or value not in allowed:
                self._not_allowed(name, value, mark, allowed)
            parameters[name] = str(value)
        if not self._seed_waits():
            value, mark = self._parameter("seed", names)
            if value is not None:
                parameters["seed"] = self._seed(value, mark)
        return parameters

    def _parameter(self, name: str, names: Mapping[str, Value]) -> tuple[Value, Mark]:
        """Return a parameter's value as written or rendered, and where it comes from."""
        if name in self.row.axes:
            return self.row.axes[name].value, self.row.axes[name].mark
        if name in self.row.extras:
            return self.row.extras[name], self.row.mark
        value, mark = self.recipe.parameters.get(name, DEFAULTS.get(name)), self.recipe.mark(name)
        if isinstance(value, str) and is_template(value):
            return self._render(Text(text=value, mark=mark), names).strip(), mark
        return value, mark

    def _not_allowed(self, name: str, value: Value, mark: Mark, allowed: tuple[str, ...]) -> None:
        told = repr(value) if isinstance(value, str) else scalar_text(value) if is_scalar(value) else "this"
        near = difflib.get_close_matches(str(value), allowed, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        self._wrong(mark, "not-allowed", f"{told} is no {name}", f"{hint}it is one of {', '.join(allowed)}")

    def _seed(self, value: Value, mark: Mark) -> int:
        """Return the seed as a number in range."""
        text = value if isinstance(value, str) else scalar_text(value) if isinstance(value, int) else ""
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and SEED_MIN <= int(text) <= SEED_MAX):
            shown = scalar_text(value) if is_scalar(value) else "this"
            self._wrong(mark, "not-allowed", f"{shown} is no seed", f"a whole number, {SEED_MIN} to {SEED_MAX}")
        return int(text)

    def _settled(self, prompt: str, parameters: dict[str, str | int]) -> Row:
        """Return the row with a seed that was waiting for its request, which is put into the parameters too."""
        axis = self._seed_axis()
        if not axis or not self._seed_waits():
            return self.row
        number = self.row.axes["seed"].value
        assert isinstance(number, int)  # noqa: S101  # the matrix numbered them
        rest = canonical_json({"model": self.recipe.model, "parameters": parameters, "prompt": prompt})
        seed = parameters["seed"] = auto_seed(salt=axis.salt, number=number, mixed_in=(rest,))
        return with_seed(self.row, seed)

    def _coordinates(self, row: Row) -> dict[str, str]:
        """Return what the key is made of."""
        coordinates = {name: value.id for name, value in {**row.axes, **row.keyed}.items()}
        if self.take is not None:
            coordinates["take"] = str(self.take)
        return coordinates

    def _stem(self, names: Mapping[str, Value], row: Row, fingerprint: str) -> str:
        """Return the delivered file's path without extension."""
        text = self.recipe.output.file
        if text is None:
            ids = [*(value.id for value in row.axes.values()), *([str(self.take)] if self.take is not None else [])]
            named = safe_path("_".join(identity.replace("/", "-") for identity in [*ids, fingerprint[:8]]))
        else:
            named = safe_path(self._render(text, {**names, "fingerprint": fingerprint}, path=True))
        if named is None:
            self._wrong(text.mark if text else row.mark, "empty-name", "output.file renders empty", "name the file")
        return str(named)

    def _render(self, text: Text, names: Mapping[str, Value], *, path: bool = False) -> str:
        """Return a rendered template; raises _Wrong after reporting why it can't be."""
        try:
            return self.templates.render(text.text, names, path=path)
        except TemplateError as error:
            self._wrong(_line_of(text.mark, error.line), "template", str(error), error.help)
            raise AssertionError from error  # _wrong has raised

    def _where(self) -> str:
        """Return which row a message is about."""
        return key_of(STEP, self._coordinates(self.row))

    def _wrong(self, mark: Mark, code: str, message: str, remedy: str) -> None:
        """Report a problem of this row and give the row up."""
        self.report(Problem(mark=mark, code=code, message=message, help=remedy))
        raise _Wrong


def _line_of(mark: Mark, line: int) -> Mark:
    """Return the place of a line within a template, whose first line is at the mark."""
    return replace(mark, line=mark.line + line - 1) if line > 1 and mark.line else mark


def _clashes(job: Job, mark: Mark, seen: _Seen, report: Report, recipe: Recipe) -> bool:
    """Report a job that clashes with an earlier one: the same key, the same file, the same unseeded request."""
    if job.key in seen.keys:
        report(Problem(mark=mark, code="duplicate-key", message=f"two rows are {job.key}", help="remove one of them"))
        return True
    seen.keys.add(job.key)
    other = seen.stems.setdefault(folded(job.stem), job.key)
    if other != job.key:
        report(
            Problem(
                mark=recipe.output.file.mark if recipe.output.file else mark,
                code="duplicate-file",
                message=f"{job.key} and {other} would both be the file {job.stem}",
                help="put what tells them apart into output.file",
            )
        )
        return True
    if job.request.seed is not None:
        return False
    other = seen.unseeded.setdefault(job.fingerprint, job.key)
    if other != job.key:
        report(
            Problem(
                mark=recipe.prompt.mark,
                code="duplicate-request",
                message=f"{job.key} and {other} ask for the same image without a seed",
                help="say repeat: n for several takes of one request, or give each a seed",
            )
        )
    return other != job.key


def _no_seed(recipe: Recipe) -> Problem:
    return Problem(
        mark=recipe.mark("prompt"),
        code="no-seed",
        message="no seed is declared, so none is sent, and the images can't be made again",
        help="add `seed: {auto: 1}` to the matrix",
        severity=Severity.WARNING,
    )


def _repeat_beside_seed(recipe: Recipe) -> Problem:
    return Problem(
        mark=recipe.mark("repeat"),
        code="repeat-beside-seed",
        message="repeat buys takes of one request without a seed, and this recipe has a seed",
        help="say `seed: {auto: n}` instead of repeat",
    )


__all__ = ["STEP", "AxisValue", "jobs"]
