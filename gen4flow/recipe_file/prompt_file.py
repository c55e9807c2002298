"""Reads the prompt of a recipe, which may stand in a file of its own below the project's root."""

from __future__ import annotations

from pathlib import Path

from gen4flow.core.problem import Mark, Problem
from gen4flow.core.recipe import Text
from gen4flow.recipe_file.document import Document
from gen4flow.recipe_file.matrix_check import mapping
from gen4flow.recipe_file.regular_files import MEBIBYTE, UnreadableError, check_length, read_regular
from gen4flow.recipe_file.settings import OPTION
from gen4flow.recipe_file.wording import shown

MAX_BYTES = MEBIBYTE


def read_prompt(document: Document, *, root: Path) -> Text | Problem | None:
    """Return the prompt's template, what is wrong with its file, or None where the schema has complained.

    The file is relative to the one that it is written in; `root` is the folder that it must not leave.
    """
    prompt = mapping(document.value).get("prompt")
    if isinstance(prompt, str):
        return Text(text=prompt, mark=document.mark(("prompt",)))
    name = mapping(prompt).get("file")
    if not isinstance(name, str) or not name:
        return None
    try:
        text = _read_below(root, document.folder(("prompt", "file")) / name)
    except UnreadableError as error:
        return Problem(
            mark=document.mark(("prompt", "file")),
            code=error.code,
            message=f"the prompt file {shown(name)} {error}",
            help=error.help,
        )
    beside = document.mark(("prompt", "file")).file
    file = Path(name) if beside.startswith(OPTION) else Path(beside).parent / name
    return Text(text=text, mark=Mark(file=str(file), line=1, column=1))


def _read_below(root: Path, path: Path) -> str:
    """Return the text of a file below a folder; raises UnreadableError."""
    check_length(path)
    try:
        resolved = path.resolve()
        inside = resolved.is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: symlinks in a circle
        raise UnreadableError("file-unreadable", "is no path that can be followed", "check the path") from error
    if not inside:
        raise UnreadableError("file-outside", "lies outside the project", "move it into the project's folder")
    data = read_regular(resolved, limit=MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("file-encoding", "is not UTF-8", "save it as UTF-8") from error
    if "\0" in text:
        raise UnreadableError("file-encoding", "holds a NUL character and is no text", "save it as UTF-8")
    return text.replace("\r\n", "\n")
