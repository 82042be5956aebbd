//! Broken, foreign, newer, locked and full: the file may be in any state, charging goes on.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use rusqlite::Connection;
use smart_charging_station::{
    history::{Filter, HistoryError, ReadError, Role, TokenStore, start},
    model::{FileKind, Version},
};

use crate::support::{
    at, begin, desk, end, event, keep, memory, memory_of, port, report, settings, until, version,
};

#[tokio::test]
async fn two_services_cannot_own_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    let error = start(&settings(&path)).err().unwrap();
    assert!(matches!(&error, HistoryError::InUse(used) if *used == path));
    assert!(error.to_string().contains(path.to_str().unwrap()));
    end(history).await;
    end(begin(&path)).await;
}

#[test]
fn a_newer_or_foreign_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    drop(TokenStore::open(&newer).unwrap());
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(start(&settings(&newer)), Err(HistoryError::Newer { found: 99, known: 6, .. })));
    assert!(TokenStore::open(&newer).is_err());

    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute("CREATE TABLE photos (id INTEGER)", []).unwrap();
    let before = std::fs::read(&foreign).unwrap();
    assert!(matches!(start(&settings(&foreign)), Err(HistoryError::Foreign(_))));
    assert_eq!(std::fs::read(&foreign).unwrap(), before);
}

#[tokio::test]
async fn a_file_of_nonsense_is_moved_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    std::fs::write(&path, "no database at all ".repeat(500)).unwrap();
    let history = begin(&path);
    let health = history.health.borrow().clone();
    assert!(health.ok);
    assert!(health.message.contains("are lost: set them again"), "{}", health.message);
    let moved = health.moved_aside.unwrap();
    assert!(moved.to_str().unwrap().contains("history.db.broken-2"));
    assert!(std::fs::read_to_string(moved).unwrap().starts_with("no database"));
    assert_eq!(keep(&history, memory(1, 1)).await, Ok(()));
    end(history).await;
}

/// Overwrites the first page of a table with nonsense.
fn break_table(path: &Path, table: &str) {
    let connection = Connection::open(path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: u32 = connection.query_row(sql, [table], |row| row.get(0)).unwrap();
    let size: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    drop(connection);
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    let nonsense = vec![0xa5; usize::try_from(size).unwrap()];
    std::os::unix::fs::FileExt::write_all_at(&file, &nonsense, u64::from(page - 1) * u64::from(size))
        .unwrap();
}

#[tokio::test]
async fn what_people_set_is_taken_over_from_a_broken_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    keep(&history, memory(1, 5)).await.unwrap();
    history.journal.send(report(1, 1)).await.unwrap();
    end(history).await;
    let secret = TokenStore::open(&path).unwrap().add("phone", &Role::Edit, at(0)).unwrap();
    break_table(&path, "reports");

    let history = begin(&path);
    assert!(history.health.borrow().message.contains("modes of 1 ports, 1 tokens"));
    let remembered = history.reader.memory(&desk()).await.unwrap();
    assert_eq!(remembered.get(&port(1)), Some(&memory_of(5)));
    assert!(history.reader.find_token(&secret).await.unwrap().is_some());
    assert!(history.reader.reports(Filter::default()).await.unwrap().is_empty());
    end(history).await;
}

#[tokio::test]
async fn versions_are_taken_over_from_a_broken_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let history = begin(&path);
    for (n, text) in ["one", "two", "three"].into_iter().enumerate() {
        history.reader.save_version(version(text, i64::try_from(n).unwrap(), text)).await.unwrap();
    }
    end(history).await;
    break_table(&path, "reports");

    let history = begin(&path);
    let told = history.health.borrow().message.clone();
    assert!(told.contains("3 versions"), "{told}");
    assert_eq!(history.reader.last_version().await, Ok(Some(version("three", 2, "three"))));
    assert_eq!(history.reader.version(&Version::new("one")).await, Ok(Some(version("one", 0, "one"))));
    end(history).await;
}

