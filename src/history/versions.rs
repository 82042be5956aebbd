//! The versions of the files: kept with all their texts each time that one comes to work, and read again.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    lane::ReadError,
    query::{Stored, moment, unreadable},
    store::nanos,
};
use crate::model::{Author, FileKind, KeptVersion, Origin, Source, Taken, Version, VersionFile};

/// How much is kept.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// How often a version came to work.
    rows: i64,
    /// All texts and lists of files together.
    bytes: i64,
}

/// Somebody who saves thirty times a day fills this in a year; with a rule of 1 kB and a list of 2 kB each, 30 MB.
pub(super) const KEPT: Bounds = Bounds { rows: 10_000, bytes: 64 << 20 };
/// At a bound a tenth of the rows goes at once, so that it is not the same work again at the next save.
const SHARE: i64 = 10;
/// A version whose texts were lost with a broken file is passed over; a start does not look further back than this.
const LOOKED_AT: i64 = 20;

/// One file of a version, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Which kind of file.
    pub kind: FileKind,
    /// Its name without directory and ending.
    pub name: String,
    /// Where it was, as the user would type it.
    pub path: String,
    /// SHA-256 of its text, in hexadecimal digits.
    pub hash: String,
}

/// That a version came to work, with the list of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionEntry {
    /// Which, and how it came to work.
    pub taken: Taken,
    /// Its files.
    pub files: Vec<FileEntry>,
    /// What was otherwise before: `None` for the first one that is kept.
    pub before: Option<Vec<FileEntry>>,
}

type Read<T> = Result<T, ReadError>;

/// Keeps a version as the newest one. One that is the newest already is not noted twice.
pub(super) fn keep(connection: &mut Connection, kept: &KeptVersion, bounds: Bounds) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    insert(&transaction, kept)?;
    forget(&transaction, bounds)?;
    transaction.commit()
}

fn insert(transaction: &Transaction<'_>, kept: &KeptVersion) -> rusqlite::Result<()> {
    let mut entries = Vec::new();
    for file in &kept.files {
        let hash = text_hash(&file.text);
        let sql = "INSERT INTO texts (hash, bytes, text) VALUES (?1, ?2, ?3) ON CONFLICT (hash) DO NOTHING";
        transaction.prepare_cached(sql)?.execute((&hash, length(&file.text), &file.text))?;
        let VersionFile { kind, name, path, .. } = file.clone();
        entries.push(FileEntry { kind, name, path, hash });
    }
    let Taken { version, at, origin } = &kept.taken;
    let newest = "SELECT version FROM versions ORDER BY n DESC LIMIT 1";
    let newest: Option<String> = transaction.query_row(newest, [], |row| row.get(0)).optional()?;
    if newest.is_some_and(|newest| newest == version.as_str()) {
        return Ok(());
    }
    let (origin, files) = (json(origin)?, json(&entries)?);
    transaction.execute(
        "INSERT INTO versions (n, version, at, bytes, origin, files)
         VALUES ((SELECT ifnull(max(n), 0) + 1 FROM versions), ?1, ?2, ?3, ?4, ?5)",
        (version.as_str(), nanos(*at), length(&files), origin, files),
    )?;
    Ok(())
}

/// Removes the oldest versions beyond the bounds, and the texts that none has any more. The newest always stays.
fn forget(transaction: &Transaction<'_>, bounds: Bounds) -> rusqlite::Result<()> {
    let read = |sql| transaction.query_row(sql, [], |row| row.get::<_, i64>(0));
    // Each round removes a tenth at least, so there are not many.
    loop {
        let rows = read("SELECT count(*) FROM versions")?;
        let bytes =
            "SELECT (SELECT ifnull(sum(bytes), 0) FROM versions) + (SELECT ifnull(sum(bytes), 0) FROM texts)";
        if rows <= 1 || (rows <= bounds.rows && read(bytes)? <= bounds.bytes) {
            return Ok(());
        }
        transaction.execute(
            "DELETE FROM versions WHERE n IN (SELECT n FROM versions ORDER BY n LIMIT ?1)",
            [(rows / SHARE).clamp(1, rows - 1)],
        )?;
        transaction.execute(
            "DELETE FROM texts WHERE hash NOT IN
                 (SELECT json_extract(file.value, '$.hash') FROM versions, json_each(versions.files) AS file)",
            [],
        )?;
    }
}

