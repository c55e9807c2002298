"""Writes values as YAML that reads back as the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from gen4flow.core.values import Value, scalar_text
from gen4flow.recipe_file.scalars import BadScalarError, plain_value

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_ ./+-]*(?<! )")


# what JSON leaves as it is, and YAML takes for a line break or for no text
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def key_text(key: str) -> str:
    """Return a key: in quotes unless it is a plain word."""
    return key if _PLAIN.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    """Return a text in double quotes, which YAML and JSON read alike."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def flow_text(value: Value) -> str:
    """Return a value on one line; text is in quotes unless it reads back as that text."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key_text(key)}: {flow_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if value is None or isinstance(value, int | float):
        return scalar_text(value)
    return "[" + ", ".join(flow_text(inner) for inner in value) + "]"


def block_lines(
    value: Mapping[str, Value], comments: Mapping[tuple[str, ...], str] | None = None, path: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield the lines of a mapping, one a value; `comments` stand above the keys at their paths, each on one line."""
    indent = "  " * len(path)
    for key, inner in value.items():
        here = (*path, key)
        if comments and here in comments:
            yield f"{indent}# {comments[here]}"
        if isinstance(inner, Mapping) and inner and any(isinstance(one, Mapping) for one in inner.values()):
            yield f"{indent}{key_text(key)}:"
            yield from block_lines(inner, comments, here)
        else:
            yield f"{indent}{key_text(key)}: {flow_text(inner)}"


def _is_plain(text: str) -> bool:
    """Tell whether a text reads back as itself without quotes."""
    if not _PLAIN.fullmatch(text):
        return False
    try:
        return plain_value(text) == text
    except BadScalarError:
        return False
