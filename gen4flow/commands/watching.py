"""Joins the engine's news, the view and the progress bar."""

from __future__ import annotations

from collections.abc import Sequence

from gen4flow.commands.view import View
from gen4flow.core.image import Image
from gen4flow.progress import Progress


class Watcher:
    """The engine's observer: counts, delivers images as they come, and says what a person may want to know."""

    def __init__(self, progress: Progress, view: View) -> None:
        self._progress = progress
        self._view = view

    def submitted(self, key: str) -> None:
        """A prediction was accepted."""
        self._progress.count("submitted")

    def fetched(self, key: str, fingerprint: str, images: Sequence[Image]) -> None:
        """An image is on disk: deliver it."""
        self._view.deliver(fingerprint, images)
        self._progress.count("fetched")

    def lost(self, key: str, message: str) -> None:
        """A submit has no answer; the report at the end names it."""
        self._progress.count("unknown")

    def failed(self, key: str, message: str) -> None:
        """A job brought no image; the report at the end names it."""
        self._progress.count("failed")

    def skipped(self, key: str, message: str) -> None:
        """A job was not tried, because an image that it needs did not come."""
        self._progress.count("skipped")

    def note(self, message: str) -> None:
        """Something happened that a person may want to know."""
        self._progress.note(message)
