//! What `scs discover` says of hosts made by hand.

use std::{fs, path::Path, sync::Arc};

use super::{
    command::{Asked, There, told},
    page::hubs,
    shelf::Kept,
    told::Told,
};
use crate::{
    cli::{failure::Exit, look::Look},
    config::{Directories, Files, Plan, SourceFile},
    host::hubs::samples::{FIVE, Host, a16, golden, hub_in_hub, pi_4, strange},
    model::{PortId, Station, StationName, SwitchProblem},
    usb::Switching,
};

const LOOK: Look = Look { width: 80, colour: false };

fn directories(folder: &Path) -> Directories {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Directories { stations: folder.to_owned(), rules: root.join("rules"), hubs: root.join("hubs") }
}

fn asked(name: Option<&str>, write: bool) -> Asked {
    let station = name.map(|name| StationName::new(name).unwrap());
    Asked { first: station.clone().unwrap_or(StationName::new("desk").unwrap()), station, write }
}

/// What is found where no station is yet.
fn found(host: &Host) -> Told {
    let there =
        There { directories: &directories(Path::new("stations")), listed: &[], stations: &[], broken: &[] };
    told(&asked(Some("new"), false), &there, &host.0, host.hubs())
}

fn page(host: &Host, look: Look) -> String {
    hubs(&host.hubs(), &host.0, look)
}

fn qemu() -> Host {
    Host::new().one_sided("1-1", "0409:55aa", &FIVE)
}

fn plain() -> Host {
    Host::new().one_sided("1-1", "1a40:0101", &[""]).plug("1-1", 2, "", None)
}

/// A hub that this user may not open: the kernel shows it, and not what it can.
fn unasked() -> Host {
    Host::new().two_sided(["5-2", "6-2"], ["0bda:5411", "0bda:0411"], &FIVE).every(|_, hub| {
        hub.switching = Switching::Unknown;
        for socket in hub.sockets.values_mut() {
            socket.power = Err("no permission".into());
        }
    })
}

