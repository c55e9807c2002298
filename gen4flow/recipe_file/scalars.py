"""Which value a YAML scalar is: the core schema of YAML 1.2, without its not-a-numbers.

Beyond it, numbers with a leading zero stay text, for they are article numbers and not amounts.
Source: https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from gen4flow.core.values import Scalar, WrittenFloat
from gen4flow.recipe_file.wording import shown

MAX_NUMBER = 100  # characters of a number

_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

_CORE = "tag:yaml.org,2002:"


class BadScalarError(Exception):
    """A scalar has no value that a recipe can hold; `code` and `help` are the problem's."""

    def __init__(self, code: str, message: str, help: str) -> None:  # noqa: A002  # as in Problem
        super().__init__(message)
        self.code = code
        self.help = help


def plain_value(text: str) -> Scalar:
    """Return the value of a scalar without quotes; raises BadScalarError for a number that is none."""
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_A_NUMBER.fullmatch(text):
        raise BadScalarError("yaml-number", f"{text} is not a number", f"write a number, or quote it: '{text}'")
    if not _FLOAT.fullmatch(text) and not _OTHER_BASE.fullmatch(text):
        return text
    if _LEADING_ZERO.match(text):
        return text
    return _number(text)


def _number(text: str) -> int | WrittenFloat:
    """Return the number of a text that matched one of the forms."""
    if len(text) > MAX_NUMBER:
        raise BadScalarError("yaml-number", f"a number of {len(text):,} characters", "shorten it, or quote it")
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _INTEGER.fullmatch(text):
        return int(text)
    number = WrittenFloat(text)
    if not math.isfinite(number):
        raise BadScalarError("yaml-number", f"{shown(text)} is larger than any number here", "quote it")
    return number


def _of_kind(wanted: type, name: str) -> Callable[[str], Scalar]:
    """Return the reader of a core tag, which takes only text that looks like its kind."""

    def read(text: str) -> Scalar:
        value = plain_value(text)
        if type(value) is not wanted:
            raise BadScalarError("yaml-tag", f"{shown(text)} is not {name}", "remove the tag, or write such a value")
        return value

    return read


def _float(text: str) -> Scalar:
    """Return the value of a !!float, which may be written without a point."""
    value = plain_value(text)
    if type(value) is int and _INTEGER.fullmatch(text):
        return WrittenFloat(text)
    return _of_kind(WrittenFloat, "a float")(text)


# tag -> reader of the scalar's text; "!" is YAML's own way to say: text
_TAGS: dict[str, Callable[[str], Scalar]] = {
    "!": str,
    f"{_CORE}str": str,
    f"{_CORE}int": _of_kind(int, "a whole number"),
    f"{_CORE}float": _float,
    f"{_CORE}bool": _of_kind(bool, "true or false"),
    f"{_CORE}null": _of_kind(type(None), "null"),
}
MAPPING_TAG = f"{_CORE}map"
SEQUENCE_TAG = f"{_CORE}seq"


def tagged_value(tag: str, text: str) -> Scalar:
    """Return the value of a scalar with a tag; raises BadScalarError for a tag beyond the core schema."""
    if tag not in _TAGS:
        raise unknown_tag(tag)
    return _TAGS[tag](text)


def unknown_tag(tag: str) -> BadScalarError:
    """Return the error for a tag that is not read."""
    return BadScalarError("yaml-tag", f"the tag {shown(tag)} is not read", "remove it; quote a text that starts with !")


def check_text(text: str) -> None:
    """Refuse characters that an escape can write and no prompt, path or request can carry."""
    if "\0" in text:
        raise BadScalarError("yaml-character", "the text holds a NUL character", "remove it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadScalarError(
            "yaml-character", "the text holds half a surrogate pair", "write the character itself"
        ) from None
