//! Switching by a real process: a stand-in that prints what `uhubctl` prints, and at the end the real tool.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at what it did not expect")]

mod rig;
mod sides;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use rig::{HUBS, PATIENCE, Rig, answer, ask, asking, line, order, port, powers, socket};
use smart_charging_station::{
    model::{Ask, Driver, HubLocation, Power, Span, SwitchProblem, Tally},
    usb::{self, Line, UsbSettings},
};

#[tokio::test]
async fn a_port_is_switched_and_read() {
    let mut rig = Rig::new();
    assert_eq!(rig.one("5-2.4", 2, Power::Off).await, (Some(Power::Off), None));
    assert!(rig.is_off("5-2.4_2"));
    let seen = rig.read(&[("5-2.4", 1), ("5-2.4", 2), ("5-2", 1), ("5-2.9", 1), ("5-2", 9)]).await;
    assert_eq!(powers(&seen), [Some(Power::On), Some(Power::Off), Some(Power::On), None, None]);
    assert_eq!(seen[3].problem, Some(SwitchProblem::HubMissing(HubLocation::new("5-2.9").unwrap())));
    assert!(matches!(seen[4].problem, Some(SwitchProblem::Missing(_))), "{seen:?}");
    assert_eq!(
        rig.calls(),
        ["-N", "-N -e -l 5-2.4 -p 2 -a off", "-N"],
        "the first list is for the daisy chain"
    );
    let environment = rig.get("environment");
    assert!(environment.contains("LC_ALL='C'") || environment.contains("LC_ALL=\"C\""), "{environment}");
    assert!(
        environment.contains("CARGO"),
        "what users set for the tool and for libusb is passed on: {environment}"
    );
}

#[tokio::test]
async fn orders_go_in_one_call_per_hub_and_direction_and_only_the_last_one_counts() {
    let mut rig = Rig::new();
    rig.put("off/5-2.4_4", "");
    rig.read(&[("5-2", 1)]).await;
    // The first call waits at the gate, so what follows waits together.
    let gate = rig.dir.path().join("gate");
    assert!(Command::new("mkfifo").arg(&gate).status().unwrap().success());
    rig.line.requests.send(asking(Ask::Read(vec![(port(1), socket("5-2", 1))]))).await.unwrap();
    let opened = gate.clone();
    let open = move || fs::OpenOptions::new().write(true).open(opened).unwrap();
    let mut held = tokio::task::spawn_blocking(open).await.unwrap();
    fs::remove_file(gate).unwrap();
    let mut other = line(&rig.bus);
    let switch = |orders| asking(Ask::Switch(orders));
    for request in [
        vec![
            order(1, "5-2.4", 1, Power::Off),
            order(2, "5-2.4", 3, Power::Off),
            order(3, "5-2", 2, Power::Off),
        ],
        vec![order(4, "5-2.4", 1, Power::On)],
        vec![order(5, "5-2.4", 1, Power::Off), order(6, "5-2.4", 4, Power::On)],
    ] {
        rig.line.requests.send(switch(request)).await.unwrap();
    }
    other.requests.send(switch(vec![order(1, "5-2.4", 2, Power::Off)])).await.unwrap();
    held.write_all(b"go\n").unwrap();
    drop(held);

    answer(&mut rig.line).await;
    let first = answer(&mut rig.line).await;
    assert_eq!(powers(&first), [Some(Power::Off); 3]);
    let replaced = answer(&mut rig.line).await;
    assert_eq!(
        (replaced[0].order, replaced[0].power, &replaced[0].problem),
        (Some(4), Some(Power::Off), &None)
    );
    assert_eq!(powers(&answer(&mut rig.line).await), [Some(Power::Off), Some(Power::On)]);
    assert_eq!(powers(&answer(&mut other).await), [Some(Power::Off)]);
    let switches: Vec<String> = rig.calls().into_iter().filter(|call| call.contains("-a")).collect();
    assert_eq!(
        switches,
        ["-N -e -l 5-2 -p 2 -a off", "-N -e -l 5-2.4 -p 1,2,3 -a off", "-N -e -l 5-2.4 -p 4 -a on"]
    );
}

