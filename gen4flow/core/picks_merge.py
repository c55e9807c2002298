"""Two people's picks as one: rows decide, and what they disagree about is never settled by itself.

Merging is symmetric and may be repeated: it does not matter who is A, and what is merged already adds nothing.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gen4flow.core.picks import Pick, Picks, Verdict


class Preference(enum.Enum):
    """Whose verdict holds where one picks what the other rejects."""

    REJECT = "reject"  # whoever rejects
    A = "A"  # the first file's
    B = "B"  # the second file's


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Rows that one picks and the other rejects, and what each said; they may have looked at different images."""

    keys: tuple[str, ...]
    a: Pick
    b: Pick


def conflicts(a: Picks, b: Picks) -> list[Conflict]:
    """Return what the two disagree about, in the order in which picks are written."""
    of_key: dict[str, list[Pick]] = defaultdict(list)
    for pick in b.ordered().picks:
        for key in pick.keys:
            of_key[key].append(pick)
    found: dict[tuple[Pick, Pick], list[str]] = defaultdict(list)
    for pick in a.ordered().picks:
        for key in pick.keys:
            for other in of_key[key]:
                if other.verdict is not pick.verdict:
                    found[pick, other].append(key)
    return [Conflict(keys=tuple(keys), a=one, b=other) for (one, other), keys in found.items()]


def merged(a: Picks, b: Picks, prefer: Preference) -> Picks:
    """Return the picks of both; a row that they disagree about has the verdict that is preferred.

    What both say of one image is united: all rows, the lower of two ratings, the notes below each other. Of two
    manifests that they looked at, the result names the one whose sha256 is the smaller: there is room for one.
    """
    lost_a, lost_b = a.picked_keys & b.rejected_keys, b.picked_keys & a.rejected_keys
    if prefer is not Preference.REJECT:
        contested, nothing = lost_a | (a.rejected_keys & b.picked_keys), frozenset[str]()
        lost_a, lost_b = (nothing, contested) if prefer is Preference.A else (contested, nothing)
    kept = [*_without(a, lost_a), *_without(b, lost_b)]
    manifest = min(a.manifest_sha256, b.manifest_sha256)
    return Picks(recipe=a.recipe, manifest_sha256=manifest, picks=tuple(_united(kept))).ordered()


def _without(picks: Picks, lost: frozenset[str]) -> Iterator[Pick]:
    """Yield the picks without some rows; one that stood for these alone is gone."""
    for pick in picks.picks:
        if keys := tuple(key for key in pick.keys if key not in lost):
            yield replace(pick, keys=keys)


def _united(picks: Iterable[Pick]) -> Iterator[Pick]:
    """Yield one pick for each image and verdict."""
    groups: dict[tuple[str, Verdict], list[Pick]] = defaultdict(list)
    for pick in picks:
        groups[pick.fingerprint, pick.verdict].append(pick)
    for (fingerprint, verdict), group in groups.items():
        yield Pick(
            fingerprint=fingerprint,
            keys=tuple(sorted({key for pick in group for key in pick.keys})),
            verdict=verdict,
            stars=min((pick.stars for pick in group if pick.stars is not None), default=None),
            note=_joined({pick.note for pick in group}),
        )


def _joined(notes: set[str]) -> str:
    """Return notes below each other; one whose lines stand in another already adds nothing.

    The longest comes first, so that notes which were joined before hold all that is merged into them again.
    """
    joined = ""
    for note in sorted(notes - {""}, key=lambda note: (-note.count("\n"), note)):
        if f"\n{note}\n" not in f"\n{joined}\n":
            joined = f"{joined}\n{note}" if joined else note
    return joined
