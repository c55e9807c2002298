PRAGMA user_version = 4;
PRAGMA application_id = 1731488868;
BEGIN TRANSACTION;
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
INSERT INTO "attempts" VALUES(1,1,1,'main[n=1]','succeeded','spent',1,80000,NULL,'p1',NULL,'',0,0,'2026-11-25','2026-11-25T12:00:00.000Z','2026-11-25T12:00:00.000Z','2026-11-25T12:00:00.000Z',NULL,NULL);
INSERT INTO "attempts" VALUES(2,2,2,'main[n=2]','submitted','reserved',1,80000,NULL,'p2',NULL,'',0,0,'2026-11-25','2026-11-25T12:00:00.000Z','2026-11-25T12:00:00.000Z',NULL,NULL,NULL);
INSERT INTO "attempts" VALUES(3,3,3,'main[n=3]','unknown','unknown',1,80000,NULL,NULL,NULL,'no answer',0,0,'2026-11-25','2026-11-25T12:00:00.000Z',NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES(4,4,4,'main[n=4]','failed','released',0,80000,NULL,'p4','task','failed',0,0,'2026-11-25','2026-11-25T12:00:00.000Z','2026-11-25T12:00:00.000Z','2026-11-25T12:00:00.000Z',NULL,NULL);
INSERT INTO "attempts" VALUES(5,5,5,'main[n=5]','submitting','reserved',1,80000,NULL,NULL,NULL,'',0,0,'2026-11-25','2026-11-25T12:00:00.000Z',NULL,NULL,NULL,NULL);
CREATE TABLE deliveries (
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, original BLOB NOT NULL DEFAULT x'', made BLOB NOT NULL DEFAULT x'', marks TEXT NOT NULL DEFAULT 'none', width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (folder, path)
) STRICT, WITHOUT ROWID;
INSERT INTO "deliveries" VALUES('/out','a.png',X'DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD',3,5,X'CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC',X'EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE','embedded',2,3);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    attempt INTEGER NOT NULL REFERENCES attempts (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO "events" VALUES(1,1,'2026-11-25T12:00:00.000Z','intended','80000 micro-dollars reserved');
INSERT INTO "events" VALUES(2,1,'2026-11-25T12:00:00.000Z','Accepted','');
INSERT INTO "events" VALUES(3,1,'2026-11-25T12:00:00.000Z','Fetched','');
INSERT INTO "events" VALUES(4,2,'2026-11-25T12:00:00.000Z','intended','80000 micro-dollars reserved');
INSERT INTO "events" VALUES(5,2,'2026-11-25T12:00:00.000Z','Accepted','');
INSERT INTO "events" VALUES(6,3,'2026-11-25T12:00:00.000Z','intended','80000 micro-dollars reserved');
INSERT INTO "events" VALUES(7,3,'2026-11-25T12:00:00.000Z','Lost','no answer');
INSERT INTO "events" VALUES(8,4,'2026-11-25T12:00:00.000Z','intended','80000 micro-dollars reserved');
INSERT INTO "events" VALUES(9,4,'2026-11-25T12:00:00.000Z','Accepted','');
INSERT INTO "events" VALUES(10,4,'2026-11-25T12:00:00.000Z','Failed','failed');
INSERT INTO "events" VALUES(11,5,'2026-11-25T12:00:00.000Z','intended','80000 micro-dollars reserved');
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
INSERT INTO "images" VALUES(1,0,X'CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC',10,2,3,'image/png');
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    fingerprint BLOB NOT NULL UNIQUE,
    canonical TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
INSERT INTO "requests" VALUES(1,X'0000000000000000000000000000000000000000000000000000000000000001','{"n":1}',1);
INSERT INTO "requests" VALUES(2,X'0000000000000000000000000000000000000000000000000000000000000002','{"n":2}',1);
INSERT INTO "requests" VALUES(3,X'0000000000000000000000000000000000000000000000000000000000000003','{"n":3}',1);
INSERT INTO "requests" VALUES(4,X'0000000000000000000000000000000000000000000000000000000000000004','{"n":4}',1);
INSERT INTO "requests" VALUES(5,X'0000000000000000000000000000000000000000000000000000000000000005','{"n":5}',1);
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
INSERT INTO "runs" VALUES(1,'spring','wavespeed','2026-11-25T12:00:00.000Z','ab',NULL,NULL,'0');
INSERT INTO "runs" VALUES(2,'spring','wavespeed','2026-11-25T12:00:00.000Z','ab',NULL,NULL,'0');
INSERT INTO "runs" VALUES(3,'spring','wavespeed','2026-11-25T12:00:00.000Z','ab',NULL,NULL,'0');
INSERT INTO "runs" VALUES(4,'spring','wavespeed','2026-11-25T12:00:00.000Z','ab',NULL,NULL,'0');
INSERT INTO "runs" VALUES(5,'spring','wavespeed','2026-11-25T12:00:00.000Z','ab',NULL,NULL,'0');
CREATE TABLE totals (
    run INTEGER NOT NULL,
    day TEXT NOT NULL,
    money TEXT NOT NULL,
    micros INTEGER NOT NULL,
    PRIMARY KEY (run, day, money)
) STRICT, WITHOUT ROWID;
INSERT INTO "totals" VALUES(1,'2026-11-25','reserved',0);
INSERT INTO "totals" VALUES(1,'2026-11-25','spent',80000);
INSERT INTO "totals" VALUES(2,'2026-11-25','reserved',80000);
INSERT INTO "totals" VALUES(3,'2026-11-25','reserved',0);
INSERT INTO "totals" VALUES(3,'2026-11-25','unknown',80000);
INSERT INTO "totals" VALUES(4,'2026-11-25','released',80000);
INSERT INTO "totals" VALUES(4,'2026-11-25','reserved',0);
INSERT INTO "totals" VALUES(5,'2026-11-25','reserved',80000);
CREATE TABLE uploads (
    place TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    url TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (place, sha256)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_purchase ON attempts (request) WHERE holds = 1;
CREATE UNIQUE INDEX one_prediction ON attempts (prediction_id) WHERE prediction_id IS NOT NULL;
CREATE INDEX attempts_of_request ON attempts (request);
CREATE INDEX open_attempts ON attempts (status) WHERE status IN ('submitting', 'submitted', 'unknown');
CREATE TRIGGER events_are_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
CREATE TRIGGER attempts_are_kept BEFORE DELETE ON attempts BEGIN SELECT RAISE(ABORT, 'attempts are kept'); END;
CREATE TRIGGER count_new AFTER INSERT ON attempts BEGIN
    INSERT INTO totals VALUES (NEW.run, NEW.day, NEW.money, NEW.price)
    ON CONFLICT DO UPDATE SET micros = micros + NEW.price;
END;
CREATE TRIGGER count_moved AFTER UPDATE OF money ON attempts WHEN OLD.money <> NEW.money BEGIN
    UPDATE totals SET micros = micros - OLD.price WHERE run = OLD.run AND day = OLD.day AND money = OLD.money;
    INSERT INTO totals VALUES (NEW.run, NEW.day, NEW.money, NEW.price)
    ON CONFLICT DO UPDATE SET micros = micros + NEW.price;
END;
CREATE TRIGGER approvals_are_kept BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'approvals are kept'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',11);
COMMIT;