#[tokio::test]
async fn an_exit_without_error_is_not_a_switched_port() {
    let mut rig = Rig::new();
    rig.put("stubborn", "");
    let refused = Some(SwitchProblem::Refused(Power::On));
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (Some(Power::On), refused));
    assert_eq!(rig.one("5-2", 1, Power::On).await, (Some(Power::On), None));
    rig.put("fallback", "");
    let (power, problem) = rig.one("5-2", 1, Power::Off).await;
    assert_eq!(power, Some(Power::On));
    assert!(matches!(problem, Some(SwitchProblem::Permission(_))), "{problem:?}");
}

#[tokio::test]
async fn a_permission_that_was_not_needed_is_no_problem() {
    let mut rig = Rig::new();
    rig.put("fallback", "");
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (Some(Power::Off), None));
}

#[tokio::test]
async fn an_answer_that_cannot_be_believed_is_read_again() {
    let mut rig = Rig::new();
    rig.put("once/5-2_1", "  Port 1: fffffff9 power indicator test reset oc connect []\n");
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (Some(Power::Off), None));
    assert_eq!(rig.calls(), ["-N", "-N -e -l 5-2 -p 1 -a off", "-N"]);
    rig.put("line/5-2_2", "  Port 2: fffffff9 power oc connect []\n");
    let (power, problem) = rig.one("5-2", 2, Power::Off).await;
    assert_eq!(power, None);
    assert!(matches!(problem, Some(SwitchProblem::Unreadable(_))), "{problem:?}");
    rig.put("broken", "");
    let refused = SwitchProblem::Refused(Power::On);
    assert_eq!(
        rig.one("5-2.3", 4, Power::Off).await,
        (Some(Power::On), Some(refused)),
        "no new status was printed"
    );
}

#[tokio::test]
async fn a_forged_line_does_not_make_a_port_switched() {
    let mut rig = Rig::new();
    rig.put("version", "2.4.0");
    let forged = "  Port 1: 0503 power enable connect [04e8:6860 Evil\n  Port 2: 0000 off\n]\n";
    rig.put("line/5-2_1", forged);
    rig.put("stubborn", "");
    let seen = rig.switch(&[order(1, "5-2", 1, Power::Off), order(2, "5-2", 2, Power::Off)]).await;
    assert_eq!(powers(&seen), [Some(Power::On), None]);
    assert!(matches!(seen[1].problem, Some(SwitchProblem::Unreadable(_))), "{seen:?}");
    assert_eq!(rig.calls()[0], "", "version 2.4 has no -N");
}

#[tokio::test]
async fn sockets_of_the_daisy_chain_and_root_hubs_are_never_touched() {
    let mut rig = Rig::new();
    rig.put("behind/5-2.3_2", "");
    for (hub, at) in [("5-2", 3), ("5-2", 4), ("5-2.3", 2), ("5", 1)] {
        let (power, problem) = rig.one(hub, at, Power::Off).await;
        assert_eq!(power, None);
        assert!(matches!(problem, Some(SwitchProblem::Forbidden(_))), "{hub} {at}: {problem:?}");
    }
    assert!(rig.calls().iter().all(|call| call == "-N"), "{:?}", rig.calls());
}

#[tokio::test]
async fn a_missing_hub_is_told_and_its_return_is_seen() {
    let mut rig = Rig::new();
    rig.put("hubs", "");
    assert!(matches!(rig.one("5-2", 1, Power::On).await, (None, Some(SwitchProblem::HubMissing(_)))));
    rig.put("hubs", HUBS);
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (Some(Power::Off), None));
    rig.put("hubs", "5-2.3 2.10 4\n");
    assert!(matches!(rig.one("5-2", 1, Power::On).await, (None, Some(SwitchProblem::HubMissing(_)))));
}