/// The newest version of which every text is there.
pub(super) fn last(connection: &Connection) -> Read<Option<KeptVersion>> {
    let read = connection.unchecked_transaction()?;
    let sql = "SELECT * FROM versions ORDER BY n DESC LIMIT ?1";
    first_whole(&read, sql, LOOKED_AT)
}

/// A version as it was when it last came to work, if every text of it is there.
pub(super) fn version(connection: &Connection, version: &Version) -> Read<Option<KeptVersion>> {
    let read = connection.unchecked_transaction()?;
    let sql = "SELECT * FROM versions WHERE version = ?1 ORDER BY n DESC LIMIT 1";
    first_whole(&read, sql, version.as_str())
}

fn first_whole(
    connection: &Connection,
    sql: &str,
    wanted: impl rusqlite::ToSql,
) -> Read<Option<KeptVersion>> {
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query([wanted])?;
    while let Some(row) = rows.next()? {
        let (taken, entries) = match entry(row) {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "a version is not understood and is left out");
                continue;
            }
        };
        match with_texts(connection, entries)? {
            Some(files) => return Ok(Some(KeptVersion { taken, files })),
            None => tracing::warn!(version = %taken.version, "a version is not whole any more"),
        }
    }
    Ok(None)
}

fn with_texts(connection: &Connection, entries: Vec<FileEntry>) -> Read<Option<Vec<VersionFile>>> {
    let mut files = Vec::new();
    for FileEntry { kind, name, path, hash } in entries {
        // A text that is not what its hash says was damaged.
        match text(connection, &hash)?.filter(|text| text_hash(text) == hash) {
            Some(text) => files.push(VersionFile { kind, name, path, text }),
            None => return Ok(None),
        }
    }
    Ok(Some(files))
}

/// The text with this hash.
pub(super) fn text(connection: &Connection, hash: &str) -> Read<Option<String>> {
    let mut select = connection.prepare_cached("SELECT text FROM texts WHERE hash = ?1")?;
    Ok(select.query_row([hash], |row| row.get(0)).optional()?)
}

/// What came to work, the newest first: those before the number `before`, at most `limit`; only those in which files
/// of the name `changed` were changed, when one is given.
pub(super) fn versions(
    connection: &Connection,
    before: Option<i64>,
    limit: u32,
    changed: Option<&str>,
) -> Read<Vec<Stored<VersionEntry>>> {
    let mut select = connection.prepare_cached("SELECT * FROM versions WHERE n < ?1 ORDER BY n DESC")?;
    let mut rows = select.query([before.unwrap_or(i64::MAX)])?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    // The one before it is needed to say what a version changed.
    let mut later: Option<Stored<VersionEntry>> = None;
    while found.len() < limit {
        let row = rows.next()?;
        let (number, read) = match row {
            Some(row) => (row.get("n")?, Some(entry(row))),
            None => (0, None),
        };
        let read = match read {
            Some(Err(error)) => {
                tracing::warn!(%error, "a version is not understood and is left out");
                continue;
            }
            Some(Ok(read)) => Some(read),
            None => None,
        };
        if let Some(mut later) = later.take() {
            later.value.before = read.as_ref().map(|(_, files)| files.clone());
            if changed.is_none_or(|name| later.value.changes(name)) {
                found.push(later);
            }
        }
        let Some((taken, files)) = read else { break };
        later = Some(Stored { number, value: VersionEntry { taken, files, before: None } });
    }
    Ok(found)
}

