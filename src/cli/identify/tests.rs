//! Searches on series of looks.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    picture::{Picture, Said, tests::port},
    trial::{Finding, Next, Trial},
};
use crate::model::{DeviceName, PortId, Power, Span, Timestamp};

const WAIT: Span = Span::from_secs(180);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_356_300 + second).unwrap()
}

fn name(text: &str) -> DeviceName {
    DeviceName::new(text).unwrap()
}

/// A desk of three ports with phones that report at once, and a search in port 1.
struct Desk {
    picture: Picture,
    second: i64,
    trial: Trial,
    /// The phones that hang on port 1.
    here: Vec<&'static str>,
    /// What port 1 is when nothing holds it.
    rest: Power,
    /// The hub shows port 1 switched, and does not cut the power.
    leaks: bool,
    /// Seconds that the hub takes to switch off; the phones say meanwhile that they charge.
    slow: i64,
    /// What the hub has yet to do, and when.
    due: Option<(i64, Power)>,
}

impl Desk {
    fn new(power: Power) -> Self {
        let ports = (1..=3).map(|number| (PortId::new(number).unwrap(), port(number, &json!({}))));
        let picture = Picture { at: at(0), ports: ports.collect(), said: BTreeMap::new() };
        let trial = Trial::new(PortId::new(1).unwrap(), WAIT);
        let (here, leaks) = (vec!["pixel-7"], false);
        let mut desk = Self { picture, second: 0, trial, here, rest: power, leaks, slow: 0, due: None };
        (desk.first().power, desk.first().wanted) = (Some(power), Some(power));
        desk.says("pixel-7", power == Power::On);
        desk.says("tablet", true);
        desk
    }

    fn first(&mut self) -> &mut super::picture::Port {
        self.picture.ports.get_mut(&PortId::new(1).unwrap()).unwrap()
    }

    fn says(&mut self, device: &str, charging: bool) {
        let said = Said { charging: Some(charging), measured_at: at(self.second) };
        self.picture.said.insert(name(device), said);
    }

    /// Looks once and obeys; the phones in port 1 say what they feel.
    fn step(&mut self) -> Next {
        self.second += 1;
        self.picture.at = at(self.second);
        if let Some((_, power)) = self.due.take_if(|(second, _)| *second <= self.second) {
            self.switched(power);
        }
        let next = self.trial.look(&self.picture, Span::from_secs(self.second));
        match next {
            Next::Hold(power) => {
                self.first().probe = serde_json::from_value(json!({ "power": power })).unwrap();
                self.switch(power);
            }
            Next::LetGo => {
                self.first().probe = None;
                self.switch(self.rest);
            }
            Next::Wait | Next::Done(_) => {}
        }
        next
    }

    fn switch(&mut self, power: Power) {
        if self.slow == 0 || power == Power::On {
            return self.switched(power);
        }
        self.due = Some((self.second + self.slow, power));
        self.second += self.slow - 5;
        for device in self.here.clone() {
            self.says(device, true);
        }
        self.here.clear();
    }

    fn switched(&mut self, power: Power) {
        let moment = at(self.second);
        self.first().power = Some(power);
        self.first().power_since = Some(moment);
        self.second += 1;
        let charging = power == Power::On || self.leaks;
        for device in self.here.clone() {
            self.says(device, charging);
        }
    }

    /// Everything that was to be done, and what was found.
    fn run(&mut self) -> (Vec<Next>, Finding) {
        let mut done = Vec::new();
        for _ in 0..2_000 {
            match self.step() {
                Next::Wait => {}
                Next::Done(finding) => return (done, finding),
                next => done.push(next),
            }
        }
        panic!("no end after {done:?}: {:?}", self.trial);
    }

    fn until(&mut self, wanted: &Next) {
        for _ in 0..2_000 {
            if self.step() == *wanted {
                return;
            }
        }
        panic!("never {wanted:?}: {:?}", self.trial);
    }
}

