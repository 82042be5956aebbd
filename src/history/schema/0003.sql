-- Values of parameters that people had set over the files when the decision was made; null: none.
ALTER TABLE decisions ADD COLUMN adjusted TEXT;

-- Sets of rules that were asked beside those at work. At most one of them has no end.
CREATE TABLE shadows (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    author   TEXT    NOT NULL,
    edits    TEXT    NOT NULL,
    ended_at INTEGER,
    ended    TEXT
) STRICT;

CREATE TABLE shadow_tallies (
    shadow  INTEGER NOT NULL,
    station TEXT    NOT NULL,
    port    INTEGER NOT NULL,
    tally   TEXT    NOT NULL,
    PRIMARY KEY (shadow, station, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE shadow_decisions (
    n         INTEGER PRIMARY KEY,
    shadow    INTEGER NOT NULL,
    station   TEXT    NOT NULL,
    port      INTEGER NOT NULL,
    device    TEXT,
    at        INTEGER NOT NULL,
    active    TEXT    NOT NULL,
    candidate TEXT    NOT NULL,
    switches  INTEGER NOT NULL,
    facts     TEXT    NOT NULL
) STRICT;
CREATE INDEX shadow_decisions_by_shadow ON shadow_decisions (shadow);
CREATE INDEX shadow_decisions_by_time ON shadow_decisions (at);
