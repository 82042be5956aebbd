//! What `scs openhab` prints, read by small parsers of openHAB's own grammars: openHAB itself is not here.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails by panicking, as tests do"
)]

mod check;
mod files;
#[path = "../golden/mod.rs"]
mod golden;
mod words;
mod yaml;

use std::{fs, path::Path, process::Command, sync::OnceLock};

use check::{Texts, faults};
use files::{items, things};
use tempfile::TempDir;

/// What the program prints, and what it complains about.
fn scs(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scs"));
    command.current_dir(folder).arg("openhab").args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SCS_")) {
        command.env_remove(name);
    }
    command.env("SCS_RULES_DIR", rules());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The rules without their tests, which would be run each time.
fn rules() -> &'static Path {
    static RULES: OnceLock<TempDir> = OnceLock::new();
    let made = RULES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        for file in fs::read_dir(rules).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "rhai") {
                fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
            }
        }
        folder
    });
    made.path()
}

fn printed(folder: &Path, what: &str, station: &str, more: &[&str]) -> String {
    let (code, text, complaint) = scs(folder, &[&[what, "--station", station], more].concat());
    assert_eq!((code, complaint.as_str()), (Some(0), ""), "{what} of {station}");
    text
}

const BROKER: &[&str] = &["--broker", "192.168.1.10"];

fn texts(folder: &Path, station: &str) -> Texts {
    Texts {
        name: format!("charger_{}", station.replace('-', "_")),
        things: printed(folder, "things", station, BROKER),
        items: printed(folder, "items", station, BROKER),
        sitemap: printed(folder, "sitemap", station, BROKER),
    }
}

/// A folder with one station file of this title and these devices.
fn folder(station: &str, title: &str, devices: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = |text: &str| ron::ser::to_string(text).unwrap();
    let ports: Vec<_> = devices
        .iter()
        .zip(1..)
        .map(|(device, port)| match *device {
            "" => format!("{port}: ()"),
            device => format!("{port}: (device: {})", text(device)),
        })
        .collect();
    let content = format!(
        "(title: {}, topic: \"smartcharger\", switch: Simulated(), rules: [(rule: \"keep-between\")], ports: {{{}}})",
        text(title),
        ports.join(", ")
    );
    fs::create_dir(folder.path().join("stations")).unwrap();
    fs::write(folder.path().join(format!("stations/{station}.ron")), content).unwrap();
    folder
}

#[test]
fn the_files_of_every_shipped_station_are_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for station in ["demo", "desk", "home", "lab", "school"] {
        let texts = texts(root, station);
        assert_eq!(faults(&texts), Vec::<String>::new(), "{station}");
    }
    let desk = things(&texts(root, "desk").things).unwrap();
    assert_eq!(desk.len(), 18);
    assert_eq!(desk.iter().map(|thing| thing.channels.len()).sum::<usize>(), 5 + 16 * 13);
}

#[test]
fn the_files_are_as_people_have_seen_them() {
    let folder = folder("front-desk", "The front desk", &["pixel-7", ""]);
    for (what, more) in [
        ("things", &["--broker", "mqtts://broker.lan", "--location", "Office"][..]),
        ("items", &[]),
        ("sitemap", &[]),
        ("yaml", &["--broker", "192.168.1.10:1884"]),
        ("rules", &[]),
    ] {
        let text = printed(folder.path(), what, "front-desk", more);
        golden::assert(&format!("tests/golden/openhab/charger_front_desk.{what}"), &text);
    }
    let other = printed(folder.path(), "things", "front-desk", &["--bridge", "mqtt:broker:attic"]);
    golden::assert("tests/golden/openhab/charger_front_desk_attic.things", &other);
}

#[test]
fn yaml_says_the_same_as_the_text_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (station, more) in [("desk", BROKER), ("home", &["--bridge", "attic", "--location", "Büro \"2\""])] {
        let (in_things, in_items) = yaml::read(&printed(root, "yaml", station, more));
        assert_eq!(in_things, things(&printed(root, "things", station, more)).unwrap(), "{station}");
        assert_eq!(in_items, items(&printed(root, "items", station, more)).unwrap(), "{station}");
    }
}

