"""From one row to one job: renders its templates, settles parameters and references, names its file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from gen4flow.core.file_names import BadDelivery, FileNames, Named
from gen4flow.core.inherited import TAKE
from gen4flow.core.job import Job, Request, fingerprint_of, key_of
from gen4flow.core.joining import Inheritance, Report
from gen4flow.core.matrix import Row, with_seed
from gen4flow.core.parameters import BadParameter, Parameters
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import PROMPT_UNITS, TemplateError, Templates, utf16_units
from gen4flow.core.recipe import AutoSeedAxis, AxisValue, Recipe, Step, Text
from gen4flow.core.references import MOST, BadReference, FindImage, Reference, references_of
from gen4flow.core.seeds import auto_seed
from gen4flow.core.sizes import SIZES
from gen4flow.core.values import Value, canonical_json

NEED_A_REFERENCE = frozenset({"runwayml/gen4-image-turbo"})  # models; source: the vendor's documentation


class Wrong(Exception):
    """A row has a problem, which was reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowJob:
    """Makes one job of one row of a step; `find` brings a local image."""

    recipe: Recipe
    step: Step
    row: Row
    inheritance: Inheritance
    templates: Templates
    find: FindImage
    files: FileNames
    report: Report
    take: int | None = None

    def job(self) -> Job:
        """Return the job; raises Wrong after reporting what is wrong."""
        names = self._names()
        prompt, parameters, references = None, None, None
        with suppress(Wrong):
            prompt = self._prompt(names)
        with suppress(Wrong):  # what is wrong with one is told beside what is wrong with another
            parameters = self._parameters(names)
        with suppress(Wrong):
            references = self._references(names)
        if prompt is None or parameters is None or references is None:
            self._try_the_rest(names)
            raise Wrong
        row = self._settled(prompt, parameters, references)
        request = Request(
            provider=self.recipe.provider,
            model=self.step.model,
            prompt=prompt,
            parameters=parameters,
            references=references,
            take=self.take,
        )
        return self._named(row, request, {**names, **{name: value.value for name, value in row.axes.items()}})

    def _try_the_rest(self, names: Mapping[str, Value]) -> None:
        """Report what is wrong with the templates that are rendered last, although the job is given up already."""
        for text in self.step.tags.values():
            with suppress(Wrong):
                self._render(text, names)
        if self.step.file is not None and not self._seed_waits():
            with suppress(Wrong):
                self._render(self.step.file, {**names, "fingerprint": "0" * 64}, path=True)

    def key(self) -> str:
        """Return the job's key, which needs no template."""
        return key_of(self.step.name, {name: value.id for name, value in self._coordinates(self.row).items()})

    def _named(self, row: Row, request: Request, names: Mapping[str, Value]) -> Job:
        """Return the job of a settled row and its request."""
        fingerprint = fingerprint_of(request.canonical())
        coordinates = self._coordinates(row)
        key = key_of(self.step.name, {name: value.id for name, value in coordinates.items()})
        files = self._files(names, row, request, fingerprint)
        return Job(
            key=key,
            step=self.step.name,
            axes={**self.inheritance.axes, **row.axes},
            extras=row.extras,
            tags={name: self._render(text, names) for name, text in self.step.tags.items()},
            template=self.step.prompt.text,
            request=request,
            fingerprint=fingerprint,
            stem=files.stem,
            marking=self.step.marking,
            original=self.step.original,
            deliver=files.deliver,
            coordinates=coordinates,
            lineage={**self.inheritance.lineage, self.step.name: key},
            held=self.step.held,
        )

    def _names(self) -> dict[str, Value]:
        """Return what the templates see: vars, needs, inherited coordinates, extras, then axes."""
        axes = {name: value.value for name, value in self.row.axes.items()}
        if self._seed_waits():
            del axes["seed"]
        names: dict[str, Value] = {"name": self.recipe.name, **self.step.vars}
        names |= {name: given.value for name, given in self.inheritance.given.items()}
        names |= {name: value.value for name, value in self.inheritance.axes.items() if "." not in name}
        names |= {**self.row.extras, **axes}
        return names if self.take is None else {**names, TAKE: self.take}

    def _seed_axis(self) -> AutoSeedAxis | None:
        axes = (axis for dimension in self.step.matrix.dimensions for axis in dimension.axes)
        return next((axis for axis in axes if isinstance(axis, AutoSeedAxis)), None)

    def _seed_waits(self) -> bool:
        """Tell whether this row's seed is mixed from its request; an added row brings its own."""
        axis = self._seed_axis()
        return bool(axis and axis.per_request and "seed" in self.row.axes and self.row.axes["seed"].mark is axis.mark)

    def _prompt(self, names: Mapping[str, Value]) -> str:
        """Return the prompt as it will be sent: rendered, trimmed, not empty."""
        text = self.step.prompt
        prompt = self._render(text, names).strip()
        if not prompt:
            self._wrong(text.mark, "empty-prompt", f"the prompt renders empty for {self.key()}", "write a prompt")
        if (units := utf16_units(prompt)) > PROMPT_UNITS:
            self.report(
                Problem(
                    mark=text.mark,
                    code="long-prompt",
                    message=f"a prompt of {units:,} UTF-16 units: Runway takes {PROMPT_UNITS:,} ({self.key()})",
                    help="shorten it; what lies behind the limit may be cut or refused",
                    severity=Severity.WARNING,
                )
            )
        return prompt

    def _parameters(self, names: Mapping[str, Value]) -> dict[str, str | int]:
        """Return the request's parameters."""
        parameters = Parameters(step=self.step, row=self.row, render=lambda text: self._render(text, names))
        try:
            return parameters.all(with_seed=not self._seed_waits())
        except BadParameter as error:
            raise self._reported(error.mark, "not-allowed", str(error), error.help) from error

    def _references(self, names: Mapping[str, Value]) -> tuple[Reference, ...]:
        """Return the reference images, at most as many as a request takes."""
        found: list[Reference] = []
        for text in self.step.references:
            rendered = self._render(text, names, images=True)
            try:
                found += references_of(
                    rendered, folder=text.folder, images=self.inheritance.images, find=self.find
                )  # fmt: skip
            except BadReference as error:
                raise self._reported(text.mark, "reference", str(error), error.help) from error
        mark = self.step.place("reference_images")
        if len(found) > MOST:
            told = f"{len(found)} reference images for {self.key()}, and a request takes {MOST}"
            self._wrong(mark, "references", told, "leave some out; one that renders empty is dropped")
        if not found and self.step.model in NEED_A_REFERENCE:
            told = f"{self.step.model} needs a reference image, and {self.key()} has none"
            remedy = "add reference_images, or ask the model runwayml/gen4-image"
            self._wrong(self.step.place("model"), "references", told, remedy)
        return tuple(found)

    def _settled(self, prompt: str, parameters: dict[str, str | int], references: tuple[Reference, ...]) -> Row:
        """Return the row with a seed that was waiting for its request, which is put into the parameters too."""
        axis = self._seed_axis()
        if not axis or not self._seed_waits():
            return self.row
        number = self.row.axes["seed"].value
        assert isinstance(number, int)  # noqa: S101  # the matrix numbered them
        rest: dict[str, object] = {"model": self.step.model, "parameters": parameters, "prompt": prompt}
        if references:
            rest["references"] = [reference.likeness_json() for reference in references]
        seed = parameters["seed"] = auto_seed(salt=axis.salt, number=number, mixed_in=(canonical_json(rest),))
        return with_seed(self.row, seed)

    def _coordinates(self, row: Row) -> dict[str, AxisValue]:
        """Return what the key is made of."""
        coordinates = {**self.inheritance.axes, **row.axes, **row.keyed}
        if self.take is not None:
            coordinates[TAKE] = AxisValue.of(self.take, self.step.mark)
        return coordinates

    def _files(self, names: Mapping[str, Value], row: Row, request: Request, fingerprint: str) -> Named:
        """Return what the job is delivered as."""
        axes = {**self.inheritance.axes, **row.axes}
        ids = [*(value.id for value in axes.values()), *([str(self.take)] if self.take is not None else [])]
        fallback = "_".join(identity.replace("/", "-") for identity in [*ids, fingerprint[:8]])
        facts = {**request.parameters, **row.extras} if self.files.asks else {}
        try:
            return self.files.named(
                fallback,
                {**names, "fingerprint": fingerprint},
                {**{name: AxisValue.of(value, self.step.mark) for name, value in facts.items()}, **axes},
                SIZES.get((request.aspect_ratio, request.resolution)),
                lambda text, known: self._render(text, known, path=True),
            )
        except BadDelivery as error:
            self.report(error.problem)
            raise Wrong from error

    def _render(self, text: Text, names: Mapping[str, Value], *, path: bool = False, images: bool = False) -> str:
        """Return a rendered template; raises Wrong after reporting why it can't be.

        `images`: what stands for the image of an earlier job may be in it; anywhere else it means nothing.
        """
        try:
            rendered = self.templates.render(text.text, names, path=path)
        except TemplateError as error:
            for one in (error, *error.more):
                self.report(template_problem(text, one))
            raise Wrong from error
        if not images and self._holds_image(rendered):
            shown = " and ".join(f"{{{{ {name}.image }}}}" for name in self.inheritance.given)
            told = f"an image is no text, so {shown} can't stand here"
            remedy = f'add to this step: reference_images: ["{shown}"], and describe the picture in words here'
            self._wrong(text.mark, "image-in-text", told, remedy)
        return rendered

    def _holds_image(self, text: str) -> bool:
        """Tell whether a text holds what stands for an earlier job's image, in whatever case."""
        folded = text.casefold()
        return any(image.job in folded for given in self.inheritance.given.values() for image in given.images.values())

    def _wrong(self, mark: Mark, code: str, message: str, remedy: str) -> None:
        """Report a problem of this row and give the row up."""
        raise self._reported(mark, code, message, remedy)

    def _reported(self, mark: Mark, code: str, message: str, remedy: str) -> Wrong:
        """Report a problem and return what gives the row up."""
        self.report(Problem(mark=mark, code=code, message=message, help=remedy))
        return Wrong()


def template_problem(text: Text, error: TemplateError) -> Problem:
    """Return the problem of a template: in its own text, whose first line is at the mark, or in an included file."""
    mark = text.mark
    if error.file:
        mark = Mark(file=error.file, line=error.line, column=1)
    elif error.line > 1 and mark.line:
        mark = replace(mark, line=mark.line + error.line - 1)
    return Problem(mark=mark, code="template", message=str(error), help=error.help, near=error.near)
