//! What is learned from reports, on batteries whose rates are known.

use super::{Battery, Learned, Level, Power, Timestamp, pace::effort};

const NOON: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOON + second).unwrap()
}

#[expect(clippy::cast_possible_truncation, reason = "a level is 0 to 100")]
fn battery(second: i64, level: f64) -> Battery {
    let level = Level::new(level.round().clamp(0.0, 100.0) as i64).unwrap();
    Battery { level, charging: None, temperature: None, measured_at: at(second) }
}

/// The level after so many hours of charging with this pace, in steps of a second.
fn charged(from: f64, per_hour: f64, seconds: i64) -> f64 {
    let (mut low, mut high) = (from, 100.0);
    let hours = seconds as f64 / 3600.0;
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if effort(from, middle) / per_hour < hours { low = middle } else { high = middle }
    }
    low
}

/// Charges from a level to 100 % with a report every so many seconds.
fn night(learned: &mut Learned, from: f64, per_hour: f64, every: i64, begin: i64) -> i64 {
    let mut second = 0;
    loop {
        second += every;
        let level = charged(from, per_hour, second);
        learned.take(Power::On, at(begin), &battery(begin + second, level));
        if level.round() >= 100.0 {
            return begin + second;
        }
    }
}

fn off_by(learned: &Learned, per_hour: f64, from: f64, to: f64) -> f64 {
    let truth = effort(from, to) / per_hour * 60.0;
    learned.minutes_to_charge(from, to).unwrap().minutes / truth - 1.0
}

#[test]
fn nothing_is_said_before_enough_was_seen() {
    let mut learned = Learned::default();
    for minute in 0..30 {
        let level = 30.0 + 0.5 * f64::from(minute);
        learned.take(Power::On, at(0), &battery(300 + i64::from(minute) * 60, level));
        assert_eq!((learned.minutes_to_charge(20.0, 80.0), learned.sure()), (None, 0.0), "{minute}");
    }
    assert!(learned.bands().is_empty() && learned.drain_per_hour().is_none());
}

#[test]
fn three_nights_tell_the_pace_whatever_the_rounding() {
    for per_hour in [8.0, 20.0, 41.0, 60.0] {
        for every in [300, 540, 900] {
            let (mut learned, mut second) = (Learned::default(), 0);
            for night_from in [20.3, 34.0, 51.7] {
                second = night(&mut learned, night_from, per_hour, every, second + 40_000);
            }
            for (from, to) in [(20.0, 80.0), (40.0, 100.0), (60.0, 90.0), (5.0, 100.0)] {
                let off = off_by(&learned, per_hour, from, to);
                assert!(off.abs() < 0.1, "{per_hour} every {every}: {from} to {to} is off by {off:.3}");
            }
        }
    }
}

#[test]
fn each_band_has_its_own_pace_and_unseen_ones_follow_the_usual_shape() {
    let mut learned = Learned::default();
    for night in 0..3 {
        let mut level = 10.0;
        for n in 0..60 {
            level += if level < 50.0 { 5.0 } else { 2.5 };
            if level < 79.0 {
                learned.take(Power::On, at(night * 50_000), &battery(night * 50_000 + 300 + n * 300, level));
            }
        }
    }
    let minutes = |from, to| learned.minutes_to_charge(from, to).unwrap().minutes;
    assert!((minutes(20.0, 40.0) - 20.0).abs() < 2.0, "{}", minutes(20.0, 40.0));
    assert!((minutes(55.0, 75.0) - 40.0).abs() < 4.0, "{}", minutes(55.0, 75.0));
    let sure = |from, to| learned.minutes_to_charge(from, to).unwrap().sure;
    assert!(sure(20.0, 40.0) > 0.6 && sure(85.0, 100.0) < 0.5, "{} {}", sure(20.0, 40.0), sure(85.0, 100.0));
    assert!(minutes(90.0, 100.0) > 2.0 * minutes(80.0, 90.0));
}

#[test]
fn what_people_use_is_learned_too() {
    let mut learned = Learned::default();
    for n in 0..96 {
        learned.take(Power::Off, at(0), &battery(300 + n * 300, 90.0 - 4.0 * n as f64 / 12.0));
    }
    assert!((learned.drain_per_hour().unwrap() - 4.0).abs() < 0.4, "{:?}", learned.drain_per_hour());
    assert_eq!(learned.minutes_to_charge(20.0, 80.0), None);
}

