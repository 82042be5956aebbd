//! What the doctor says of hosts made by hand.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    cli::look::Look,
    config::{Files, Plan, SourceFile},
    host::{
        doctor::{Facts, Findings, State, Stations, Who, checks, permit},
        hubs::{
            Lock,
            samples::{FIVE, Host, a16, at, golden},
        },
    },
    model::{Station, SwitchProblem},
    usb::{Access, Switching, ToolInfo},
};

const LOOK: Look = Look { width: 80, colour: false };

fn facts(host: &Host) -> Facts {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    Facts {
        tool: Ok(ToolInfo { path: "/usr/sbin/uhubctl".into(), version: "2.5.0-1".into() }),
        kernel: "6.1.0-13-amd64".into(),
        sysfs: "/sys".into(),
        survey: host.0.clone(),
        hubs: host.hubs(),
        lock: ("/run/lock/scs-uhubctl.lock".into(), Lock::Free),
        who: Who {
            name: "ada".into(),
            root: false,
            groups: names(&["ada", "dialout"]),
            enlisted: names(&["dialout"]),
            known: names(&["ada", "dialout", "plugdev"]),
        },
        stations: Err(Stations::None),
    }
}

fn findings(facts: &Facts) -> Findings {
    Findings::of(facts, false)
}

/// A station of an RSH-A16 at 5-2, read as the service reads it.
fn station(text: &str) -> Vec<Arc<Station>> {
    let source = SourceFile { path: "stations/desk.ron".into(), name: "desk".into(), text: text.into() };
    let files = Files { stations: vec![source], ..Files::default() };
    Plan::check(files).unwrap().stations.into_values().collect()
}

const DESK: &str = "(hub: (model: \"rsh-a16\", at: \"5-2\"), switch: Uhubctl())";

/// Rights on neither the USB 3 side nor the kernel's files, and a kernel that lets the hub sleep.
fn closed() -> Host {
    a16().every(|_, hub| {
        if hub.usb3 {
            hub.device_file = Access::No;
            hub.switching = Switching::Unknown;
        }
        hub.may_sleep = Some(true);
        hub.sockets.values_mut().for_each(|socket| socket.disable_file = Access::No);
    })
}

fn container() -> Host {
    Host::new().one_sided("1-1", "0409:55aa", &FIVE).every(|_, hub| {
        hub.sockets.values_mut().for_each(|socket| socket.disable_file = Access::ReadOnly);
        hub.device_file = Access::Absent;
        hub.switching = Switching::Unknown;
    })
}

#[test]
fn where_all_is_well_nothing_is_to_be_typed() {
    let mut facts = facts(&a16());
    facts.stations = Ok(station(DESK));
    let findings = findings(&facts);
    assert!(findings.well() && findings.permit.is_none());
    golden("doctor-well", &findings.text(LOOK));
    assert!(permit(&facts, true).is_some(), "asked for, the rule is there");
}

#[test]
fn missing_rights_end_with_the_rule_for_both_sides() {
    let mut facts = facts(&closed());
    facts.who.groups = ["ada".to_owned()].into();
    facts.who.enlisted.clear();
    let findings = findings(&facts);
    golden("doctor-closed", &findings.text(LOOK));
    let json = findings.json();
    assert_eq!(json["ok"], false);
    assert!(json["rule"].as_str().unwrap().contains("0411|5411"), "{json:#}");
    facts.who.enlisted = ["dialout".to_owned()].into();
    let again = super::tests::findings(&facts).text(LOOK);
    assert!(again.contains("log out and in again") && !again.contains("usermod"), "{again}");
}

#[test]
fn the_rule_keeps_every_hub_that_works_by_the_one_before() {
    let rule = |facts: &Facts| permit(facts, false).map(|permit| permit.file()).unwrap_or_default();
    // An RSH-A16 on a USB 2 cable, which works, and a new hub that does not.
    let mut host = Host::new().one_sided("5-2", "0bda:5411", &FIVE).one_sided("1-1", "1a40:0101", &[""]);
    assert_eq!(rule(&facts(&host)), "");
    host.side(&at("1-1")).device_file = Access::No;
    let text = rule(&facts(&host));
    assert!(text.contains("1a40/101/*") && text.contains("bda/411/*|bda/5411/*"), "{text}");
    // The hub of a station is unplugged just now.
    let mut host = Host::new().one_sided("1-1", "1a40:0101", &[""]);
    host.side(&at("1-1")).device_file = Access::No;
    let mut facts = facts(&host);
    assert!(!rule(&facts).contains("bda/"));
    facts.stations = Ok(station(DESK));
    assert!(rule(&facts).contains("bda/411/*|bda/5411/*"), "{}", rule(&facts));
}

