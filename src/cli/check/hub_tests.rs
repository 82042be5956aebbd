//! What `scs check` says of the hubs of hosts made by hand.

use std::time::Duration;

use super::hub::{Report, Sysfs, judge};
use crate::{
    config::{Files, Plan, SourceFile},
    host::hubs::{
        Place,
        samples::{FIVE, Host, a16, at},
    },
    model::{Severity, SwitchKind},
    usb::{Access, Pace},
};

const DESK: &str = "(hub: (model: \"rsh-a16\", at: \"5-2\"), switch: Uhubctl())";

fn judged(host: &Host, text: &str) -> (Vec<String>, Option<Report>) {
    let source = SourceFile { path: "stations/desk.ron".into(), name: "desk".into(), text: text.into() };
    let plan = Plan::check(Files { stations: vec![source], ..Files::default() }).unwrap();
    let station = plan.stations.values().next().unwrap();
    assert!(station.switch != SwitchKind::Simulated);
    let (problems, report, sockets) = judge(
        station,
        "stations/desk.ron",
        &host.hubs().places(&[station], &host.0)[&station.name],
        &host.0,
        &host.hubs(),
    );
    assert!(problems.iter().all(|problem| problem.severity == Severity::Warning));
    assert!(!sockets.is_empty() || host.0.hubs.is_empty());
    (problems.into_iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect(), report)
}

#[test]
fn a_hub_in_its_place_is_said_in_one_line() {
    let (problems, report) = judged(&a16(), DESK);
    let mut report = report.unwrap();
    assert_eq!((problems, report.sysfs), (Vec::new(), Sysfs::Works));
    assert_eq!(report.text(), "desk: its ports are there; `switch: Sysfs()` works here");
    report.pace = Some(Pace { uhubctl: Duration::from_millis(180), sysfs: Duration::from_micros(2_100) });
    assert!(
        report.text().ends_with("reads them in 2.1 ms instead of 180 ms, 86 times faster"),
        "{}",
        report.text()
    );
    assert_eq!(report.json()["sysfs_ms"], 2.1);
}

#[test]
fn a_hub_elsewhere_or_of_another_kind_is_a_warning() {
    let moved = Host::new().two_sided(["7-2", "8-2"], ["0bda:5411", "0bda:0411"], &FIVE);
    let (problems, report) = judged(&moved, DESK);
    assert!(problems[0].starts_with("hub-moved: the RSHTECH RSH-A16 is at `7-2` now"), "{problems:?}");
    assert!(report.unwrap().there, "the service finds it, so its ports are there");
    let (problems, report) = judged(&Host::new(), DESK);
    assert!(problems[0].starts_with("hub-missing: ") && report.is_none(), "{problems:?}");
    let (problems, _) = judged(&Host::new().one_sided("5-2", "1a40:0101", &[""]), DESK);
    assert!(problems[0].starts_with("hub-misfit: what is at `5-2` is no RSHTECH RSH-A16: "), "{problems:?}");
    let two = moved.two_sided(["9-2", "10-2"], ["0bda:5411", "0bda:0411"], &FIVE);
    assert!(judged(&two, DESK).0[0].ends_with("several elsewhere: 7-2, 9-2"));
}

#[test]
fn where_there_is_no_usb_nothing_is_said() {
    let mut ci = Host::new();
    ci.0.hubs.clear();
    ci.0.from_kernel = false;
    assert_eq!(judged(&ci, DESK), (Vec::new(), None));
}

#[test]
fn one_side_without_rights_is_enough_for_the_files_not_to_do() {
    let by_files = DESK.replace("Uhubctl", "Sysfs");
    for (access, sysfs) in
        [(Access::No, Sysfs::Denied), (Access::ReadOnly, Sysfs::ReadOnly), (Access::Absent, Sysfs::Absent)]
    {
        let mut host = a16();
        host.socket("6-2.4", 1).disable_file = access;
        let (problems, report) = judged(&host, DESK);
        assert_eq!((problems, report.unwrap().sysfs), (Vec::new(), sysfs));
        let (problems, _) = judged(&host, &by_files);
        assert!(problems[0].starts_with("no-sysfs: `switch: Sysfs()` does not work here: "), "{problems:?}");
    }
}

#[test]
fn a_port_with_a_hub_in_it_is_told() {
    let mut host = a16();
    host.hub("5-2.1", "1a40:0101", 4);
    host.side(&at("5-2.4")).sockets.remove(&2);
    let (problems, report) = judged(&host, DESK);
    assert_eq!(problems[0], "hub-socket: port 1: a hub is plugged into 5-2 port 1, so it is never switched");
    assert!(problems[1].starts_with("hub-socket: port 4: the hub at 5-2.4 has no port 2"), "{problems:?}");
    assert!(!report.unwrap().there);
}

