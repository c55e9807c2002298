"""Settings of the command line: `-S key.path=value` laid over a recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gen4flow.core.problem import Mark, Problem
from gen4flow.core.values import Value
from gen4flow.recipe_file.compose import compose
from gen4flow.recipe_file.document import Document, KeyPath, laid_over
from gen4flow.recipe_file.matrix_check import mapping
from gen4flow.recipe_file.scalars import BadScalarError, check_text
from gen4flow.recipe_file.wording import shown
from gen4flow.recipe_file.yaml_faults import MAX_DEPTH

MAX_NAME = 80  # characters of a setting that messages show
OPTION = "-S "  # what the places of a setting from the command line start with
_READ_BEFORE = frozenset({"extends", "profiles"})


def with_setting(whole: Document, text: str, folder: Path, problems: list[Problem]) -> Document:
    """Return the document with `key.path=value` laid over it; the value is YAML, or a template as it stands."""
    here = Mark(file=_named(text))
    name, sign, written = text.partition("=")
    keys = name.strip().split(".")
    wrong = _wrong_keys(keys) if sign else _NO_SETTING
    if wrong:
        message, remedy = wrong
        problems.append(Problem(mark=here, code="setting", message=f"{shown(text)} {message}", help=remedy))
        return whole
    value, found = _setting_value(written.strip(), here.file)
    problems += [replace(problem, mark=here) for problem in found]
    if value is None:
        return whole
    told: Value = value.value
    for key in reversed(keys):
        told = {key: told}
    marks: dict[KeyPath, Mark] = {(*keys, *path): here for path in value.marks}
    new = [tuple(keys[:count]) for count in range(_known_depth(whole, keys) + 1, len(keys) + 1)]
    over = Document(
        file=whole.file,
        value=told,
        marks={**marks, **dict.fromkeys(new, here)},  # what is around it stays where it is
        key_marks=dict.fromkeys(new, here),
        folders={here.file: folder},
    )
    return laid_over(whole, over)


_NO_SETTING = ("is no setting", "write -S key.path=value, such as -S limits.max_cost=5")


def _wrong_keys(keys: Sequence[str]) -> tuple[str, str] | None:
    """Return what is wrong with a setting's keys, and what to do about it; None when they can be keys."""
    if not all(keys):
        return _NO_SETTING
    if len(keys) > MAX_DEPTH:
        return f"goes more than {MAX_DEPTH} levels deep", "name a value that the recipe has"
    if keys[0] in _READ_BEFORE:
        return f"comes too late: {keys[0]} is read before settings are", "write it in the recipe; -P names a profile"
    try:
        check_text("".join(keys))
    except BadScalarError as error:
        return f"can't be read: {error}", error.help
    return None


def _named(text: str) -> str:
    """Return the name that a setting has in messages: short, and without what a terminal acts on."""
    told = text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}…"
    return OPTION + "".join(sign if sign.isprintable() else "�" for sign in told)


def _known_depth(whole: Document, keys: Sequence[str]) -> int:
    """Return how many of the keys, without the last, lead to a mapping that is there."""
    value = whole.value
    for depth, key in enumerate(keys[:-1]):
        value = mapping(value).get(key)
        if not isinstance(value, Mapping):
            return depth
    return len(keys) - 1


def _setting_value(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    """Return a setting's value: YAML, unless it is empty or starts as a template, which YAML would misread."""
    if not text or text.startswith(("{{", "{%")):
        return Document(file=file, value=text, marks={(): Mark(file=file)}, key_marks={}), []
    return compose(text.encode("utf-8", "surrogateescape"), file)
