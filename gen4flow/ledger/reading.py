"""Rows of the ledger as values, checked as they are read: a ledger may have come with a stranger's project."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
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
_OF_FINGERPRINTS = _COLUMNS + "WHERE q.fingerprint IN ({}) ORDER BY a.holds DESC, a.id DESC"
OF_NUMBER = _COLUMNS + "WHERE a.id = ?"
OPEN = _COLUMNS + "WHERE a.status IN ('submitting', 'submitted', 'unknown') ORDER BY a.id"
ALL = _COLUMNS + "ORDER BY a.id"
AT_ONCE = 500  # things that one query asks for: SQLite takes 32,766 parameters, older ones 999


def purchases(database: sqlite3.Connection, query: str, *parameters: object) -> Iterator[Purchase]:
    """Yield the purchases that a query of this module finds."""
    for row in database.execute(query, parameters):
        yield _purchase(row, _images(database, [row[0]]) if row[8] == Status.SUCCEEDED.value else {})


def of_fingerprints(database: sqlite3.Connection, fingerprints: Sequence[str]) -> dict[str, Purchase]:
    """Return the attempt that speaks for each of some fingerprints: the one that holds it, else the newest.

    A query asks for many of them: to ask for each alone takes several times as long.
    """
    found: dict[str, Purchase] = {}
    for start in range(0, len(fingerprints), AT_ONCE):
        wanted = [bytes.fromhex(one) for one in fingerprints[start : start + AT_ONCE]]
        query = _OF_FINGERPRINTS.format(",".join("?" * len(wanted)))
        speaking: dict[str, tuple[Any, ...]] = {}
        for row in database.execute(query, wanted):
            speaking.setdefault(row[1], row)
        images = _images(database, [row[0] for row in speaking.values()])
        purchases = (_purchase(row, images) for row in speaking.values())
        found.update((purchase.fingerprint, purchase) for purchase in purchases)
    return found


def known(database: sqlite3.Connection, fingerprints: Sequence[str]) -> Iterator[str]:
    """Yield those of some fingerprints that anything was ever attempted for."""
    for start in range(0, len(fingerprints), AT_ONCE):
        wanted = [bytes.fromhex(one) for one in fingerprints[start : start + AT_ONCE]]
        query = f"""
        SELECT hex(fingerprint) FROM requests AS q WHERE fingerprint IN ({",".join("?" * len(wanted))})
        AND EXISTS (SELECT 1 FROM attempts WHERE request = q.id)
        """  # noqa: S608  # question marks alone
        for (fingerprint,) in database.execute(query, wanted):
            yield fingerprint.lower()


def statuses(database: sqlite3.Connection) -> dict[Status, int]:
    """Return how many attempts there are of each status; raises LedgerError for one that no gen4flow wrote."""
    found = database.execute("SELECT status, attempts FROM statuses WHERE attempts > 0").fetchall()
    try:
        return {Status(name): count for name, count in found}
    except ValueError as error:
        raise LedgerError(f"the ledger holds what no gen4flow wrote: {error}") from error


def _purchase(row: tuple[Any, ...], images: Mapping[int, Sequence[Image]]) -> Purchase:
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
            images=tuple(images.get(row[0], ())) if attempt.status is Status.SUCCEEDED else (),
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


def _images(database: sqlite3.Connection, attempts: Sequence[int]) -> dict[int, list[Image]]:
    """Return the originals of some attempts, in order."""
    query = f"""
    SELECT attempt, hex(sha256), bytes, width, height, media_type FROM images
    WHERE attempt IN ({",".join("?" * len(attempts))}) ORDER BY attempt, number
    """  # noqa: S608  # question marks alone
    found: dict[int, list[Image]] = {}
    for attempt, sha256, size, width, height, media_type in database.execute(query, attempts):
        image = Image(sha256=sha256.lower(), bytes=size, width=width, height=height, media_type=media_type)
        found.setdefault(attempt, []).append(image)
    return found
