-- Times are nanoseconds since 1970 UTC: datetime(at / 1000000000, 'unixepoch', 'localtime') makes them readable.
-- n rises with every row written, over all tables: it is the order in which things happened.
-- Few indexes on purpose: each one is another page to write for every report, and memory cards wear out.
PRAGMA application_id = 0x73637331;

CREATE TABLE reports (
    n           INTEGER PRIMARY KEY,
    station     TEXT    NOT NULL,
    port        INTEGER NOT NULL,
    device      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    measured_at INTEGER NOT NULL,
    level       INTEGER NOT NULL,
    charging    INTEGER,
    temperature REAL
) STRICT;
CREATE INDEX reports_by_port ON reports (station, port);
CREATE INDEX reports_by_time ON reports (at);

CREATE TABLE decisions (
    n          INTEGER PRIMARY KEY,
    station    TEXT    NOT NULL,
    id         INTEGER NOT NULL,
    port       INTEGER NOT NULL,
    device     TEXT,
    at         INTEGER NOT NULL,
    verdict    TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    decided_by TEXT    NOT NULL,
    rule       TEXT,
    line       INTEGER,
    version    TEXT    NOT NULL,
    facts      TEXT,
    failures   TEXT
) STRICT;
CREATE UNIQUE INDEX decisions_by_id ON decisions (station, id);
CREATE INDEX decisions_by_port ON decisions (station, port);
CREATE INDEX decisions_by_time ON decisions (at);

CREATE TABLE switches (
    n       INTEGER PRIMARY KEY,
    station TEXT    NOT NULL,
    port    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    wanted  TEXT    NOT NULL,
    seen    TEXT,
    problem TEXT,
    reason  TEXT    NOT NULL
) STRICT;
CREATE INDEX switches_by_port ON switches (station, port);
CREATE INDEX switches_by_time ON switches (at);

CREATE TABLE events (
    n       INTEGER PRIMARY KEY,
    station TEXT,
    port    INTEGER,
    at      INTEGER NOT NULL,
    code    TEXT    NOT NULL,
    kind    TEXT    NOT NULL
) STRICT;
CREATE INDEX events_by_port ON events (station, port);
CREATE INDEX events_by_time ON events (at);

CREATE TABLE ports (
    station TEXT    NOT NULL,
    port    INTEGER NOT NULL,
    memory  TEXT    NOT NULL,
    PRIMARY KEY (station, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
    n       INTEGER PRIMARY KEY,
    version TEXT    NOT NULL,
    json    TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
    name       TEXT    PRIMARY KEY,
    role       TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
