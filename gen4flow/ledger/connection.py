"""Opens the database, judges what it finds there, and maps SQLite's errors to the ledger's."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gen4flow.core.errors import LedgerError
from gen4flow.ledger.migrations import APPLICATION_ID, MIGRATIONS

QUICK_CHECK_BELOW = 64 * 1024 * 1024  # bytes: a larger ledger is checked as its pages are read
REMEDY = "restore it from a backup; without it, nothing that was bought is known here, and buying again costs again"


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Map SQLite's errors to LedgerError with the file's name and a remedy."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise LedgerError(f"{path}: the ledger can't be used: {error}\n  help: {_remedy(error)}") from error


def _remedy(error: sqlite3.Error) -> str:
    """Return what to do about an error of SQLite's."""
    text = str(error)
    if "full" in text:
        return "free some space on this disk, then run again: what is paid for is fetched"
    if "locked" in text:
        return "another program holds the ledger; close it, then run again"
    if "readonly" in text or "unable to open" in text or "I/O" in text:
        return "check that the disk has room, and the permissions of its folder, then run again"
    return REMEDY


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Open or create the ledger: WAL, every commit on disk before it returns; raises LedgerError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"{path.parent}: can't be made: {error.strerror}") from error
    with mapped(path):
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA foreign_keys = ON")
            _check(database, path)
            _migrate(database, path)
        except BaseException:
            database.close()
            raise
        return database


def open_for_reading(path: Path) -> sqlite3.Connection | None:
    """Open the ledger read-only, also while a run writes; None where there is none; raises LedgerError."""
    if not path.exists():
        return None
    with mapped(path):
        database = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=10
        )
        try:
            version = _check(database, path)
            if 0 < version < len(MIGRATIONS):
                database = _newer_copy(database)
        except BaseException:
            database.close()
            raise
        if version == 0:  # made, and killed before its tables were: as good as none
            database.close()
            return None
        return database


def _newer_copy(database: sqlite3.Connection) -> sqlite3.Connection:
    """Return an older ledger as this gen4flow knows it, in memory: whoever only reads changes no file."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    database.backup(copy)
    database.close()
    _run_migrations(copy)
    copy.execute("PRAGMA query_only = ON")
    return copy


def _check(database: sqlite3.Connection, path: Path) -> int:
    """Return the ledger's version; refuse a file that is no ledger, is newer than this tool, or is damaged."""
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    application = int(database.execute("PRAGMA application_id").fetchone()[0])
    tables = int(database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if (version or tables) and application != APPLICATION_ID:
        raise LedgerError(f"{path}: this is no ledger of gen4flow\n  help: move it away, or give another --state")
    if version > len(MIGRATIONS):
        raise LedgerError(f"{path}: from a newer gen4flow (version {version})\n  help: upgrade gen4flow to read it")
    if path.stat().st_size < QUICK_CHECK_BELOW:
        verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise LedgerError(f"{path}: the ledger is damaged: {' '.join(str(verdict).split())}\n  help: {REMEDY}")
    return version


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    """Bring the tables up to date, each step in one transaction, after a backup of what was there."""
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if 0 < version < len(MIGRATIONS):
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy2(path, path.with_suffix(f".v{version}.backup"))
    _run_migrations(database)


def _run_migrations(database: sqlite3.Connection) -> None:
    """Run every migration that a ledger has not seen, each in one transaction."""
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    for number, migration in enumerate(MIGRATIONS[version:], version + 1):
        database.execute("BEGIN IMMEDIATE")
        migration(database)
        database.execute(f"PRAGMA user_version = {number}")
        database.execute("COMMIT")
