//! Heat, the floor, and devices without a battery: nobody overrules that.

use super::world::World;
use super::*;
use crate::model::{Care, Celsius, Decision, Layer, Safeguard, Verdict};

pub(super) fn warm(number: u16, level: i64, degrees: f64) -> BatteryReport {
    BatteryReport { temperature: Some(Celsius::new(degrees).unwrap()), ..report(number, level) }
}

pub(super) fn take(world: &mut World, report: &BatteryReport) -> Arc<Decision> {
    let step = world.engine.report(report, world.now).unwrap();
    let decision = step.decision.clone().unwrap();
    world.act(step);
    decision
}

pub(super) fn decided(decision: &Decision) -> (Verdict, Layer, Option<Safeguard>) {
    (decision.verdict, decision.by, decision.safeguard)
}

const HOT: (Verdict, Layer, Option<Safeguard>) = (Verdict::Rest, Layer::Safety, Some(Safeguard::TooHot));
const LOW: (Verdict, Layer, Option<Safeguard>) = (Verdict::Charge, Layer::Safety, Some(Safeguard::Floor));

/// The usual station, with another care in port 1.
fn with_care(change: impl FnOnce(&mut Care)) -> Station {
    let mut station = station();
    let mut plan = (*station.ports[&port(1)]).clone();
    let mut care = (*plan.care).clone();
    change(&mut care);
    plan.care = Arc::new(care);
    station.ports.insert(port(1), Arc::new(plan));
    station
}

fn engine_of(station: Station) -> Engine {
    Engine::new(Arc::new(station), rules(), Remembered::default(), at(0))
}

#[test]
fn what_has_no_battery_is_never_cut() {
    let station = with_care(|care| care.battery = false);
    let mut world = World::of(engine_of(station));
    let step = world.engine.set_mode(port(1), mode(ModeKind::Off, None), at(0)).unwrap();
    let decision = step.decision.clone().unwrap();
    assert_eq!(decided(&decision), (Verdict::Charge, Layer::Safety, Some(Safeguard::NoBattery)));
    assert_eq!(decision.reason, "it has no battery: its power is never cut, although switched off by REST");
    world.act(step);
    world.mode(1, ModeKind::Auto);
    take(&mut world, &warm(1, 100, 50.0));
    world.wait(24 * 3600);
    assert_eq!((world.ordered(1), world.told(1, "silent")), (0, 0));
    world.switch(1, Power::Off);
    world.wait(120);
    assert_eq!(world.power[&port(1)], Power::On, "whoever else switched it off");
}

#[test]
fn a_search_does_not_cut_what_has_no_battery() {
    let station = with_care(|care| care.battery = false);
    let mut world = World::of(engine_of(station));
    let probe = crate::model::ProbeFor { power: Power::Off, length: Span::from_mins(1) };
    let step = world.engine.probe(port(1), Some(probe), at(0)).unwrap();
    assert_eq!(step.decision.as_ref().unwrap().safeguard, Some(Safeguard::NoBattery));
    world.act(step);
    assert_eq!(world.ordered(1), 0);
}

