"""Rows of the ledger as values, checked as they are read: a ledger may have come with a stranger's project."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from gen4flow.core.errors import LedgerError
from gen4flow.core.history import Delivery, Purchase
from gen4flow.core.image import Image
from gen4flow.core.marks import Marked
from gen4flow.core.purchase import Attempt, Failure, Money, Status

_COLUMNS = """
SELECT a.id, hex(q.fingerprint), q.canonical, r.provider, r.recipe, a.key, a.price, a.charged,
       a.status, a.money, a.holds, a.prediction_id, a.failure, a.message, a.adopted,
       a.created, a.submitted, a.finished, a.inference_ms, a.nsfw, a.elsewhere,
       (SELECT count(*) FROM attempts AS b WHERE b.request = a.request AND NOT b.elsewhere)
FROM attempts AS a JOIN requests AS q ON q.id = a.request JOIN runs AS r ON r.id = a.run
"""
OF_FINGERPRINT = _COLUMNS + "WHERE q.fingerprint = ? ORDER BY a.holds DESC, a.id DESC LIMIT 1"
OF_NUMBER = _COLUMNS + "WHERE a.id = ?"
OPEN = _COLUMNS + "WHERE a.status IN ('submitting', 'submitted', 'unknown') ORDER BY a.id"
ALL = _COLUMNS + "ORDER BY a.id"


def purchases(database: sqlite3.Connection, query: str, *parameters: object) -> Iterator[Purchase]:
    """Yield the purchases that a query of this module finds."""
    for row in database.execute(query, parameters):
        yield _purchase(database, row)


def _purchase(database: sqlite3.Connection, row: tuple[Any, ...]) -> Purchase:
    """Return one row as a purchase; raises LedgerError for one that no gen4flow wrote."""
    try:
        attempt = Attempt(
            status=Status(row[8]),
            money=Money(row[9]),
            holds=bool(row[10]),
            prediction_id=row[11],
            failure=Failure(row[12]) if row[12] else None,
            message=row[13],
            adopted=bool(row[14]),
        )
        return Purchase(
            number=row[0],
            fingerprint=row[1].lower(),
            request=row[2],
            provider=row[3],
            recipe=row[4],
            key=row[5],
            price=row[6],
            charged=row[7],
            attempt=attempt,
            tries=row[21],
            images=tuple(_images(database, row[0])) if attempt.status is Status.SUCCEEDED else (),
            created=row[15],
            submitted=row[16],
            finished=row[17],
            inference_ms=row[18],
            nsfw=None if row[19] is None else bool(row[19]),
            elsewhere=bool(row[20]),
        )
    except ValueError as error:
        raise LedgerError(f"attempt {row[0]} in the ledger is not one that gen4flow wrote: {error}") from error


def deliveries(database: sqlite3.Connection, folder: str) -> Iterator[Delivery]:
    """Yield the files that were written below an output folder; raises LedgerError."""
    query = """
    SELECT path, hex(sha256), bytes, mtime_ns, hex(original), hex(made), marks, width, height
    FROM deliveries WHERE folder = ?
    """
    for path, sha256, size, mtime, original, made, marks, width, height in database.execute(query, (folder,)):
        try:
            yield Delivery(
                path=path,
                sha256=sha256.lower(),
                bytes=size,
                mtime_ns=mtime,
                original=original.lower(),
                made=made.lower(),
                marks=Marked(marks),
                width=width,
                height=height,
            )
        except ValueError as error:
            raise LedgerError(f"the ledger's {path!r} is no file that gen4flow wrote: {error}") from error


def _images(database: sqlite3.Connection, attempt: int) -> Iterator[Image]:
    """Yield the originals of an attempt, in order."""
    found = database.execute(
        "SELECT hex(sha256), bytes, width, height, media_type FROM images WHERE attempt = ? ORDER BY number", (attempt,)
    )
    for sha256, size, width, height, media_type in found:
        yield Image(sha256=sha256.lower(), bytes=size, width=width, height=height, media_type=media_type)
