"""The data block of the page: what its script needs of each card beyond the markup, every text in it once.

Columns, one value a card in the order of the cards; a number in a column of texts is its place in a table, -1 where
there is none. With 10,000 images a text that is repeated would weigh more than all of the markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from gen4flow.core.price import CURRENCY
from gen4flow.gallery.cards import Card, mapping, text
from gen4flow.gallery.wording import count, plain, unsafe_escaped

Pairs = tuple[tuple[str, str], ...]
NONE = -1
MAX_DOLLARS = 10**6  # of one image; what claims more is no price
MICROS = 10**6


class Table:
    """Different values in the order in which they came, each once."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._places: dict[Any, int] = {}

    def place(self, value: Any) -> int:
        """Return where a value stands, NONE for an empty one."""
        if not value:
            return NONE
        place = self._places.setdefault(value, len(self.values))
        if place == len(self.values):
            self.values.append(value)
        return place


def prompts(shown: Sequence[Card]) -> tuple[list[str], list[int]]:
    """Return the different prompts, and which of them each card has."""
    table = Table()
    places = [table.place(card.prompt) for card in shown]
    return table.values, places


def data_block(manifest: Mapping[str, Any], manifest_sha256: str, shown: Sequence[Card], prompt: list[int]) -> str:
    """Return the block as JSON that no markup and no control character can hide in."""
    axes, pairs = list(_axes(shown)), Table()
    told = {
        **_head(manifest),
        "manifest_sha256": manifest_sha256,
        "axes": [[name, values] for name, values, _ in axes],
        "columns": {
            "number": [card.number for card in shown],
            "prompt": prompt,
            "axes": [column for *_, column in axes],
            "parameters": [pairs.place(_pairs(card.entry.get("parameters"))) for card in shown],
            "tags": [pairs.place(_pairs(card.entry.get("tags"))) for card in shown],
            "extras": [pairs.place(_pairs(card.entry.get("extras"))) for card in shown],
            "references": [pairs.place(_references(card.entry)) for card in shown],
            "made": [pairs.place(tuple(_made(card.entry))) for card in shown],
            "delivered": [pairs.place(card.delivered) for card in shown],
            "seed": [plain(card.entry.get("seed")) for card in shown],
            "list": [_micros(card.entry, "list") for card in shown],
            "charged": [_micros(card.entry, "charged") for card in shown],
            "finished": [plain(card.entry.get("finished")) for card in shown],
            "prediction": [plain(card.entry.get("prediction_id")) for card in shown],
        },
        "keys": {place: card.raw_key for place, card in enumerate(shown) if card.raw_key != card.key},
        "pairs": pairs.values,
    }
    return unsafe_escaped(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def _head(manifest: Mapping[str, Any]) -> dict[str, object]:
    """Return what holds for all images; the recipe's name is as it is, because picks files hold it."""
    recipe = mapping(manifest.get("recipe"))
    profiles, jobs = recipe.get("profiles"), mapping(mapping(manifest.get("totals")).get("jobs"))
    entries = manifest.get("entries")
    return {
        "recipe": text(recipe.get("name")),
        "profiles": [plain(name) for name in profiles] if isinstance(profiles, list) else [],
        "commit": plain(recipe.get("git_commit")),
        "dirty": recipe.get("git_dirty") is True,
        "provider": plain(manifest.get("provider")),
        "model": plain(manifest.get("model")),
        # whether the page shows a part of the plan: its picks then keep what was said of the rest
        "partial": count(jobs.get("total")) > (len(entries) if isinstance(entries, list) else 0),
    }


def _axes(shown: Sequence[Card]) -> Iterator[tuple[str, list[str], list[int]]]:
    """Yield each axis with its values in the order in which they came, and each card's place among them."""
    names = dict.fromkeys(name for card in shown for name, _ in card.axes)
    found = [dict(card.axes) for card in shown]
    for name in names:
        table = Table()
        column = [table.place(values[name] or " ") if name in values else NONE for values in found]
        yield name, table.values, column


def _pairs(value: object) -> Pairs:
    """Return a mapping's items as texts, sorted as in the manifest, without those that say nothing."""
    return tuple((plain(name), _listed(one)) for name, one in sorted(mapping(value).items()) if one is not None)


def _listed(value: object) -> str:
    """Return a value as text; a list as its items."""
    return ", ".join(plain(one) for one in value) if isinstance(value, list) else plain(value)


def _references(entry: Mapping[str, Any]) -> Pairs:
    """Return each reference image as what it is called and what it is."""
    found = entry.get("references")
    return tuple(
        (plain(name), plain(value))
        for one in (found if isinstance(found, list) else [])
        for name, value in sorted(mapping(one).items())
    )


def _made(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what else is known of how an image came about."""
    for name in ("model", "template", "take"):
        if value := plain(entry.get(name)):
            yield name, value
    for name in ("nsfw", "adopted"):
        if entry.get(name) is True:
            yield name, "yes"


def _micros(entry: Mapping[str, Any], kind: str) -> int:
    """Return an amount in micro-dollars, NONE where it is not known, or in another currency."""
    price = mapping(entry.get("price"))
    amount = price.get(kind)
    if not isinstance(amount, str) or price.get("currency") != CURRENCY or not re.fullmatch(r"[0-9.]{1,20}", amount):
        return NONE
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return NONE
    return int(value * MICROS) if value < MAX_DOLLARS else NONE
