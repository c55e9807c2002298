"""Lays what a person says of images, one at a time, over a picks file that others may have changed meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gen4flow.core.picks import Pick, Picks, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What is said of one image; of all its rows, for they show the same."""

    verdict: Verdict
    stars: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new opinion of an image; None for none.

    `keys` are rows that show it; `was` is what the person saw who changed it.
    """

    fingerprint: str
    keys: tuple[str, ...]
    was: Opinion | None
    now: Opinion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became of changes: the picks, the changes that were refused, and rows whose older verdict had to give way.

    A change is refused where the file says of its image neither what the person saw nor what the person says now.
    """

    picks: Picks
    refused: tuple[Change, ...] = ()
    displaced: tuple[str, ...] = ()


def changed(picks: Picks, changes: Iterable[Change]) -> Changed:
    """Return picks after changes; what none of them is about stays as it is.

    A row is picked or rejected, never both: a verdict on the image that it shows now goes before one on another image.
    """
    sheet, refused, displaced = _Sheet(picks), [], []
    for change in changes:
        if sheet.opinion(change.fingerprint) in {change.was, change.now}:
            displaced += sheet.take(change)
        else:
            refused.append(change)
    whole = replace(picks, picks=tuple(pick for found in sheet.by_image.values() for pick in found))
    return Changed(picks=whole.ordered(), refused=tuple(refused), displaced=tuple(displaced))


class _Sheet:
    """Picks by image and by row, while they change: thousands of changes may come at once."""

    def __init__(self, picks: Picks) -> None:
        self.by_image: dict[str, list[Pick]] = defaultdict(list)
        self._by_row: dict[str, set[str]] = defaultdict(set)
        for pick in picks.ordered().picks:
            self._add(pick)

    def opinion(self, fingerprint: str) -> Opinion | None:
        """Return what is said of an image: by the last of its picks, should there be several."""
        found = self.by_image.get(fingerprint)
        return Opinion(verdict=found[-1].verdict, stars=found[-1].stars, note=found[-1].note) if found else None

    def take(self, change: Change) -> list[str]:
        """Make one change, and return the rows that had to leave other picks for it."""
        mine = self.by_image.pop(change.fingerprint, [])
        if change.now is None:
            return []
        rows = sorted({*change.keys, *(key for pick in mine for key in pick.keys)})
        gone = [key for key in rows if self._leave(key, change.fingerprint, change.now.verdict)]
        self._add(
            Pick(
                fingerprint=change.fingerprint,
                keys=tuple(rows),
                verdict=change.now.verdict,
                stars=change.now.stars,
                note=change.now.note,
            )
        )
        return gone

    def _add(self, pick: Pick) -> None:
        self.by_image[pick.fingerprint].append(pick)
        for key in pick.keys:
            self._by_row[key].add(pick.fingerprint)

    def _leave(self, key: str, fingerprint: str, verdict: Verdict) -> bool:
        """Take a row out of every pick of another image with the other verdict; tells whether there was one."""
        left = False
        for other in self._by_row[key] - {fingerprint}:
            kept = []
            for pick in self.by_image.get(other, []):
                against = key in pick.keys and pick.verdict is not verdict
                left = left or against
                keys = tuple(one for one in pick.keys if not (against and one == key))
                kept += [replace(pick, keys=keys)] if keys else []
            self.by_image[other] = kept
        return left