const OFF: Next = Next::Hold(Power::Off);
const ON: Next = Next::Hold(Power::On);

#[test]
fn two_rounds_that_agree_find_the_device() {
    let (done, finding) = Desk::new(Power::On).run();
    assert_eq!(finding, Finding::Device(name("pixel-7")));
    assert_eq!(done, [OFF, ON, OFF, ON]);
}

#[test]
fn a_port_that_rests_is_tried_the_other_way_round() {
    let (done, finding) = Desk::new(Power::Off).run();
    assert_eq!(finding, Finding::Device(name("pixel-7")));
    assert_eq!(done, [ON, OFF, ON, OFF]);
}

#[test]
fn a_device_that_never_reported_before_is_found_by_its_first_word() {
    let mut desk = Desk::new(Power::On);
    desk.picture.said.clear();
    assert_eq!(desk.run().1, Finding::Device(name("pixel-7")));
}

#[test]
fn nobody_reacts_to_an_empty_port() {
    let mut desk = Desk::new(Power::On);
    desk.here.clear();
    let (done, finding) = desk.run();
    assert_eq!(done, [OFF]);
    assert_eq!(finding, Finding::Nobody("no device said that it stopped charging".to_owned()));
    assert!(desk.second > WAIT.as_secs());
}

#[test]
fn a_known_device_that_goes_on_charging_tells_that_the_port_does_not_cut_the_power() {
    for (assumed, proven) in [(true, false), (false, true)] {
        let mut desk = Desk::new(Power::On);
        desk.leaks = true;
        desk.first().device = Some(name("pixel-7"));
        desk.first().device_assumed = assumed;
        desk.first().plugged =
            serde_json::from_value(json!({"id": "18d1:4ee7", "serial": "R5", "name": ""})).unwrap();
        desk.until(&OFF);
        // A port without power shows nothing.
        desk.first().plugged = None;
        desk.first().device_assumed = true;
        desk.step();
        desk.second += 60;
        desk.says("pixel-7", true);
        assert_eq!(desk.run().1, Finding::KeepsCharging { device: name("pixel-7"), proven });
    }
}

#[test]
fn what_a_device_said_just_after_the_switch_is_no_proof_of_a_leak() {
    let mut desk = Desk::new(Power::On);
    desk.leaks = true;
    desk.first().device = Some(name("pixel-7"));
    assert!(matches!(desk.run().1, Finding::Nobody(_)));
}

#[test]
fn what_a_device_says_before_a_slow_hub_has_switched_is_no_proof_of_a_leak() {
    let mut desk = Desk::new(Power::On);
    desk.slow = 60;
    desk.first().device = Some(name("pixel-7"));
    let finding = desk.run().1;
    assert!(
        matches!(finding, Finding::Nobody(_)),
        "it reported 5 s before and then fell silent: {finding:?}"
    );
}

#[test]
fn a_leak_that_the_service_knows_needs_no_switch() {
    let mut desk = Desk::new(Power::Off);
    desk.first().device = Some(name("pixel-7"));
    desk.first().fault = serde_json::from_value(json!({"code": "power_leak"})).unwrap();
    let (done, finding) = desk.run();
    assert_eq!((done.len(), finding), (0, Finding::KeepsCharging { device: name("pixel-7"), proven: false }));
}

#[test]
fn two_that_react_at_once_are_tried_three_times_and_then_left() {
    let mut desk = Desk::new(Power::On);
    desk.here.push("tablet");
    let (done, finding) = desk.run();
    assert_eq!(finding, Finding::Unclear("`pixel-7` and `tablet` reacted at once".to_owned()));
    assert_eq!(done.iter().filter(|next| **next == OFF).count(), 3);
}

#[test]
fn a_second_reaction_while_the_first_recovers_counts_too() {
    let mut desk = Desk::new(Power::On);
    desk.until(&ON);
    desk.says("tablet", false);
    desk.until(&Next::LetGo);
    desk.here = vec!["pixel-7"];
    assert_eq!(desk.run().1, Finding::Device(name("pixel-7")));
}