#[test]
fn files_of_the_kernel_that_may_not_be_written_are_wrong_only_for_stations_that_use_them() {
    let mut host = a16();
    host.socket("6-2.4", 1).disable_file = Access::No;
    let mut facts = facts(&host);
    for (file, state, says) in [
        (DESK.to_owned(), State::Note, "uhubctl switches without the kernel"),
        (DESK.replace("Uhubctl", "Sysfs"), State::Wrong, "`switch: Sysfs()` does not work"),
    ] {
        facts.stations = Ok(station(&file));
        let lines = checks(&facts);
        let line = lines.iter().find(|line| line.text.contains("`disable` files")).unwrap();
        assert!(line.state == state && line.text.contains(says), "{line:?}");
        assert!(permit(&facts, false).is_some());
    }
}

#[test]
fn a_container_is_told_what_to_hand_in() {
    let mut facts = facts(&container());
    golden("doctor-container", &findings(&facts).text(LOOK));
    assert!(findings(&facts).permit.is_none(), "a rule would change nothing there");
    facts.stations = Ok(station(&DESK.replace("Uhubctl", "Sysfs").replace("5-2", "1-1")));
    let text = findings(&facts).text(LOOK);
    assert!(text.contains("wrong  rights   /sys is read-only"), "{text}");
}

#[test]
fn an_old_host_without_tool_and_hub_is_told_everything() {
    let mut facts = facts(&Host::new());
    facts.tool = Err(SwitchProblem::ToolMissing("not on PATH, nor where distributions put it".into()));
    facts.who.root = true;
    facts.kernel = "5.10.0".into();
    facts.lock.1 = Lock::Held;
    facts.stations = Err(Stations::Broken(2));
    golden("doctor-old", &findings(&facts).text(LOOK));
}

#[test]
fn a_hub_that_nobody_could_ask_is_not_praised() {
    let facts = facts(&a16().every(|_, hub| hub.switching = Switching::Unknown));
    assert!(
        checks(&facts).iter().any(|line| line.state == State::Note && line.text.contains("is not known"))
    );
}

#[test]
fn old_versions_of_the_tool_are_told_apart() {
    let said = |version: &str, board: Option<&str>| {
        let mut facts = facts(&a16());
        facts.tool = Ok(ToolInfo { path: "/usr/sbin/uhubctl".into(), version: version.into() });
        facts.survey.board = board.map(str::to_owned);
        checks(&facts)[0].state
    };
    let pi_5 = Some("Raspberry Pi 5 Model B Rev 1.0");
    assert_eq!(said("2.3.0-1", None), State::Note);
    assert_eq!(said("2.5.0-1", None), State::Fine);
    assert_eq!(said("2.5.0-1", pi_5), State::Wrong);
    assert_eq!(said("2.6.0-31-g2985dfc", pi_5), State::Fine);
    assert_eq!(said("2985dfc", None), State::Fine, "a build without a number can do all");
}

#[test]
fn a_station_is_held_against_what_is_there() {
    let said = |host: &Host, text: &str| {
        let mut facts = facts(host);
        facts.stations = Ok(station(text));
        let lines = checks(&facts).into_iter().filter(|line| line.topic == "desk");
        lines.map(|line| (line.state, line.text)).collect::<Vec<_>>()
    };
    assert_eq!(said(&a16(), DESK), [(State::Fine, "16 ports: 15 on, off: 8".to_owned())]);
    let moved = Host::new().two_sided(["7-2", "8-2"], ["0bda:5411", "0bda:0411"], &FIVE);
    let found = said(&moved, DESK);
    assert_eq!((found[0].0, found[1].0), (State::Note, State::Fine), "{found:?}");
    assert!(found[0].1.contains("the RSHTECH RSH-A16 is at `7-2` now, not at `5-2`"), "{found:?}");
    let two = moved.two_sided(["9-2", "10-2"], ["0bda:5411", "0bda:0411"], &FIVE);
    assert_eq!(
        said(&two, DESK)[0].1,
        "there is no RSHTECH RSH-A16 at `5-2`, and several elsewhere: 7-2, 9-2"
    );
    assert_eq!(said(&Host::new(), DESK)[0].1, "there is no RSHTECH RSH-A16 at `5-2` on this host");
    let other = Host::new().one_sided("5-2", "1a40:0101", &[""]);
    let found = said(&other, DESK);
    assert!(
        found[0].0 == State::Wrong && found[0].1.starts_with("what is at `5-2` is no RSHTECH RSH-A16: "),
        "{found:?}"
    );
    let written = "(switch: Uhubctl(), ports: {1: (socket: (hub: \"5-2\", port: 1)), \
        2: (socket: (hub: \"5-2\", port: 7)), 3: (socket: (hub: \"6-7\", port: 1)), 4: (socket: (hub: \"6-7\", port: 2))})";
    let found = said(&other, written);
    let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(
        texts,
        ["4 ports: 1 on", "port 2: the hub at 5-2 has no port 7", "ports 3, 4: there is no hub at 6-7"]
    );
}

