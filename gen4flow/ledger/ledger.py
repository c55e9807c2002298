"""The ledger: one writer at a time (whoever holds the state's lock), any number of readers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gen4flow.core.history import (
    Cap,
    Change,
    Delivery,
    Held,
    Order,
    OverCap,
    PredictionTaken,
    Purchase,
    Reach,
    RunFacts,
    Sums,
)
from gen4flow.core.image import Image
from gen4flow.core.purchase import Attempt, Intended, Money, Status, decide
from gen4flow.core.standing import Standing
from gen4flow.ledger import reading, writing
from gen4flow.ledger.connection import mapped, open_for_reading, open_for_writing
from gen4flow.ledger.transactions import Transactions

FILE = "ledger.sqlite3"
_NEWEST_EVENT = "SELECT coalesce(max(seq), 0) FROM events"
UPLOADS_USED = timedelta(days=6)  # the provider keeps an upload for seven
_SUM = "(SELECT coalesce(sum(micros), 0) FROM totals WHERE money <> 'released'"
_COUNTED = {
    Reach.RUN: f"{_SUM} AND run = :run)",
    Reach.RECIPE: f"{_SUM} AND run IN (SELECT id FROM runs WHERE recipe = :recipe))",  # noqa: S608  # names alone
    Reach.DAY: f"{_SUM} AND day = :day)",
    Reach.PROJECT: f"{_SUM})",
}


class Ledger:
    """What was asked, bought and received. Every method that changes something is durable when it returns.

    Raises LedgerError for whatever the database can't do.
    """

    def __init__(self, database: sqlite3.Connection, path: Path, now: Callable[[], datetime]) -> None:
        self._database = database
        self._path = path
        self._now = now
        self._transactions = Transactions(database, path)

    @classmethod
    def open(cls, state: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Ledger:
        """Open or create the ledger in a state folder for writing; the caller holds the state's lock."""
        return cls(open_for_writing(state / FILE), state / FILE, now)

    @classmethod
    def read(cls, state: Path) -> Ledger | None:
        """Open the ledger for reading, also beside a run that writes; None where there is none."""
        database = open_for_reading(state / FILE)
        return None if database is None else cls(database, state / FILE, lambda: datetime.now(UTC))

    def close(self) -> None:
        """Close the database; what was returned is on disk already."""
        self._database.close()

    # -- reading

    def version(self) -> int:
        """Return a number that is another one once somebody else has changed the ledger."""
        with mapped(self._path):
            return int(self._database.execute("PRAGMA data_version").fetchone()[0])

    def purchase(self, fingerprint: str) -> Purchase | None:
        """Return the attempt that speaks for a fingerprint."""
        return self.purchases([fingerprint]).get(fingerprint)

    def purchases(self, fingerprints: Sequence[str]) -> dict[str, Purchase]:
        """Return the attempts that speak for those of some fingerprints that have any."""
        with mapped(self._path):
            return reading.of_fingerprints(self._database, fingerprints)

    def known(self, fingerprints: Sequence[str]) -> frozenset[str]:
        """Return those of some fingerprints that anything was ever attempted for."""
        with mapped(self._path):
            return frozenset(reading.known(self._database, fingerprints))

    def open_purchases(self) -> list[Purchase]:
        """Return the attempts whose end is not known: submitting, submitted, unknown."""
        with mapped(self._path):
            return list(reading.purchases(self._database, reading.OPEN))

    def statuses(self) -> dict[Status, int]:
        """Return how many attempts there are of each status."""
        with mapped(self._path):
            return reading.statuses(self._database)

    def every_attempt(self) -> Iterator[Purchase]:
        """Yield every attempt ever made, in order."""
        with mapped(self._path):
            yield from reading.purchases(self._database, reading.ALL)

    def prediction_ids(self) -> set[str]:
        """Return every prediction that some attempt owns."""
        query = "SELECT prediction_id FROM attempts WHERE prediction_id IS NOT NULL"
        with mapped(self._path):
            return {row[0] for row in self._database.execute(query)}

    def sums(self, recipe: str | None = None) -> Sums:
        """Return what is spent, reserved and unknown: of one recipe and profile, or of everything."""
        with mapped(self._path):
            where, parameters = ("", ()) if recipe is None else ("WHERE r.recipe = ?", (recipe,))
            query = f"SELECT money, sum(micros) FROM totals JOIN runs AS r ON r.id = run {where} GROUP BY money"  # noqa: S608
            found = dict(self._database.execute(query, parameters).fetchall())
        return Sums(**{money: int(found.get(money, 0)) for money in ("reserved", "unknown", "spent")})

    def used(self, cap: Cap, *, recipe: str, run: int | None = None) -> int:
        """Return the micro-dollars that count against a cap now; `run` is the run that a RUN cap counts."""
        return self._used([cap], recipe=recipe, run=run)[0]

    def _used(self, caps: Sequence[Cap], *, recipe: str, run: int | None) -> Sequence[int]:
        """Return what counts against each of some caps now, by one statement."""
        if not caps:
            return ()
        known = {"run": run, "recipe": recipe, "day": self._now().date().isoformat()}
        query = "SELECT " + ", ".join(_COUNTED[cap.reach] for cap in caps)
        with mapped(self._path):
            return tuple(self._database.execute(query, known).fetchone())

    def last_purchase(self, recipe: str) -> RunFacts | None:
        """Return the facts of the last run that bought something for a recipe."""
        query = """
        SELECT recipe, provider, recipe_sha256, git_commit, git_dirty, tool_version FROM runs
        WHERE recipe = ? AND id IN (SELECT DISTINCT run FROM totals) ORDER BY id DESC LIMIT 1
        """
        with mapped(self._path):
            row = self._database.execute(query, (recipe,)).fetchone()
        if row is None:
            return None
        return RunFacts(
            recipe=row[0],
            provider=row[1],
            recipe_sha256=row[2],
            git_commit=row[3],
            git_dirty=None if row[4] is None else bool(row[4]),
            tool_version=row[5],
        )

    def deliveries(self, folder: str) -> dict[str, Delivery]:
        """Return the copies that were written below an output folder, by path."""
        with mapped(self._path):
            return {one.path: one for one in reading.deliveries(self._database, folder)}

    def standing(self, folder: str) -> Standing | None:
        """Return what stood in an output folder, None where anything has happened to an attempt or a copy since."""
        query = f"SELECT files, hex(jobs) FROM standing WHERE folder = ? AND event = ({_NEWEST_EVENT})"  # noqa: S608
        with mapped(self._path):
            row = self._database.execute(query, (folder,)).fetchone()
        return Standing(files=row[0], jobs=row[1].lower()) if row else None

    def upload_of(self, sha256: str, where: str) -> str | None:
        """Return the address of a content that was uploaded to the API at a base URL, while it surely lives."""
        # what is from the future was written by a clock that went wrong: nobody knows how old it is
        since, now = writing.iso(self._now() - UPLOADS_USED), self._stamp()
        query = "SELECT url FROM uploads WHERE place = ? AND sha256 = ? AND at > ? AND at <= ?"
        from gen4flow.core.uploads import is_web_address  # whoever reads a plan or a status uploads nothing

        with mapped(self._path):
            row = self._database.execute(query, (where, bytes.fromhex(sha256), since, now)).fetchone()
        return row[0] if row and is_web_address(row[0]) else None

    def approved(self, recipe: str) -> frozenset[str]:
        """Return the fingerprints whose purchase somebody has approved for a recipe and profile."""
        query = """
        SELECT hex(fingerprint) FROM approved JOIN approvals AS a ON a.id = approval JOIN runs AS r ON r.id = a.run
        WHERE r.recipe = ?
        """
        with mapped(self._path):
            return frozenset(row[0].lower() for row in self._database.execute(query, (recipe,)))

    # -- writing

    def together(self) -> AbstractContextManager[None]:
        """Make what the methods that are called in this block change durable at its end, in one transaction.

        Until then nothing of it is. A method that raises undoes its own changes alone; when the block itself raises,
        nothing of it is durable.
        """
        return self._transactions.together()

    def start_run(self, facts: RunFacts) -> int:
        """Record that a run starts and return its number."""
        with self._transactions.one():
            cursor = self._database.execute(
                "INSERT INTO runs (recipe, provider, started, recipe_sha256, git_commit, git_dirty, tool_version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    facts.recipe,
                    facts.provider,
                    self._stamp(),
                    facts.recipe_sha256,
                    facts.git_commit,
                    facts.git_dirty,
                    facts.tool_version,
                ),
            )
        return int(cursor.lastrowid or 0)

    def intend(self, order: Order, *, run: int, recipe: str, caps: Sequence[Cap]) -> int | OverCap | Held:
        """Make one intent and its reservation durable and return the attempt's number, or say why not.

        The caps are judged inside the transaction; the unique index forbids a second live purchase whatever the caller
        believes.
        """
        try:
            with self._transactions.one():
                for cap, used in zip(caps, self._used(caps, recipe=recipe, run=run), strict=True):
                    if used + order.price > cap.limit:
                        return OverCap(cap=cap, used=used)
                number = self._insert(order, run, decide(Attempt(), Intended()).attempt)
                self._event(number, "intended", f"{order.price} micro-dollars reserved")
            return number
        except sqlite3.IntegrityError:
            held = self.purchase(order.fingerprint)
            if held is None or not held.attempt.holds:
                raise
            return Held(purchase=held)

    def record(self, changes: Iterable[Change]) -> None:
        """Make decided changes durable, in one transaction; raises PredictionTaken where an id is another's."""
        try:
            with self._transactions.one():
                for change in changes:
                    writing.apply(self._database, change, at=self._stamp())
        except sqlite3.IntegrityError as error:
            raise PredictionTaken(str(error)) from error

    def charge(self, number: int, micros: int, money: Money) -> None:
        """Record what the provider's billing says an attempt has cost, and what it counts as from now on."""
        with self._transactions.one():
            self._database.execute(
                "UPDATE attempts SET charged = ?, money = ? WHERE id = ?", (micros, money.value, number)
            )
            self._event(number, "charged", f"{micros} micro-dollars")

    def import_elsewhere(self, order: Order, *, run: int, images: Sequence[Image]) -> None:
        """Record a picture that was bought with another ledger: it holds its fingerprint and costs nothing here."""
        with self._transactions.one():
            attempt = Attempt(status=Status.SUCCEEDED, holds=True, message="imported from the output folder's manifest")
            number = self._insert(order, run, attempt, elsewhere=True)
            writing.images(self._database, number, images)
            self._event(number, "imported", "")

    def approve(self, fingerprints: Iterable[str], *, run: int, step: str, micros: int) -> None:
        """Record that somebody approved purchases of a step, who was shown that total in micro-dollars."""
        with self._transactions.one():
            query = "INSERT INTO approvals (run, step, micros, at) VALUES (?, ?, ?, ?)"
            number = self._database.execute(query, (run, step, micros, self._stamp())).lastrowid
            rows = [(bytes.fromhex(fingerprint), number) for fingerprint in fingerprints]
            self._database.executemany("INSERT OR IGNORE INTO approved VALUES (?, ?)", rows)

    def delivered(self, folder: str, copies: Iterable[Delivery]) -> None:
        """Record the copies that stand below an output folder now: its derived files have to be written anew."""
        rows = [writing.delivery(folder, copy) for copy in copies]
        with self._transactions.one():
            self._database.execute("DELETE FROM standing WHERE folder = ?", (folder,))
            self._database.executemany("INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def stands(self, folder: str, standing: Standing) -> None:
        """Remember what stands in an output folder, until anything happens to an attempt or to a copy in it."""
        query = f"INSERT OR REPLACE INTO standing SELECT ?, ?, ?, ({_NEWEST_EVENT})"
        with self._transactions.one():
            self._database.execute(query, (folder, standing.files, bytes.fromhex(standing.jobs)))

    def uploaded(self, sha256: str, where: str, url: str) -> None:
        """Remember an upload, in place of an earlier one of that content; those that have run out are thrown away."""
        with self._transactions.one():
            self._database.execute("DELETE FROM uploads WHERE at <= ?", (writing.iso(self._now() - UPLOADS_USED),))
            row = (where, bytes.fromhex(sha256), url, self._stamp())
            self._database.execute("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?)", row)

    def forget_uploads(self, contents: Iterable[str], where: str) -> None:
        """Forget the uploads of these sha256: the next request that needs them uploads anew."""
        rows = [(where, bytes.fromhex(sha256)) for sha256 in contents]
        with self._transactions.one():
            self._database.executemany("DELETE FROM uploads WHERE place = ? AND sha256 = ?", rows)

    def _insert(self, order: Order, run: int, attempt: Attempt, *, elsewhere: bool = False) -> int:
        return writing.insert(self._database, order, run, attempt, now=self._now(), elsewhere=elsewhere)

    def _event(self, number: int, event: str, detail: str) -> None:
        writing.event(self._database, number, event, detail, at=self._stamp())

    def _stamp(self) -> str:
        return writing.iso(self._now())