#[test]
fn rounds_that_find_two_devices_do_not_count() {
    let mut desk = Desk::new(Power::On);
    desk.until(&ON);
    desk.here = vec!["tablet"];
    desk.until(&Next::LetGo);
    desk.here = vec!["pixel-7"];
    assert_eq!(desk.run().1, Finding::Device(name("pixel-7")));
}

#[test]
fn another_port_that_is_switched_meanwhile_spoils_a_try() {
    let mut desk = Desk::new(Power::On);
    let mut spoilt = 0;
    let finding = loop {
        match desk.step() {
            Next::Hold(Power::Off) => {
                spoilt += 1;
                let moment = at(desk.second);
                let second = desk.picture.ports.get_mut(&PortId::new(2).unwrap()).unwrap();
                second.power_since = Some(moment);
            }
            Next::Done(finding) => break finding,
            _ => {}
        }
    };
    assert_eq!(spoilt, 3);
    assert_eq!(finding, Finding::Unclear("port 2 was switched meanwhile".to_owned()));
}

#[test]
fn reports_from_before_the_switch_do_not_count() {
    let mut desk = Desk::new(Power::On);
    desk.here.clear();
    desk.until(&OFF);
    let said = Said { charging: Some(false), measured_at: at(-30) };
    desk.picture.said.insert(name("pixel-7"), said);
    let Finding::Nobody(why) = desk.run().1 else { panic!("somebody") };
    assert_eq!(why, "`pixel-7` reacted, but measured before the switch: is its clock right?");
}

#[test]
fn a_device_that_does_not_come_back_is_not_named() {
    let mut desk = Desk::new(Power::On);
    let mut offs = 0;
    let finding = loop {
        match desk.step() {
            Next::Hold(Power::Off) => offs += 1,
            Next::Hold(Power::On) => desk.says("pixel-7", false),
            Next::Done(finding) => break finding,
            Next::LetGo => desk.says("pixel-7", true),
            Next::Wait => {}
        }
    };
    assert_eq!(offs, 3);
    let why = "`pixel-7` stopped charging, but did not say that it charges again";
    assert_eq!(finding, Finding::Unclear(why.to_owned()));
}

#[test]
fn a_person_who_takes_the_switch_ends_the_search() {
    let mut desk = Desk::new(Power::On);
    desk.until(&OFF);
    desk.first().mode = serde_json::from_value(json!({"mode": "on"})).unwrap();
    assert!(
        matches!(desk.step(), Next::Done(Finding::Skipped(why)) if why.contains("a person switched it on"))
    );
}

#[test]
fn a_search_that_others_end_is_begun_again() {
    let mut desk = Desk::new(Power::On);
    desk.here.clear();
    desk.until(&OFF);
    desk.first().probe = None;
    desk.first().power = Some(Power::On);
    desk.until(&Next::LetGo);
    desk.here = vec!["pixel-7"];
    assert_eq!(desk.run().1, Finding::Device(name("pixel-7")));
}

#[test]
fn a_hub_that_does_not_switch_is_told_with_its_problem() {
    let mut desk = Desk::new(Power::On);
    desk.first().problem = serde_json::from_value(json!({"message": "no permission"})).unwrap();
    let finding = loop {
        match desk.step() {
            Next::Hold(_) => desk.first().power = Some(Power::On),
            Next::Done(finding) => break finding,
            _ => {}
        }
    };
    assert_eq!(finding, Finding::Unclear("it was not switched off: no permission".to_owned()));
}

#[test]
fn a_port_whose_power_nobody_knows_is_left_after_a_while() {
    let mut desk = Desk::new(Power::On);
    desk.first().power = None;
    let (done, finding) = desk.run();
    assert_eq!((done.len(), finding), (0, Finding::Skipped("its power is not known".to_owned())));
}
