"""A recipe's layers: the bases that it extends, itself, the profiles and settings of the command line, as one document.

Order: base, recipe, profiles as they were asked for, settings. Every value keeps the place where it was written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path

from gen4flow.core.problem import Mark, Problem
from gen4flow.recipe_file.compose import MAX_NODES, compose
from gen4flow.recipe_file.document import Document, laid_over
from gen4flow.recipe_file.matrix_check import mapping
from gen4flow.recipe_file.regular_files import MEBIBYTE, UnreadableError, check_length, read_regular
from gen4flow.recipe_file.settings import with_setting
from gen4flow.recipe_file.wording import did_you_mean, kind, listed, shown

MAX_BYTES = 16 * MEBIBYTE
MAX_CHAIN = 16  # recipes that extend each other


@dataclass(slots=True, kw_only=True)
class Layers:
    """What was read: one document (None where reading had to stop), every problem, and the recipe file's sha256."""

    document: Document | None
    problems: list[Problem] = field(default_factory=list)
    sha256: str = ""


def read_layers(
    path: Path,
    *,
    root: Path,
    profiles: Sequence[str] = (),
    settings: Sequence[str] = (),
    unwritten: bytes | None = None,
) -> Layers:
    """Return a recipe with everything that it extends, and what the command line lays over it.

    Bases must lie below `root`. A profile that is not there, and a setting that can't be read, are problems.
    `unwritten` are the bytes of a recipe that is not on disk yet, as it will be there.
    """
    layers = Layers(document=None)
    chain = list(_chain(path, root, layers, unwritten))
    if not chain or any(document is None for document in chain):
        return layers
    whole = reduce(laid_over, (document for document in reversed(chain) if document is not None))
    for name in profiles:
        whole = _with_profile(whole, name, layers.problems)
    for text in settings:
        whole = with_setting(whole, text, path.resolve().parent, layers.problems)
    layers.document = whole
    return layers


def _chain(path: Path, root: Path, layers: Layers, unwritten: bytes | None) -> Iterator[Document | None]:
    """Yield the recipe, what it extends, what that extends and so on; None for what can't be read."""
    place: Mark | None = None  # of the `extends` that names the file
    size = 0
    seen: set[Path] = set()
    while True:
        document, resolved = _read(path, root, place, layers, seen, unwritten if place is None else None)
        if document is None or resolved is None:
            yield None
            return
        seen.add(resolved)
        size += len(document.marks)
        if size > MAX_NODES:
            message = f"the recipe holds more than {MAX_NODES:,} values with what it extends"
            remedy = "move rows to a .csv or .jsonl file"
            layers.problems.append(
                Problem(mark=place or document.mark(()), code="yaml-size", message=message, help=remedy)
            )
            yield None
            return
        layers.problems += _base_problems(document) if place else ()
        yield replace(document, folders={document.file: resolved.parent})
        base = mapping(document.value).get("extends")
        if not isinstance(base, str) or not base:
            return
        place, path = document.mark(("extends",)), _beside(path, resolved, base)


def _base_problems(document: Document) -> Iterator[Problem]:
    """Yield what the schema can't say of a base, since what extends it stands in its place."""
    if not isinstance(document.value, dict):
        message, remedy = f"a base must be a mapping, not {kind(document.value)}", "write a recipe, or a part of one"
        yield Problem(mark=document.mark(()), code="wrong-type", message=message, help=remedy)
        return
    base = document.value.get("extends", "-")
    if not isinstance(base, str) or not base:
        message, remedy = f"extends must be a path, not {kind(base)}", "write a path, or remove the key"
        yield Problem(mark=document.mark(("extends",)), code="wrong-type", message=message, help=remedy)


def _beside(path: Path, resolved: Path, base: str) -> Path:
    """Return where a base lies that is relative to the file that names it; as it is written where no symlink matters.

    `resolved` is where that file really lies, which is what its prompt files and data are relative to.
    """
    near, real = Path(os.path.normpath(path.parent / base)), resolved.parent / base
    try:
        check_length(base)
        return near if near.resolve() == real.resolve() else real
    except (UnreadableError, OSError, ValueError, RuntimeError):  # which reading it will say
        return near


def _read(
    path: Path, root: Path, place: Mark | None, layers: Layers, seen: set[Path], unwritten: bytes | None
) -> tuple[Document | None, Path | None]:
    """Return a file's document and its resolved path; a base must lie below the root, and not extend itself."""
    try:
        check_length(path)
        if place and "\0" not in str(path):
            _judge(path.resolve(), root.resolve(), seen)
        data = read_regular(path, limit=MAX_BYTES) if unwritten is None else unwritten
        resolved = path.resolve()
    except (UnreadableError, OSError, ValueError, RuntimeError) as error:  # RuntimeError: symlinks in a circle
        code, remedy = "file-unreadable", "check the path"
        if isinstance(error, UnreadableError):
            code, remedy = error.code, error.help
        said = str(error) if not isinstance(error, RuntimeError) else "can't be read: its symlinks lead in a circle"
        told = f"the base {shown(str(path))} {said}" if place else f"the recipe {said}"
        layers.problems.append(Problem(mark=place or Mark(file=str(path)), code=code, message=told, help=remedy))
        return None, None
    if place is None:
        layers.sha256 = hashlib.sha256(data).hexdigest()
    document, found = compose(data, str(path))
    layers.problems += found
    return document, resolved


def _judge(path: Path, root: Path, seen: set[Path]) -> None:
    """Raise UnreadableError for a base outside the project, one that is extended already, and a chain without end."""
    if not path.is_relative_to(root):
        raise UnreadableError("file-outside", "lies outside the project", "move it into the project's folder")
    if path in seen:
        raise UnreadableError("extends", "extends itself in a circle", "remove one of the extends")
    if len(seen) == MAX_CHAIN:
        raise UnreadableError("extends", f"is the {MAX_CHAIN + 1}th of a chain", "extend fewer recipes")


def _with_profile(whole: Document, name: str, problems: list[Problem]) -> Document:
    """Return the document with one of its profiles laid over it."""
    written = mapping(mapping(whole.value).get("profiles"))
    known = {key: profile for key, profile in written.items() if isinstance(profile, dict)}
    if name not in known:
        if written.get(name) is not None:
            return whole  # the schema says that it is no mapping
        help_text = did_you_mean(name, list(known)) or f"profiles here: {listed(known) or 'none'}"
        mark = whole.key_mark(("profiles",))
        problems.append(
            Problem(mark=mark, code="unknown-profile", message=f"there is no profile {shown(name)}", help=help_text)
        )
        return whole
    profile = whole.below(("profiles", name))
    places = {path: mark for path, mark in profile.marks.items() if path}  # the recipe stays where it is
    return laid_over(whole, replace(profile, marks=places))
