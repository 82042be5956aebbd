use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::symlink,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::Sysfs;
use crate::{
    model::{Calls, Driver, HubLocation, Power, Purpose, Span, SwitchProblem, Tally},
    usb::{
        Access, Survey, UsbSettings,
        driver::HubDriver,
        sequence::{Sequence, Unit},
    },
};

#[path = "../../../tests/sysfs/tree.rs"]
mod tree;

use tree::Tree;

/// Longer than a hanging call may hold anything up.
const PATIENCE: Duration = Duration::from_secs(20);

struct Rig {
    tree: Tree,
    driver: Sysfs,
    tally: watch::Receiver<Tally>,
}

impl Rig {
    fn new(tree: Tree) -> Self {
        let (sender, tally) = watch::channel(Tally::new());
        let settings = UsbSettings {
            uhubctl: None,
            time_limit: Span::from_secs(1),
            sysfs: tree.sys(),
            lock: tree.path().join("lock"),
        };
        Self { driver: Sysfs::new(settings, sender), tree, tally }
    }
    async fn look(&mut self, hubs: &[&str]) -> Survey {
        let mut hubs: BTreeSet<HubLocation> = hubs.iter().map(|hub| at(hub)).collect();
        if hubs.is_empty() {
            hubs.extend(self.driver.look(None).await.unwrap().survey.hubs.into_keys());
        }
        self.driver.look(Some(&hubs)).await.unwrap().survey
    }
    async fn set(
        &mut self,
        side: &str,
        ports: &[u8],
        power: Power,
    ) -> Result<BTreeMap<u8, Result<Power, SwitchProblem>>, SwitchProblem> {
        let calls = vec![(at(side), ports.iter().copied().collect())];
        let mut hubs = [Sequence::new(Unit { power, hub: at(side), calls })];
        tokio::time::timeout(PATIENCE, self.driver.set_all(&mut hubs)).await.expect("an answer in time");
        let [hub] = hubs;
        let said = hub.said();
        let problems: BTreeSet<_> =
            said.values().filter_map(|said| said.as_ref().err().map(ToString::to_string)).collect();
        match said.values().next() {
            Some(Err(problem)) if problems.len() == 1 && said.values().all(Result::is_err) => {
                Err(problem.clone())
            }
            _ => Ok(said.into_iter().map(|(socket, said)| (socket.port(), said)).collect()),
        }
    }
    fn calls(&self, purpose: Purpose) -> Calls {
        self.tally.borrow().get(&(Driver::Sysfs, purpose)).copied().unwrap_or_default()
    }
}

fn at(text: &str) -> HubLocation {
    HubLocation::new(text).unwrap()
}

#[tokio::test]
async fn all_hubs_are_found_with_their_sides_power_and_what_is_plugged_in() {
    let mut rig = Rig::new(Tree::rsh_a16());
    rig.tree.thing("5-2.4.1", "04e8:6860", Some("R58N12ABCDE"));
    fs::write(rig.tree.disable("6-2.4", 2), "1\n").unwrap();
    let survey = rig.look(&[]).await;
    assert_eq!(survey.hubs.len(), 12);
    assert!(survey.from_kernel);
    let hub = &survey.hubs[&at("5-2.4")];
    assert_eq!((hub.id.to_string().as_str(), hub.usb3, hub.may_sleep), ("0bda:5411", false, Some(true)));
    assert_eq!(hub.twin, Some(at("6-2.4")));
    assert_eq!(hub.sockets.len(), 4);
    let thing = hub.sockets[&1].thing.as_ref().unwrap();
    assert_eq!((thing.serial.as_deref(), thing.name.as_str()), (Some("R58N12ABCDE"), "SAMSUNG Galaxy"));
    assert_eq!((&hub.sockets[&2].thing, &hub.sockets[&2].power), (&None, &Ok(Power::On)));
    let other = &survey.hubs[&at("6-2.4")];
    assert!(other.usb3);
    assert_eq!(other.sockets[&2].power, Ok(Power::Off));
    assert_eq!(survey.hubs[&at("5-2")].sockets[&4].hub, Some(at("5-2.4")));
    assert_eq!(survey.hubs[&at("5")].sockets[&2].hub, Some(at("5-2")));
}

#[tokio::test]
async fn only_the_hubs_asked_for_are_looked_at() {
    let mut rig = Rig::new(Tree::rsh_a16());
    // Listing all would hang here.
    rig.tree.hang(&rig.tree.device("6-2").join("bDeviceClass"));
    for asked in [&["5-2.4", "6-2.4", "9-9"][..], &["6-2.4"]] {
        let survey = rig.look(asked).await;
        assert_eq!(survey.hubs.into_keys().collect::<Vec<_>>(), [at("5-2.4"), at("6-2.4")]);
    }
    let calls = rig.calls(Purpose::Read);
    assert_eq!((calls.done, calls.failed, calls.too_long), (2, 0, 0));
}

