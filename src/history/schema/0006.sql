-- Reports rolled up by device. Times here are seconds since 1970 UTC; a bucket begins at `at`, and days are those of UTC.
-- Sums instead of means, so that rows are added up without loss. Temperatures are hundredths of a degree Celsius.

-- The power of the port as it was known when the report came: 1 on, 0 off; null: not known, or an older scs wrote it.
ALTER TABLE reports ADD COLUMN power INTEGER;

-- Rows up to this number, of reports and switches, are in the roll-ups.
CREATE TABLE rolled (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   INTEGER NOT NULL
) STRICT;
INSERT INTO rolled (one, n) VALUES (1, 0);

-- Ports in which devices were, and their power after the last row that is rolled up.
CREATE TABLE places (
    id      INTEGER PRIMARY KEY,
    station TEXT    NOT NULL,
    port    INTEGER NOT NULL,
    power   INTEGER,
    UNIQUE (station, port)
) STRICT;

-- Devices that reported; where and when last, and until when the power of its port is counted, in nanoseconds.
CREATE TABLE series (
    id         INTEGER PRIMARY KEY,
    device     TEXT    NOT NULL UNIQUE,
    place      INTEGER,
    heard_at   INTEGER,
    counted_to INTEGER
) STRICT;

-- place and power are those of the last report. A device that reports every five minutes has a row for each report.
CREATE TABLE minutes (
    series            INTEGER NOT NULL,
    at                INTEGER NOT NULL,
    place             INTEGER NOT NULL,
    power             INTEGER,
    reports           INTEGER NOT NULL,
    level_sum         INTEGER NOT NULL,
    level_min         INTEGER,
    level_max         INTEGER,
    level_last        INTEGER,
    temperature_sum   INTEGER NOT NULL,
    temperature_count INTEGER NOT NULL,
    temperature_max   INTEGER,
    charging          INTEGER NOT NULL,
    charging_known    INTEGER NOT NULL,
    PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

-- powered: for how many of the power_known seconds the port in which the device was had power.
CREATE TABLE hours (
    series            INTEGER NOT NULL,
    at                INTEGER NOT NULL,
    reports           INTEGER NOT NULL,
    level_sum         INTEGER NOT NULL,
    level_min         INTEGER,
    level_max         INTEGER,
    level_last        INTEGER,
    temperature_sum   INTEGER NOT NULL,
    temperature_count INTEGER NOT NULL,
    temperature_max   INTEGER,
    charging          INTEGER NOT NULL,
    charging_known    INTEGER NOT NULL,
    powered           REAL    NOT NULL,
    power_known       REAL    NOT NULL,
    PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE days (
    series            INTEGER NOT NULL,
    at                INTEGER NOT NULL,
    reports           INTEGER NOT NULL,
    level_sum         INTEGER NOT NULL,
    level_min         INTEGER,
    level_max         INTEGER,
    level_last        INTEGER,
    temperature_sum   INTEGER NOT NULL,
    temperature_count INTEGER NOT NULL,
    temperature_max   INTEGER,
    charging          INTEGER NOT NULL,
    charging_known    INTEGER NOT NULL,
    powered           REAL    NOT NULL,
    power_known       REAL    NOT NULL,
    PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;
