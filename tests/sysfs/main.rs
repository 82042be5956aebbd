//! Switching by files that behave as those of the kernel do, through the door that the service uses.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]
#![expect(clippy::panic, reason = "a test stops at what it did not expect")]

mod awake;
mod tree;

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use smart_charging_station::{
    model::{
        Ask, Calls, Driver, HubLocation, Order, Plugged, PortId, Power, Purpose, Reach, Seen, Socket, Span,
        StationName, SwitchProblem, SwitchRequest, Tally,
    },
    usb::{self, Access, Line, Switching, UsbSettings},
};
use tokio::sync::watch;
use tree::Tree;

/// Longer than any answer may take; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// The sockets of an RSH-A16 in the order of its numbers.
const A16: [(&str, u8); 16] = [
    ("5-2", 1),
    ("5-2", 2),
    ("5-2.4", 1),
    ("5-2.4", 2),
    ("5-2.4", 3),
    ("5-2.4", 4),
    ("5-2.3", 1),
    ("5-2.3", 2),
    ("5-2.3.4", 1),
    ("5-2.3.4", 2),
    ("5-2.3.4", 3),
    ("5-2.3.4", 4),
    ("5-2.3.3", 1),
    ("5-2.3.3", 2),
    ("5-2.3.3", 3),
    ("5-2.3.3", 4),
];

/// A station whose ports are those of an RSH-A16, and the chain sockets that it should not have.
struct Rig {
    tree: Tree,
    line: Line,
    tally: watch::Receiver<Tally>,
}

impl Rig {
    fn new() -> Self {
        let tree = Tree::rsh_a16();
        let (sender, tally) = watch::channel(Tally::new());
        let (bus, task) = usb::start(Driver::Sysfs, settings(&tree), sender);
        tokio::spawn(task);
        let reach = Reach {
            station: StationName::new("desk").unwrap(),
            hub: None,
            sockets: A16.iter().map(|(hub, port)| socket(hub, *port)).collect(),
        };
        Self { line: bus.line(Arc::new(reach)), tree, tally }
    }
    async fn ask(&mut self, ask: Ask) -> Vec<Seen> {
        let sockets = A16.iter().map(|(hub, port)| socket(hub, *port)).chain([socket("5-2", 4)]).collect();
        let reach = Arc::new(Reach { station: StationName::new("desk").unwrap(), hub: None, sockets });
        self.line.requests.send(SwitchRequest { reach, ask }).await.unwrap();
        let answer = tokio::time::timeout(PATIENCE, self.line.outcomes.recv()).await;
        answer.expect("an answer in time").expect("an open line")
    }
    async fn switch(&mut self, sockets: &[(&str, u8)], power: Power) -> Vec<Seen> {
        let order = |(n, (hub, at)): (u16, &(&str, u8))| Order {
            id: u64::from(n),
            port: PortId::new(n).unwrap(),
            socket: socket(hub, *at),
            power,
        };
        self.ask(Ask::Switch((1..).zip(sockets).map(order).collect())).await
    }
    async fn read(&mut self, sockets: &[(&str, u8)]) -> Vec<Seen> {
        let port = |(n, (hub, at)): (u16, &(&str, u8))| (PortId::new(n).unwrap(), socket(hub, *at));
        self.ask(Ask::Read((1..).zip(sockets).map(port).collect())).await
    }
    fn calls(&self, purpose: Purpose) -> Calls {
        self.tally.borrow().get(&(Driver::Sysfs, purpose)).copied().unwrap_or_default()
    }
}

fn settings(tree: &Tree) -> UsbSettings {
    UsbSettings {
        uhubctl: Some(tree.path().join("uhubctl")),
        time_limit: Span::from_secs(2),
        sysfs: tree.sys(),
        lock: tree.path().join("lock"),
    }
}

