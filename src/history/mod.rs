//! What happened, in SQLite: reports, decisions with their facts, switches, events; what must go on after a restart;
//! every version of the files that was at work; and the tokens. Reports are rolled up by minute, hour and day.
//!
//! One thread writes, in batches, and answers a person's wish only once it is on disk. Other threads read. The rest
//! of the service never waits for the disk, and charging never depends on it: a full disk costs rows of the past,
//! which are counted, never the newest memory of a port.

mod archive;
mod forget;
mod health;
mod installation;
mod lane;
mod lived;
mod open;
mod pending;
mod query;
mod reader;
mod roll;
mod rule_news;
mod salvage;
mod series;
mod sessions;
mod settings;
mod shadow;
mod start;
mod store;
mod tokens;
mod versions;
mod writer;

pub use archive::Archive;
pub use health::Health;
pub use installation::installation;
pub use lane::ReadError;
pub use lived::Lived;
pub use open::HistoryError;
pub use query::{Filter, ROW_LIMIT, Scope, Stored, StoredReport, StoredSwitch};
pub use reader::Reader;
pub use rule_news::RuleNews;
pub use series::{Cell, MOST_POINTS, Series, SeriesAsked};
pub use settings::{HistorySettings, Retention};
pub use start::{Started, WriterEnd, start};
pub use tokens::{Role, Token, TokenDoor, TokenError, TokenStore};
pub use versions::{FileEntry, VersionEntry};
