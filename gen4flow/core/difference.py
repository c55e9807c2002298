"""What tells two lists of jobs apart: added, removed, renamed, changed, and how; whether they are planned or made."""

from __future__ import annotations

import enum
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from gen4flow.core.job import Job, Request
from gen4flow.core.manifest import told_request
from gen4flow.core.plan import request_facts
from gen4flow.core.price import list_price, show_money
from gen4flow.core.references import LocalImage, OutputImage, Reference

Fact: TypeAlias = "str | int | float | bool | list[str] | None"
NAMES = frozenset({"file", "files"})  # facts that are names of files
HASHED = 8  # digits of the fingerprint in a file's name, where the recipe gives none
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,6})?")


class Kind(enum.Enum):
    """What became of a job from one list to the other."""

    ADDED = "added"  # only the second has its key
    REMOVED = "removed"  # only the first has it
    RENAMED = "renamed"  # both have its request, under different keys
    CHANGED = "changed"  # both have its key, and something is another


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One job of a list: its key, its fingerprint, and everything that may differ, by name.

    `price` is what its image costs in US dollars, None where nobody knows or nothing is paid.
    """

    key: str
    fingerprint: str
    facts: Mapping[str, Fact]
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A fact that is not as it was; None: it is not there."""

    name: str
    before: Fact
    after: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One job that is not as it was: as the first list has it, as the second has it, and what differs."""

    kind: Kind
    before: Cell | None = None
    after: Cell | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What tells two lists apart, in the order of the second; what is removed stands last. `same` counts the rest."""

    changes: tuple[Change, ...] = ()
    same: int = 0
    totals: tuple[Decimal, Decimal] = field(default=(Decimal(0), Decimal(0)))

    def count(self, kind: Kind) -> int:
        """Return how many changes there are of a kind."""
        return sum(change.kind is kind for change in self.changes)


def difference(before: Sequence[Cell], after: Sequence[Cell]) -> Difference:
    """Return what tells two lists of jobs apart; of two jobs with one key in a list, the first counts."""
    first, second = _by_key(before), _by_key(after)
    gone: dict[str, list[Cell]] = defaultdict(list)  # by fingerprint, to be found under another key
    for key, cell in reversed(first.items()):
        if key not in second:
            gone[cell.fingerprint].append(cell)
    changes: list[Change] = []
    moved: set[str] = set()
    for key, cell in second.items():
        known = first.get(key)
        if known is None and gone[cell.fingerprint]:
            was = gone[cell.fingerprint].pop()
            moved.add(was.key)
            changes.append(Change(kind=Kind.RENAMED, before=was, after=cell, fields=_fields(was, cell)))
        elif known is None:
            changes.append(Change(kind=Kind.ADDED, after=cell))
        elif found := _fields(known, cell):
            changes.append(Change(kind=Kind.CHANGED, before=known, after=cell, fields=found))
    same = len(second) - len(changes)
    removed = (cell for key, cell in first.items() if key not in second and key not in moved)
    changes += [Change(kind=Kind.REMOVED, before=cell) for cell in removed]
    return Difference(changes=tuple(changes), same=same, totals=(_total(first), _total(second)))


def _by_key(cells: Sequence[Cell]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for cell in cells:
        found.setdefault(cell.key, cell)
    return found


def _fields(before: Cell, after: Cell) -> tuple[Field, ...]:
    """Return what differs between two cells, the fingerprint last: it says that the request does."""
    one, other = ({**cell.facts, "fingerprint": cell.fingerprint} for cell in (before, after))
    return tuple(
        field
        for field in fields(one, other)
        if field.name not in NAMES or _unhashed(field.before, before) != _unhashed(field.after, after)
    )


def _unhashed(fact: Fact, cell: Cell) -> str:
    """Return file names without the digits of the fingerprint that some have: these say nothing that it doesn't."""
    return _told(fact).replace(cell.fingerprint[:HASHED], "")


def fields(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> tuple[Field, ...]:
    """Return the facts that differ; one that is not there is None."""
    names = dict.fromkeys([*before, *after])
    return tuple(
        Field(name=name, before=before.get(name), after=after.get(name))
        for name in names
        if _told(before.get(name)) != _told(after.get(name))
    )


def _told(fact: Fact) -> str:
    """Return what a fact is compared by: 1 is not true, and not '1'."""
    return json.dumps(fact)


def _total(cells: Mapping[str, Cell]) -> Decimal:
    """Return what the images cost: jobs that share one pay for it once."""
    prices = {cell.fingerprint: cell.price for cell in cells.values() if cell.price is not None}
    return sum(prices.values(), start=Decimal("0.00"))


def cell_of_job(job: Job, *, bare: bool = False) -> Cell:
    """Return a job of a recipe; `bare`: only what a manifest's entry says in the same words."""
    facts = _request_facts(job.request) | {f"tags.{name}": text for name, text in job.tags.items()}
    price = list_price(job.request.model, job.request.resolution)
    if not bare:
        facts |= {"file": job.stem, "price": None if price is None else show_money(price)}
    return Cell(key=job.key, fingerprint=job.fingerprint, facts=facts, price=price)


def cell_of_entry(entry: Mapping[str, Any], manifest: Mapping[str, Any], *, bare: bool = False) -> Cell:
    """Return an entry of a manifest, which may be anybody's: it has a key and a fingerprint, and perhaps nothing else.

    `bare`: only what a recipe's job says in the same words, and the price by the list of today.
    """
    request = told_request(entry, manifest)
    tags, price = _mapping(entry.get("tags")), _mapping(entry.get("price"))
    facts = _request_facts(request) | {f"tags.{name}": _fact(text) for name, text in tags.items()}
    if bare:
        listed = list_price(request.model, str(request.parameters.get("resolution")))
        return Cell(key=entry["key"], fingerprint=entry["fingerprint"], facts=facts, price=listed)
    files = [file for file in entry.get("files") or () if isinstance(file, dict)] if _is_list(entry, "files") else []
    facts |= {
        "status": _fact(entry.get("status")),
        "error": _fact(_mapping(entry.get("error")).get("class")),
        "price": _fact(price.get("list")),
        "charged": _fact(price.get("charged")),
        "files": [str(_fact(file.get("path"))) for file in files],
        "images": [str(_fact(file.get("original_sha256"))) for file in files],
    }
    amount = price.get("list")
    known = isinstance(amount, str) and _AMOUNT.fullmatch(amount)
    return Cell(
        key=entry["key"], fingerprint=entry["fingerprint"], facts=facts, price=Decimal(str(amount)) if known else None
    )


def _request_facts(request: Request) -> dict[str, Fact]:
    """Return the parts of a request, each as a fact."""
    facts = {name: _fact(value) for name, value in request_facts(request).items() if name != "references"}
    return {**facts, "references": [_reference_text(one) for one in request.references]}


def _reference_text(reference: Reference) -> str:
    """Return a reference image in words: what it is, and where it lies or which job makes it."""
    if isinstance(reference, LocalImage):
        return f"{reference.path} sha256:{reference.sha256}".strip()
    if isinstance(reference, OutputImage):
        return f"{reference.key} job:{reference.job}".strip()
    return reference.url


def _fact(value: object) -> str | int | float | bool | None:
    """Return a value as a fact: a scalar as it is, anything else as its JSON."""
    if value is None or isinstance(value, str | bool | int):
        return value
    finite = isinstance(value, float) and value == value and abs(value) != float("inf")
    return value if finite else json.dumps(value, sort_keys=True)  # type: ignore[return-value]  # a finite float


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_list(entry: Mapping[str, Any], name: str) -> bool:
    return isinstance(entry.get(name), list)
