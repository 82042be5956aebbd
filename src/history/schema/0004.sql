-- Why the safety layer decided; null: another layer did.
ALTER TABLE decisions ADD COLUMN safeguard TEXT;

-- What goes on after a restart and is of no port.
CREATE TABLE station_memory (
    station TEXT PRIMARY KEY,
    memory  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Stretches of charging.
CREATE TABLE sessions (
    n          INTEGER PRIMARY KEY,
    station    TEXT    NOT NULL,
    port       INTEGER NOT NULL,
    device     TEXT    NOT NULL,
    plugged_at INTEGER,
    at         INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    from_level INTEGER NOT NULL,
    to_level   INTEGER NOT NULL,
    hottest    REAL,
    above_80   REAL    NOT NULL
) STRICT;
CREATE INDEX sessions_by_device ON sessions (device, at);
CREATE INDEX sessions_by_time ON sessions (at);
