//! A full disk: charging goes on, everybody is told, nobody is promised what cannot be kept.

use std::{io::Write as _, path::PathBuf, process::Command};

use reqwest::Method;
use serde_json::json;

use crate::{
    folder::{Folder, rule},
    service::Service,
};

/// A disk of 8 MB. Only root may make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn beside(folder: &Folder) -> Option<Self> {
        let path = folder.path("disk");
        std::fs::create_dir(&path).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(&path).output();
        if mount.is_ok_and(|output| output.status.success()) {
            folder.settings("    history: (path: \"disk/history.db\", gather: \"1 s\"),\n");
            return Some(Self(path));
        }
        println!("not tried: no small disk can be mounted here");
        None
    }

    /// Leaves no block free.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.0.join("filler")).unwrap();
        while filler.write_all(&[1; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _still_used = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn charging_goes_on_and_history_heals() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::beside(&folder) else { return };
    let service = Service::start(&folder).await;
    let events = service.events().await;
    assert_eq!(service.set_mode(3, json!({"mode": "off"})).await.0, 200);
    disk.fill();
    // The log of the database has some pages left at first.
    // Above the floor, under which the port would be charged whatever a person says.
    let mut levels = (20..70).cycle().take(5_000);
    while !service.get("/health/ready").await["history"].as_str().unwrap().starts_with("degraded") {
        service.report("two", levels.next().expect("the disk is full by now")).await;
    }
    let lost = events.sees("history_lost", &[]).await;
    assert!(lost["message"].as_str().unwrap().contains("full"), "{lost}");

    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    events.sees("switched", &[("port", json!(1)), ("power", json!("off"))]).await;
    let (status, problem) = service.set_mode(2, json!({"mode": "off", "for": "2 h"})).await;
    assert_eq!((status, &problem["code"]), (507, &json!("not_kept")), "{problem}");
    assert!(
        problem["detail"].as_str().unwrap().starts_with("it is done, but could not be kept"),
        "{problem}"
    );
    // It is at work all the same, as the answer says.
    events.sees("switched", &[("port", json!(2)), ("power", json!("off"))]).await;

    // Good files are taken; whether they fit on the disk as the last good ones now or later is all the same.
    folder.write("rules/keep-between.rhai", &rule(60));
    events.sees("config_loaded", &[]).await;
    let version = service.version().await;

    disk.free();
    events.sees("history_back", &[]).await;
    assert_eq!(service.ask(Method::POST, "/api/v1/reload", None).await.0, 200);
    assert_eq!(service.set_mode(1, json!({"mode": "on"})).await.0, 200);
    service.kill().await;
    folder.write("rules/keep-between.rhai", "broken(");
    let service = Service::start(&folder).await;
    assert_eq!(service.version().await, version);
    for (port, mode) in [(1, "on"), (2, "off"), (3, "off")] {
        assert_eq!(service.port(port).await["mode"]["mode"], mode, "port {port}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_start_on_a_full_disk_charges() {
    let folder = Folder::new();
    let Some(disk) = SmallDisk::beside(&folder) else { return };
    let service = Service::start(&folder).await;
    assert_eq!(service.set_mode(2, json!({"mode": "off"})).await.0, 200);
    service.stop().await;
    disk.fill();
    let service = Service::start(&folder).await;
    assert_eq!(service.port(2).await["mode"]["mode"], "off");
    assert_eq!(service.report("one", 85).await["verdict"], "rest");
    service.until("the port is off", async |service| service.port(1).await["power"] == "off").await;
    disk.free();
    service.until("history", async |service| service.set_mode(1, json!({"mode": "on"})).await.0 == 200).await;
    service.stop().await;
}
