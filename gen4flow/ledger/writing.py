"""Values as rows of the ledger; the caller holds a transaction open."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from gen4flow.core.history import Change, Delivery, Order
from gen4flow.core.image import Image
from gen4flow.core.job import REQUEST_VERSION
from gen4flow.core.purchase import Accepted, Attempt, Status

_INSERT = """
INSERT INTO attempts (request, run, key, status, money, holds, price, message, elsewhere, day, created)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE = """
UPDATE attempts SET status = ?, money = ?, holds = ?, prediction_id = ?, failure = ?, message = ?, adopted = ?,
    submitted = coalesce(?, submitted), finished = coalesce(?, finished),
    inference_ms = coalesce(?, inference_ms), nsfw = coalesce(?, nsfw)
WHERE id = ?
"""
_IMAGE = "INSERT INTO images VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"


def insert(
    database: sqlite3.Connection, order: Order, run: int, attempt: Attempt, *, now: datetime, elsewhere: bool
) -> int:
    """Insert an attempt, and its request where it is new; returns the attempt's number."""
    request = _request(database, order)
    what = (request, run, order.key)
    state = (attempt.status.value, attempt.money.value, attempt.holds, order.price, attempt.message, elsewhere)
    cursor = database.execute(_INSERT, (*what, *state, now.astimezone(UTC).date().isoformat(), iso(now)))
    return int(cursor.lastrowid or 0)


def _request(database: sqlite3.Connection, order: Order) -> int:
    """Return the number of an order's request, which is inserted where it is new: most are."""
    digest = bytes.fromhex(order.fingerprint)
    inserted = database.execute(
        "INSERT INTO requests (fingerprint, canonical, version) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (digest, order.request, REQUEST_VERSION),
    )
    if inserted.rowcount:
        return int(inserted.lastrowid or 0)
    return int(database.execute("SELECT id FROM requests WHERE fingerprint = ?", (digest,)).fetchone()[0])


def apply(database: sqlite3.Connection, change: Change, *, at: str) -> None:
    """Write an attempt's next state, its images and its event."""
    attempt = change.attempt
    submitted = at if change.event == Accepted.__name__ else None
    finished = at if attempt.status in {Status.SUCCEEDED, Status.FAILED} else None
    state = (attempt.status.value, attempt.money.value, attempt.holds, attempt.prediction_id)
    failure = attempt.failure.value if attempt.failure else None
    facts = (failure, attempt.message, attempt.adopted, submitted, finished, change.inference_ms, change.nsfw)
    database.execute(_UPDATE, (*state, *facts, change.number))
    images(database, change.number, change.images)
    event(database, change.number, change.event, attempt.message, at=at)


def images(database: sqlite3.Connection, attempt: int, originals: Sequence[Image]) -> None:
    """Write an attempt's originals, in place of those it had: nearly always it had none."""
    rows = [
        (attempt, number, bytes.fromhex(image.sha256), image.bytes, image.width, image.height, image.media_type)
        for number, image in enumerate(originals)
    ]
    for row in rows:
        if not database.execute(_IMAGE, row).rowcount:  # its number is taken, the first one's before all others
            database.execute("DELETE FROM images WHERE attempt = ?", (attempt,))
            database.executemany(_IMAGE, rows)
            return


def delivery(folder: str, copy: Delivery) -> tuple[object, ...]:
    """Return the row of a file that stands below an output folder."""
    told = (folder, copy.path, bytes.fromhex(copy.sha256), copy.bytes, copy.mtime_ns)
    made = (bytes.fromhex(copy.original), bytes.fromhex(copy.made), copy.marks.value, copy.width, copy.height)
    return (*told, *made)


def event(database: sqlite3.Connection, attempt: int, name: str, detail: str, *, at: str) -> None:
    """Keep what happened."""
    database.execute("INSERT INTO events (attempt, at, event, detail) VALUES (?, ?, ?, ?)", (attempt, at, name, detail))


def iso(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