#[tokio::test]
async fn one_side_is_switched_and_nothing_else() {
    let mut rig = Rig::new(Tree::rsh_a16());
    assert_eq!(
        rig.set("6-2.4", &[1, 3], Power::Off).await,
        Ok(BTreeMap::from([(1, Ok(Power::Off)), (3, Ok(Power::Off))]))
    );
    for port in 1..=4 {
        assert_eq!(rig.tree.is_on("6-2.4", port), port % 2 == 0, "{port}");
        assert!(rig.tree.is_on("5-2.4", port));
    }
    assert_eq!(fs::read_to_string(rig.tree.disable("6-2.4", 1)).unwrap(), "1\n", "nothing is cut or added");
    assert_eq!(rig.set("6-2.4", &[3], Power::On).await, Ok(BTreeMap::from([(3, Ok(Power::On))])));
    assert!(rig.tree.is_on("6-2.4", 3));
    assert_eq!(rig.calls(Purpose::Switch).done, 2);
}

#[tokio::test]
async fn what_the_hub_shows_counts_and_not_what_was_written() {
    let mut rig = Rig::new(Tree::rsh_a16());
    let file = rig.tree.disable("5-2", 1);
    fs::remove_file(&file).unwrap();
    // What is written here is gone.
    symlink("/dev/null", &file).unwrap();
    let shown = rig.set("5-2", &[1, 2], Power::Off).await.unwrap();
    assert!(
        matches!(&shown[&1], Err(SwitchProblem::Unreadable(why)) if why.contains("disable")),
        "{shown:?}"
    );
    assert_eq!(shown[&2], Ok(Power::Off));
    assert_eq!(rig.calls(Purpose::Switch).failed, 1);
}

#[tokio::test]
async fn a_hub_or_port_that_is_not_there_is_told_apart() {
    let mut rig = Rig::new(Tree::rsh_a16());
    assert_eq!(rig.set("7-1", &[1], Power::Off).await, Err(SwitchProblem::HubMissing(at("7-1"))));
    let refused = rig.set("5-2", &[9], Power::Off).await;
    assert!(matches!(&refused, Err(SwitchProblem::Missing(why)) if why.contains("`5-2`")), "{refused:?}");
    let shown = rig.set("5-2", &[1, 9], Power::Off).await.unwrap();
    assert_eq!(shown[&1], Ok(Power::Off));
    assert!(matches!(shown[&9], Err(SwitchProblem::Missing(_))));
    rig.tree.unplug("5-2");
    assert_eq!(rig.set("5-2", &[1], Power::Off).await, Err(SwitchProblem::HubMissing(at("5-2"))));
    assert!(rig.look(&["5-2"]).await.hubs.is_empty());
}

#[tokio::test]
async fn a_file_that_may_not_be_written_is_named_and_nothing_is_sent() {
    let mut rig = Rig::new(Tree::rsh_a16());
    // Nobody may write this one, not even root.
    let forbidden = "/proc/sys/kernel/osrelease";
    let file = rig.tree.disable("5-2", 1);
    fs::remove_file(&file).unwrap();
    symlink(forbidden, &file).unwrap();
    match rig.set("5-2", &[1], Power::Off).await {
        Err(SwitchProblem::Permission(why)) => assert!(why.contains(&file.display().to_string()), "{why}"),
        other => panic!("{other:?}"),
    }
    let survey = rig.look(&["5-2"]).await;
    let sockets = &survey.hubs[&at("5-2")].sockets;
    assert!(
        matches!(sockets[&1].disable_file, Access::No | Access::ReadOnly),
        "{:?}",
        sockets[&1].disable_file
    );
    assert_eq!(sockets[&2].disable_file, Access::Yes);
}

