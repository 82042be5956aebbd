//! The commands that look at hubs, run as people run them, on files that behave as those of the kernel do.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at what it did not expect")]
#![expect(clippy::panic, reason = "a test stops at what it did not expect")]

#[path = "sysfs/tree.rs"]
#[expect(dead_code, reason = "other tests change what is plugged in")]
mod tree;

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use tree::Tree;

/// A host with a hub, and a folder of somebody who has just installed the program.
struct Desk {
    tree: Tree,
    home: PathBuf,
}

impl Desk {
    /// An RSH-A16 with two phones, seen by the kernel and by a stand-in for `uhubctl`.
    fn new() -> Self {
        let tree = Tree::rsh_a16();
        tree.thing("5-2.1", "18d1:4ee1", Some("28021FDH2000AB"));
        tree.thing("5-2.3.3.4", "04e8:6860", None);
        // A disk of a maker of phones.
        tree.thing("5-2.4.2", "18d1:5e01", Some("DISK1"));
        tree.put("5-2.4.2:1.0", "bInterfaceClass", "08\n");
        let home = tree.path().join("home");
        let desk = Self { tree, home };
        fs::create_dir_all(desk.home.join("tool")).unwrap();
        let tool = desk.home.join("tool/uhubctl");
        symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bin/uhubctl"), &tool).unwrap();
        let places = ["2", "2.3", "2.4", "2.3.3", "2.3.4"];
        let sides = places.map(|place| format!("5-{place} 2.10 4\n6-{place} 3.20 4\n"));
        fs::write(desk.home.join("tool/hubs"), sides.concat()).unwrap();
        desk.settings(&desk.tree.sys(), &tool);
        desk
    }

    fn settings(&self, sysfs: &Path, tool: &Path) {
        let lock = self.home.join("lock");
        let text = format!("(uhubctl: (path: {tool:?}, sysfs: {sysfs:?}, lock: {lock:?}))");
        fs::write(self.home.join("settings.ron"), text).unwrap();
    }

    /// Runs a command: its exit code and what it said.
    fn scs(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scs"));
        command.current_dir(&self.home).args(arguments);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SCS_")) {
            command.env_remove(name);
        }
        let Output { status, stdout, stderr } = command.output().expect("scs starts");
        let text = [stdout, stderr].map(|said| String::from_utf8(said).expect("text")).concat();
        (status.code().expect("an exit code"), text)
    }

    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let (_, text) = self.scs(arguments);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// True if nobody has switched anything.
    fn untouched(&self) -> bool {
        ["5-2", "6-2", "5-2.3", "6-2.3.4"].iter().all(|hub| (1..=4).all(|port| self.tree.is_on(hub, port)))
            && !fs::read_to_string(self.home.join("tool/calls")).unwrap_or_default().contains("-a")
    }
}