/// Reads the files that were made as the service would.
fn stations(told: &Told) -> Vec<Arc<Station>> {
    let nobody = tempfile::tempdir().unwrap();
    fs::write(nobody.path().join("x.ron"), "").unwrap();
    let mut files = Files::read(&directories(nobody.path()), &[]).unwrap();
    files.stations = told
        .made
        .iter()
        .map(|made| SourceFile {
            path: made.path.display().to_string(),
            name: made.name.to_string(),
            text: made.text.clone(),
        })
        .collect();
    let plan = Plan::check(files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(plan.warnings.is_empty(), "{:#?}", plan.warnings);
    plan.stations.into_values().collect()
}

#[test]
fn a_hub_is_drawn_with_its_devices_and_its_file_is_complete() {
    golden("discover-a16", &format!("{}{}", page(&a16(), LOOK), found(&a16()).text(LOOK)));
}

#[test]
fn every_kind_of_host_has_its_picture() {
    let mut ganged = pi_4().every(|_, hub| hub.switching = Switching::Ganged);
    ganged.0.board = None;
    for (name, host) in [
        ("qemu", qemu()),
        ("plain", plain()),
        ("pi-4", pi_4()),
        ("ganged", ganged),
        ("hub-in-hub", hub_in_hub()),
        ("strange", strange()),
        ("unasked", unasked()),
        ("nothing", Host::new()),
    ] {
        golden(&format!("discover-{name}"), &page(&host, LOOK));
    }
}

#[test]
fn without_anything_to_ask_it_says_what_to_hand_in() {
    let mut host = Host::new();
    host.0.hubs.clear();
    host.0.from_kernel = false;
    host.0.without_uhubctl = Some(SwitchProblem::ToolMissing("not on PATH".into()));
    golden("discover-blind", &page(&host, LOOK));
    assert!(found(&host).failed());
    assert_eq!(found(&host).exit(), Exit::Failed);
}

#[test]
fn all_fits_the_terminal_and_nothing_steers_it() {
    for width in [44, 80, 100] {
        for colour in [false, true] {
            for host in [a16(), qemu(), plain(), pi_4(), hub_in_hub(), strange(), Host::new()] {
                let text = page(&host, Look { width, colour });
                let shown = text
                    .replace("\x1b[0m", "")
                    .replace("\x1b[2m", "")
                    .replace("\x1b[32m", "")
                    .replace("\x1b[33m", "");
                assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
                for line in shown.lines().filter(|line| !line.contains("https://")) {
                    assert!(line.chars().count() <= width, "{width}: {line}");
                }
            }
        }
    }
}

#[test]
fn every_file_is_right_and_has_the_ports_that_may_be_switched() {
    let ports = |host: &Host| -> Vec<usize> {
        stations(&found(host)).iter().map(|station| station.ports.len()).collect()
    };
    assert_eq!(ports(&a16()), [16]);
    assert_eq!(ports(&qemu()), [16]);
    assert_eq!(ports(&plain()), [4]);
    assert_eq!(ports(&pi_4()), [4]);
    // Of the first hub one port holds the second, whose chips fit no model.
    assert_eq!(ports(&hub_in_hub()), [3, 6]);
    assert_eq!(ports(&strange()), [4]);
    assert_eq!(ports(&Host::new().two_sided(["1-1", "2-1"], ["2109:2822", "2109:0822"], &[""])), [4]);
}

#[test]
fn devices_are_named_after_themselves_and_known_by_serials_that_tell_them_apart() {
    let told = found(&strange());
    let station = &stations(&told)[0];
    let devices: Vec<_> = station.ports.values().map(|port| port.device.as_ref().unwrap().as_str()).collect();
    assert_eq!(devices, ["usb-2-0-mtt-2j-port-2-0000-off", "long", "device-3", "device-4"]);
    let serials: Vec<_> = station.ports.values().map(|port| port.serial.as_deref()).collect();
    assert_eq!(serials, [None, Some("back\\slash \"quote\""), None, None]);
    let two = plain().plug("1-1", 1, "Pixel 7", Some("a")).plug("1-1", 3, "Pixel 7", Some("b"));
    let text = &found(&two).made[0].text;
    assert!(text.contains("1: (device: \"pixel-7\", serial: \"a\")"), "{text}");
    assert!(text.contains("3: (device: \"pixel-7-2\", serial: \"b\")"), "{text}");
}

#[test]
fn what_is_no_phone_gets_no_name() {
    let host = plain().plug_id("0781:5581", "1-1", 3, "SanDisk \"Ultra\"", Some("4C53"));
    let made = found(&host);
    assert_eq!(stations(&made)[0].ports[&PortId::new(3).unwrap()].device, None, "{}", made.made[0].text);
    let line =
        "        // 3: SanDisk \"Ultra\" (0781:5581) is no phone that is known. If it is to be charged";
    assert!(made.made[0].text.contains(line), "{}", made.made[0].text);
    // The numbers may be those of a phone: what it does says more.
    let mut host = plain().plug("1-1", 3, "Disk", Some("4C53"));
    host.socket("1-1", 3).class = Some(8);
    assert!(found(&host).made[0].text.contains("// 3: Disk (18d1:4ee1)"), "{}", found(&host).made[0].text);
    let mut host = plain().plug_id("1234:5678", "1-1", 3, "Tablet", Some("T1"));
    host.socket("1-1", 3).class = Some(6);
    assert!(found(&host).made[0].text.contains("3: (device: \"tablet\""), "{}", found(&host).made[0].text);
    // Without a model its socket is a port all the same.
    let host = hub_in_hub().plug_id("19d2:1405", "1-1", 3, "LTE Stick", Some("X"));
    let text = &found(&host).made[0].text;
    assert!(text.contains("port: 3)),  // LTE Stick (19d2:1405) is no phone that is known."), "{text}");
    assert_eq!(stations(&found(&host))[0].ports.len(), 3);
}

#[test]
fn a_file_says_when_only_the_shape_fits() {
    let text = &found(&qemu()).made[0].text;
    assert!(text.contains("title: \"Charging station\""), "{text}");
    assert!(text.contains("// Only its shape is that of this model"), "{text}");
    assert!(!found(&a16()).made[0].text.contains("Only its shape"));
}

#[test]
fn a_hub_that_a_station_has_gets_no_second_file_unless_asked_for() {
    let stations = stations(&found(&a16()));
    let there = There {
        directories: &directories(Path::new("stations")),
        listed: &[],
        stations: &stations,
        broken: &[],
    };
    let told_of = |host: &Host, name| told(&asked(name, false), &there, &host.0, host.hubs());
    let told = told_of(&a16(), None);
    assert!(told.made.is_empty() && !told.failed());
    assert!(
        told.text(LOOK).starts_with("The station new has the RSHTECH RSH-A16 at 5-2 already"),
        "{}",
        told.text(LOOK)
    );
    let refused = told_of(&a16(), Some("lab"));
    assert!(refused.made.is_empty() && refused.failed());
    assert_eq!(refused.exit(), Exit::Failed);
    let refused = super::command::told(&asked(Some("lab"), true), &there, &a16().0, a16().hubs());
    assert_eq!((refused.made.len(), refused.exit()), (0, Exit::CannotCreate));
    let moved = Host::new().two_sided(["7-2", "8-2"], ["0bda:5411", "0bda:0411"], &FIVE);
    assert!(told_of(&moved, None).made.is_empty());
    let other = told_of(&plain().plug("1-1", 1, "Google Pixel 7", Some("28021FDH2000AB")), None);
    assert!(other.made[0].text.contains("1: (device: \"google-pixel-7-2\"),"), "{}", other.made[0].text);
}

#[test]
fn files_are_written_once_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let directories =
        Directories { rules: folder.path().join("rules"), ..directories(&folder.path().join("stations")) };
    let lab = [StationName::new("lab").unwrap()];
    let there = There { directories: &directories, listed: &lab, stations: &[], broken: &[] };
    let write = |name| told(&asked(name, true), &there, &a16().0, a16().hubs());
    let first = write(None);
    assert_eq!((first.failed(), &first.made[0].state), (false, &Kept::Written));
    let home = format!("{}/", folder.path().display());
    golden("discover-written", &first.text(Look { width: 1000, colour: false }).replace(&home, ""));
    assert!(directories.rules.join("cool-down.test.ron").is_file(), "without rules no station is right");
    let plan = Plan::check(Files::read(&directories, &[]).unwrap()).unwrap();
    assert_eq!(plan.stations.len(), 1);

    fs::write(&first.made[0].path, "mine").unwrap();
    let second = write(None);
    assert_eq!((second.failed(), second.exit()), (true, Exit::CannotCreate));
    assert_eq!(second.made[0].state, Kept::Taken(StationName::new("desk-2").unwrap()));
    assert!(second.text(LOOK).contains("scs discover --write --station desk-2"), "{}", second.text(LOOK));
    assert_eq!(fs::read_to_string(&first.made[0].path).unwrap(), "mine");
}