#[tokio::test]
async fn a_call_that_hangs_is_a_timeout_and_no_second_one_is_started() {
    let mut rig = Rig::new(Tree::rsh_a16());
    let file = rig.tree.disable("5-2", 1);
    rig.tree.hang(&file);
    assert_eq!(rig.set("5-2", &[1, 2], Power::Off).await, Err(SwitchProblem::Timeout(1)));
    let again = Instant::now();
    assert_eq!(rig.set("5-2", &[2], Power::Off).await, Err(SwitchProblem::Timeout(1)));
    assert!(again.elapsed() < Duration::from_millis(500), "it was not tried");
    assert_eq!(rig.set("6-2", &[1], Power::Off).await, Ok(BTreeMap::from([(1, Ok(Power::Off))])));
    let calls = rig.calls(Purpose::Switch);
    assert_eq!((calls.done, calls.failed, calls.too_long), (1, 2, 2));

    // The kernel lets go: the file is as before, and what was given up is not sent late.
    let reader = fs::File::open(&file).unwrap();
    fs::remove_file(&file).unwrap();
    fs::write(&file, "0\n").unwrap();
    drop(reader);
    let started = Instant::now();
    while rig.set("5-2", &[3], Power::Off).await.is_err() {
        assert!(started.elapsed() < PATIENCE, "the hub never comes back");
        tokio::task::yield_now().await;
    }
    assert!(rig.tree.is_on("5-2", 2), "an order that was given up");
}

