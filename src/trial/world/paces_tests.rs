//! What the engine learns of simulated devices in three nights is true within a tenth, however badly they report.

use jiff::tz::TimeZone;

use super::{
    DeviceModel, Drain, Stage,
    tests::{at, model, port, rules, station, usage},
};
use crate::{
    model::{BatteryReport, Learned, Paces, Power, Span, Timestamp, Value},
    simulation::Device,
};

/// Numbers that look random (Numerical Recipes' generator), from 0 to below `below`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 40).unwrap() % below
    }
}

/// Lives through so many days from noon on; gives what was learned after twelve minutes and at the end.
fn live(model: DeviceModel, days: i64, seed: u64) -> (Learned, Learned) {
    let ready = usage("ready-by", &[("by", Value::Text("07:00".to_owned())), ("target", Value::Int(100))]);
    let station = station(vec![ready, usage("keep-between", &[])]);
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let start = at("2026-11-23T12:00");
    let mut stage = Stage::new(&station, &rules(), start);
    let mut device = Device::new(model, seed, berlin.to_datetime(start));
    let mut dice = Dice(seed);
    let (mut now, mut due, mut held) = (start, start, None::<BatteryReport>);
    let mut early = Learned::default();
    let learned = |stage: &Stage| (*stage.view().ports[&port()].memory.learned).clone();
    for minute in 0..days * 1440 {
        stage.tick(now, &mut |_| {});
        let powered = stage.power(port()) == Power::On;
        if let Some(reading) = device.report(powered).filter(|_| now >= due) {
            due = later(now, Span::from_mins(5 + dice.roll(11)));
            let report = BatteryReport {
                device: None,
                port: port(),
                level: reading.level,
                charging: Some(reading.charging),
                temperature: Some(reading.temperature),
                measured_at: None,
            };
            // One of twenty waits somewhere on the way and comes after the next one, as if it were new.
            let late = held.take();
            if dice.roll(20) == 0 {
                held = Some(report);
            } else {
                let times = if dice.roll(10) == 0 { 2 } else { 1 };
                for _ in 0..times {
                    stage.report(&report, now, &mut |_| {});
                }
            }
            if let Some(late) = late {
                stage.report(&late, later(now, Span::from_secs(5)), &mut |_| {});
            }
            if dice.roll(60) == 0 {
                // The phone starts anew, or its network is away.
                due = later(now, Span::from_mins(20 + dice.roll(60)));
            }
        }
        device.step(powered, berlin.to_datetime(now), Span::from_mins(1));
        now = later(now, Span::from_mins(1));
        if minute == 12 {
            early = learned(&stage);
        }
    }
    (early, learned(&stage))
}

fn later(at: Timestamp, by: Span) -> Timestamp {
    at.checked_add(by).unwrap()
}

#[test]
fn minutes_to_charge_are_true_within_a_tenth_after_three_nights() {
    let mut worst = (0.0_f64, String::new());
    for (seed, per_hour) in (1..).zip([9.0, 15.0, 22.0, 30.0, 40.0, 48.0, 55.0, 62.0]) {
        let drain = Drain::flat(f64::from(u8::try_from(seed).unwrap()));
        let model = DeviceModel {
            level: 55.0,
            charge_per_hour: per_hour,
            drain,
            report_every: Span::from_mins(1),
            ..model()
        };
        let (early, learned) = live(model, 3, u64::try_from(seed).unwrap());
        assert_eq!(early.minutes_to_charge(20.0, 80.0), None, "seed {seed}: too early to tell");
        for (from, to) in [(20.0, 80.0), (20.0, 100.0), (50.0, 95.0), (40.0, 60.0)] {
            let truth = Paces::even(per_hour).minutes(from, to);
            let told = learned.minutes_to_charge(from, to).unwrap();
            let off = told.minutes / truth - 1.0;
            if off.abs() > worst.0 {
                worst = (off.abs(), format!("seed {seed}, {per_hour} %/h, {from} to {to}: {off:+.3}"));
            }
            assert!(told.sure > 0.2, "seed {seed}: {told:?}");
        }
    }
    assert!(worst.0 < 0.1, "{}", worst.1);
}
