//! Takes over what can still be read of the small tables of a broken database: what people set, and what
//! cannot be made again from anything else.
//!
//! Must never fail: what cannot be read is left out, and the caller tells so.

use std::{fmt, path::Path};

use rusqlite::{Connection, params_from_iter, types::Value};

use super::roll::Resolution;

/// How many rows were taken over.
pub(super) struct Saved {
    ports: usize,
    versions: usize,
    tokens: usize,
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "modes of {} ports, {} tokens, {} versions", self.ports, self.tokens, self.versions)
    }
}

/// Copies row by row, until the first that cannot be read.
pub(super) fn copy(broken: &Path, new: &mut Connection) -> Saved {
    let table = |new: &mut Connection, select: &str, insert: &str| {
        let Ok(old) = Connection::open(broken) else { return 0 };
        copy_table(&old, new, select, insert).unwrap_or(0)
    };
    // Its counts begin anew; what differs was written into the broken file.
    table(
        new,
        "SELECT id, at, author, edits FROM shadows WHERE ended IS NULL",
        "INSERT OR IGNORE INTO shadows (id, at, author, edits) VALUES (?1, ?2, ?3, ?4)",
    );
    // With another id all devices would appear a second time in smart homes.
    table(
        new,
        "SELECT one, id FROM installation",
        "INSERT OR IGNORE INTO installation (one, id) VALUES (?1, ?2)",
    );
    // Years of days and hours; the minutes and where each device was begin anew with its next report.
    table(new, "SELECT id, device FROM series", "INSERT OR IGNORE INTO series (id, device) VALUES (?1, ?2)");
    for resolution in [Resolution::Day, Resolution::Hour] {
        let name = resolution.table();
        table(
            new,
            &format!("SELECT * FROM {name}"),
            &format!(
                "INSERT OR IGNORE INTO {name} VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
            ),
        );
    }
    Saved {
        ports: table(
            new,
            "SELECT station, port, memory FROM ports",
            "INSERT OR IGNORE INTO ports (station, port, memory) VALUES (?1, ?2, ?3)",
        ),
        // The newest first: they matter most. The texts before the versions that are nothing without them.
        versions: {
            table(
                new,
                "SELECT id, hash, bytes, text FROM texts ORDER BY id DESC",
                "INSERT OR IGNORE INTO texts (id, hash, bytes, text) VALUES (?1, ?2, ?3, ?4)",
            );
            table(
                new,
                "SELECT n, version, at, bytes, origin, files FROM versions ORDER BY n DESC",
                "INSERT OR IGNORE INTO versions (n, version, at, bytes, origin, files)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
        },
        tokens: table(
            new,
            "SELECT name, role, hash, created_at FROM tokens",
            "INSERT OR IGNORE INTO tokens (name, role, hash, created_at) VALUES (?1, ?2, ?3, ?4)",
        ),
    }
}

fn copy_table(old: &Connection, new: &mut Connection, select: &str, insert: &str) -> rusqlite::Result<usize> {
    let transaction = new.transaction()?;
    let mut select = old.prepare(select)?;
    let columns = select.column_count();
    let mut rows = select.query([])?;
    let mut count = 0;
    while let Ok(Some(row)) = rows.next() {
        let values: rusqlite::Result<Vec<Value>> = (0..columns).map(|column| row.get(column)).collect();
        if let Ok(values) = values {
            count += transaction.execute(insert, params_from_iter(values)).unwrap_or(0);
        }
    }
    transaction.commit()?;
    Ok(count)
}
