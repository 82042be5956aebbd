//! Hubs that are switched and read at the same time, and kept awake.

use std::{
    fs,
    os::unix::fs::symlink,
    path::PathBuf,
    time::{Duration, Instant},
};

use smart_charging_station::model::{Calls, Power, Purpose, SwitchProblem};

use super::{A16, Rig};

fn control(rig: &Rig, at: &str) -> PathBuf {
    rig.tree.device(at).join("power/control")
}

#[tokio::test]
async fn chips_are_switched_at_the_same_time_and_those_that_hang_keep_nobody_from_the_others() {
    let mut rig = Rig::new();
    rig.read(&A16).await;
    for at in ["6-2", "5-2.3", "6-2.3.4"] {
        rig.tree.hang(&rig.tree.disable(at, 1));
    }
    let started = Instant::now();
    let seen = rig.switch(&A16, Power::Off).await;
    // Once for switching and once for the look afterwards, and not for each of them.
    assert!(started.elapsed() < Duration::from_millis(5500), "{:?}", started.elapsed());
    let hangs = |at: &str| ["5-2", "5-2.3", "5-2.3.4"].contains(&at);
    for (seen, (at, port)) in seen.iter().zip(A16) {
        assert_eq!(seen.power == Some(Power::Off), !hangs(at), "{at} {port}: {seen:?}");
        assert_eq!(seen.problem.is_some(), hangs(at), "{at} {port}: {seen:?}");
    }
}

#[tokio::test]
async fn hubs_of_the_station_are_kept_awake_and_no_others() {
    let mut rig = Rig::new();
    rig.read(&[("5-2", 1), ("5-2.4", 1)]).await;
    let kept = |at: &str| fs::read_to_string(control(&rig, at)).unwrap().trim() == "on";
    for (at, awake) in [("5-2", true), ("6-2.4", true), ("5", false), ("5-2.3", false), ("6-2.3.4", false)] {
        assert_eq!(kept(at), awake, "{at}");
    }
    // It came back by another cable, and is told again before it is switched.
    fs::write(control(&rig, "6-2.4"), "auto\n").unwrap();
    rig.switch(&[("5-2.4", 1)], Power::Off).await;
    assert_eq!(fs::read_to_string(control(&rig, "6-2.4")).unwrap().trim(), "on");
}

#[tokio::test]
async fn a_hub_that_may_not_be_kept_awake_is_switched_all_the_same() {
    let mut rig = Rig::new();
    for at in ["5-2", "6-2"] {
        fs::remove_file(control(&rig, at)).unwrap();
    }
    fs::create_dir(control(&rig, "6-2")).unwrap();
    let seen = rig.switch(&[("5-2", 1)], Power::Off).await.remove(0);
    assert_eq!((seen.power, seen.problem), (Some(Power::Off), None));
}

#[tokio::test]
async fn a_missing_hub_is_looked_for_without_waking_the_others() {
    let mut rig = Rig::new();
    rig.tree.hang(&rig.tree.disable("5-2.3.3", 1));
    for at in ["5-2.4", "6-2.4"] {
        rig.tree.unplug(at);
    }
    for _ in 0..2 {
        let seen = rig.read(&[("5-2.4", 1)]).await.remove(0);
        assert!(matches!(seen.problem, Some(SwitchProblem::HubMissing(_))), "{seen:?}");
    }
    assert_eq!(rig.calls(Purpose::Read), Calls { too_long: 0, failed: 0, ..rig.calls(Purpose::Read) });
    assert_eq!(fs::read_to_string(control(&rig, "5-2.3.3")).unwrap(), "auto\n");
}

#[tokio::test]
async fn a_side_that_may_not_be_written_forbids_off_before_anything_is_written() {
    let mut rig = Rig::new();
    // Nobody may write this one, not even root, and it says what a port with power says.
    let locked = "/proc/sys/fs/aio-nr";
    assert_eq!(fs::read_to_string(locked).unwrap(), "0\n");
    let file = rig.tree.disable("5-2", 1);
    fs::remove_file(&file).unwrap();
    symlink(locked, &file).unwrap();
    let seen = rig.switch(&[("5-2", 1), ("5-2", 2)], Power::Off).await;
    assert!(matches!(seen[0].problem, Some(SwitchProblem::OtherSide(_))), "{seen:?}");
    assert!(rig.tree.is_on("6-2", 1), "nothing was written");
    assert_eq!((seen[1].power, &seen[1].problem), (Some(Power::Off), &None));
}
