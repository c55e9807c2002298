"""What the review server asks: the page, its files, what is new, and picks to be saved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gen4flow.commands.places import shown_path
from gen4flow.commands.review_images import ReviewImages
from gen4flow.commands.review_picks import NO_SHA256, Found, ReviewPicks
from gen4flow.core.errors import Gen4flowError
from gen4flow.core.picks import FORMAT, Verdict, picks_text
from gen4flow.core.picks_changes import Change, Opinion
from gen4flow.core.picks_check import faults
from gen4flow.gallery import review_script
from gen4flow.review import Reply
from gen4flow.terminal import say

SAVED, REFUSED, MALFORMED, UNREADABLE, NOT_WRITTEN = 200, 409, 422, 423, 507


class ReviewDesk:
    """Joins the images and the picks of one review for its server."""

    def __init__(self, images: ReviewImages, picks: ReviewPicks) -> None:
        self._images = images
        self._picks = picks
        self._told = ""
        self.fault = ""  # why what is shown of the images may be old

    def page(self) -> bytes:
        """Return the page as it is now, with the script that saves picks."""
        return self._images.page([review_script()], {"review-picks": shown_path(self._picks.path)})

    def file(self, path: str) -> Path | None:
        """Return the file that an address of the page stands for, None for every other one."""
        return self._images.file(path)

    def news(self, since: int, revision: str) -> Mapping[str, Any]:
        """Return what has changed since a version of the images and a revision of the picks."""
        told = {**self._images.changes(since), "fault": self.fault}
        try:
            found = self._picks.read()
        except (Gen4flowError, OSError) as error:
            return {**told, "fault": self._reading_failed(error)}
        self._tell("")
        return {**told, **_picks(found)} if found.revision != revision else told

    def save(self, told: object) -> Reply:
        """Take changes of picks, write the file, and say what became of them."""
        try:
            changes = list(_changes(told, self._images))
        except (ValueError, TypeError, LookupError) as error:
            return Reply(status=MALFORMED, told={"message": f"this is no change of picks: {error}"})
        try:
            found, done = self._picks.change(changes, self._images.manifest_sha256)
        except Gen4flowError as error:
            return Reply(status=UNREADABLE, told={"message": self._reading_failed(error)})
        except OSError as error:
            message = f"{shown_path(self._picks.path)} can't be written: {error.strerror or error}"
            self._tell(f"gen4flow: {message}; the page keeps what is not saved")
            return Reply(status=NOT_WRITTEN, told={"message": message})
        self._tell("")
        refused = [one.fingerprint for one in done.refused]
        status = REFUSED if refused else SAVED
        return Reply(status=status, told={**_picks(found), "refused": refused, "displaced": done.displaced})

    def _reading_failed(self, error: Exception) -> str:
        """Say on the terminal what is wrong with the picks file, and return it in one line."""
        self._tell(f"gen4flow: {error}\n  help: nothing is saved before that is mended")
        return str(error).splitlines()[0]

    def _tell(self, message: str) -> None:
        """Say something on the terminal, once for as long as it lasts."""
        if message and message != self._told:
            say(message)
        self._told = message


def _picks(found: Found) -> dict[str, Any]:
    """Return what a picks file says, for the page."""
    return {"revision": found.revision, "picks": json.loads(picks_text(found.picks))}


def _changes(told: object, images: ReviewImages) -> Iterator[Change]:
    """Yield the changes that a page has sent; raises ValueError, TypeError or LookupError for what is none."""
    items = told["changes"] if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise TypeError('it has to be {"changes": [...]}')
    _check([opinion for item in items for opinion in (item["was"], item["now"]) if opinion is not None])
    for item in items:
        fingerprint = item["fingerprint"]
        keys = images.keys(fingerprint) if isinstance(fingerprint, str) else ()
        if not keys:
            raise ValueError("it is about an image that is not here")
        yield Change(fingerprint=fingerprint, keys=keys, was=_opinion(item["was"]), now=_opinion(item["now"]))


def _check(opinions: Sequence[Mapping[str, Any]]) -> None:
    """Raise ValueError where a picks file could not hold an opinion; each is looked at as one of a row of its own."""
    picks = [{**one, "fingerprint": NO_SHA256, "keys": [str(row)]} for row, one in enumerate(opinions)]
    document = {"format": FORMAT, "recipe": "", "manifest_sha256": NO_SHA256, "picks": picks}
    for fault in faults(document):
        raise ValueError(fault.message)


def _opinion(told: Mapping[str, Any] | None) -> Opinion | None:
    """Return an opinion that was checked."""
    if told is None:
        return None
    return Opinion(verdict=Verdict(told["verdict"]), stars=told.get("stars"), note=told.get("note", ""))
