"""Says a manifest's values in words that are safe to look at: no control characters, no bidi tricks, units named."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from gen4flow.core.price import CURRENCY

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# C0 but tab and newline, DEL and C1, embeddings, overrides and isolates, and halves of surrogate pairs, which are no
# UTF-8: shown, because whoever reads a prompt should see that something was there.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Marks that honest right-to-left texts hold; the page isolates every value, so nothing is lost without them.
_MARKS = re.compile("[\u061c\u200e\u200f]")

_UNSAFE = re.compile(f"[<>&\u2028\u2029]|{_CONTROLS.pattern}|{_MARKS.pattern}")


def plain(value: object) -> str:
    """Return a value as text that shows what it holds, and can't change how its surroundings read."""
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value  # most texts, and there are many
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        return "…"
    return _MARKS.sub("", _CONTROLS.sub(REPLACEMENT, str(value).replace("\r\n", "\n")))


def unsafe_escaped(json_text: str) -> str:
    """Return JSON in which every character that means something to HTML or to a reader's eye is an escape.

    Such characters stand in its strings alone, where the escape is the same character for whoever parses it.
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def money(amount: object, currency: object) -> str:
    """Return an amount with its currency, nothing where it is not known."""
    try:
        known = isinstance(amount, str) and Decimal(amount).is_finite()
    except InvalidOperation:
        return ""
    if not known:
        return ""
    return f"${plain(amount)}" if currency == CURRENCY else f"{plain(amount)} {plain(currency)}".strip()


def count(value: object) -> int:
    """Return a number that counts something, 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def size(value: object) -> str:
    """Return a number of bytes for people, nothing where it is not known."""
    number = count(value)
    if number < 1000:
        return f"{number} B" if number else ""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{number / 1e3:.0f} kB"