#[test]
fn a_hot_device_is_not_charged_until_it_has_cooled_down() {
    let mut world = World::new();
    let hot = take(&mut world, &warm(1, 15, 45.0));
    assert_eq!(decided(&hot), HOT);
    assert_eq!(hot.reason, "45 °C is too hot: not charged until it is down to 40 °C");
    assert_eq!(world.power[&port(1)], Power::Off);
    world.wait(600);
    let cooler = take(&mut world, &warm(1, 15, 41.5));
    assert_eq!(decided(&cooler), HOT);
    assert_eq!(cooler.reason, "it was too hot and is at 41.5 °C: not charged until it is down to 40 °C");
    world.wait(600);
    let cool = take(&mut world, &warm(1, 15, 40.0));
    assert_eq!((cool.verdict, cool.by), (Verdict::Charge, Layer::Policy));
    assert_eq!((world.told(1, "too_hot"), world.told(1, "cooled_down")), (1, 1));
    assert_eq!(world.last("too_hot"), r#"{"code":"too_hot","temperature":45.0,"limit":45.0}"#);
}

#[test]
fn heat_wins_over_people_over_the_floor_and_over_a_restart() {
    let mut world = World::new();
    world.mode(1, ModeKind::On);
    let hot = take(&mut world, &warm(1, 5, 47.0));
    assert_eq!(decided(&hot), HOT);
    assert_eq!(
        hot.reason,
        "47 °C is too hot: not charged until it is down to 40 °C, though it is at 5% only, although switched on by REST"
    );
    world.restart();
    assert_eq!(world.power[&port(1)], Power::Off);
    let again = take(&mut world, &warm(1, 5, 43.0));
    assert_eq!(decided(&again), HOT, "it had not cooled down before the restart");
}

#[test]
fn a_search_does_not_charge_a_hot_device() {
    let mut world = World::new();
    take(&mut world, &warm(1, 50, 46.0));
    let probe = crate::model::ProbeFor { power: Power::On, length: Span::from_mins(5) };
    let step = world.engine.probe(port(1), Some(probe), world.now).unwrap();
    assert_eq!(decided(step.decision.as_ref().unwrap()), HOT);
}

#[test]
fn an_old_temperature_makes_a_silent_device_of_a_hot_one() {
    let mut world = World::new();
    take(&mut world, &warm(1, 50, 46.0));
    world.wait(44 * 60);
    assert_eq!(world.power[&port(1)], Power::Off);
    world.wait(2 * 60);
    assert_eq!(world.power[&port(1)], Power::On);
    assert_eq!(world.last("cooled_down"), r#"{"code":"cooled_down","temperature":null}"#);
}

#[test]
fn a_device_that_tells_no_temperature_any_more_stays_hot_for_a_while() {
    let mut world = World::new();
    take(&mut world, &warm(1, 50, 46.0));
    world.wait(10 * 60);
    assert_eq!(decided(&take(&mut world, &report(1, 50))), HOT);
    world.wait(40 * 60);
    assert_ne!(take(&mut world, &report(1, 49)).by, Layer::Safety);
}

#[test]
fn degrees_fahrenheit_are_said_to_be_likely() {
    let mut world = World::new();
    let reason = take(&mut world, &warm(1, 50, 72.0)).reason.clone();
    assert!(
        reason.ends_with("(no battery works at that: does the device tell degrees Fahrenheit?)"),
        "{reason}"
    );
}

#[test]
fn under_the_floor_a_device_is_charged_whatever_a_person_says() {
    let mut world = World::new();
    world.mode(1, ModeKind::Off);
    world.wait(60);
    assert_eq!(take(&mut world, &report(1, 10)).by, Layer::Mode, "at the floor is not under it");
    world.wait(600);
    let low = take(&mut world, &report(1, 9));
    assert_eq!(decided(&low), LOW);
    assert_eq!(low.reason, "9% is under the floor of 10%: charged to 15%, although switched off by REST");
    assert_eq!(world.power[&port(1)], Power::On);
    world.wait(300);
    assert_eq!(decided(&take(&mut world, &report(1, 14))), LOW, "not on and off at the floor itself");
    world.wait(300);
    assert_eq!(take(&mut world, &report(1, 15)).by, Layer::Mode);
    assert_eq!(world.power[&port(1)], Power::Off);
    assert_eq!((world.told(1, "under_floor"), world.told(1, "over_floor")), (1, 1));
}

#[test]
fn the_floor_wins_over_a_failing_guard() {
    let policy = Arc::new(Policy { guards: vec![usage("guard")], rules: vec![usage("keep-between")] });
    let mut broken = with_care(|care| care.policy = policy);
    let mut plan = (*broken.ports[&port(1)]).clone();
    plan.device = Some(device("broken"));
    broken.ports.insert(port(1), Arc::new(plan));
    let mut world = World::of(engine_of(broken));
    for _ in 0..3 {
        take(&mut world, &report(1, 12));
    }
    assert_eq!(take(&mut world, &report(1, 12)).safeguard, Some(Safeguard::GuardFailed));
    assert_eq!(world.power[&port(1)], Power::Off);
    assert_eq!(decided(&take(&mut world, &report(1, 9))), LOW);
    assert_eq!(world.power[&port(1)], Power::On);
}

#[test]
fn a_floor_of_nothing_is_none() {
    let mut station = station();
    station.safety.floor = Level::saturating(0);
    let mut world = World::of(engine_of(station));
    world.mode(1, ModeKind::Off);
    assert_eq!(take(&mut world, &report(1, 0)).by, Layer::Mode);
}

#[test]
fn heat_goes_with_the_device_and_not_with_the_port() {
    use super::things::{at_home, home, look, start, state};
    let mut engine = start(home());
    engine.seen(&at_home(), seconds(0));
    engine.report(&warm(1, 50, 46.0), seconds(10)).unwrap();
    engine.seen(&look(&["-", "X2", "X3", "X1", "-"]), seconds(20));
    engine.tick(seconds(20));
    assert!(state(&engine, 4).memory.safe.hot.is_some() && state(&engine, 1).memory.safe.hot.is_none());
    assert_eq!(state(&engine, 4).decision.as_ref().unwrap().safeguard, Some(Safeguard::TooHot));
}