#[tokio::test]
async fn a_port_has_power_if_either_side_of_its_hub_has() {
    let mut rig = Rig::new();
    rig.put("hubs", "4-2.3 2.10 4 5-2.3\n5-2.3 3.20 4\n");
    assert_eq!(rig.one("4-2.3", 1, Power::Off).await, (Some(Power::Off), None));
    fs::remove_file(rig.dir.path().join("off/5-2.3_1")).unwrap();
    assert_eq!(powers(&rig.read(&[("4-2.3", 1)]).await), [Some(Power::On)]);
    rig.put("line/new_5-2.3_2", "  Port 2: 0203 power 5gbps U0 enable connect [04e8:6860]\n");
    let refused = Some(SwitchProblem::Refused(Power::On));
    assert_eq!(rig.one("4-2.3", 2, Power::Off).await, (Some(Power::On), refused));
}

#[tokio::test]
async fn a_call_that_hangs_is_ended_and_the_state_read_again() {
    let mut rig = Rig::with_limit(3);
    rig.put("hang-switch", "");
    let timeout = Some(SwitchProblem::Timeout(3));
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (Some(Power::On), timeout));
    fs::remove_file(rig.dir.path().join("hang-switch")).unwrap();
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (Some(Power::Off), None), "the lock is free again");
}

#[tokio::test]
async fn a_hub_that_spoils_the_list_of_all_does_not_hide_the_others() {
    let mut rig = Rig::with_limit(3);
    rig.put("hang-list", "");
    rig.put("hang-5-2.4", "");
    let seen = rig.read(&[("5-2", 1), ("5-2.4", 1)]).await;
    assert_eq!(powers(&seen), [Some(Power::On), None]);
    assert_eq!(seen[1].problem, Some(SwitchProblem::Timeout(3)));
}

#[tokio::test]
async fn nonsense_endless_output_and_no_permission_are_told_apart() {
    for (way, code) in [("nonsense", "unreadable"), ("giant", "unreadable"), ("denied", "no_permission")] {
        let mut rig = Rig::new();
        rig.put(way, "");
        let seen = rig.read(&[("5-2", 1)]).await.remove(0);
        assert_eq!((seen.power, seen.problem.map(|problem| problem.code())), (None, Some(code)), "{way}");
        let (power, problem) = rig.one("5-2", 1, Power::Off).await;
        assert_eq!((power, problem.map(|problem| problem.code())), (None, Some(code)), "{way}");
    }
}

#[tokio::test]
async fn a_tool_that_is_missing_or_too_old_is_told_and_found_once_it_is_there() {
    let mut rig = Rig::new();
    let tool = rig.settings.uhubctl.clone().unwrap();
    fs::rename(&tool, rig.dir.path().join("away")).unwrap();
    assert!(matches!(rig.one("5-2", 1, Power::Off).await, (None, Some(SwitchProblem::ToolMissing(_)))));
    fs::rename(rig.dir.path().join("away"), &tool).unwrap();
    assert_eq!(usb::probe(&rig.settings).await.unwrap().version, "2.5.0-1");
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (Some(Power::Off), None));
    rig.put("version", "2.2.0");
    let told = usb::probe(&rig.settings).await.unwrap_err().to_string();
    assert!(told.contains("version 2.2.0"), "{told}");
    let relative = UsbSettings { uhubctl: Some("uhubctl".into()), ..rig.settings.clone() };
    assert!(matches!(usb::find_uhubctl(&relative), Err(SwitchProblem::ToolMissing(_))));
}