#[test]
fn every_line_fits() {
    for width in [60, 80, 100] {
        for host in [a16(), closed(), container(), Host::new()] {
            let lines = checks(&facts(&host));
            let findings = Findings { lines, permit: None, power: Vec::new() };
            let text = findings.text(Look { width, colour: false });
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        }
    }
}

#[test]
fn a_side_that_uhubctl_does_not_list_or_cannot_read_is_named() {
    let said = |host: &Host| {
        let lines = checks(&facts(host)).into_iter().filter(|line| line.state == State::Wrong);
        lines.map(|line| line.text).collect::<Vec<_>>()
    };
    let unlisted = a16().every(|_, hub| {
        if hub.usb3 {
            hub.switching = Switching::Unknown;
        } else {
            // What is listed could be opened.
            hub.device_file = Access::Absent;
        }
    });
    let found = said(&unlisted);
    assert!(
        found[0].starts_with("uhubctl does not list the USB 3 side (6-2, 0bda:0411) of the RSHTECH"),
        "{found:?}"
    );
    assert_eq!(found.len(), 1, "{found:?}");
    let mut unread = a16();
    unread.socket("5-2", 1).power = Err("no answer".into());
    let found = said(&unread);
    assert_eq!(found, ["the RSHTECH RSH-A16 at 5-2, port 1: its USB 2 side (5-2) cannot be read: no answer"]);
    assert!(!checks(&facts(&unread)).iter().any(|line| line.text.contains("may switch both sides")));
    let mut half = a16();
    half.0.hubs.retain(|at, _| at.as_str() != "6-2.3.4");
    half.side(&at("5-2.3.4")).twin = None;
    let found = said(&half);
    assert!(found[0].contains("ports 9-12: only its USB 2 side (5-2) is seen"), "{found:?}");
}

#[test]
fn one_socket_that_two_ports_claim_is_wrong() {
    let mut facts = facts(&a16());
    facts.stations = Ok(station(
        "(switch: Uhubctl(), ports: {1: (socket: (hub: \"5-2\", port: 1)), 2: (socket: (hub: \"6-2\", port: 1))})",
    ));
    let lines = checks(&facts);
    let wrong = lines.iter().find(|line| line.state == State::Wrong).unwrap();
    assert!(wrong.topic == "desk" && wrong.text.starts_with("ports 1 and 2 are one socket"), "{wrong:?}");
}

#[test]
fn where_nothing_could_be_looked_at_that_is_said() {
    let mut host = Host::new();
    host.0.hubs.clear();
    host.0.without_uhubctl = Some(SwitchProblem::Busy(2));
    let mut facts = facts(&host);
    facts.stations = Ok(station(DESK));
    let text = findings(&facts).text(Look { width: 1000, colour: false });
    assert!(text.contains("nothing could be looked at, so whether one is plugged in is not known"), "{text}");
    assert!(
        text.contains("whether the RSHTECH RSH-A16 is at `5-2` is not known") && !text.contains("plug it in"),
        "{text}"
    );
}

#[test]
fn simulated_stations_need_no_hub() {
    let hub = |stations| {
        let facts = Facts { stations, ..facts(&Host::new()) };
        checks(&facts).into_iter().find(|line| line.topic == "hub").unwrap()
    };
    let simulated = "(switch: Simulated(), ports: { 1: (socket: (hub: \"5-2\", port: 1)) })";
    let told = hub(Ok(station(simulated)));
    assert_eq!(told.state, State::Fine);
    assert!(told.text.ends_with("all stations are simulated"), "{}", told.text);
    let both = station(simulated).into_iter().chain(station(DESK)).collect();
    assert_eq!(hub(Ok(both)).state, State::Wrong);
    assert_eq!(hub(Err(Stations::None)).state, State::Wrong);
}
