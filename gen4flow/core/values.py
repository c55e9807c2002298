"""The values that recipes are made of, and how they are written as text.

A recipe's scalars keep the type that YAML 1.2's core schema gives them; a float also keeps the digits it was
written with, so that `1.50` stays `1.50` in a prompt and in a key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any, TypeAlias, TypeGuard

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Scalar | Mapping[str, Value] | Sequence[Value]"
_NEEDS_QUOTES = re.compile('[,"\n\r\t]')
_canonical_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_line_encoder = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
EMPTY: Mapping[str, Any] = MappingProxyType({})


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
    return _canonical_encoder.encode(value)


# The JSON text of a word that comes again and again: a name, a model, an aspect ratio.
json_word = lru_cache(maxsize=4_096)(encode_basestring)


def json_text(value: object) -> str:
    """Return what canonical_json does, quickly for what most values are: texts, whole numbers and nothing."""
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is int:
        return int.__repr__(value)
    if value is None:
        return "null"
    return canonical_json(value)


def line_text(value: object) -> str:
    """Return a value's JSON as lines for people and programs have it: with a space behind commas and colons."""
    if type(value) is str or type(value) is int:
        return json_text(value)
    return _line_encoder.encode(value)


def key_text(identity: str) -> str:
    """Return an identity as it stands in a job's key: quoted as in JSON where it has a comma or a quote."""
    return json.dumps(identity, ensure_ascii=False) if _NEEDS_QUOTES.search(identity) else identity


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
