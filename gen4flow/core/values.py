"""The values that recipes are made of, and how they are written as text.

A recipe's scalars keep the type that YAML 1.2's core schema gives them; a float also keeps the digits it was
written with, so that `1.50` stays `1.50` in a prompt and in a key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeGuard

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Scalar | Mapping[str, Value] | Sequence[Value]"


class WrittenFloat(float):
    """A float that renders with the digits it was written with."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> WrittenFloat:
        """Read the text as a float and keep it; raises ValueError when it is none."""
        self = super().__new__(cls, text)
        self.text = text
        return self

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[WrittenFloat], tuple[str]]:
        return (WrittenFloat, (self.text,))


def scalar_text(value: Scalar) -> str:
    """Return a scalar as templates, keys and file names show it: booleans as `true` and `false`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def is_scalar(value: object) -> TypeGuard[str | int | float]:
    """Tell whether a value is one that renders: text, number or boolean; not null, no mapping, no list."""
    return isinstance(value, str | int | float)


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no escapes beyond JSON's own, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def identity(value: Value) -> str:
    """Return what identifies an axis value: a scalar's text, a mapping's `id`, or a hash of its content."""
    if isinstance(value, Mapping):
        own = value.get("id")
        if is_scalar(own):
            return scalar_text(own)
        return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:8]
    if isinstance(value, str | int | float) or value is None:
        return scalar_text(value)
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:8]
