//! By which this service is told from others: made once, kept with what it has lived through.

use std::path::Path;

use super::open::{self, HistoryError};

/// The id that the history file keeps; `fresh` becomes it when there is none yet. Works also while a service has the file.
pub fn installation(path: &Path, fresh: &str) -> Result<String, HistoryError> {
    let connection = open::open_beside(path)?;
    let failed = |source| HistoryError::Database { path: path.to_owned(), source };
    let find = || {
        // Whoever hears the id keeps it, also after a power cut here.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute("INSERT OR IGNORE INTO installation (one, id) VALUES (1, ?1)", [fresh])?;
        connection.query_row("SELECT id FROM installation", [], |row| row.get(0))
    };
    find().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::open::{begin_again, open};

    #[test]
    fn the_first_id_stays_also_in_a_new_file_after_a_broken_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        assert_eq!(installation(&path, "sc_1").unwrap(), "sc_1");
        assert_eq!(installation(&path, "sc_2").unwrap(), "sc_1");
        drop(open(&path).unwrap());
        begin_again(&path, &rusqlite::Error::InvalidQuery).unwrap();
        assert_eq!(installation(&path, "sc_3").unwrap(), "sc_1");
    }
}
