//! A folder with everything that a service needs; it outlives the service.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

/// Switches off at `high` and on at `low`; the same as the one that is shipped.
pub(crate) const RULE: &str = include_str!("../../rules/keep-between.rhai");

/// Three devices on a hub that does not exist; rules switch at once.
pub(crate) const DESK: &str = r#"(
    zone: "UTC",
    topic: "desk",
    switch: Simulated(),
    min_hold: "0 s",
    rules: [(rule: "keep-between")],
    ports: {
        1: (device: "one"),
        2: (device: "two"),
        3: (device: "three"),
    },
)
"#;

pub(crate) struct Folder(TempDir);

impl Folder {
    /// One station, one rule, history beside them, HTTP on any free port.
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for name in ["stations", "rules"] {
            fs::create_dir(folder.path(name)).unwrap();
        }
        folder.write("rules/keep-between.rhai", RULE);
        folder.write("stations/desk.ron", DESK);
        folder.settings("");
        folder
    }

    /// Settings with these sections beside `http`.
    pub(crate) fn settings(&self, sections: &str) {
        self.write("settings.ron", &format!("(\n    http: (listen: \"127.0.0.1:0\"),\n{sections})\n"));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }
}

/// The rule with another upper limit.
pub(crate) fn rule(high: u8) -> String {
    RULE.replace("\"high\", 80", &format!("\"high\", {high}"))
}
