"""From one row to one job: renders its templates, settles parameters and references, names its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from gen4flow.core.file_names import BadDelivery, Named, usual_name
from gen4flow.core.inherited import TAKE
from gen4flow.core.job import Job, Request, canonical_head, canonical_tail, fingerprint_of, key_of_values
from gen4flow.core.joining import Inheritance
from gen4flow.core.matrix import Row, with_seed
from gen4flow.core.parameters import BadParameter
from gen4flow.core.problem import Mark, Problem, Severity
from gen4flow.core.prompt import PROMPT_UNITS, TemplateError, is_long, utf16_units
from gen4flow.core.recipe import AxisValue, Text
from gen4flow.core.references import MOST, BadReference, Reference, references_of
from gen4flow.core.row_texts import name_part
from gen4flow.core.seeds import auto_seed
from gen4flow.core.sizes import SIZES
from gen4flow.core.step_kit import Draft, StepKit, Words
from gen4flow.core.template_faults import template_problem
from gen4flow.core.tuples import tuple_of
from gen4flow.core.values import EMPTY, Value

NOTHING_INHERITED = Inheritance()
Made = TypeVar("Made")


class Wrong(Exception):
    """A row has a problem, which was reported."""


@dataclass(slots=True)
class RowJob:
    """Makes one job of one row of a step, or one of its takes."""

    kit: StepKit
    row: Row
    inheritance: Inheritance = NOTHING_INHERITED
    take: int | None = None
    _known: dict[str, Value] | None = None
    _plain: bool = False

    def job(self) -> Job:
        """Return the job; raises Wrong after reporting what is wrong."""
        self._plain = self._is_plain()
        draft, row, kit = self._draft(), self.row, self.kit
        seed: int | None
        if kit.waiting_seed is not None and self._seed_waits():
            row, seed = self._settled(draft)
            self._known = {**self._names(), "seed": seed}
        else:
            seed = self._seed()
        words = draft.words
        parameters: Mapping[str, str | int] = words.parameters
        between = ""
        if seed is not None:
            parameters, between = {**parameters, "seed": seed}, f',"seed":{seed}'  # of the names, the last
        told = (kit.recipe.provider, kit.step.model, draft.prompt, parameters, draft.references, self.take)
        return self._named(row, tuple_of(Request, told), fingerprint_of(f"{words.head}{between}{draft.tail}"))

    def _draft(self) -> Draft:
        """Return the request without its seed, remembered or made; raises Wrong after reporting all that is wrong."""
        memo = self.kit.drafts if self._plain else None
        kept = None if memo is None else memo.find(self.row.axes)
        if kept is not None:
            return kept
        # what is wrong with one is told beside what is wrong with another
        prompt, words, references = _tried(self._prompt), _tried(self._words), _tried(self._references)
        if prompt is None or words is None or references is None:
            if words is not None and not self._seed_waits():
                _tried(self._good_seed)
            self._try_the_rest()
            raise Wrong
        tail = canonical_tail(prompt, self.kit.recipe.provider, references, self.take)
        draft = Draft(prompt, words, references, tail)
        if memo is not None and not is_long(prompt):  # a longer one is warned about for each job
            memo.keep(self.row.axes, draft, characters=2 * len(prompt))
        return draft

    def _try_the_rest(self) -> None:
        """Report what is wrong with the templates that are rendered last, although the job is given up already."""
        step = self.kit.step
        for text in step.tags.values():
            with suppress(Wrong):
                self._render(text)
        if step.file is not None and not self._seed_waits():
            with suppress(Wrong):
                self._rendered(step.file, {**self._names(), "fingerprint": "0" * 64}, path=True)

    def key(self) -> str:
        """Return the job's key, which needs no template."""
        return key_of_values(self.kit.step.name, self._coordinates(self.row))

    def _named(self, row: Row, request: Request, fingerprint: str) -> Job:
        """Return the job of a settled row and its request."""
        step, inheritance = self.kit.step, self.inheritance
        coordinates = self._coordinates(row)
        texts = row.texts if coordinates is row.axes else None
        key = f"{step.name}[{texts.key}]" if texts else key_of_values(step.name, coordinates)
        axes = {**inheritance.axes, **row.axes} if inheritance.axes else row.axes
        stem, deliver = self._files(row, axes, request, fingerprint)  # a name, and what else is made of it
        tags = {name: self._render(text) for name, text in step.tags.items()} if step.tags else EMPTY
        slot = (key, step.name, axes, row.extras, tags, step.prompt.text, request, fingerprint, stem, step.marking)
        line = texts.line if texts else None
        more = (step.original, deliver, coordinates, inheritance.lineage, step.held, None, line)
        return tuple_of(Job, slot + more)

    def _is_plain(self) -> bool:
        """Tell whether nothing but its axes sets the row apart, so that what they gave before can be remembered."""
        alone = self.take is None and self.inheritance is NOTHING_INHERITED and self.kit.waiting_seed is None
        return alone and not self.row.extras and not self.row.added

    def _names(self) -> dict[str, Value]:
        """Return what the templates see, once it is asked for: few rows have a text that no row before them had."""
        self._known = self._known or self._gathered_names()
        return self._known

    def _gathered_names(self) -> dict[str, Value]:
        """Return vars, needs, inherited coordinates, extras, then axes."""
        row, inheritance = self.row, self.inheritance
        names = dict(self.kit.constants)
        if inheritance is not NOTHING_INHERITED:
            names |= {name: given.value for name, given in inheritance.given.items()}
            names |= {name: value.value for name, value in inheritance.axes.items() if "." not in name}
        names |= row.extras
        for name, value in row.axes.items():
            names[name] = value.value
        if self._seed_waits():
            del names["seed"]
        if self.take is not None:
            names[TAKE] = self.take
        return names

    def _seed_waits(self) -> bool:
        """Tell whether this row's seed is mixed from its request; an added row brings its own."""
        axis = self.kit.waiting_seed
        return axis is not None and "seed" in self.row.axes and self.row.axes["seed"].mark is axis.mark

    def _prompt(self) -> str:
        """Return the prompt as it will be sent: rendered, trimmed, not empty."""
        text = self.kit.step.prompt
        prompt = self._render(text).strip()
        if not prompt:
            self._wrong(text.mark, "empty-prompt", f"the prompt renders empty for {self.key()}", "write a prompt")
        if is_long(prompt):
            units = utf16_units(prompt)
            self.kit.report(
                Problem(
                    mark=text.mark,
                    code="long-prompt",
                    message=f"a prompt of {units:,} UTF-16 units: Runway takes {PROMPT_UNITS:,} ({self.key()})",
                    help="shorten it; what lies behind the limit may be cut or refused",
                    severity=Severity.WARNING,
                )
            )
        return prompt

    def _words(self) -> Words:
        """Return the parameters that are words, remembered or made."""
        memo = self.kit.words if self._plain else None
        words = None if memo is None else memo.find(self.row.axes)
        if words is None:
            try:
                parameters = self.kit.parameters.words(self.row, self._render)
            except BadParameter as error:
                raise self._reported(error.mark, "not-allowed", str(error), error.help) from error
            words = Words(parameters, canonical_head(self.kit.step.model, parameters))
            if memo is not None:
                memo.keep(self.row.axes, words, characters=0)
        return words

    def _seed(self) -> int | None:
        """Return the seed, None where none is given; whatever else may be wrong is told beside a bad one."""
        try:
            return self._good_seed()
        except Wrong:
            self._try_the_rest()
            raise

    def _good_seed(self) -> int | None:
        """Return the seed, None where none is given."""
        try:
            return self.kit.parameters.seed(self.row, self._render)
        except BadParameter as error:
            raise self._reported(error.mark, "not-allowed", str(error), error.help) from error

    def _references(self) -> tuple[Reference, ...]:
        """Return the reference images, at most as many as a request takes."""
        step = self.kit.step
        if not step.references and not self.kit.needs_reference:
            return ()
        found: list[Reference] = []
        for text in step.references:
            rendered, images = self._render(text, images=True), self.inheritance.images
            try:
                found += references_of(rendered, folder=text.folder, images=images, find=self.kit.find)
            except BadReference as error:
                raise self._reported(text.mark, "reference", str(error), error.help) from error
        if len(found) > MOST:
            told = f"{len(found)} reference images for {self.key()}, and a request takes {MOST}"
            remedy = "leave some out; one that renders empty is dropped"
            self._wrong(step.place("reference_images"), "references", told, remedy)
        if not found and self.kit.needs_reference:
            told = f"{step.model} needs a reference image, and {self.key()} has none"
            remedy = "add reference_images, or ask the model runwayml/gen4-image"
            self._wrong(step.place("model"), "references", told, remedy)
        return tuple(found)

    def _settled(self, draft: Draft) -> tuple[Row, int]:
        """Return the row with its seed, which was waiting for the rest of its request."""
        axis, number = self.kit.waiting_seed, self.row.axes["seed"].value
        assert axis is not None  # noqa: S101  # or no seed would wait
        assert isinstance(number, int)  # noqa: S101  # the matrix numbered them
        seed = auto_seed(salt=axis.salt, number=number, mixed_in=(draft.likeness(self.kit.step.model),))
        return with_seed(self.row, seed), seed

    def _coordinates(self, row: Row) -> Mapping[str, AxisValue]:
        """Return what the key is made of."""
        if self.take is None and not row.keyed and not self.inheritance.axes:
            return row.axes
        coordinates = {**self.inheritance.axes, **row.axes, **row.keyed}
        if self.take is not None:
            coordinates[TAKE] = AxisValue.of(self.take, self.kit.step.mark)
        return coordinates

    def _files(self, row: Row, axes: Mapping[str, AxisValue], request: Request, fingerprint: str) -> Named:
        """Return what the job is delivered as."""
        files, step = self.kit.files, self.kit.step
        texts = row.texts if axes is row.axes else None
        fallback = usual_name(texts.name if texts else name_part(axes) if axes else None, self.take, fingerprint)
        try:
            if files.are_plain:
                return files.plainly_named(fallback, safe=texts is not None and texts.safe)
            facts = {**request.parameters, **row.extras} if files.asks else {}
            return files.named(
                fallback,
                {**self._names(), "fingerprint": fingerprint},
                {**{name: AxisValue.of(value, step.mark) for name, value in facts.items()}, **axes},
                SIZES.get((request.aspect_ratio, request.resolution)),
                lambda text, known: self._rendered(text, known, path=True),
            )
        except BadDelivery as error:
            self.kit.report(error.problem)
            raise Wrong from error

    def _render(self, text: Text, *, images: bool = False) -> str:
        """Return a template's text, remembered or rendered; raises Wrong after reporting why it can't be."""
        memo = self.kit.texts(text.text) if self._plain else None
        if memo is None:
            return self._rendered(text, self._names(), images=images)
        kept = memo.find(self.row.axes)
        if kept is None:
            kept = self._rendered(text, self._names(), images=images)
            memo.keep(self.row.axes, kept, characters=len(kept))
        return kept

    def _rendered(self, text: Text, names: Mapping[str, Value], *, path: bool = False, images: bool = False) -> str:
        """Return a rendered template; raises Wrong after reporting why it can't be.

        `images`: what stands for the image of an earlier job may be in it; anywhere else it means nothing.
        """
        try:
            rendered = self.kit.templates.render(text.text, names, path=path)
        except TemplateError as error:
            for one in (error, *error.more):
                self.kit.report(template_problem(text, one))
            raise Wrong from error
        if self.inheritance.given and not images and self._holds_image(rendered):
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
        self.kit.report(Problem(mark=mark, code=code, message=message, help=remedy))
        return Wrong()


def _tried(make: Callable[[], Made]) -> Made | None:
    """Return what is made, None where that went wrong, which was reported."""
    try:
        return make()
    except Wrong:
        return None
