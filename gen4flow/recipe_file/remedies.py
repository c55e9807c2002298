"""What to write in place of a value that has the wrong type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gen4flow.recipe_file.wording import listed, shown
from gen4flow.recipe_file.writing import flow_text

_RATIO = re.compile(r"\d+:\d+")  # the text that it is, in YAML 1.2
_AMOUNT = re.compile(r"\$?\s*(\d+(?:\.\d+)?)\s*(?:\$|usd|dollars?|%)?", re.IGNORECASE)


def type_help(value: object, types: set[str], schema: Mapping[str, Any]) -> str:
    """Return the remedy for a value of another type than those that are wanted."""
    if value is None:
        return "write a value, or remove the key"
    if isinstance(value, int | float) and "string" in types:
        return _meant(str(value), schema.get("examples", ())) or "put it in quotes"
    if types == {"boolean"}:
        return "write true or false, without quotes"
    if isinstance(value, str) and types & {"number", "integer"}:
        amount = _AMOUNT.fullmatch(value.strip())
        if amount:
            return f"write it as {amount[1]} (no quotes, units or thousands separators; the decimal point is a dot)"
        return "write it without quotes, units and thousands separators; the decimal point is a dot"
    if isinstance(value, str) and "boolean" in types:
        return "write it without quotes"
    return list_help(value) if "array" in types else ""


def form_help(value: object, path: Sequence[str | int], forms: str) -> str:
    """Return the remedy for a value that has none of several forms; `forms` says what they are."""
    if isinstance(value, dict) and path == ("seed",):
        inner = ", ".join(f"{key}: {shown(one)}" for key, one in value.items())
        return f"write it as an axis: matrix: {{seed: {{{inner}}}}}"
    if value == "auto" and "{auto: COUNT}" in forms:
        return "write {auto: 1} for one seed, {auto: 4} for four"
    if isinstance(value, dict) and value:
        return f"written here: {shown(listed(map(str, value)))}"
    return list_help(value) if "a list" in forms else ""


def comma_help(key: str, mapping: Mapping[str, Any]) -> str:
    """Return the remedy for a key that is what follows a decimal comma, as in {max_cost: 1,50}; else nothing."""
    names = list(mapping)
    before = names[names.index(key) - 1] if names.index(key) else ""
    whole = mapping.get(before)
    if not key.isdecimal() or mapping[key] is not None or isinstance(whole, bool) or not isinstance(whole, int):
        return ""
    return f"the decimal point is a dot: {before}: {whole}.{key}"


def list_help(value: object) -> str:
    """Return a text or a number as the list that was meant."""
    if isinstance(value, str) and value:
        parts = [value] if "{" in value else [part.strip() for part in value.split(",")]  # a template stays whole
        return f"write a list: {_flow_list(parts)}"[:120]
    return f"write a list: [{shown(value)}]" if isinstance(value, int | float) else ""


def _flow_list(parts: Sequence[str]) -> str:
    """Return texts as a list on one line, in quotes where they need them."""
    return f"[{', '.join(part if _RATIO.fullmatch(part) else flow_text(part) for part in parts)}]"


def name_help(value: object, pattern: str) -> str:
    """Return the name that was meant, in the letters that are allowed; empty where that is none either."""
    name = re.sub(r"[^a-z0-9]+", "-", str(value).lower()).strip("-")
    allowed = "lower-case letters, digits, - and _"
    return f"did you mean {name}? {allowed} are allowed" if name and re.search(pattern, name) else ""


def _meant(text: str, examples: Sequence[object]) -> str:
    """Return the question whether an example was meant that starts as the value does."""
    near = [str(one) for one in examples if str(one).startswith(text)]
    return f"did you mean {near[0]}?" if near else ""