fn hub(text: &str) -> HubLocation {
    HubLocation::new(text).unwrap()
}
fn socket(at: &str, port: u8) -> Socket {
    Socket::new(hub(at), port).unwrap()
}

/// Puts a stand-in for `uhubctl` into the tree's folder, with these hubs: place, USB version, number of ports.
fn uhubctl(tree: &Tree, hubs: &str) {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bin/uhubctl");
    symlink(tool, tree.path().join("uhubctl")).unwrap();
    fs::write(tree.path().join("hubs"), hubs).unwrap();
}

#[tokio::test]
async fn sixteen_ports_take_one_call_per_side_and_milliseconds() {
    let mut rig = Rig::new();
    rig.read(&A16).await;
    for (power, round) in [(Power::Off, 1), (Power::On, 2)] {
        let started = Instant::now();
        let seen = rig.switch(&A16, power).await;
        println!("sixteen ports {power} in {:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(1));
        assert!(seen.iter().all(|seen| seen.power == Some(power) && seen.problem.is_none()), "{seen:?}");
        assert_eq!(rig.calls(Purpose::Switch).done, 10 * round);
        for (at, port) in A16 {
            for side in [at.to_owned(), at.replacen('5', "6", 1)] {
                assert_eq!(rig.tree.is_on(&side, port), power == Power::On, "{side} port {port}");
            }
        }
    }
    for side in ["5-2", "6-2", "5-2.3", "6-2.3"] {
        assert!(rig.tree.is_on(side, 3) && rig.tree.is_on(side, 4), "{side} connects the chips");
    }
    assert_eq!(rig.calls(Purpose::Switch).failed, 0);
}

#[tokio::test]
async fn a_socket_with_a_hub_behind_it_is_refused_and_nothing_is_written() {
    let mut rig = Rig::new();
    let seen = rig.switch(&[("5-2", 4)], Power::Off).await.remove(0);
    assert!(matches!(seen.problem, Some(SwitchProblem::Forbidden(_))), "{seen:?}");
    assert!(rig.tree.is_on("5-2", 4) && rig.tree.is_on("6-2", 4));
    assert_eq!(rig.calls(Purpose::Switch), Calls::default());
}

#[tokio::test]
async fn what_is_plugged_in_is_told_by_its_serial_number() {
    let mut rig = Rig::new();
    rig.tree.thing("5-2.4.2", "04e8:6860", Some("R58N12ABCDE"));
    rig.tree.thing("6-2.4.3", "152d:0567", None);
    let seen = rig.read(&[("5-2.4", 1), ("5-2.4", 2), ("5-2.4", 3)]).await;
    assert_eq!(seen[0].plugged, Plugged::Nothing);
    let serial = |seen: &Seen| match &seen.plugged {
        Plugged::Thing(thing) => thing.serial.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(serial(&seen[1]).as_deref(), Some("R58N12ABCDE"));
    assert_eq!(serial(&seen[2]), None);
}

#[tokio::test]
async fn a_hub_that_was_pulled_out_is_missing_and_works_again_when_it_is_back() {
    let mut rig = Rig::new();
    rig.read(&A16).await;
    rig.tree.unplug("5-2.4");
    rig.tree.unplug("6-2.4");
    let seen = rig.switch(&[("5-2.4", 1), ("5-2", 1)], Power::Off).await;
    assert!(matches!(seen[0].problem, Some(SwitchProblem::HubMissing(_))), "{seen:?}");
    assert_eq!(seen[0].power, None);
    assert_eq!((seen[1].power, &seen[1].problem), (Some(Power::Off), &None));
    rig.tree.hub("5-2.4", "0bda:5411", "2.10", 4);
    rig.tree.hub("6-2.4", "0bda:0411", "3.20", 4);
    rig.tree.pair("5-2.4", "6-2.4", 4);
    let seen = rig.switch(&[("5-2.4", 1)], Power::Off).await.remove(0);
    assert_eq!((seen.power, seen.problem), (Some(Power::Off), None));
    assert!(!rig.tree.is_on("6-2.4", 1));
}

#[tokio::test]
async fn a_side_that_hangs_is_never_taken_for_off() {
    let mut rig = Rig::new();
    rig.read(&A16).await;
    rig.tree.hang(&rig.tree.disable("6-2.4", 1));
    let seen = rig.switch(&[("5-2.4", 1), ("5-2", 1)], Power::Off).await;
    assert_ne!(seen[0].power, Some(Power::Off));
    assert!(seen[0].problem.is_some(), "{seen:?}");
    let seen = rig.read(&[("5-2.4", 1), ("5-2", 1)]).await;
    assert_ne!(seen[0].power, Some(Power::Off));
    assert!(seen[1].power.is_some(), "another hub answers: {seen:?}");
}

#[tokio::test]
async fn a_survey_joins_what_the_kernel_and_uhubctl_show() {
    let tree = Tree::rsh_a16();
    uhubctl(&tree, "5-2 2.10 4\n6-2 3.20 4\n7-1 2.10 4\n8-1 3.00 4\n");
    tree.put("5-2", "devnum", "9\n");
    for at in ["5-2", "6-2"] {
        fs::write(tree.disable(at, 2), "1\n").unwrap();
        fs::remove_file(tree.disable(at, 1)).unwrap();
    }
    fs::create_dir(tree.path().join("off")).unwrap();
    fs::write(tree.path().join("off/5-2_1"), "").unwrap();
    let survey = usb::survey(&settings(&tree)).await;
    assert_eq!((survey.without_uhubctl, survey.from_kernel), (None, true));
    let found = &survey.hubs[&hub("5-2")];
    assert_eq!(
        (found.switching, found.may_sleep, found.device_file),
        (Switching::Single, Some(true), Access::Absent)
    );
    assert_eq!(found.sockets[&1].power, Ok(Power::Off), "by uhubctl, the kernel has no file");
    assert_eq!(found.sockets[&2].power, Ok(Power::Off), "by the kernel");
    assert_eq!(survey.hubs[&hub("5-2.3")].switching, Switching::Unknown);
    let stranger = &survey.hubs[&hub("7-1")];
    assert_eq!((stranger.twin.as_ref(), stranger.sockets.len()), (Some(&hub("8-1")), 4));
    assert_eq!(stranger.sockets[&1].disable_file, Access::Absent);
}

#[tokio::test]
async fn a_survey_without_uhubctl_says_why() {
    let tree = Tree::rsh_a16();
    let survey = usb::survey(&settings(&tree)).await;
    assert!(matches!(survey.without_uhubctl, Some(SwitchProblem::ToolMissing(_))));
    assert_eq!(survey.hubs.len(), 12);
    uhubctl(&tree, "");
    assert_eq!(
        usb::survey(&settings(&tree)).await.without_uhubctl,
        None,
        "it finds nothing, which is an answer"
    );
}

#[tokio::test]
async fn both_ways_of_reading_are_measured_where_both_work() {
    let tree = Tree::rsh_a16();
    let sockets: BTreeSet<Socket> = [socket("5-2", 1), socket("5-2.4", 2)].into();
    uhubctl(&tree, "5-2 2.10 4\n5-2.4 2.10 4\n6-2 3.20 4\n6-2.4 3.20 4\n");
    let pace = usb::measure(&settings(&tree), &sockets).await.unwrap();
    assert!(pace.uhubctl > Duration::ZERO && pace.sysfs > Duration::ZERO);
    assert_eq!(usb::measure(&settings(&tree), &[socket("9-9", 1)].into()).await, None);
    fs::remove_file(tree.disable("5-2", 1)).unwrap();
    assert_eq!(usb::measure(&settings(&tree), &sockets).await, None);
    assert_eq!(usb::measure(&settings(&tree), &BTreeSet::new()).await, None);
}
