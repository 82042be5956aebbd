//! A dozen phones and tablets to try policies on.

use super::phone::{Profile, Temper};
use crate::model::Span;

/// The devices of `stations/demo.ron`.
///
/// Rates: a charging port of a hub gives 12 W (5 V, 2.4 A), four fifths of that arrive in the battery. Phones hold
/// 12 to 20 Wh and small ones 8, tablets 20 to 30, and not all take what they could get: so 18 to 72 % per hour.
/// Use, levels and warmth are ours: livelier than most phones, and spread so that something happens in the
/// first minutes. At 23 degrees above the room a battery settles at 46 °C, past the 45 °C at which rugged
/// phones begin to charge more slowly (Zebra TC53).
pub const CAST: [Profile; 12] = [
    phone("pixel-8", 78.0, 50.0, 9.0),
    phone("galaxy-s21", 22.0, 52.0, 10.0),
    phone("fairphone-5", 55.0, 48.0, 8.0),
    phone("ipad-mini", 33.0, 34.0, 6.0),
    phone("worn-tablet", 64.0, 18.0, 7.0),
    Profile {
        temper: Temper::FallsSilent { after: Span::from_mins(150), silent_for: Span::from_mins(80) },
        ..phone("moto-g", 71.0, 48.0, 7.0)
    },
    phone("nokia-xr20", 86.0, 48.0, 8.0),
    phone("tab-a8", 19.0, 34.0, 6.0),
    phone("iphone-se", 24.0, 72.0, 12.0),
    Profile { temper: Temper::BadCable, ..phone("redmi-note", 47.0, 50.0, 7.0) },
    Profile { temper: Temper::RunsHot, rise: 23.0, ..phone("kindle-fire", 41.0, 20.0, 23.0) },
    phone("exam-tablet-1", 92.0, 40.0, 6.0),
];

/// The phone of this name, else the one for the n-th port, from 0; beyond a dozen they come again from the start.
pub fn cast(name: &str, index: usize) -> Profile {
    let [first, ..] = CAST;
    let named = CAST.iter().find(|phone| phone.name == name);
    named.or_else(|| CAST.get(index % CAST.len())).copied().unwrap_or(first)
}

const fn phone(name: &'static str, level: f64, charge_per_hour: f64, rise: f64) -> Profile {
    Profile {
        name,
        level,
        charge_per_hour,
        idle_per_hour: 4.0,
        active_per_hour: 24.0,
        rise,
        temper: Temper::Ordinary,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::DeviceName;

    #[test]
    fn every_phone_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = CAST.iter().map(|p| p.name).collect();
        assert_eq!(names.len(), CAST.len());
        assert!(names.iter().all(|name| DeviceName::new(name).is_ok()));
    }

    #[test]
    fn each_trouble_has_its_phone() {
        let count = |wanted: fn(&Temper) -> bool| CAST.iter().filter(|p| wanted(&p.temper)).count();
        assert_eq!(count(|t| *t == Temper::RunsHot), 1);
        assert_eq!(count(|t| *t == Temper::BadCable), 1);
        assert_eq!(count(|t| matches!(t, Temper::FallsSilent { .. })), 1);
    }

    #[test]
    fn a_phone_is_found_by_its_name_or_by_its_place() {
        assert_eq!(cast("redmi-note", 0).temper, Temper::BadCable);
        assert_eq!(cast("mine", 12), CAST[0]);
    }
}
