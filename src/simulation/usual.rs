//! What a device is probably like, and its people, when nothing is known of it but name, kind and place.

use jiff::civil::{Time, time};

use super::{
    cast::CAST,
    device::DeviceModel,
    habit::{Away, Days, Drain},
    phone::{Profile, Temper},
};
use crate::model::Span;

/// Phone apps report every 5 to 20 minutes.
const REPORTS: Span = Span::from_mins(5);

/// Percent points per hour of a phone that stands at the station and is taken up now and then, from midnight on. Ours: as
/// good as nothing at night, the most after supper; 60 % on a day of which it is used all of.
const PHONE: [f64; 24] = [
    0.8, 0.6, 0.5, 0.5, 0.5, 0.8, 2.0, 4.0, 3.0, 2.5, 2.5, 2.5, 3.5, 2.5, 2.5, 2.5, 3.0, 3.5, 4.0, 5.0, 5.5,
    5.0, 3.0, 1.5,
];

/// The same of a tablet: it lies about, but in the evening. Ours.
const TABLET: [f64; 24] = [
    0.4, 0.3, 0.3, 0.3, 0.3, 0.3, 0.5, 1.0, 1.0, 1.5, 1.5, 1.5, 1.0, 1.5, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0,
    4.0, 1.5, 0.6,
];

/// Degrees above the room at which devices settle when they charge: ours, between those of the demo's.
const RISE: f64 = 8.0;

/// Levels at the start, by place, spread so that not all are charged at once. Ours.
const LEVELS: [f64; 8] = [62.0, 38.0, 74.0, 51.0, 29.0, 83.0, 45.0, 68.0];

/// A device of this name and kind that takes so many percent points per hour, the n-th of its station, from 0. The devices
/// of the demo are what they are there.
///
/// Of three phones two are taken to work, none at the same time as the next; tablets are carried off in the evening, each
/// other one; what is neither stays where it is.
pub fn usual(name: &str, kind: &str, index: usize, charge_per_hour: f64) -> DeviceModel {
    let known = CAST.iter().find(|phone| phone.name == name);
    let level = LEVELS.get(index % LEVELS.len()).copied().unwrap_or(50.0);
    let (level, charge_per_hour, rise, temper) = match known {
        Some(Profile { level, charge_per_hour, rise, temper, .. }) => {
            (*level, *charge_per_hour, *rise, *temper)
        }
        None => (level, charge_per_hour, RISE, Temper::Ordinary),
    };
    let is_tablet = kind == "tablet";
    let habits = match (kind, index % 3) {
        ("tablet", 0) => vec![evening(index)],
        ("tablet", _) | ("phone" | "", 1) => Vec::new(),
        ("phone" | "", 0) => vec![work(index), saturday()],
        ("phone" | "", _) => vec![work(index)],
        _ => Vec::new(),
    };
    DeviceModel {
        level,
        charge_per_hour,
        drain: Drain::by_hour(if is_tablet { TABLET } else { PHONE }),
        rise,
        habits,
        report_every: REPORTS,
        temper,
    }
}

/// To work and back, some earlier, some later.
fn work(index: usize) -> Away {
    let quarter = i8::try_from(index % 4).unwrap_or(0) * 15;
    let from = Time::constant(7, 30, 0, 0).saturating_add(jiff::Span::new().minutes(quarter));
    let to = time(16, 45, 0, 0).saturating_add(jiff::Span::new().minutes(i64::from(quarter) * 2));
    Away { days: Days::WORKDAYS, from, to, per_hour: 5.0 }
}

fn saturday() -> Away {
    Away {
        days: Days::of(&[jiff::civil::Weekday::Saturday]),
        from: time(10, 30, 0, 0),
        to: time(15, 0, 0, 0),
        per_hour: 6.0,
    }
}

/// On the sofa until bedtime.
fn evening(index: usize) -> Away {
    let late = i8::try_from(index % 4).unwrap_or(0) * 10;
    let from = time(18, 30, 0, 0).saturating_add(jiff::Span::new().minutes(late));
    Away { days: Days::ALL, from, to: time(21, 30, 0, 0), per_hour: 11.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_devices_of_the_demo_are_what_they_are_there() {
        let model = usual("kindle-fire", "tablet", 3, 40.0);
        assert_eq!((model.charge_per_hour, model.rise, model.temper), (20.0, 23.0, Temper::RunsHot));
        assert_eq!(usual("mine", "tablet", 3, 17.0).charge_per_hour, 17.0);
    }

    #[test]
    fn some_go_to_work_and_some_stay() {
        let away = |kind: &str| (0..12).filter(|n| !usual("x", kind, *n, 40.0).habits.is_empty()).count();
        assert_eq!((away("phone"), away("tablet"), away("lamp")), (8, 4, 0));
    }
}
