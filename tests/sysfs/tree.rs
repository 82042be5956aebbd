//! The kernel's folders of USB devices in a temporary folder: regular files behave like the kernel's own.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A `/sys` and a `/dev` of its own.
pub(crate) struct Tree {
    dir: TempDir,
}

impl Tree {
    /// Folders without any device.
    pub(crate) fn new() -> Self {
        let tree = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir_all(tree.devices()).unwrap();
        tree
    }
    /// An RSH-A16 at `2` of the buses 5 and 6, both sides, with the kernel's links between them.
    pub(crate) fn rsh_a16() -> Self {
        let tree = Self::new();
        tree.hub("5", "1d6b:0002", "2.00", 4);
        tree.hub("6", "1d6b:0003", "3.10", 4);
        for path in ["2", "2.3", "2.4", "2.3.3", "2.3.4"] {
            tree.hub(&format!("5-{path}"), "0bda:5411", "2.10", 4);
            tree.hub(&format!("6-{path}"), "0bda:0411", "3.20", 4);
            tree.pair(&format!("5-{path}"), &format!("6-{path}"), 4);
        }
        tree
    }
    /// What stands for `/sys`.
    pub(crate) fn sys(&self) -> PathBuf {
        self.dir.path().join("sys")
    }
    /// The folder with everything.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }
    fn devices(&self) -> PathBuf {
        self.sys().join("bus/usb/devices")
    }
    /// The folder of a device.
    pub(crate) fn device(&self, at: &str) -> PathBuf {
        self.devices().join(if at.contains('-') { at.to_owned() } else { format!("usb{at}") })
    }
    /// Writes a file of a device.
    pub(crate) fn put(&self, at: &str, file: &str, text: impl AsRef<[u8]>) {
        let path = self.device(at).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    /// A hub whose ports are on.
    pub(crate) fn hub(&self, at: &str, id: &str, version: &str, ports: u8) {
        self.plain(at, id, "09");
        self.put(at, "version", format!(" {version}\n"));
        self.put(at, "maxchild", format!("{ports}\n"));
        self.put(at, "bConfigurationValue", "1\n");
        self.put(at, "power/control", "auto\n");
        for port in 1..=ports {
            let file = self.disable(at, port);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "0\n").unwrap();
        }
    }
    /// A thing that is no hub.
    pub(crate) fn thing(&self, at: &str, id: &str, serial: Option<&str>) {
        self.plain(at, id, "00");
        self.put(at, "manufacturer", "SAMSUNG\n");
        self.put(at, "product", "Galaxy\n");
        if let Some(serial) = serial {
            self.put(at, "serial", format!("{serial}\n"));
        }
    }
    fn plain(&self, at: &str, id: &str, class: &str) {
        let (vendor, product) = id.split_once(':').unwrap();
        let bus = at.split('-').next().unwrap();
        let files = [("bDeviceClass", class), ("idVendor", vendor), ("idProduct", product), ("busnum", bus)];
        for (file, text) in files {
            self.put(at, file, format!("{text}\n"));
        }
    }
    /// The folder of a hub's interface.
    pub(crate) fn interface(&self, at: &str) -> PathBuf {
        self.devices().join(if at.contains('-') { format!("{at}:1.0") } else { format!("{at}-0:1.0") })
    }
    /// The file that switches a port.
    pub(crate) fn disable(&self, at: &str, port: u8) -> PathBuf {
        let name = self.device(at).file_name().unwrap().to_str().unwrap().to_owned();
        self.interface(at).join(format!("{name}-port{port}/disable"))
    }
    /// True if the port is on.
    pub(crate) fn is_on(&self, at: &str, port: u8) -> bool {
        match fs::read_to_string(self.disable(at, port)).unwrap().trim() {
            "0" => true,
            "1" => false,
            other => panic!("{at} port {port}: {other}"),
        }
    }
    /// The kernel's links between the ports of two sides.
    pub(crate) fn pair(&self, one: &str, other: &str, ports: u8) {
        for port in 1..=ports {
            for (from, to) in [(one, other), (other, one)] {
                let folder = self.disable(from, port).parent().unwrap().to_owned();
                symlink(format!("../../{to}:1.0/{to}-port{port}"), folder.join("peer")).unwrap();
            }
        }
    }
    /// Takes a hub or thing out, with what is below it.
    pub(crate) fn unplug(&self, at: &str) {
        for entry in fs::read_dir(self.devices()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.'])) {
                fs::remove_dir_all(&path).unwrap();
            }
        }
    }
    /// Puts a pipe in the place of a file: whoever opens it waits for the other end.
    pub(crate) fn hang(&self, file: &Path) {
        fs::remove_file(file).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(file).status().unwrap().success());
    }
}
