"""Rows of the ledger as values, checked as they are read: a ledger may have come with a stranger's project."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gen4flow.core.errors import LedgerError
from gen4flow.core.history import Delivery, Purchase
from gen4flow.core.image import Image
from gen4flow.core.marks import Marked
from gen4flow.core.purchase import Attempt, Failure, Money, Status
from gen4flow.core.tuples import tuple_of

# an Enum that is asked for one of its values is slow
_status, _money, _marked = functools.cache(Status), functools.cache(Money), functools.cache(Marked)

_FACTS = """
SELECT a.id, hex(q.fingerprint), q.canonical, r.provider, r.recipe, a.key, a.price, a.charged,
       a.status, a.money, a.holds, a.prediction_id, a.failure, a.message, a.adopted,
       a.created, a.submitted, a.finished, a.inference_ms, a.nsfw, a.elsewhere"""
_TABLES = """
FROM attempts AS a JOIN requests AS q ON q.id = a.request JOIN runs AS r ON r.id = a.run
"""
_TRIES = ", (SELECT count(*) FROM attempts AS b WHERE b.request = a.request AND NOT b.elsewhere)"
_COLUMNS = _FACTS + _TRIES + _TABLES
_OF_FINGERPRINTS = _FACTS + _TABLES + "WHERE q.fingerprint IN ({})"
OF_NUMBER = _COLUMNS + "WHERE a.id = ?"
OPEN = _COLUMNS + "WHERE a.status IN ('submitting', 'submitted', 'unknown') ORDER BY a.id"
ALL = _COLUMNS + "ORDER BY a.id"
AT_ONCE = 500  # things that one query asks for: SQLite takes 32,766 parameters, older ones 999


def purchases(database: sqlite3.Connection, query: str, *parameters: object) -> Iterator[Purchase]:
    """Yield the purchases that a query of this module finds."""
    for row in database.execute(query, parameters):
        *facts, tries = row
        yield _purchase(facts, tries, _images(database, [row[0]]) if row[8] == Status.SUCCEEDED.value else {})


def of_fingerprints(database: sqlite3.Connection, fingerprints: Sequence[str]) -> dict[str, Purchase]:
    """Return the attempt that speaks for each of some fingerprints: the one that holds it, else the newest.

    A query asks for many of them: to ask for each alone takes several times as long. It finds all their attempts, so
    that the one that speaks is chosen and tries are counted here, for which SQLite would sort and look again.
    """
    found: dict[str, Purchase] = {}
    for start in range(0, len(fingerprints), AT_ONCE):
        wanted = [bytes.fromhex(one) for one in fingerprints[start : start + AT_ONCE]]
        query = _OF_FINGERPRINTS.format(",".join("?" * len(wanted)))
        speaking: dict[str, tuple[Any, ...]] = {}
        tries: dict[str, int] = {}
        for row in database.execute(query, wanted):
            number, fingerprint, holds, elsewhere = row[0], row[1], row[10], row[20]
            other = speaking.get(fingerprint)
            if other is None or (holds, number) > (other[10], other[0]):
                speaking[fingerprint] = row
            tries[fingerprint] = tries.get(fingerprint, 0) + (not elsewhere)
        images = _images(database, [row[0] for row in speaking.values()])
        for fingerprint, row in speaking.items():
            purchase = _purchase(row, tries[fingerprint], images)
            found[purchase.fingerprint] = purchase
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


def _purchase(facts: Sequence[Any], tries: int, images: Mapping[int, Sequence[Image]]) -> Purchase:
    """Return one row as a purchase; raises LedgerError for one that no gen4flow wrote."""
    number, fingerprint, request, provider, recipe, key, price, charged = facts[:8]
    status, money, holds, prediction_id, failure, message, adopted = facts[8:15]
    created, submitted, finished, inference_ms, nsfw, elsewhere = facts[15:]
    try:
        attempt = Attempt(
            status=_status(status),
            money=_money(money),
            holds=bool(holds),
            prediction_id=prediction_id,
            failure=Failure(failure) if failure else None,
            message=message,
            adopted=bool(adopted),
        )
    except ValueError as error:
        raise LedgerError(f"attempt {number} in the ledger is not one that gen4flow wrote: {error}") from error
    whose = (number, fingerprint.lower(), request, provider, recipe, key)
    own = tuple(images.get(number, ())) if attempt.status is Status.SUCCEEDED else ()
    when = (created, submitted, finished)
    rest = (inference_ms, None if nsfw is None else bool(nsfw), bool(elsewhere))
    return tuple_of(Purchase, (*whose, attempt, price, charged, tries, own, *when, *rest))


def deliveries(database: sqlite3.Connection, folder: str) -> Iterator[Delivery]:
    """Yield the files that were written below an output folder; raises LedgerError."""
    query = """
    SELECT path, hex(sha256), bytes, mtime_ns, hex(original), hex(made), marks, width, height
    FROM deliveries WHERE folder = ?
    """
    for path, sha256, size, mtime, original, made, marks, width, height in database.execute(query, (folder,)):
        try:
            where = _marked(marks)
        except ValueError as error:
            raise LedgerError(f"the ledger's {path!r} is no file that gen4flow wrote: {error}") from error
        made_of = (original.lower(), made.lower(), where, width, height)
        yield tuple_of(Delivery, (path, sha256.lower(), size, mtime, *made_of))


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
