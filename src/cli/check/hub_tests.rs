//! What `scs check` says of the hubs of hosts made by hand.

use std::time::Duration;

use super::hub::{Report, Sysfs, judge};
use crate::{
    cli::hubs::samples::{FIVE, Host, a16, at},
    config::{Files, Plan, SourceFile},
    model::{Severity, SwitchKind},
    usb::{Access, Pace},
};

const DESK: &str = "(hub: (model: \"rsh-a16\", at: \"5-2\"), switch: Uhubctl())";

fn judged(host: &Host, text: &str) -> (Vec<String>, Option<Report>) {
    let source = SourceFile { path: "stations/desk.ron".into(), name: "desk".into(), text: text.into() };
    let plan = Plan::check(Files { stations: vec![source], ..Files::default() }).unwrap();
    let station = plan.stations.values().next().unwrap();
    assert!(station.switch != SwitchKind::Simulated);
    let (problems, report, sockets) = judge(station, "stations/desk.ron", &host.0, &host.hubs());
    assert!(problems.iter().all(|problem| problem.severity == Severity::Warning));
    assert_eq!(sockets.is_empty(), host.0.hubs.is_empty());
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
