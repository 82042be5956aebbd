//! The program itself with a station of so many ports on a hub that does not exist: rules, history and events on.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::broker::free_port;

/// A running service; killed when dropped.
pub(crate) struct Service {
    process: Child,
    _files: TempDir,
}

impl Service {
    pub(crate) fn start(ports: u16, broker: u16) -> Self {
        let files = tempfile::tempdir().expect("a temporary folder");
        write_files(files.path(), ports, broker);
        let process = Command::new(env!("CARGO_BIN_EXE_scs"))
            .arg("run")
            .arg("--settings")
            .arg(files.path().join("settings.ron"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self { process, _files: files }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn write_files(folder: &Path, ports: u16, broker: u16) {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let settings = format!(
        "(\n    http: (listen: \"127.0.0.1:{}\"),\n    mqtt: (url: \"mqtt://127.0.0.1:{broker}\"),\n    \
         history: (path: \"data/history.db\"),\n    directories: (stations: \"stations\", rules: \"{}\"),\n    \
         uhubctl: (lock: \"{}\"),\n)\n",
        free_port(),
        rules.display(),
        folder.join("lock").display(),
    );
    let mut station = "(switch: Simulated(), guards: [(rule: \"cool-down\")], \
                       rules: [(rule: \"ready-by\"), (rule: \"keep-between\")], ports: {\n"
        .to_owned();
    for port in 1..=ports {
        writeln!(station, "    {port}: (device: \"device-{port}\"),").expect("a text");
    }
    station.push_str("})\n");
    fs::create_dir(folder.join("stations")).expect("a folder");
    fs::write(folder.join("stations/bench.ron"), station).expect("a file");
    fs::write(folder.join("settings.ron"), settings).expect("a file");
}