#[test]
fn an_idle_device_uses_little_and_not_nothing() {
    let mut learned = Learned::default();
    for n in 0..600 {
        learned.take(Power::Off, at(0), &battery(300 + n * 300, 90.0 - 0.4 * n as f64 / 12.0));
    }
    assert!((learned.drain_per_hour().unwrap() - 0.4).abs() < 0.08, "{:?}", learned.drain_per_hour());
}

/// Every report of three nights, and what is done to it.
fn disturbed(disturb: impl Fn(i64, f64) -> Vec<(i64, f64)>) -> Learned {
    let mut learned = Learned::default();
    for begin in [0, 50_000, 100_000] {
        for n in 1..120 {
            let (second, level) = (n * 300, charged(15.0, 30.0, n * 300));
            for (second, level) in disturb(second, level) {
                learned.take(Power::On, at(begin), &battery(begin + second, level));
            }
        }
    }
    learned
}

/// The reports that come of one: second and level.
type Disturbed<'a> = &'a dyn Fn(i64, f64) -> Vec<(i64, f64)>;

#[test]
fn reports_that_are_late_repeated_or_wrong_do_no_harm() {
    let late = |second: i64, level: f64| {
        let mut all = vec![(second, level)];
        if second % 2100 == 0 {
            all.push((second + 60, (level - 7.0).max(1.0)));
        }
        all
    };
    let twice = |second, level| vec![(second, level), (second, level), (second + 7, level)];
    let wild = |second: i64, level| vec![(second, if second % 3300 == 0 { 3.0 } else { level })];
    let seldom = |second: i64, level| if second % 900 == 0 { vec![(second, level)] } else { Vec::new() };
    let restarts = |second: i64, level| {
        if second % 7200 < 1500 { Vec::new() } else { vec![(second, level)] }
    };
    let backwards = |second: i64, level| vec![(second, level), (second - 300, level - 2.0)];
    let cases: [(&str, Disturbed<'_>); 6] = [
        ("late", &late),
        ("twice", &twice),
        ("wild", &wild),
        ("seldom", &seldom),
        ("restarts", &restarts),
        ("backwards", &backwards),
    ];
    for (name, disturb) in cases {
        let off = off_by(&disturbed(disturb), 30.0, 20.0, 95.0);
        assert!(off.abs() < 0.1, "{name}: off by {off:.3}");
    }
}

#[test]
fn a_pause_is_no_slow_charge() {
    let pause = |second: i64, level: f64| {
        // At 60 % it waits for cooler days, and says that it charges all the same.
        let limited = if second < 7200 { level.min(60.0) } else { charged(60.0, 30.0, second - 7200) };
        vec![(second, limited)]
    };
    let off = off_by(&disturbed(pause), 30.0, 20.0, 95.0);
    assert!(off.abs() < 0.1, "off by {off:.3}");
}

#[test]
fn a_new_cable_is_noticed_within_days() {
    let (mut learned, mut second) = (Learned::default(), 0);
    for _ in 0..10 {
        second = night(&mut learned, 20.0, 40.0, 300, second + 40_000);
    }
    let sure = learned.sure();
    for _ in 0..6 {
        second = night(&mut learned, 20.0, 16.0, 300, second + 40_000);
    }
    let off = off_by(&learned, 16.0, 20.0, 80.0);
    assert!(off.abs() < 0.2, "{off}");
    assert!(learned.sure() < sure, "and it is less sure meanwhile");
}

#[test]
fn its_size_is_bounded_whatever_the_history() {
    let (mut learned, mut second) = (Learned::default(), 0);
    for n in 0..400 {
        second = night(&mut learned, 10.0 + f64::from(n % 50), 45.0, 420, second + 4_000);
        for _ in 0..20 {
            second += 600;
            learned.take(Power::Off, at(second - 600), &battery(second, 50.0));
        }
    }
    assert!(size_of::<Learned>() <= 200, "{} bytes", size_of::<Learned>());
    let text = serde_json::to_string(&learned).unwrap();
    assert!(text.len() <= 400, "{} bytes: {text}", text.len());
    assert_eq!(serde_json::from_str::<Learned>(&text).unwrap(), learned);
    assert_eq!(serde_json::from_str::<Learned>("{}").unwrap(), Learned::default());
}

#[test]
fn a_device_that_says_it_does_not_charge_teaches_nothing() {
    let mut learned = Learned::default();
    for n in 1..100 {
        let battery = Battery { charging: Some(false), ..battery(n * 300, 20.0 + n as f64 / 2.0) };
        learned.take(Power::On, at(0), &battery);
    }
    assert_eq!(learned, Learned::default());
}