/// The tables as they were before there were versions, with plans as that program wrote them.
fn old_file(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(include_str!("../../src/history/schema/0001.sql")).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let file = |kind: &str, text: &str| {
        let (folder, ending) = if kind == "rules" { ("rules", "rhai") } else { ("stations", "ron") };
        format!(r#""{kind}": [{{"path": "{folder}/a.{ending}", "name": "a", "text": "{text}"}}]"#)
    };
    let plan = |rule: &str| format!("{{{}, {}, \"tests\": []}}", file("stations", "("), file("rules", rule));
    let insert = "INSERT INTO plans (n, version, json, at) VALUES (?1, ?2, ?3, ?4)";
    for (n, version, json) in
        [(1_i64, "first", plan("x")), (2, "odd", "no plan".into()), (3, "last", plan("y"))]
    {
        connection.execute(insert, (n, version, json, n * 1_000_000_000)).unwrap();
    }
}

#[tokio::test]
async fn plans_of_before_there_were_versions_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let (path, broken) = (folder.path().join("history.db"), folder.path().join("broken.db"));
    old_file(&path);
    old_file(&broken);
    break_table(&broken, "ports");
    for path in [&path, &broken] {
        let history = begin(path);
        let last = history.reader.last_version().await.unwrap().unwrap();
        assert_eq!(last.taken.version, Version::new("last"));
        assert_eq!(last.taken.at.as_second(), 3);
        let files: Vec<_> = last.files.iter().map(|f| (f.kind, f.path.as_str(), f.text.as_str())).collect();
        assert_eq!(
            files,
            [(FileKind::Station, "stations/a.ron", "("), (FileKind::Rule, "rules/a.rhai", "y")]
        );
        assert_eq!(history.reader.versions(None, 9, None).await.unwrap().len(), 2);
        assert!(history.reader.version(&Version::new("first")).await.unwrap().is_some());
        end(history).await;
    }
    let old: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'plans'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(old, 0);
}

#[tokio::test]
async fn a_file_that_breaks_while_in_use_is_moved_aside_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut history = begin(&path);
    keep(&history, memory(1, 5)).await.unwrap();
    assert!(history.reader.events(Filter::default()).await.unwrap().is_empty());
    break_table(&path, "events");
    history.journal.send(event(1)).await.unwrap();
    let health = until(&mut history.health, |health| health.ok && health.moved_aside.is_some()).await;
    assert_eq!(health.lost, 0);
    assert_eq!(history.reader.events(Filter::default()).await.unwrap().len(), 1);
    assert_eq!(history.reader.memory(&desk()).await.unwrap().get(&port(1)), Some(&memory_of(5)));
    end(history).await;
}

#[tokio::test]
async fn a_locked_file_costs_old_rows_but_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut history = begin(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = keep(&history, memory(1, 1)).await.unwrap_err();
    assert!(error.contains("another program holds it locked"), "{error}");
    assert!(matches!(history.reader.flush().await, Err(ReadError::Database(_) | ReadError::Busy)));
    for second in 0..20_000 {
        history.journal.send(report(1, second)).await.unwrap();
    }
    let health = until(&mut history.health, |health| health.lost > 10_000).await;
    assert!(!health.ok);
    other.execute_batch("ROLLBACK").unwrap();
    until(&mut history.health, |health| health.ok && health.message.is_empty()).await;
    assert_eq!(history.reader.memory(&desk()).await.unwrap().get(&port(1)), Some(&memory_of(1)));
    history.reader.flush().await.unwrap();
    let newest = history.reader.reports(Filter { limit: 1, ..Filter::default() }).await.unwrap();
    assert_eq!(newest[0].value.received_at, at(19_999));
    let lost = history.health.borrow().lost;
    let rows = history.reader.reports(Filter { limit: 10_000, ..Filter::default() }).await.unwrap();
    assert_eq!(u64::try_from(rows.len()).unwrap() + lost, 20_000);
    end(history).await;
}

