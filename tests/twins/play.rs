//! A folder with hubs that do not exist and the real `uhubctl`, run by hand.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use stand_in::{Stage, World};
use tempfile::TempDir;

const MISSING: &str = "uhubctl is not installed: `make setup` installs it";
const WHERE_IT_IS: [&str; 4] =
    ["/usr/sbin/uhubctl", "/sbin/uhubctl", "/usr/local/sbin/uhubctl", "/usr/bin/uhubctl"];

/// The folder; it goes with the test.
pub(crate) struct Play {
    pub(crate) folder: TempDir,
    pub(crate) stage: Stage,
}

/// What one run printed.
pub(crate) struct Printed {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Play {
    pub(crate) fn of(world: &World) -> Self {
        assert!(WHERE_IT_IS.iter().any(|place| Path::new(place).is_file()), "{MISSING}");
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::set(folder.path(), world);
        Self { folder, stage }
    }

    /// Runs `uhubctl` as a person would.
    pub(crate) fn uhubctl(&self, arguments: &str) -> Printed {
        let output = Command::new(self.stage.tool())
            .args(arguments.split_whitespace())
            .stdin(Stdio::null())
            .output()
            .expect(MISSING);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Printed { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}
