"""Checks a picks document, as JSON gave it, against what schemas/picks.schema.json says, and makes values of it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gen4flow.core.json_places import KeyPath
from gen4flow.core.picks import FORMAT, STARS_MAX, STARS_MIN, Pick, Picks, Verdict

MAX_SHOWN = 60  # characters of a value
_SHA256 = re.compile("[0-9a-f]{64}")
_HALVES = re.compile("[\ud800-\udfff]")  # of surrogate pairs: no UTF-8 can hold them
_VERDICTS = [verdict.value for verdict in Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with the value at a path; `other` is a second place, with which the message ends."""

    path: KeyPath
    code: str
    message: str
    help: str = ""
    other: KeyPath | None = None

    @property
    def owner(self) -> KeyPath:
        """Return the path that the message is about: a key that should not be there is its object's problem."""
        return self.path[:-1] if self.code in {"unknown-key", "duplicate-key"} else self.path


Check: TypeAlias = Callable[[Any, KeyPath], Iterator[Fault]]


def picks_of(document: Mapping[str, Any]) -> Picks:
    """Return the values of a document in which `faults` finds nothing."""
    return Picks(
        recipe=document["recipe"],
        manifest_sha256=document["manifest_sha256"],
        picks=tuple(_pick_of(item) for item in document["picks"]),
    )


def _pick_of(item: Mapping[str, Any]) -> Pick:
    """Return one item's values."""
    return Pick(
        fingerprint=item["fingerprint"],
        keys=tuple(item["keys"]),
        verdict=Verdict(item["verdict"]),
        stars=item.get("stars"),
        note=item.get("note", ""),
    )


def faults(document: object) -> Iterator[Fault]:
    """Yield everything that is wrong with a document, in no order."""
    yield from _object(document, (), _DOCUMENT, frozenset())


def _object(value: Any, path: KeyPath, fields: Mapping[str, Check], optional: frozenset[str]) -> Iterator[Fault]:
    """Yield what is wrong with an object and below it."""
    if not isinstance(value, dict):
        yield _wrong_type(value, path, "an object with " + ", ".join(fields))
        return
    for name in [name for name in value if name not in fields]:
        near = difflib.get_close_matches(name[:MAX_SHOWN], fields, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"known here: {', '.join(fields)}"
        yield Fault(path=(*path, name), code="unknown-key", message=f"unknown key {shown(name)}", help=remedy)
    for name, check in fields.items():
        if name in value:
            yield from check(value[name], (*path, name))
        elif name not in optional:
            yield Fault(path=path, code="missing-key", message=f"needs the key {name}", help=f'add "{name}": ...')


def _text(value: Any, path: KeyPath) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield _wrong_type(value, path, "a text")
    elif _HALVES.search(value):
        yield Fault(path=path, code="not-allowed", message="holds half a surrogate pair", help="remove it")


def _format(value: Any, path: KeyPath) -> Iterator[Fault]:
    if value != FORMAT:
        remedy = "is this a picks file, and is gen4flow new enough for it?"
        yield Fault(path=path, code="not-allowed", message=f"must be {FORMAT!r}, not {shown(value)}", help=remedy)


def _sha256(value: Any, path: KeyPath) -> Iterator[Fault]:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        message = f"must be 64 hex digits in lower case, not {shown(value)}"
        yield Fault(path=path, code="not-allowed", message=message)


def _verdict(value: Any, path: KeyPath) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in _VERDICTS:
        yield Fault(path=path, code="not-allowed", message=f"must be pick or reject, not {shown(value)}")


def _stars(value: Any, path: KeyPath) -> Iterator[Fault]:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and not (whole and STARS_MIN <= value <= STARS_MAX):
        message = f"must be a whole number from {STARS_MIN} to {STARS_MAX}, or null, not {shown(value)}"
        yield Fault(path=path, code="not-allowed", message=message)


def _keys(value: Any, path: KeyPath) -> Iterator[Fault]:
    """Yield what is wrong with the keys of an item."""
    if not isinstance(value, list):
        yield _wrong_type(value, path, "a list of keys")
    elif not value:
        yield Fault(path=path, code="empty", message="must not be empty", help="name the rows that it stands for")
    else:
        seen: dict[str, int] = {}
        for index, key in enumerate(value):
            place = (*path, index)
            yield from _text(key, place)
            if key == "":
                yield Fault(path=place, code="empty", message="must not be empty")
            elif isinstance(key, str) and seen.setdefault(key, index) != index:
                yield Fault(path=place, code="duplicate-value", message=f"{shown(key)} is there twice")


@dataclass(slots=True)
class _Judged:
    """Which rows were picked and which rejected so far, and where."""

    at: dict[tuple[str, str], KeyPath] = field(default_factory=dict)

    def conflicts(self, item: Mapping[str, Any], path: KeyPath) -> Iterator[Fault]:
        """Take an item without faults into account, and yield the rows that another one judges the other way."""
        verdict = item["verdict"]
        (opposite,) = (other for other in _VERDICTS if other != verdict)
        for index, key in enumerate(item["keys"]):
            place = (*path, "keys", index)
            self.at.setdefault((verdict, key), place)
            if (first := self.at.get((opposite, key))) is not None:
                said = "is picked, and rejected" if verdict == "pick" else "is rejected, and picked"
                yield Fault(
                    path=place,
                    code="conflict",
                    message=f"{shown(key, 300)} {said} by {place_name(first[:2])} at",
                    help="keep one of them",
                    other=first,
                )


def _picks(value: Any, path: KeyPath) -> Iterator[Fault]:
    """Yield what is wrong with each item, and the rows that are picked by one and rejected by another."""
    if not isinstance(value, list):
        yield _wrong_type(value, path, "a list of picks")
        return
    judged = _Judged()
    for index, item in enumerate(value):
        found = list(_object(item, (*path, index), _PICK, _OPTIONAL))
        yield from found or judged.conflicts(item, (*path, index))


def _wrong_type(value: Any, path: KeyPath, wanted: str) -> Fault:
    return Fault(path=path, code="wrong-type", message=f"must be {wanted}, not {shown(value)}")


def shown(value: object, most: int = MAX_SHOWN) -> str:
    """Return a value for a message: short, on one line, without characters that a terminal acts on."""
    if isinstance(value, str):
        return repr(value if len(value) <= most else f"{value[:most]}…")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return str(value)
    return "a list" if isinstance(value, list) else "an object"


def place_name(path: KeyPath) -> str:
    """Return the dotted name of a place in the document."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return name.removeprefix(".") or "the file"


_DOCUMENT: Mapping[str, Check] = {"format": _format, "recipe": _text, "manifest_sha256": _sha256, "picks": _picks}
_PICK: Mapping[str, Check] = {
    "fingerprint": _sha256,
    "keys": _keys,
    "verdict": _verdict,
    "stars": _stars,
    "note": _text,
}
_OPTIONAL = frozenset({"stars", "note"})
