"""Settings of the command line: `-S key.path=value` laid over a recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gen4flow.core.problem import Mark, Problem
from gen4flow.core.values import Value
from gen4flow.recipe_file.compose import compose
from gen4flow.recipe_file.document import Document, KeyPath, laid_over
from gen4flow.recipe_file.wording import shown

OPTION = "-S "  # what the places of a setting from the command line start with


def with_setting(whole: Document, text: str, folder: Path, problems: list[Problem]) -> Document:
    """Return the document with `key.path=value` laid over it; the value is YAML, or a template as it stands."""
    file = OPTION + text
    name, sign, written = text.partition("=")
    keys = name.strip().split(".")
    if not sign or not all(keys):
        message, remedy = f"{shown(text)} is no setting", "write -S key.path=value, such as -S limits.max_cost=5"
        problems.append(Problem(mark=Mark(file=file), code="setting", message=message, help=remedy))
        return whole
    value, found = _setting_value(written.strip(), file)
    problems += [replace(problem, mark=Mark(file=file)) for problem in found]
    if value is None:
        return whole
    told: Value = value.value
    for key in reversed(keys):
        told = {key: told}
    here = Mark(file=file)
    above: KeyPath = tuple(keys)
    marks: dict[KeyPath, Mark] = {(*above, *path): here for path in value.marks}  # what is around it stays where it is
    over = Document(
        file=whole.file,
        value=told,
        marks=marks,
        key_marks={above: here},
        folders={file: folder},
    )
    return laid_over(whole, over)


def _setting_value(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    """Return a setting's value: YAML, unless it is empty or starts as a template, which YAML would misread."""
    if not text or text.startswith(("{{", "{%")):
        return Document(file=file, value=text, marks={(): Mark(file=file)}, key_marks={}), []
    return compose(text.encode("utf-8", "surrogateescape"), file)