/// What two stations are told together: what both claim, and where their hubs are.
fn two(host: &Host, files: [&str; 2]) -> (Vec<String>, Vec<Place>) {
    let source = |(name, text): (&str, &str)| SourceFile {
        path: format!("{name}.ron"),
        name: name.into(),
        text: text.into(),
    };
    let stations = ["desk", "lab"].into_iter().zip(files).map(source).collect();
    let plan = Plan::check(Files { stations, ..Files::default() }).unwrap();
    let stations: Vec<_> = plan.stations.values().map(AsRef::as_ref).collect();
    let hubs = host.hubs();
    let places = hubs.places(&stations, &host.0);
    let twice = hubs.claimed_twice(&stations, &places, &host.0);
    (
        twice.into_iter().map(|twice| format!("{}: {}", twice.station, twice.text)).collect(),
        places.into_values().collect(),
    )
}

#[test]
fn one_socket_that_two_ports_claim_by_its_two_sides_is_told() {
    let by = |hub: &str| {
        format!("(switch: Uhubctl(), topic: \"{hub}\", ports: {{1: (socket: (hub: \"{hub}\", port: 1))}})")
    };
    let told = two(&a16(), [&by("5-2"), &by("6-2")]).0;
    assert_eq!(
        told,
        [
            "lab: port 1 of `desk` and port 1 of `lab` are one socket: 5-2 port 1 and 6-2 port 1 are its two sides"
        ]
    );
    assert!(two(&a16(), [&by("5-2"), &by("5-2.3")]).0.is_empty());
    let both = "(switch: Uhubctl(), topic: \"x\", ports: {1: (socket: (hub: \"5-2\", port: 1)), 2: (socket: (hub: \"6-2\", port: 1))})";
    let told = two(&a16(), [both, &by("5-2.3")]).0;
    assert_eq!(told, ["desk: ports 1 and 2 are one socket: 5-2 port 1 and 6-2 port 1 are its two sides"]);
    let (told, _) = two(&a16(), [DESK, &DESK.replace("5-2", "6-2").replace("(hub", "(topic: \"y\", hub")]);
    assert!(told.len() == 1 && told[0].ends_with("(and 15 more)"), "{told:?}");
}

#[test]
fn one_hub_elsewhere_is_promised_to_one_station_only() {
    let moved = Host::new().two_sided(["7-2", "8-2"], ["0bda:5411", "0bda:0411"], &FIVE);
    let other = DESK.replace("5-2", "9-2").replace("(hub", "(topic: \"y\", hub");
    let named = vec!["desk".to_owned(), "lab".to_owned()];
    let contested = Place::Contested(at("7-2"), named);
    assert_eq!(two(&moved, [DESK, &other]).1, [contested.clone(), contested.clone()]);
    let has = other.replace("9-2", "7-2");
    assert_eq!(two(&moved, [DESK, &has]).1, [contested, Place::Here]);
}

#[test]
fn a_side_that_cannot_be_read_or_switched_is_told() {
    let mut host = a16();
    host.socket("5-2", 1).power = Err("no answer".into());
    let (problems, report) = judged(&host, DESK);
    assert_eq!(problems, ["hub-side: port 1: its USB 2 side (5-2) cannot be read: no answer"]);
    assert!(report.unwrap().text().starts_with("desk: its ports are there, but not both sides of each"));
    let unlisted = a16().every(|_, hub| {
        if hub.usb3 {
            hub.switching = crate::usb::Switching::Unknown;
        }
    });
    let (problems, _) = judged(&unlisted, DESK);
    assert!(
        problems[0].contains("ports 1-16: its USB 3 side (6-2) is not listed by uhubctl"),
        "{problems:?}"
    );
    let half = Host::new().one_sided("5-2", "0bda:5411", &FIVE);
    let text = judged(&half, DESK).1.unwrap().text();
    assert!(
        text.starts_with("desk: its ports are there; only its USB 2 side is seen: a USB 2 cable"),
        "{text}"
    );
}

#[test]
fn where_nothing_could_be_looked_at_nobody_is_asked_to_plug_it_in() {
    let mut host = Host::new();
    host.0.hubs.clear();
    host.0.without_uhubctl = Some(crate::model::SwitchProblem::Timeout(3));
    let (problems, report) = judged(&host, DESK);
    assert!(
        problems[0].starts_with("hub-unseen: whether the RSHTECH RSH-A16 is at `5-2` is not known"),
        "{problems:?}"
    );
    assert!(report.is_none() && problems[0].contains("within 3 s"), "{problems:?}");
}
