//! A folder in which the hubs are played.
//!
//! Tests and every run of `uhubctl` share it, so each reads, changes and writes the world under a lock of its own.

#![expect(clippy::expect_used, reason = "a play that cannot go on must end where everybody sees it")]

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use crate::world::World;

const WORLD: &str = "world.json";
const LOG: &str = "log";
const LOCK: &str = "world.lock";

/// The folder.
#[derive(Clone, Debug)]
pub struct Stage {
    folder: PathBuf,
}

impl Stage {
    /// Sets up the folder, which exists, for a test: the world, the script, and the library, which cargo puts beside the
    /// program of the test.
    pub fn set(folder: &Path, world: &World) -> Self {
        let stage = Self { folder: folder.to_owned() };
        let program = std::env::current_exe().expect("the place of the test program");
        let library = program.with_file_name("libstand_in.so");
        assert!(library.is_file(), "`{}` was not built", library.display());
        symlink(library, folder.join("libusb-1.0.so.0")).expect("a link to the library");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("uhubctl");
        symlink(script, stage.tool()).expect("a link to the script");
        stage.write(world);
        stage
    }

    /// The folder that a script named.
    pub(crate) fn of_environment() -> Option<Self> {
        std::env::var_os("STAND_IN").map(|folder| Self { folder: folder.into() })
    }

    /// The script that runs `uhubctl` here.
    pub fn tool(&self) -> PathBuf {
        self.folder.join("uhubctl")
    }

    /// The hubs as they are now.
    pub fn world(&self) -> World {
        self.locked(|| self.read())
    }

    /// Changes the hubs behind everybody's back.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.locked(|| {
            let mut world = self.read();
            let before = world.clone();
            let answer = change(&mut world);
            if world != before {
                self.write(&world);
            }
            answer
        })
    }

    /// What was asked, one line each: `run -l 3-1`, `open 3-1`, `status 3-1 2`, `power 3-1 2 off`; what did not go well ends
    /// with `: ` and how.
    pub fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join(LOG)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Empties the log and gives what was in it.
    pub fn take_log(&self) -> Vec<String> {
        self.locked(|| {
            let log = self.log();
            fs::write(self.folder.join(LOG), "").expect("an empty log");
            log
        })
    }

    /// The arguments of each run of `uhubctl` that looked for hubs.
    pub fn runs(&self) -> Vec<String> {
        starting(&self.log(), "run")
    }

    /// Each order to a port: `3-1.4 2 off`.
    pub fn orders(&self) -> Vec<String> {
        starting(&self.log(), "power ")
    }

    /// Adds a line to the log.
    pub(crate) fn note(&self, line: &str) {
        let log = File::options().append(true).create(true).open(self.folder.join(LOG));
        // One write for one line, so that lines of two processes do not mix.
        log.and_then(|mut log| log.write_all(format!("{line}\n").as_bytes())).expect("a line in the log");
    }

    fn locked<T>(&self, work: impl FnOnce() -> T) -> T {
        let lock = File::options().append(true).create(true).open(self.folder.join(LOCK));
        let lock = lock.expect("the lock of the world");
        lock.lock().expect("the lock of the world");
        work()
    }

    fn read(&self) -> World {
        let text = fs::read(self.folder.join(WORLD)).expect("the world");
        serde_json::from_slice(&text).expect("a world that can be read")
    }

    fn write(&self, world: &World) {
        let text = serde_json::to_vec_pretty(world).expect("a world that can be written");
        fs::write(self.folder.join(WORLD), text).expect("a written world");
    }
}

fn starting(log: &[String], word: &str) -> Vec<String> {
    log.iter().filter_map(|line| line.strip_prefix(word)).map(|rest| rest.trim_start().to_owned()).collect()
}