#[test]
fn names_that_people_give_pass_unharmed() {
    let long = "ä".repeat(64);
    let devices = [
        r#"Mäxchens "Galaxy" S9+"#,
        r"a\b\",
        "📱 {x}: # - [1]",
        "on",
        "null",
        "'",
        "1e3",
        "// no",
        "/* no",
        &long,
        "a\u{2028}b\u{feff}c",
        "%d %s",
        "~",
        "- x",
        "a: b",
        "x:",
        ":x",
        "!x",
        "&x",
        "*x",
        "${ENV:HOME}",
        "",
    ];
    let title = r#"Büro "2" \ [3] 🔌"#;
    let folder = folder("desk", title, &devices);
    let texts = texts(folder.path(), "desk");
    assert_eq!(faults(&texts), Vec::<String>::new());
    let read = things(&texts.things).unwrap();
    assert_eq!(read[1].label, r#"Büro "2" \ (3) 🔌"#);
    for (place, device) in devices.iter().enumerate().filter(|(_, device)| !device.is_empty()) {
        let label = format!("Port {}: {}", place + 1, device.replace('[', "(").replace(']', ")"));
        assert_eq!(read[place + 2].label, label);
    }
    let (in_things, in_items) = yaml::read(&printed(folder.path(), "yaml", "desk", BROKER));
    assert_eq!(in_things, read);
    assert_eq!(in_items, items(&texts.items).unwrap());
}

#[test]
fn planted_faults_are_found() {
    let folder = folder("desk", "Desk", &["pixel-7", ""]);
    let right = texts(folder.path(), "desk");
    for (file, from, to, complaint) in [
        ("things", "Type switch   : power", "Type switch   power", "`:` is wanted"),
        ("things", "qos=1,", "qos=1", "`]` is wanted"),
        ("things", "payloadAvailable=\"online\", ", "", "when it is available"),
        ("things", "port/1/state/set", "port/1/set", "is set on"),
        ("things", "port/2/state\"", "port/+/state\"", "wildcard"),
        ("things", "charger_desk_p02", "charger_desk_p01", "two Things"),
        (
            "things",
            "unit=\"%\" ]",
            "unit=\"%\", transformationPattern=\"JSONPATH:$.state\" ]",
            "not transformed",
        ),
        ("things", "\"Power\"", "\"Pow\"er\"", "belongs nowhere"),
        ("items", "Number:Temperature ", "Number ", "shows no number"),
        ("items", "unit=\"%\", autoupdate", "unit=\"°C\", autoupdate", "its unit"),
        ("items", ", autoupdate=\"false\"", "", "autoupdate is wrong"),
        ("items", "desk_p02:power", "desk_p02:powr", "no channel"),
        ("items", "desk_p02:power", "desk_p01:power", "or it has an item"),
        ("items", "(Charger_Desk_P01, ", "(Charger_Desk_P1, ", "no group"),
        ("items", "\"Alarm\"", "\"Alarms\"", "is unknown"),
        ("items", "{ channel=", "{ mqtt=\"<[x]\", chanel=", "has no channel"),
        ("sitemap", "item=Charger_Desk_Mode", "item=Charger_Desk_Mod", "there is no item"),
        ("sitemap", "[Charger_Desk_P01_Fault==ON]", "[Charger_Desk_P1_Fault==ON]", "there is no item"),
        ("sitemap", "PRESS=\"Cycle\"", "PUSH=\"Cycle\"", "is sent"),
        ("sitemap", "step=5", "steps=5", "is wanted"),
        ("sitemap", "sitemap charger_desk ", "sitemap desk ", "not as its file"),
        (
            "sitemap",
            "Switch item=Charger_Desk_P01_Power",
            "Switch item=Charger_Desk_P01_Fault",
            "cannot be set",
        ),
    ] {
        let mut wrong = right.clone();
        let text = match file {
            "things" => &mut wrong.things,
            "items" => &mut wrong.items,
            _ => &mut wrong.sitemap,
        };
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replacen(from, to, 1);
        let found = faults(&wrong);
        assert!(found.iter().any(|fault| fault.contains(complaint)), "{from} → {to}: {found:#?}");
    }
}

#[test]
fn what_is_not_clear_is_asked_for() {
    let desk = folder("desk", "Desk", &["pixel-7"]);
    let (code, text, _) = scs(desk.path(), &["items"]);
    assert_eq!(code, Some(0), "the only station needs no name");
    assert!(text.contains("gCharger_Desk"));
    let (code, _, complaint) = scs(desk.path(), &["things"]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("--broker"), "{complaint}");
    let secret = "(mqtt: (url: \"mqtt://charger:geheim@10.0.0.5:1884\"))";
    fs::write(desk.path().join("settings.ron"), secret).unwrap();
    let (_, text, _) = scs(desk.path(), &["yaml"]);
    assert!(text.contains("host: \"10.0.0.5\"") && text.contains("port: 1884"), "{text}");
    assert!(!text.contains("geheim") && !text.contains("own host"));
    for what in ["things", "yaml"] {
        let (_, text, _) = scs(desk.path(), &[what, "--broker", "127.0.0.1"]);
        assert!(text.contains("`127.0.0.1` is openHAB's own host"), "{text}");
    }
    fs::write(desk.path().join("settings.ron"), "(mqtt: (url: \"mqtts://broker.lan\"))").unwrap();
    let (_, text, _) = scs(desk.path(), &["things"]);
    assert!(text.contains("host=\"broker.lan\"") && text.contains("port=8883"), "{text}");
    assert!(text.contains("secure=true"), "{text}");
    fs::write(desk.path().join("settings.ron"), "(mqtt: (url: \"wss://broker.lan/mqtt\"))").unwrap();
    let (code, text, complaint) = scs(desk.path(), &["things"]);
    assert_eq!((code, text.as_str()), (Some(1), ""));
    assert!(complaint.contains("WebSocket") && complaint.contains("--broker"), "{complaint}");
    assert_eq!(scs(desk.path(), &["items"]).0, Some(0), "items need no broker");
    assert_eq!(scs(desk.path(), &["things", "--bridge", "home"]).0, Some(0), "openHAB has the broker");

    let stations = desk.path().join("stations");
    fs::copy(stations.join("desk.ron"), stations.join("desk-p01.ron")).unwrap();
    let (code, _, complaint) = scs(desk.path(), &["items", "--station", "desk"]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("the same names in openHAB"), "{complaint}");
    fs::remove_file(stations.join("desk-p01.ron")).unwrap();
    let other = fs::read_to_string(stations.join("desk.ron")).unwrap();
    let other = other.replace("smartcharger", "attic").replace("pixel-7", "tablet");
    fs::write(stations.join("attic.ron"), other).unwrap();
    let (code, _, complaint) = scs(desk.path(), &["items"]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("--station attic"), "{complaint}");
    assert_eq!(scs(desk.path(), &["items", "--station", "dsk"]).0, Some(78));
    assert_eq!(scs(desk.path(), &["item"]).0, Some(2));
}