#[tokio::test]
async fn two_stations_and_two_services_never_run_two_calls_at_once() {
    let rig = Rig::new();
    let (second, task) =
        usb::start(Driver::Uhubctl, rig.settings.clone(), tokio::sync::watch::channel(Tally::new()).0);
    let second_task = tokio::spawn(task);
    let mut lines = vec![line(&rig.bus), line(&rig.bus), line(&second), line(&second)];
    drop(second);
    for round in 0..3 {
        for (at, line) in (1..).zip(&lines) {
            let power = if round % 2 == 0 { Power::Off } else { Power::On };
            let request = asking(Ask::Switch(vec![order(round, "5-2.4", at, power)]));
            line.requests.send(request).await.unwrap();
        }
    }
    for line in &mut lines {
        for _ in 0..3 {
            let seen = answer(line).await;
            assert!(seen[0].power.is_some() && seen[0].problem.is_none(), "{seen:?}");
        }
    }
    let marks = rig.get("marks");
    assert!(marks.lines().count() >= 4);
    assert!(
        marks.lines().zip(["start", "end"].iter().cycle()).all(|(mark, right)| mark == *right),
        "{marks}"
    );
    drop(lines);
    tokio::time::timeout(PATIENCE, second_task).await.expect("the task ends with its lines").unwrap();
}

#[tokio::test]
async fn a_lock_that_another_process_holds_is_waited_for_not_forever() {
    let mut rig = Rig::with_limit(2);
    fs::create_dir(rig.dir.path().join("run")).unwrap();
    let mut holder = Command::new("flock")
        .arg(&rig.settings.lock)
        .args(["sh", "-c", "echo held; read -r _"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(rig.one("5-2", 1, Power::Off).await, (None, Some(SwitchProblem::Busy(4))));
    assert!(rig.calls().is_empty());
    drop(holder.stdin.take());
    holder.wait().unwrap();
    assert!(!matches!(rig.one("5-2", 1, Power::Off).await.1, Some(SwitchProblem::Busy(_))));
}

#[tokio::test]
async fn what_was_sent_before_a_station_went_away_is_still_done() {
    let Rig { dir, line, bus, task, .. } = Rig::new();
    drop(bus);
    let Line { requests, outcomes } = line;
    drop(outcomes);
    requests.send(asking(Ask::Switch(vec![order(1, "5-2", 1, Power::Off)]))).await.unwrap();
    drop(requests);
    tokio::time::timeout(PATIENCE, task).await.expect("the task ends").unwrap();
    assert!(dir.path().join("off/5-2_1").exists());
}

#[tokio::test]
async fn the_real_tool_says_clearly_that_there_is_no_such_hub() {
    let dir = tempfile::tempdir().unwrap();
    let lock = dir.path().join("lock");
    let settings =
        UsbSettings { uhubctl: None, time_limit: Span::from_secs(30), sysfs: "/nowhere".into(), lock };
    let Ok(tool) = usb::probe(&settings).await else {
        println!("skipped: uhubctl is not installed on this machine");
        return;
    };
    assert!(tool.path.is_absolute() && tool.version.starts_with("2."), "{tool:?}");
    let (bus, task) = usb::start(Driver::Uhubctl, settings, tokio::sync::watch::channel(Tally::new()).0);
    let task = tokio::spawn(task);
    let mut line = rig::line(&bus);
    drop(bus);
    let place = (port(1), socket("250-1.2.3", 1));
    let read = ask(&mut line, asking(Ask::Read(vec![place]))).await;
    let switched = ask(&mut line, asking(Ask::Switch(vec![order(1, "250-1.2.3", 1, Power::Off)]))).await;
    for seen in read.iter().chain(&switched) {
        assert_eq!(seen.power, None);
        // A user without rights on a machine with hubs is told of the rights.
        let code = seen.problem.as_ref().map(SwitchProblem::code);
        assert!(matches!(code, Some("hub_missing" | "no_permission")), "{seen:?}");
    }
    drop(line.requests);
    assert_eq!(line.outcomes.recv().await, None);
    task.await.unwrap();
}
