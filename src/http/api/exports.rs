//! History as tables for spreadsheets, sent page by page.

use std::{io, sync::Arc};

use futures_util::stream;
use poem_openapi::OpenApi;

use super::{
    Heading,
    devices::unknown_device,
    history::{check_place, filter, settle, unreadable},
};
use crate::{
    history::{Filter, ReadError, Reader, Stored, StoredSwitch},
    http::{
        auth::{May, Read},
        csv::{Table, line},
        dto::{DECISION_HEAD, SESSION_HEAD, SWITCH_HEAD, decision_line, session_line, switch_line},
        params::{Page, Path, Query},
        problem::Problem,
        server::Services,
        wire::Time,
    },
    model::{Decision, DeviceName, PortId, Session, StationName, Timestamp},
};

/// Rows of one table at most: a spreadsheet takes a million lines, and a memory card reads so many in a minute.
const MOST_ROWS: usize = 100_000;
/// Rows that are read at once, so that memory stays small and other reads come in between.
const PAGE_ROWS: u32 = 500;

pub(super) struct Exports(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::History")]
impl Exports {
    /// Decisions as a table
    ///
    /// Comma-separated values, the newest first, 100,000 lines at most.
    #[oai(path = "/decisions.csv", method = "get", operation_id = "decisions_csv")]
    async fn decisions(
        &self,
        _may: May<Read>,
        /// Only of this station.
        station: Query<StationName>,
        /// Only of this port; needs `station`.
        port: Query<PortId>,
        /// Only of this device.
        device: Query<DeviceName>,
        /// Only those of this time or later.
        since: Query<Time>,
        /// Only what was before this: a time, or the number of a row.
        before: Query<Page>,
    ) -> Result<Table, Problem> {
        let filter = filter(station.0, port.0, device.0, before.0, None)?;
        check_place(&self.0, filter.scope.clone()).await?;
        self.table(Kind::Decisions, filter, since.0).await
    }

    /// Switches as a table
    ///
    /// Comma-separated values, the newest first, 100,000 lines at most.
    #[oai(path = "/switches.csv", method = "get", operation_id = "switches_csv")]
    async fn switches(
        &self,
        _may: May<Read>,
        /// Only of this station.
        station: Query<StationName>,
        /// Only of this port; needs `station`.
        port: Query<PortId>,
        /// Only those of this time or later.
        since: Query<Time>,
        /// Only what was before this: a time, or the number of a row.
        before: Query<Page>,
    ) -> Result<Table, Problem> {
        let filter = filter(station.0, port.0, None, before.0, None)?;
        check_place(&self.0, filter.scope.clone()).await?;
        self.table(Kind::Switches, filter, since.0).await
    }

    /// The stretches in which a device was charged, as a table
    ///
    /// Comma-separated values, the newest first, 100,000 lines at most. Only those that have ended.
    #[oai(path = "/devices/:device/sessions.csv", method = "get", operation_id = "sessions_csv")]
    async fn sessions(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
        /// Only those that began at this time or later.
        since: Query<Time>,
    ) -> Result<Table, Problem> {
        let device = name.0;
        if self.0.directory.find_device(&device).is_none() {
            let past = self.0.reader.sessions(&device, Timestamp::UNIX_EPOCH, None, 1).await;
            if past.map_err(|error| unreadable(&error))?.is_empty() {
                return Err(unknown_device(device));
            }
        }
        self.table(Kind::Sessions(device), Filter::default(), since.0).await
    }
}

impl Exports {
    /// The first page is read before the answer begins, so that what is wrong can still be told.
    async fn table(&self, kind: Kind, filter: Filter, since: Option<Time>) -> Result<Table, Problem> {
        settle(&self.0).await;
        let filter = Filter { limit: PAGE_ROWS, since: since.map(|since| since.0), ..filter };
        let head = line(kind.head().iter().copied());
        let mut pages = Pages { reader: self.0.reader.clone(), kind, filter, left: MOST_ROWS };
        let first = pages.next().await.map_err(|error| unreadable(&error))?;
        let first = [head, first.unwrap_or_default()].concat();
        let all = stream::try_unfold((Some(first), pages), async |(ready, mut pages)| {
            let text = match ready {
                Some(first) => Some(first),
                None => pages.next().await.map_err(|error| {
                    tracing::warn!(%error, "a table could not be read to its end");
                    io::Error::other(error)
                })?,
            };
            Ok(text.map(|text| (text, (None, pages))))
        });
        Ok(Table::streamed(all))
    }
}

/// Of what a table is.
enum Kind {
    Decisions,
    Switches,
    Sessions(DeviceName),
}

/// A row as a line, with its number.
type Row = (i64, String);

impl Kind {
    fn head(&self) -> &'static [&'static str] {
        match self {
            Self::Decisions => &DECISION_HEAD,
            Self::Switches => &SWITCH_HEAD,
            Self::Sessions(_) => &SESSION_HEAD,
        }
    }

    async fn rows(&self, reader: &Reader, filter: &Filter) -> Result<Vec<Row>, ReadError> {
        Ok(match self {
            Self::Decisions => {
                let row = |row: Stored<Decision>| (row.number, decision_line(&row.value));
                reader.decisions(filter.clone()).await?.into_iter().map(row).collect()
            }
            Self::Switches => {
                let row = |row: Stored<StoredSwitch>| (row.number, switch_line(&row.value));
                reader.switches(filter.clone()).await?.into_iter().map(row).collect()
            }
            Self::Sessions(device) => {
                let since = filter.since.unwrap_or(Timestamp::UNIX_EPOCH);
                let row = |row: Stored<Session>| (row.number, session_line(&row.value));
                let rows = reader.sessions(device, since, filter.before, filter.limit).await?;
                rows.into_iter().map(row).collect()
            }
        })
    }
}

/// The pages of a table that are still to be read.
struct Pages {
    reader: Reader,
    kind: Kind,
    filter: Filter,
    left: usize,
}

impl Pages {
    /// The next lines; `None` at the end.
    async fn next(&mut self) -> Result<Option<String>, ReadError> {
        if self.left == 0 {
            return Ok(None);
        }
        let rows = self.kind.rows(&self.reader, &self.filter).await?;
        let Some((last, _)) = rows.last() else { return Ok(None) };
        self.filter.before = Some(*last);
        let is_last = u32::try_from(rows.len()).is_ok_and(|count| count < PAGE_ROWS);
        let lines: Vec<&str> = rows.iter().take(self.left).map(|(_, line)| line.as_str()).collect();
        self.left = if is_last { 0 } else { self.left.saturating_sub(lines.len()) };
        Ok(Some(lines.concat()))
    }
}