/// What a newcomer does on the first evening, in an empty folder.
#[test]
fn a_hub_is_found_written_down_and_checked() {
    let desk = Desk::new();
    let (code, said) = desk.scs(&["discover"]);
    assert_eq!(code, 0, "{said}");
    for words in ["RSHTECH RSH-A16", "│16 on   │", "serial 28021FDH2000AB", "scs discover --write"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!desk.home.join("stations").exists(), "looking writes nothing");

    let (code, said) = desk.scs(&["discover", "--write"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Written: stations/desk.ron"), "{said}");
    assert!(desk.home.join("rules/keep-between.rhai").is_file(), "{said}");
    let station = fs::read_to_string(desk.home.join("stations/desk.ron")).unwrap();
    assert!(station.contains("// 4: SAMSUNG Galaxy (18d1:5e01) is no phone that is known"), "{station}");
    assert_eq!(station.matches("(device: \"samsung").count(), 2, "{station}");

    let (code, said) = desk.scs(&["check"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("desk: its ports are there; `switch: Sysfs()` works here"), "{said}");
    assert!(said.contains("desk with 16 ports"), "{said}");
    let told = desk.json(&["check", "--json"]);
    assert_eq!((&told["problems"], &told["hubs"][0]["sysfs_works"]), (&serde_json::json!([]), &true.into()));
    for measured in ["sysfs_ms", "uhubctl_ms"] {
        assert!(told["hubs"][0][measured].as_f64().is_some_and(|took| took > 0.0), "{told:#}");
    }

    let (code, said) = desk.scs(&["discover"]);
    assert!(code == 0 && said.contains("The station desk has the RSHTECH RSH-A16 at 5-2 already"), "{said}");
    assert!(desk.untouched());
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let desk = Desk::new();
    fs::create_dir(desk.home.join("stations")).unwrap();
    fs::write(desk.home.join("stations/desk.ron"), "(").unwrap();
    let (code, said) = desk.scs(&["discover", "--write"]);
    assert_eq!(code, 73, "{said}");
    assert!(said.contains("scs discover --write --station desk-2"), "{said}");
    assert_eq!(fs::read_to_string(desk.home.join("stations/desk.ron")).unwrap(), "(");
    let told = desk.json(&["discover", "--write", "--station", "desk-2", "--json"]);
    assert_eq!((&told["ok"], &told["stations"][0]["written"]), (&true.into(), &true.into()));
    assert_eq!(told["hubs"][0]["ports"][0]["device"]["serial"], "28021FDH2000AB");
    assert_eq!(
        told["hubs"][0]["ports"][15]["sockets"][1],
        serde_json::json!({ "hub": "6-2.3.3", "port": 4 })
    );
    assert!(desk.home.join("stations/desk-2.ron").is_file());
}

#[test]
fn a_station_that_settings_leave_out_is_to_be_added_there() {
    let desk = Desk::new();
    let settings = fs::read_to_string(desk.home.join("settings.ron")).unwrap();
    let listed = settings.replacen('(', "(stations: [\"desk\"], ", 1);
    fs::write(desk.home.join("settings.ron"), listed).unwrap();
    let (code, said) = desk.scs(&["discover", "--write", "--station", "drawer"]);
    assert_eq!(code, 0, "{said}");
    let step = "stations: [… \"drawer\"]";
    let line = said.lines().find(|line| line.contains(step)).unwrap_or_default();
    assert!(line.ends_with("add it in settings.ron, else `scs run` leaves it out"), "{said}");
}

#[test]
fn a_hub_that_is_gone_is_told_and_is_no_error_of_the_files() {
    let desk = Desk::new();
    assert_eq!(desk.scs(&["discover", "--write"]).0, 0);
    for side in ["5-2", "6-2"] {
        desk.tree.unplug(side);
    }
    fs::write(desk.home.join("tool/hubs"), "").unwrap();
    let (code, said) = desk.scs(&["check"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("stations/desk.ron: warning[hub-missing]: there is no RSHTECH RSH-A16 at `5-2`"),
        "{said}"
    );
    let (code, said) = desk.scs(&["discover"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("No hub was found whose ports can be switched"), "{said}");
    let (code, said) = desk.scs(&["doctor"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("wrong  desk") && said.contains("there is no RSHTECH RSH-A16 at `5-2`"), "{said}");
}

#[test]
fn the_doctor_reads_every_port_and_prints_the_rule_when_asked() {
    let desk = Desk::new();
    assert_eq!(desk.scs(&["discover", "--write"]).0, 0);
    fs::write(desk.tree.disable("5-2.4", 1), "1\n").unwrap();
    fs::write(desk.tree.disable("6-2.4", 1), "1\n").unwrap();
    let (_, said) = desk.scs(&["doctor", "--rule"]);
    for words in
        ["2.5.0-1 at", "16 ports: 15 on, off: 3", "ATTR{idProduct}==\"0411|5411\"", "udevadm trigger"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    let told = desk.json(&["doctor", "--json"]);
    let off: Vec<_> =
        told["ports"].as_array().unwrap().iter().filter(|port| port["power"] == "off").collect();
    assert_eq!((off.len(), &off[0]["port"], &off[0]["hub"]), (1, &3.into(), &"5-2.4".into()));
}

#[test]
fn where_nothing_can_be_asked_the_commands_end_soon_and_say_why() {
    let desk = Desk::new();
    assert_eq!(desk.scs(&["discover", "--write"]).0, 0);
    desk.settings(&desk.home.join("no-sys"), &desk.home.join("no-uhubctl"));
    let began = Instant::now();
    let (code, said) = desk.scs(&["check"]);
    assert!(
        code == 0 && said.contains("warning[uhubctl_missing]") && !said.contains("hub-missing"),
        "{said}"
    );
    let (code, said) = desk.scs(&["discover"]);
    assert!(code == 1 && said.contains("hand in /sys, /dev/bus/usb and the hub"), "{said}");
    assert_eq!(desk.scs(&["doctor"]).0, 1);
    assert!(began.elapsed() < Duration::from_secs(20));
}