impl VersionEntry {
    /// The files that were added, changed or removed when it came to work.
    pub fn changed(&self) -> Vec<&FileEntry> {
        let key = |file: &FileEntry| (file.kind, file.name.clone());
        let Some(before) = &self.before else { return self.files.iter().collect() };
        let known: BTreeMap<_, &str> = before.iter().map(|file| (key(file), file.hash.as_str())).collect();
        let now: BTreeMap<_, &str> = self.files.iter().map(|file| (key(file), file.hash.as_str())).collect();
        let other = self.files.iter().filter(|file| known.get(&key(file)) != Some(&file.hash.as_str()));
        other.chain(before.iter().filter(|file| !now.contains_key(&key(file)))).collect()
    }

    /// Whether the rule of this name, or its tests, were added, changed or removed.
    fn changes(&self, rule: &str) -> bool {
        let of_rule = |file: &&FileEntry| matches!(file.kind, FileKind::Rule | FileKind::Test);
        self.changed().into_iter().filter(of_rule).any(|file| file.name == rule)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(Taken, Vec<FileEntry>)> {
    let taken = Taken {
        version: Version::new(&row.get::<_, String>("version")?),
        at: moment(row, "at")?,
        origin: serde_json::from_str(&row.get::<_, String>("origin")?).map_err(unreadable)?,
    };
    Ok((taken, serde_json::from_str(&row.get::<_, String>("files")?).map_err(unreadable)?))
}

/// One file of a plan as it was kept before there were versions.
#[derive(Deserialize)]
struct OldFile {
    path: String,
    name: String,
    text: String,
}

/// Takes over the plans that were kept before there were versions: columns version, json, at. One that is not
/// understood is left out.
pub(super) fn carry_over(old: &Connection, new: &Transaction<'_>) -> rusqlite::Result<usize> {
    let mut select = old.prepare("SELECT version, json, at FROM plans ORDER BY n")?;
    let mut rows = select.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let Ok(lists) =
            serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&row.get::<_, String>(1)?)
        else {
            continue;
        };
        let of = |key: &str| -> Vec<OldFile> {
            lists.get(key).and_then(|list| serde_json::from_value(list.clone()).ok()).unwrap_or_default()
        };
        let kinds = [
            (FileKind::Station, "stations"),
            (FileKind::Rule, "rules"),
            (FileKind::Test, "tests"),
            (FileKind::Library, "library"),
            (FileKind::Hub, "hubs"),
        ];
        let files = kinds.into_iter().flat_map(|(kind, key)| {
            of(key).into_iter().map(move |OldFile { path, name, text }| VersionFile {
                kind,
                name,
                path,
                text,
            })
        });
        let files: Vec<VersionFile> = files.collect();
        let Some(at) = moment(row, "at").ok().filter(|_| !files.is_empty()) else { continue };
        let origin = Origin { source: Source::Files, by: Author::Service };
        let taken = Taken { version: Version::new(&row.get::<_, String>(0)?), at, origin };
        insert(new, &KeptVersion { taken, files })?;
        count += 1;
    }
    Ok(count)
}

