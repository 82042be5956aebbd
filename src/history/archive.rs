//! History for commands that only look: the file is read beside a service that may run, and never made or changed.

use std::path::Path;

use rusqlite::Connection;

use super::{
    lane::ReadError,
    lived::{self, Lived},
    open::{self, HistoryError},
    query::{self, Filter, ROW_LIMIT, Stored, StoredReport},
};
use crate::model::{DeviceName, Timestamp};

/// Pages of [`ROW_LIMIT`] rows that one answer may be made from: a month of one port with a report every half minute.
const PAGES: usize = 10;

/// A history file opened for reading.
#[derive(Debug)]
pub struct Archive(Connection);

impl Archive {
    /// Opens the file; `None` when there is none.
    pub fn open(path: &Path) -> Result<Option<Self>, HistoryError> {
        if !path.exists() {
            return Ok(None);
        }
        let opened = open::open_read_only(path);
        let connection = opened.map_err(|source| HistoryError::Database { path: path.to_owned(), source })?;
        Ok(Some(Self(connection)))
    }

    /// What a device lived through from one moment until just before another.
    pub fn lived(&self, device: &DeviceName, from: Timestamp, to: Timestamp) -> Result<Lived, ReadError> {
        lived::lived(&self.0, device, from, to)
    }

    /// Reports that were received since then, the newest first; of more than 100,000 only the newest.
    pub fn reports(&self, filter: &Filter, since: Timestamp) -> Result<Vec<StoredReport>, ReadError> {
        let mut filter = Filter { limit: ROW_LIMIT, ..filter.clone() };
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let page: Vec<Stored<StoredReport>> = query::reports(&self.0, &filter)?;
            let Some(last) = page.last() else { break };
            let ends = last.value.received_at < since;
            filter.before = Some(last.number);
            all.extend(page.into_iter().map(|row| row.value).filter(|report| report.received_at >= since));
            if ends {
                break;
            }
        }
        Ok(all)
    }
}