#[tokio::test]
async fn a_hub_that_does_not_answer_keeps_nobody_from_the_others() {
    let mut rig = Rig::new(Tree::rsh_a16());
    let file = rig.tree.disable("5-2", 3);
    rig.tree.hang(&file);
    rig.tree.thing("5-2.1", "04e8:6860", Some("R58N12ABCDE"));
    for round in 0..2 {
        let started = Instant::now();
        let survey = rig.look(&["5-2", "6-2"]).await;
        assert!(started.elapsed() < if round == 0 { PATIENCE } else { Duration::from_millis(900) });
        let hub = &survey.hubs[&at("5-2")];
        assert!(hub.sockets.values().all(|socket| socket.power.is_err()), "unknown is not off");
        assert_eq!(hub.sockets[&3].hub, Some(at("5-2.3")));
        assert_eq!(survey.hubs[&at("6-2")].sockets[&3].power, Ok(Power::On));
    }
    assert_eq!(
        rig.set("5-2", &[1], Power::Off).await,
        Err(SwitchProblem::Timeout(1)),
        "it is not asked either"
    );
    assert_eq!(rig.calls(Purpose::Read).too_long, 2);
    drop(fs::OpenOptions::new().write(true).open(&file).unwrap());
    fs::remove_file(&file).unwrap();
    fs::write(&file, "0\n").unwrap();
    let started = Instant::now();
    while rig.look(&["5-2"]).await.hubs[&at("5-2")].sockets[&1].power.is_err() {
        assert!(started.elapsed() < PATIENCE, "the hub never comes back");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_device_that_does_not_tell_its_name_hides_no_power() {
    let mut rig = Rig::new(Tree::rsh_a16());
    rig.tree.thing("5-2.1", "04e8:6860", Some("R58N12ABCDE"));
    rig.tree.hang(&rig.tree.device("5-2.1").join("serial"));
    for _ in 0..2 {
        let survey = rig.look(&["5-2"]).await;
        let socket = &survey.hubs[&at("5-2")].sockets[&1];
        assert_eq!(socket.power, Ok(Power::On));
        assert_eq!(socket.thing.as_ref().map(|thing| &thing.serial), Some(&None));
    }
}

#[tokio::test]
async fn a_folder_that_hangs_is_neither_there_nor_gone() {
    let mut rig = Rig::new(Tree::rsh_a16());
    rig.tree.hang(&rig.tree.device("5").join("bDeviceClass"));
    for _ in 0..2 {
        let hubs = BTreeSet::from([at("5"), at("6-2.3")]);
        let look = rig.driver.look(Some(&hubs)).await.unwrap();
        assert_eq!(look.unread, BTreeMap::from([(at("5"), SwitchProblem::Timeout(1))]));
        assert!(look.survey.hubs.contains_key(&at("6-2.3")) && !look.survey.hubs.contains_key(&at("5")));
    }
}

#[tokio::test]
async fn a_kernel_without_the_files_is_told_before_anything_is_tried() {
    let mut rig = Rig::new(Tree::rsh_a16());
    for port in 1..=4 {
        fs::remove_file(rig.tree.disable("5-2", port)).unwrap();
    }
    let look = rig.driver.look(Some(&BTreeSet::from([at("5-2"), at("6-2")]))).await.unwrap();
    assert_eq!(look.unread.keys().collect::<Vec<_>>(), [&at("5-2")]);
    assert!(matches!(look.unread[&at("5-2")], SwitchProblem::Missing(_)));
}

#[tokio::test]
async fn files_of_any_kind_are_survived() {
    let mut rig = Rig::new(Tree::rsh_a16());
    let tree = &rig.tree;
    tree.put("5-2", "product", b"\xff\xfe\x1b[2J\n\0 Hub");
    tree.put("5-2", "serial", vec![b'9'; 3_000_000]);
    fs::remove_file(tree.device("5-2.3").join("maxchild")).unwrap();
    tree.put("5-2.4", "maxchild", "99999999999");
    tree.put("6-2.4", "idVendor", "zzzz");
    fs::remove_file(tree.disable("6-2", 1)).unwrap();
    fs::create_dir(tree.disable("6-2", 1)).unwrap();
    fs::write(tree.disable("6-2", 2), b"\xff".repeat(100_000)).unwrap();
    fs::remove_file(tree.disable("6-2", 3)).unwrap();
    symlink("nowhere", tree.device("5-9")).unwrap();
    fs::write(tree.device("5-8"), "a file").unwrap();
    let folder = tree.disable("5-2.3.3", 1).parent().unwrap().to_owned();
    fs::remove_file(folder.join("peer")).unwrap();
    symlink("../../7-7:1.0/7-7-port1", folder.join("peer")).unwrap();
    tree.put("5-2.3.3.1", "bDeviceClass", "00");
    let survey = rig.look(&[]).await;
    let hub = &survey.hubs[&at("5-2")];
    assert_eq!(hub.serial.as_ref().map(String::len), Some(128));
    assert!(hub.name.is_ascii() || !hub.name.chars().any(char::is_control), "{}", hub.name);
    assert!(survey.hubs[&at("5-2.3")].sockets.is_empty());
    assert!(survey.hubs[&at("5-2.4")].sockets.is_empty());
    assert!(!survey.hubs.contains_key(&at("6-2.4")));
    let sockets = &survey.hubs[&at("6-2")].sockets;
    for port in 1..=3 {
        assert!(sockets[&port].power.is_err());
    }
    assert_eq!((sockets[&3].disable_file, sockets[&2].disable_file), (Access::Absent, Access::Yes));
    let chip = &survey.hubs[&at("5-2.3.3")];
    assert_eq!((&chip.twin, &chip.sockets[&1].thing), (&Some(at("6-2.3.3")), &None));
}

#[tokio::test]
async fn a_host_without_usb_is_a_problem_and_no_empty_list() {
    let mut rig = Rig::new(Tree::rsh_a16());
    fs::remove_dir_all(rig.tree.sys()).unwrap();
    let problem = rig.driver.look(None).await.unwrap_err();
    assert!(matches!(&problem, SwitchProblem::Missing(why) if why.contains("bus/usb/devices")), "{problem}");
}

#[tokio::test]
async fn device_files_boards_and_other_configurations_are_found() {
    let mut rig = Rig::new(Tree::rsh_a16());
    let tree = &rig.tree;
    let model = tree.sys().join("firmware/devicetree/base/model");
    fs::create_dir_all(model.parent().unwrap()).unwrap();
    fs::write(model, "Raspberry Pi 4 Model B Rev 1.4\0").unwrap();
    tree.put("5-2", "devnum", "7\n");
    let node = tree.path().join("dev/bus/usb/005/007");
    fs::create_dir_all(node.parent().unwrap()).unwrap();
    fs::write(node, "").unwrap();
    fs::rename(tree.interface("5-2"), tree.interface("5-2").with_file_name("5-2:2.0")).unwrap();
    tree.put("5-2", "bConfigurationValue", "2\n");
    let survey = rig.look(&["5-2", "5-2.3"]).await;
    assert_eq!(survey.board.as_deref(), Some("Raspberry Pi 4 Model B Rev 1.4"));
    assert_eq!(survey.hubs[&at("5-2")].device_file, Access::Yes);
    assert_eq!(survey.hubs[&at("5-2.3")].device_file, Access::Absent);
    assert_eq!(survey.hubs[&at("5-2")].sockets[&1].power, Ok(Power::On));
    assert_eq!(rig.set("5-2", &[1], Power::Off).await, Ok(BTreeMap::from([(1, Ok(Power::Off))])));
}

#[tokio::test]
async fn ten_sides_are_switched_and_read_in_milliseconds() {
    let mut rig = Rig::new(Tree::rsh_a16());
    let sides: Vec<String> = ["2", "2.3", "2.4", "2.3.3", "2.3.4"]
        .iter()
        .flat_map(|path| [format!("5-{path}"), format!("6-{path}")])
        .collect();
    let sides: Vec<&str> = sides.iter().map(String::as_str).collect();
    rig.look(&sides).await;
    let started = Instant::now();
    for side in &sides {
        rig.set(side, &[1, 2], Power::Off).await.unwrap();
    }
    rig.look(&sides).await;
    let took = started.elapsed();
    println!("ten sides switched and read in {took:?}");
    assert!(took < Duration::from_millis(500), "{took:?}");
}
