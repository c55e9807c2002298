"""Transactions: each all or nothing, and several of them as one, so that the disk is waited for once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gen4flow.core.errors import LedgerError
from gen4flow.ledger.connection import mapped


class Transactions:
    """The transactions of one connection, which is used by one thread at a time."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database = database
        self._path = path
        self._together = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """Run statements all or none of which count: on disk at the end, or with the others that they stand among."""
        with mapped(self._path):
            if self._together:
                with self._among_others():
                    yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            finally:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what the transactions in this block do durable at its end; until then nothing of it is.

        One that fails undoes itself alone. Raises LedgerError where none of them is durable.
        """
        with mapped(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            self._together = True
            try:
                yield
                self._still_open()
                self._database.execute("COMMIT")
            finally:
                self._together = False
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")

    @contextmanager
    def _among_others(self) -> Iterator[None]:
        """Run statements that can be undone without those before them."""
        self._still_open()
        self._database.execute("SAVEPOINT one")
        try:
            yield
            self._database.execute("RELEASE one")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK TO one")
                self._database.execute("RELEASE one")
            raise

    def _still_open(self) -> None:
        """Refuse to go on where SQLite has undone everything: a full disk, an error of it, no memory."""
        if not self._database.in_transaction:
            raise LedgerError(f"{self._path}: the ledger could not be written, and what was to be written is undone")