/// A disk of 1 MB. Only root may make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn at(path: PathBuf) -> Option<Self> {
        std::fs::create_dir(&path).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&path).status();
        mount.is_ok_and(|status| status.success()).then_some(Self(path))
    }
    fn fill(&self) {
        while std::fs::write(self.0.join("filler"), vec![1; 1 << 20]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _still_used = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_passes() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(folder.path().join("disk")) else {
        println!("not tried: no small disk can be mounted here; the test of the store has its own");
        return;
    };
    let path = disk.0.join("history.db");
    let mut history = begin(&path);
    keep(&history, memory(1, 1)).await.unwrap();
    disk.fill();
    for second in 0..3_000 {
        history.journal.send(report(1, second)).await.unwrap();
    }
    let health = until(&mut history.health, |health| !health.ok).await;
    assert!(health.message.contains("full"), "{}", health.message);
    let error = keep(&history, memory(1, 2)).await.unwrap_err();
    assert!(error.contains("could not be written"), "{error}");
    // Reading goes on, and what was kept before is there.
    assert_eq!(history.reader.memory(&desk()).await.unwrap().get(&port(1)), Some(&memory_of(1)));
    std::fs::remove_file(disk.0.join("filler")).unwrap();
    let health = until(&mut history.health, |health| health.ok).await;
    assert_eq!(health.lost, 0);
    history.reader.flush().await.unwrap();
    assert_eq!(history.reader.memory(&desk()).await.unwrap().get(&port(1)), Some(&memory_of(2)));
    let rows = history.reader.reports(Filter { limit: 10_000, ..Filter::default() }).await.unwrap();
    assert_eq!(rows.len(), 3_000);
    end(history).await;
}

#[tokio::test]
async fn a_disk_full_at_the_start_passes_too() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::at(folder.path().join("disk")) else {
        println!("not tried: no small disk can be mounted here");
        return;
    };
    let path = disk.0.join("history.db");
    let history = begin(&path);
    keep(&history, memory(1, 1)).await.unwrap();
    history.journal.send(report(1, 1)).await.unwrap();
    end(history).await;
    disk.fill();
    let mut history = begin(&path);
    assert_eq!(history.reader.memory(&desk()).await.unwrap().get(&port(1)), Some(&memory_of(1)));
    assert!(keep(&history, memory(1, 2)).await.is_err());
    history.journal.send(report(1, 2)).await.unwrap();
    std::fs::remove_file(disk.0.join("filler")).unwrap();
    until(&mut history.health, |health| health.ok).await;
    history.reader.flush().await.unwrap();
    assert_eq!(history.reader.memory(&desk()).await.unwrap().get(&port(1)), Some(&memory_of(2)));
    assert_eq!(history.reader.reports(Filter::default()).await.unwrap().len(), 2);
    end(history).await;
}

#[tokio::test]
async fn a_file_that_is_removed_is_noticed_and_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut history = begin(&path);
    assert_eq!(keep(&history, memory(1, 1)).await, Ok(()));
    std::fs::remove_file(&path).unwrap();
    let told = keep(&history, memory(1, 2)).await.unwrap_err();
    assert!(told.contains("was removed or replaced while the service ran"), "{told}");
    until(&mut history.health, |health| health.ok).await;
    assert_eq!(keep(&history, memory(2, 3)).await, Ok(()));
    let remembered = history.reader.memory(&desk()).await.unwrap();
    assert_eq!(remembered, [(port(1), memory_of(2)), (port(2), memory_of(3))].into());
    // What was sent while it was gone is in the new file, which is whole.
    let check: String =
        Connection::open(&path).unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    end(history).await;
}

#[tokio::test]
async fn a_backup_put_in_place_of_the_file_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("history.db"), folder.path().join("backup.db"));
    let history = begin(&path);
    assert_eq!(keep(&history, memory(1, 1)).await, Ok(()));
    end(history).await;
    std::fs::copy(&path, &backup).unwrap();

    let mut history = begin(&path);
    assert_eq!(keep(&history, memory(1, 2)).await, Ok(()));
    std::fs::rename(&backup, &path).unwrap();
    assert!(keep(&history, memory(2, 3)).await.is_err());
    until(&mut history.health, |health| health.ok).await;
    history.reader.flush().await.unwrap();
    let remembered = history.reader.memory(&desk()).await.unwrap();
    assert_eq!(remembered, [(port(1), memory_of(1)), (port(2), memory_of(3))].into());
    end(history).await;
}
