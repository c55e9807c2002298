"""What the jobs of one step are made with: settled once, and remembered from row to row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gen4flow.core.file_names import FileNames
from gen4flow.core.joining import Report
from gen4flow.core.memo import Memo
from gen4flow.core.parameters import ALLOWED, Parameters
from gen4flow.core.prompt import Templates
from gen4flow.core.recipe import AutoSeedAxis, Recipe, Step
from gen4flow.core.references import FindImage, Reference
from gen4flow.core.values import Value, canonical_json

NEED_A_REFERENCE = frozenset({"runwayml/gen4-image-turbo"})  # models; source: the vendor's documentation


class Words(NamedTuple):
    """A request's parameters that are words, and its canonical text up to them: a seed would follow."""

    parameters: Mapping[str, str]
    head: str


class Draft(NamedTuple):
    """A request that lacks its seed; `tail` is its canonical text from the end of its parameters on."""

    prompt: str
    words: Words
    references: tuple[Reference, ...]
    tail: str

    def likeness(self, model: str) -> str:
        """Return the text that a seed of its own is mixed from: everything but the provider and the seed."""
        told: dict[str, object] = {"model": model, "prompt": self.prompt, "parameters": dict(self.words.parameters)}
        if self.references:
            told["references"] = [reference.likeness_json() for reference in self.references]
        return canonical_json(told)


class StepKit:
    """One step with its templates, and what they gave for the latest rows.

    `find` brings a local image; `files` names what is delivered; what is wrong with a row goes to `report`.
    """

    def __init__(
        self,
        recipe: Recipe,
        step: Step,
        templates: Templates,
        find: FindImage,
        files: FileNames,
        report: Report,
    ) -> None:
        self.recipe = recipe
        self.step = step
        self.templates = templates
        self.find = find
        self.files = files
        self.report = report
        self.needs_reference = step.model in NEED_A_REFERENCE
        self.constants: Mapping[str, Value] = {"name": recipe.name, **step.vars}
        self.parameters = Parameters(step)
        axes = [axis for dimension in step.matrix.dimensions for axis in dimension.axes]
        seed = next((axis for axis in axes if isinstance(axis, AutoSeedAxis)), None)
        self.waiting_seed = seed if seed is not None and seed.per_request else None  # is mixed from the request
        self._axes = frozenset(axis.name for axis in axes)
        self._texts: dict[str, Memo[str] | None] = {}
        words = self.parameters.templates
        words_by = self._named(words, ALLOWED)
        self.words: Memo[Words] | None = None if words_by is None else Memo(words_by)
        self._drafts_by = self._named([step.prompt.text, *(one.text for one in step.references), *words], ALLOWED)
        self.drafts: Memo[Draft] | None = None if self._drafts_by is None else Memo(self._drafts_by)

    def texts(self, source: str) -> Memo[str] | None:
        """Return what remembers a template's texts by the axes that it names; None where that is of no use."""
        if source not in self._texts:
            used = self._named([source])
            # a text of the axes that its draft is remembered by is not asked for twice
            self._texts[source] = None if used is None or used == self._drafts_by else Memo(used)
        return self._texts[source]

    def _named(self, sources: Iterable[str], more: Iterable[str] = ()) -> frozenset[str] | None:
        """Return the axes that templates name, and `more` if they are such; None where they can't be told."""
        found = set(more)
        for source in sources:
            names = self.templates.names(source)
            if names is None:
                return None
            found |= names
        return self._axes & found
