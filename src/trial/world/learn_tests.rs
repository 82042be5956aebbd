//! What is learned from reports is what was put into them: the simulation is the teacher.

use std::sync::Arc;

use jiff::civil::time;

use super::{
    Away, Days, DeviceModel, Drain, Known, Learned, Temper, learn,
    tests::{at, model, scenario, station, track, usage},
};
use crate::model::{Battery, Celsius, Level, Power, Span, Station};

#[expect(clippy::cast_possible_truncation, reason = "a level is 0 to 100")]
fn percent(level: f64) -> Level {
    Level::new(level.round() as i64).unwrap()
}

/// The reports of a simulated device, as history keeps them.
fn reports(station: &Arc<Station>, days: i64, model: DeviceModel) -> Vec<Battery> {
    let track = track(station, &scenario(days, model));
    let present = track.samples.iter().filter(|sample| sample.present);
    let report = |sample: &super::Sample| Battery {
        level: percent(sample.level),
        charging: Some(sample.power == Power::On),
        temperature: Celsius::new(sample.temperature).ok(),
        measured_at: sample.at,
    };
    present.map(report).collect()
}

fn learned(days: i64, model: DeviceModel) -> Learned {
    let station = station(vec![usage("keep-between", &[])]);
    learn(&reports(&station, days, model), &station.zone)
}

#[test]
fn nothing_is_learned_from_nothing() {
    let learned = learn(&[], &jiff::tz::TimeZone::UTC);
    assert_eq!(learned, Learned::default());
    assert_eq!(learned.known(), Known::Nothing);
    assert_eq!(learned.over(model()), model());
}

#[test]
fn use_by_the_hour_charging_and_warmth_are_found_again() {
    let mut by_hour = [1.0; 24];
    by_hour[18..22].fill(12.0);
    let model = DeviceModel { drain: Drain::by_hour(by_hour), charge_per_hour: 33.0, rise: 11.0, ..model() };
    let learned = learned(14, model.clone());
    let drain = learned.drain.clone().unwrap();
    assert!((drain.at(20) - 12.0).abs() < 3.0, "{drain:?}");
    assert!((drain.at(3) - 1.0).abs() < 0.7, "{drain:?}");
    assert!((learned.charge_per_hour.unwrap() - 33.0).abs() < 2.0, "{learned:?}");
    assert!((learned.rise.unwrap() - 11.0).abs() < 1.5, "{learned:?}");
    assert_eq!(learned.report_every, Some(Span::from_mins(5)));
    assert_eq!(learned.habits, Some(Vec::new()));
    assert_eq!(learned.known(), Known::Well);
    assert_eq!(learned.over(model).temper, Temper::Ordinary);
}

#[test]
fn a_way_to_work_is_found_again_and_the_weekend_stays_free() {
    let habit = Away { days: Days::WORKDAYS, from: time(8, 0, 0, 0), to: time(17, 0, 0, 0), per_hour: 6.0 };
    let learned = learned(14, DeviceModel { habits: vec![habit], ..model() });
    let habits = learned.habits.unwrap();
    assert_eq!(habits.len(), 1, "{habits:?}");
    assert_eq!(
        (habits[0].days, habits[0].from, habits[0].to),
        (Days::WORKDAYS, time(8, 0, 0, 0), time(17, 0, 0, 0))
    );
    assert!((habits[0].per_hour - 6.0).abs() < 1.0, "{habits:?}");
}

#[test]
fn a_night_shift_passes_midnight() {
    let habit = Away { days: Days::ALL, from: time(21, 0, 0, 0), to: time(5, 30, 0, 0), per_hour: 2.0 };
    let learned = learned(14, DeviceModel { habits: vec![habit], ..model() });
    let habits = learned.habits.unwrap();
    let times: Vec<_> = habits.iter().map(|away| (away.from, away.to)).collect();
    assert_eq!(times, [(time(21, 0, 0, 0), time(5, 30, 0, 0)); 2], "{habits:?}");
}

#[test]
fn another_device_in_the_same_port_is_no_miracle() {
    let report = |minute: i64, level| Battery {
        level: Level::new(level).unwrap(),
        charging: Some(false),
        temperature: None,
        measured_at: at("2026-11-23T12:00").checked_add(Span::from_mins(minute)).unwrap(),
    };
    let mut all: Vec<Battery> = (0..100).map(|n| report(n * 5, 90 - n / 4)).collect();
    all.extend((0..10).map(|n| report(500 + n * 5, 5)));
    let drain = learn(&all, &jiff::tz::TimeZone::UTC).drain.unwrap();
    assert!((0..24).all(|hour| drain.at(hour) < 5.0), "{drain:?}");
}