#[test]
fn a_file_that_is_broken_hides_neither_its_own_hub_nor_that_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let directories = directories(folder.path());
    fs::write(folder.path().join("lab.ron"), "(switch: Uhubctl(), hub: (model: \"rsh-a16\", at: \"5-2\"))")
        .unwrap();
    fs::write(folder.path().join("shelf.ron"), "(hub: (model: \"plain-4\", at: \"1-1\"").unwrap();
    let (stations, broken) = super::stations::stations(&directories);
    assert_eq!((stations.len(), broken.len()), (1, 1));
    let mut host = a16().one_sided("1-1", "1a40:0101", &[""]);
    let there = There { directories: &directories, listed: &[], stations: &stations, broken: &broken };
    let of = |host: &Host| told(&asked(None, true), &there, &host.0, host.hubs());
    let both = of(&host);
    assert_eq!((both.made.len(), both.described.len()), (0, 2), "{}", both.text(LOOK));
    assert!(both.text(LOOK).contains("! its file is broken; `scs check` says where"), "{}", both.text(LOOK));
    host = host.one_sided("1-2", "1a40:0101", &[""]);
    assert_eq!(of(&host).made[0].state, Kept::Written, "the broken file does not name this one");
    let unreadable = super::stations::Broken { name: "x".into(), text: None };
    let there = There { stations: &[], broken: &[unreadable], ..there };
    fs::remove_file(folder.path().join("desk.ron")).unwrap();
    let refused = told(&asked(None, true), &there, &host.0, host.hubs());
    assert!(refused.failed() && refused.made.iter().all(|made| made.state != Kept::Written));
}

#[test]
fn a_free_name_is_none_that_is_just_written() {
    let folder = tempfile::tempdir().unwrap();
    let directories = directories(folder.path());
    fs::write(folder.path().join("desk.ron"), "").unwrap();
    let there = There { directories: &directories, listed: &[], stations: &[], broken: &[] };
    let host = a16().one_sided("1-1", "1a40:0101", &[""]);
    let told = told(&asked(None, true), &there, &host.0, host.hubs());
    let states: Vec<&Kept> = told.made.iter().map(|made| &made.state).collect();
    assert_eq!(states, [&Kept::Taken(StationName::new("desk-3").unwrap()), &Kept::Written]);
}

#[test]
fn a_model_that_does_not_fit_is_told_with_the_line_to_write() {
    let stations = stations(&found(&a16()));
    let there = There {
        directories: &directories(Path::new("stations")),
        listed: &[],
        stations: &stations,
        broken: &[],
    };
    let say = |host: &Host| {
        told(&asked(None, false), &there, &host.0, host.hubs()).text(Look { width: 1000, colour: false })
    };
    let a10 = Host::new().two_sided(["5-2", "6-2"], ["0bda:5411", "0bda:0411"], &["", ".3", ".4"]);
    let text = say(&a10);
    assert!(text.contains("! what is at `5-2` is no RSHTECH RSH-A16: "), "{text}");
    assert!(text.contains("write hub: (model: \"rsh-a10\", at: \"5-2\") in the station file"), "{text}");
    let text = say(&Host::new().two_sided(["5-1", "6-1"], ["0bda:5411", "0bda:0411"], &FIVE));
    assert!(text.contains("there is no RSHTECH RSH-A16 at `5-2`, there is one at `5-1`"), "{text}");
}
