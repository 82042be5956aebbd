-- Every version of the files that was at work, each time that it came to work. n rises with each.
-- A text is kept once, however many versions have it. hash is its SHA-256 in hexadecimal digits.
-- bytes stands before what it counts, so that sums read the first page of a row only.
CREATE TABLE texts (
    id    INTEGER PRIMARY KEY,
    hash  TEXT    NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    text  TEXT    NOT NULL
) STRICT;

-- files is a list of objects: kind, name, path, and the hash of the text.
CREATE TABLE versions (
    n       INTEGER PRIMARY KEY,
    version TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    origin  TEXT    NOT NULL,
    files   TEXT    NOT NULL
) STRICT;
CREATE INDEX versions_by_version ON versions (version);
