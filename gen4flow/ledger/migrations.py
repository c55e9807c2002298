"""The ledger's tables: a numbered list of functions, forward only, each in one transaction after a backup.

Money is whole micro-dollars. `totals` is kept by triggers, so that a cap is checked against a handful of rows and no
change of an attempt can forget it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

APPLICATION_ID = 0x67346C64  # "g4ld"

_FIRST = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    recipe TEXT NOT NULL,
    provider TEXT NOT NULL,
    started TEXT NOT NULL,
    recipe_sha256 TEXT NOT NULL,
    git_commit TEXT,
    git_dirty INTEGER,
    tool_version TEXT NOT NULL
) STRICT;

CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE,
    canonical TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES requests (id),
    run INTEGER NOT NULL REFERENCES runs (id),
    key TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('planned', 'submitting', 'submitted', 'succeeded', 'failed', 'unknown')),
    money TEXT NOT NULL CHECK (money IN ('reserved', 'unknown', 'spent', 'released')),
    holds INTEGER NOT NULL CHECK (holds IN (0, 1)),
    price INTEGER NOT NULL CHECK (price >= 0),
    charged INTEGER,
    prediction_id TEXT,
    failure TEXT,
    message TEXT NOT NULL DEFAULT '',
    adopted INTEGER NOT NULL DEFAULT 0,
    elsewhere INTEGER NOT NULL DEFAULT 0,
    day TEXT NOT NULL,
    created TEXT NOT NULL,
    submitted TEXT,
    finished TEXT,
    inference_ms INTEGER,
    nsfw INTEGER,
    CHECK (holds OR status NOT IN ('submitting', 'submitted', 'succeeded'))
) STRICT;

-- the database itself forbids two live purchases of one fingerprint, and one prediction for two of them
CREATE UNIQUE INDEX one_purchase ON attempts (request) WHERE holds = 1;
CREATE UNIQUE INDEX one_prediction ON attempts (prediction_id) WHERE prediction_id IS NOT NULL;
CREATE INDEX attempts_of_request ON attempts (request);
CREATE INDEX open_attempts ON attempts (status) WHERE status IN ('submitting', 'submitted', 'unknown');

CREATE TABLE images (
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    number INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    PRIMARY KEY (attempt, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
CREATE TRIGGER attempts_are_kept BEFORE DELETE ON attempts BEGIN SELECT RAISE(ABORT, 'attempts are kept'); END;

CREATE TABLE totals (
    run INTEGER NOT NULL,
    day TEXT NOT NULL,
    money TEXT NOT NULL,
    micros INTEGER NOT NULL,
    PRIMARY KEY (run, day, money)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER count_new AFTER INSERT ON attempts BEGIN
    INSERT INTO totals VALUES (NEW.run, NEW.day, NEW.money, NEW.price)
    ON CONFLICT DO UPDATE SET micros = micros + NEW.price;
END;
CREATE TRIGGER count_moved AFTER UPDATE OF money ON attempts WHEN OLD.money <> NEW.money BEGIN
    UPDATE totals SET micros = micros - OLD.price WHERE run = OLD.run AND day = OLD.day AND money = OLD.money;
    INSERT INTO totals VALUES (NEW.run, NEW.day, NEW.money, NEW.price)
    ON CONFLICT DO UPDATE SET micros = micros + NEW.price;
END;

CREATE TABLE deliveries (
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    PRIMARY KEY (folder, path)
) STRICT, WITHOUT ROWID;
"""

# what was uploaded, by the base URL of the API that has it: replaceable, and thrown away when it has run out
_UPLOADS = """
CREATE TABLE uploads (
    place TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    url TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (place, sha256)
) STRICT, WITHOUT ROWID;
"""

# whose purchase somebody approved, and the total that was shown for it
_APPROVALS = """
CREATE TABLE approvals (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    step TEXT NOT NULL,
    micros INTEGER NOT NULL CHECK (micros >= 0),
    at TEXT NOT NULL
) STRICT;
CREATE TABLE approved (
    fingerprint BLOB NOT NULL,
    approval INTEGER NOT NULL REFERENCES approvals (id),
    PRIMARY KEY (fingerprint, approval)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER approvals_are_kept BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'approvals are kept'); END;
"""


# how a delivered file was made from its original: what was written before is made anew, which costs nothing
_HOW_MADE = """
ALTER TABLE deliveries ADD COLUMN original BLOB NOT NULL DEFAULT x'';
ALTER TABLE deliveries ADD COLUMN made BLOB NOT NULL DEFAULT x'';
ALTER TABLE deliveries ADD COLUMN marks TEXT NOT NULL DEFAULT 'none';
ALTER TABLE deliveries ADD COLUMN width INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN height INTEGER NOT NULL DEFAULT 0;
"""

# what stood in an output folder when all of it was there, as of the newest event: kept while that is the newest one
_STANDING = """
CREATE TABLE standing (
    folder TEXT PRIMARY KEY,
    files TEXT NOT NULL,
    jobs BLOB NOT NULL,
    event INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

# how many attempts there are of each status, kept by triggers as `totals` is: to count a million takes a second
_STATUSES = """
CREATE TABLE statuses (
    status TEXT PRIMARY KEY,
    attempts INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO statuses SELECT status, count(*) FROM attempts GROUP BY status;
CREATE TRIGGER count_status AFTER INSERT ON attempts BEGIN
    INSERT INTO statuses VALUES (NEW.status, 1) ON CONFLICT DO UPDATE SET attempts = attempts + 1;
END;
CREATE TRIGGER count_other_status AFTER UPDATE OF status ON attempts WHEN OLD.status <> NEW.status BEGIN
    UPDATE statuses SET attempts = attempts - 1 WHERE status = OLD.status;
    INSERT INTO statuses VALUES (NEW.status, 1) ON CONFLICT DO UPDATE SET attempts = attempts + 1;
END;
"""


def _create(database: sqlite3.Connection) -> None:
    """Make the tables of the first version."""
    _execute(database, _FIRST)
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _add_uploads(database: sqlite3.Connection) -> None:
    """Add the table of uploads."""
    _execute(database, _UPLOADS)


def _add_approvals(database: sqlite3.Connection) -> None:
    """Add the tables of approvals."""
    _execute(database, _APPROVALS)


def _add_how_made(database: sqlite3.Connection) -> None:
    """Remember of each delivered file how it was made."""
    _execute(database, _HOW_MADE)


def _add_standing(database: sqlite3.Connection) -> None:
    """Add the table of what stands in output folders."""
    _execute(database, _STANDING)


def _add_statuses(database: sqlite3.Connection) -> None:
    """Count the attempts of each status."""
    _execute(database, _STATUSES)


def _execute(database: sqlite3.Connection, script: str) -> None:
    """Execute statements one by one, within the transaction that is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            database.execute(statement)
            statement = ""


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _create,
    _add_uploads,
    _add_approvals,
    _add_how_made,
    _add_standing,
    _add_statuses,
)