fn text_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{history::open, model::Timestamp};

    fn database() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let opened = open::open(&folder.path().join("history.db")).unwrap();
        (folder, opened.connection)
    }

    fn version_of(name: &str, second: i64, texts: &[&str]) -> KeptVersion {
        let file = |(n, text): (usize, &&str)| VersionFile {
            kind: FileKind::Rule,
            name: format!("rule-{n}"),
            path: format!("rules/rule-{n}.rhai"),
            text: (*text).to_owned(),
        };
        let origin = Origin { source: Source::Api, by: Author::Rest(Some("anna".into())) };
        let taken =
            Taken { version: Version::new(name), at: Timestamp::from_second(second).unwrap(), origin };
        KeptVersion { taken, files: texts.iter().enumerate().map(file).collect() }
    }

    fn count(connection: &Connection, table: &str) -> i64 {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_version_comes_back_as_it_was_and_a_text_is_kept_once() {
        let (_folder, mut connection) = database();
        let (one, two) = (version_of("one", 1, &["a", "b"]), version_of("two", 2, &["a", "c"]));
        for kept in [&one, &two, &two] {
            keep(&mut connection, kept, KEPT).unwrap();
        }
        assert_eq!((count(&connection, "versions"), count(&connection, "texts")), (2, 3));
        assert_eq!(version(&connection, &Version::new("one")).unwrap(), Some(one.clone()));
        assert_eq!(last(&connection).unwrap(), Some(two));
        assert_eq!(version(&connection, &Version::new("none")).unwrap(), None);
        // Brought back, it is the newest, and noted once more.
        let again = version_of("one", 3, &["a", "b"]);
        keep(&mut connection, &again, KEPT).unwrap();
        assert_eq!(last(&connection).unwrap(), Some(again));
        assert_eq!(count(&connection, "versions"), 3);
    }

    #[test]
    fn the_log_says_what_each_version_changed() {
        let (_folder, mut connection) = database();
        for (n, texts) in [&["a", "b"][..], &["a", "c"], &["a"], &["d"]].iter().enumerate() {
            keep(&mut connection, &version_of(&format!("v{n}"), 1, texts), KEPT).unwrap();
        }
        let told = |before, limit, rule| {
            let found = versions(&connection, before, limit, rule).unwrap();
            let words = |stored: Stored<VersionEntry>| {
                let changed = stored.value.changed().iter().map(|file| file.name.clone()).collect::<Vec<_>>();
                format!("{} {} {}", stored.number, stored.value.taken.version, changed.join(" "))
            };
            found.into_iter().map(words).collect::<Vec<_>>()
        };
        assert_eq!(told(None, 9, None), ["4 v3 rule-0", "3 v2 rule-1", "2 v1 rule-1", "1 v0 rule-0 rule-1"]);
        assert_eq!(told(Some(4), 2, None), ["3 v2 rule-1", "2 v1 rule-1"]);
        assert_eq!(told(None, 9, Some("rule-0")), ["4 v3 rule-0", "1 v0 rule-0 rule-1"]);
        assert_eq!(told(None, 1, Some("rule-1")), ["3 v2 rule-1"]);
    }

    #[test]
    fn a_version_with_a_lost_or_damaged_text_is_passed_over() {
        let (_folder, mut connection) = database();
        for (n, texts) in [["a", "b"], ["a", "c"], ["a", "d"]].iter().enumerate() {
            keep(&mut connection, &version_of(&format!("v{n}"), 1, texts), KEPT).unwrap();
        }
        connection.execute("DELETE FROM texts WHERE text = 'd'", []).unwrap();
        connection.execute("UPDATE texts SET text = 'x' WHERE text = 'c'", []).unwrap();
        assert_eq!(version(&connection, &Version::new("v2")).unwrap(), None);
        assert_eq!(last(&connection).unwrap().unwrap().taken.version, Version::new("v0"));
    }

    #[test]
    fn the_oldest_go_first_and_the_newest_always_stays() {
        let (_folder, mut connection) = database();
        let few = Bounds { rows: 20, bytes: 1 << 20 };
        for n in 0..50 {
            keep(&mut connection, &version_of(&format!("v{n}"), 1, &["same", &n.to_string()]), few).unwrap();
        }
        assert!((18..=20).contains(&count(&connection, "versions")));
        assert_eq!(count(&connection, "texts"), count(&connection, "versions") + 1);
        assert_eq!(last(&connection).unwrap().unwrap().taken.version, Version::new("v49"));
        assert_eq!(version(&connection, &Version::new("v0")).unwrap(), None);
        let small = Bounds { rows: 20, bytes: 100 };
        let large = version_of("large", 1, &[&"x".repeat(1_000)]);
        keep(&mut connection, &large, small).unwrap();
        assert_eq!(last(&connection).unwrap(), Some(large));
        assert_eq!((count(&connection, "versions"), count(&connection, "texts")), (1, 1));
    }
}
