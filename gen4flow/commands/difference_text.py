"""A difference in words: a line a job with what has changed below it, and a sum. Nothing in it acts on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gen4flow.core.difference import Cell, Change, Difference, Fact, Field, Kind
from gen4flow.core.inert import inert
from gen4flow.core.price import show_money
from gen4flow.core.word_changes import word_changes

LONGEST = 300  # characters of a value that are shown
_HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
WIDTH = 9


def difference_lines(found: Difference) -> Iterator[str]:
    """Yield a line for each job that is not as it was, with what has changed below it."""
    for change in found.changes:
        yield inert(f"{change.kind.value:<{WIDTH}}{_price(change)}  {_key(change)}")
        yield from (f"    {field_text(field)}" for field in change.fields)


def field_text(field: Field) -> str:
    """Return what a fact was and is; of a prompt, the words that were taken out and put in."""
    if field.name == "prompt":
        return inert(f"prompt: {word_changes(str(field.before or ''), str(field.after or ''))}")
    return inert(f"{field.name}: {_shown(field.before)} -> {_shown(field.after)}")


def sum_text(found: Difference, *, bought: bool) -> str:
    """Return what the difference comes to, in jobs and in money; `bought`: what is not bought does not count."""
    kinds = [f"{count} {kind.value}" for kind in Kind if (count := found.count(kind))]
    before, after = found.totals
    jobs = found.same + len(found.changes)
    one, other = jobs - found.count(Kind.ADDED), jobs - found.count(Kind.REMOVED)
    told = f"{one} -> {other} jobs: {', '.join([*kinds, f'{found.same} the same'])}."
    step = after - before
    moved = f"${show_money(abs(step))} {'more' if step > 0 else 'less'}" if step else "the same"
    what = "Bought" if bought else "All images"
    return f"{told} {what}, by list price: ${show_money(before)} -> ${show_money(after)}, {moved}."


def _price(change: Change) -> str:
    """Return the price of what was added or removed, and room for it in other lines."""
    cell = change.after if change.kind is Kind.ADDED else change.before if change.kind is Kind.REMOVED else None
    return f"{show_money(cell.price) if cell and cell.price is not None else '':>6}"


def _key(change: Change) -> str:
    """Return which job it is."""
    keys = [cell.key for cell in (change.before, change.after) if isinstance(cell, Cell)]
    return " -> ".join(dict.fromkeys(keys))


def _shown(fact: Fact) -> str:
    """Return a fact for people: hashes by their beginning, nothing of any length."""
    if fact is None or fact == []:
        return "none"
    text = _HASH.sub(r"\1…", ", ".join(fact) if isinstance(fact, list) else str(fact))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
