//! Writing the user's files where it is hard: links, modes, full and read-only disks, and somebody who saves at the
//! same moment.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    folder::{Folder, RULE, rule},
    rules::{FILE, PATH, etag, nothing_is_left_behind, put, read},
    service::Service,
};

#[tokio::test]
async fn a_link_stays_a_link_and_a_mode_stays_as_it_is() {
    let folder = Folder::new();
    fs::create_dir(folder.path("elsewhere")).unwrap();
    let real = folder.path("elsewhere/rule");
    fs::rename(folder.path(FILE), &real).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("../elsewhere/rule", folder.path(FILE)).unwrap();
    let service = Service::start(&folder).await;
    let (status, answer) = put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(fs::read_link(folder.path(FILE)).unwrap(), PathBuf::from("../elsewhere/rule"));
    assert_eq!(fs::read_to_string(&real).unwrap(), rule(60));
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert_eq!(service.report("one", 70).await["verdict"], "rest");
    assert_eq!(fs::read_dir(folder.path("elsewhere")).unwrap().count(), 1);
    nothing_is_left_behind(&folder);
}

#[tokio::test]
async fn a_removed_link_leaves_what_it_led_to() {
    let folder = Folder::new();
    fs::create_dir(folder.path("elsewhere")).unwrap();
    folder.write("elsewhere/mine", "//! Mine.\nif battery.level < 5 { charge(\"low\"); }\n");
    symlink("../elsewhere/mine", folder.path("rules/mine.rhai")).unwrap();
    let service = Service::start(&folder).await;
    let request = service.request(reqwest::Method::DELETE, "/api/v1/rules/mine").header("if-match", "*");
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert!(folder.path("rules/mine.rhai").symlink_metadata().is_err());
    assert!(folder.path("elsewhere/mine").exists());
}

/// Saves as editors do, at the very moment at which a new text for the rule lies beside it; gives what it saved.
fn save_at_the_worst_moment(
    folder: &Folder,
    text: String,
    stop: Arc<AtomicBool>,
) -> impl FnOnce() -> bool + use<> {
    let (rules, file) = (folder.path("rules"), folder.path(FILE));
    move || {
        let beside = rules.join("mine.tmp");
        fs::write(&beside, &text).unwrap();
        let is_under_way = || {
            let names = fs::read_dir(&rules).unwrap().filter_map(Result::ok).map(|entry| entry.file_name());
            names.into_iter().any(|name| name.to_string_lossy().starts_with(".keep-between.rhai."))
        };
        while !is_under_way() {
            if stop.load(Ordering::Acquire) {
                return false;
            }
        }
        fs::rename(&beside, &file).unwrap();
        true
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_saves_with_an_editor_at_the_same_moment_loses_nothing() {
    let folder = Folder::new();
    let service = Service::start(&folder).await;
    let mut met = 0;
    let (began, mut round) = (Instant::now(), 0_u8);
    while met < 5 && round < 40 && began.elapsed() < Duration::from_secs(20) {
        round += 1;
        let theirs = rule(50).replace("two levels", &format!("two levels, edition {round}"));
        let stop = Arc::new(AtomicBool::new(false));
        let saved = save_at_the_worst_moment(&folder, theirs.clone(), Arc::clone(&stop));
        let saved = tokio::task::spawn_blocking(saved);
        let tag = etag(&service, PATH).await;
        let body = json!({"text": rule(60).replace("two levels", &format!("two levels, mine {round}"))});
        let (status, answer) = put(&service, PATH, ("if-match", &tag), &body).await;
        stop.store(true, Ordering::Release);
        if saved.await.unwrap() {
            met += 1;
            // Whether the change came before theirs or was refused: their text is the last word.
            assert_eq!(read(&folder, FILE), theirs, "round {round}: {status} {answer}");
            assert!([200, 412].contains(&status), "{status} {answer}");
            service
                .until("their text at work", async |service| service.get(PATH).await["text"] == theirs)
                .await;
        }
    }
    assert!(met > 0, "nobody ever saved at that moment");
    let _taken_or_not = fs::remove_file(folder.path("rules/mine.tmp"));
    nothing_is_left_behind(&folder);
}

/// A disk of its own for the rules; only root may make one.
struct RulesDisk(PathBuf);

impl RulesDisk {
    fn under(folder: &Folder) -> Option<Self> {
        let path = folder.path("rules");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&path).output();
        if mount.is_ok_and(|output| output.status.success()) {
            folder.write(FILE, RULE);
            return Some(Self(path));
        }
        println!("not tried: no disk can be mounted here");
        None
    }

    fn remount(&self, how: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for RulesDisk {
    fn drop(&mut self) {
        let _still_used = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_read_only_folder_is_told_and_changes_nothing() {
    let folder = Folder::new();
    let Some(disk) = RulesDisk::under(&folder) else { return };
    let service = Service::start(&folder).await;
    let version = service.version().await;
    disk.remount("ro");
    let body = json!({"text": rule(60), "tests": "[(name: \"rests\", battery: (level: 60), expect: Rest)]"});
    let (status, problem) = put(&service, PATH, ("if-match", "*"), &body).await;
    assert_eq!((status, &problem["code"]), (409, &json!("not_writable")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains(FILE), "{problem}");
    assert_eq!((read(&folder, FILE), service.version().await), (RULE.to_owned(), version));
    disk.remount("rw");
    assert_eq!(put(&service, PATH, ("if-match", "*"), &json!({"text": rule(60)})).await.0, 200);
    service.stop().await;
}

#[tokio::test]
async fn a_full_disk_is_told_and_costs_no_byte_of_the_old_text() {
    let folder = Folder::new();
    let Some(_disk) = RulesDisk::under(&folder) else { return };
    let service = Service::start(&folder).await;
    let mut filler = fs::File::create(folder.path("rules/filler")).unwrap();
    while filler.write_all(&[1; 4096]).is_ok() {}
    let tests = r#"[(name: "rests", battery: (level: 60), expect: Rest)]"#;
    let body = json!({"text": rule(60), "tests": tests});
    let (status, problem) = put(&service, PATH, ("if-match", "*"), &body).await;
    assert_eq!((status, &problem["code"]), (507, &json!("not_written")), "{problem}");
    assert_eq!(read(&folder, FILE), RULE);
    nothing_is_left_behind(&folder);
    drop(filler);
    fs::remove_file(folder.path("rules/filler")).unwrap();
    let (status, answer) = put(&service, PATH, ("if-match", "*"), &body).await;
    assert_eq!(status, 200, "{answer}");
    service.stop().await;
}
