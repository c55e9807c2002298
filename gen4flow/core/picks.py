"""Picks: which images somebody wants and which not, by the keys of the rows that each stands for."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass, replace

FORMAT = "gen4flow-picks/1"
STARS_MIN, STARS_MAX = 1, 5


class Verdict(enum.Enum):
    """Whether an image is wanted."""

    PICK = "pick"  # it is: finals are made of its rows
    REJECT = "reject"  # it is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What was said of one image: `fingerprint` is the one that was looked at, `keys` the rows that it stands for.

    `stars` is how good it is, from 1 to 5, None without a rating.
    """

    fingerprint: str
    keys: tuple[str, ...]
    verdict: Verdict
    stars: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks:
    """What a picks file says of a recipe's images, seen in the gallery of the manifest with that sha256."""

    recipe: str
    manifest_sha256: str
    picks: tuple[Pick, ...] = ()

    @property
    def picked_keys(self) -> frozenset[str]:
        """Return the rows whose image is wanted."""
        return self._keys(Verdict.PICK)

    @property
    def rejected_keys(self) -> frozenset[str]:
        """Return the rows whose image is not wanted."""
        return self._keys(Verdict.REJECT)

    def _keys(self, verdict: Verdict) -> frozenset[str]:
        return frozenset(key for pick in self.picks if pick.verdict is verdict for key in pick.keys)

    def ordered(self) -> Picks:
        """Return the same picks in the order in which they are written, each with its keys sorted."""
        picks = [replace(pick, keys=tuple(sorted(pick.keys))) for pick in self.picks]
        return replace(self, picks=tuple(sorted(picks, key=_rank)))


def _rank(pick: Pick) -> tuple[tuple[str, ...], str, str, int, str]:
    """Return what a pick is sorted by: its rows first, so that a diff shows neighbours side by side."""
    return (pick.keys, pick.fingerprint, pick.verdict.value, pick.stars or 0, pick.note)


def picks_document(picks: Picks) -> dict[str, object]:
    """Return picks as JSON values, in the order in which they are written."""
    return {
        "format": FORMAT,
        "recipe": picks.recipe,
        "manifest_sha256": picks.manifest_sha256,
        "picks": [_told(pick) for pick in picks.ordered().picks],
    }


def picks_text(picks: Picks) -> str:
    """Return the text of a picks file: ordered, a line for each field, the same for the same picks.

    Half a surrogate pair, which only a program can have put there, becomes a question mark: no file could hold it.
    """
    text = json.dumps(picks_document(picks), sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "replace").decode()


def _told(pick: Pick) -> dict[str, object]:
    """Return a pick as JSON values."""
    return {
        "fingerprint": pick.fingerprint,
        "keys": list(pick.keys),
        "verdict": pick.verdict.value,
        "stars": pick.stars,
        "note": pick.note,
    }
