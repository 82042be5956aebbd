//! The account of one device: its days as they were, beside the same days on the charger.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::{civil::Date, tz::TimeZone};

use super::strain::{Day, EDGES, Point, Strain, days, on_charger};
use crate::{
    engine::is_misread,
    model::{Battery, PortId, StationName, Timestamp},
    trial::world::learn,
};

/// What a device said, and where it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The station and the port that it was in.
    pub place: (StationName, PortId),
    /// When it was received.
    pub at: Timestamp,
    /// What it said.
    pub battery: Battery,
}

/// One day, as it was and as it had been on the charger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BothDays {
    /// The day, by the clock of the station.
    pub date: Date,
    /// As it was.
    pub was: Strain,
    /// Had the device been on the charger whenever it was in reach. Of its temperature and its switches nothing is known.
    pub stayed: Strain,
}

/// The days of one device.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// How fast it charges, percent points per hour: what the other days are worked out with.
    pub per_hour: f64,
    /// True when that was learned from these reports.
    pub is_learned: bool,
    /// The days of which something is known, in order.
    pub days: Vec<BothDays>,
}

impl Account {
    /// All days together, as they were.
    pub fn was(&self) -> Strain {
        Strain::sum(self.days.iter().map(|day| &day.was))
    }

    /// All days together, on the charger.
    pub fn stayed(&self) -> Strain {
        Strain::sum(self.days.iter().map(|day| &day.stayed))
    }
}

/// The account of a device from what it said, in the order in which that was received, and from the switches of the ports
/// in which it was, in their order. `per_hour` is how fast it charges, for as long as its reports do not tell.
pub fn account(
    heard: &[Heard],
    switches: &[((StationName, PortId), Timestamp)],
    zone: &TimeZone,
    per_hour: f64,
) -> Account {
    // Switches of a port count while the device was heard there last.
    let in_its_port = |(place, at): &&((StationName, PortId), Timestamp)| {
        let next = heard.partition_point(|one| one.at <= *at);
        next.checked_sub(1).and_then(|last| heard.get(last)).is_some_and(|last| last.place == *place)
    };
    let switches: Vec<Timestamp> = switches.iter().filter(in_its_port).map(|(_, at)| *at).collect();
    let mut batteries: Vec<Battery> = heard.iter().map(|one| one.battery.clone()).collect();
    batteries.sort_by_key(|battery| battery.measured_at);
    batteries.dedup_by_key(|battery| battery.measured_at);
    let batteries = without_misreadings(batteries);
    let learned = learn(&batteries, zone).charge_per_hour;
    let per_hour = learned.unwrap_or(per_hour);
    let points: Vec<Point> = batteries.iter().map(Point::from).collect();
    let stayed = days(&on_charger(&points, per_hour), &[], zone);
    let stayed: BTreeMap<Date, Strain> = stayed.into_iter().map(|day| (day.date, day.was)).collect();
    let both = |Day { date, was }| {
        let stayed = stayed.get(&date).copied().unwrap_or_default();
        BothDays { date, was, stayed }
    };
    let days = days(&points, &switches, zone).into_iter().map(both).collect();
    Account { per_hour, is_learned: learned.is_some(), days }
}

/// What remains when levels that no battery gets to and back are left out: 90, 3, 91 % is no cycle.
fn without_misreadings(batteries: Vec<Battery>) -> Vec<Battery> {
    let mut kept: Vec<Battery> = Vec::with_capacity(batteries.len());
    for battery in batteries {
        if let [.., before, between] = kept.as_slice()
            && is_misread(before, between, &battery)
        {
            kept.pop();
        }
        kept.push(battery);
    }
    kept
}

/// The account as comma-separated values (RFC 4180), a line for each day.
pub fn csv(account: &Account) -> String {
    let mut text = "date,hours_known,hours_above_80,hours_above_35_degrees,full_cycles,switches,lowest,highest_temperature"
        .to_owned();
    for band in 0..10 {
        let _ = write!(text, ",hours_{}_to_{}_percent", band * 10, band * 10 + 10);
    }
    text += ",hours_under_10_degrees";
    for pair in EDGES.windows(2) {
        if let [from, to] = pair {
            let _ = write!(text, ",hours_{from}_to_{to}_degrees");
        }
    }
    text += ",hours_over_45_degrees,stayed_hours_above_80,stayed_full_cycles\r\n";
    for BothDays { date, was, stayed } in &account.days {
        let _ = write!(text, "{date}");
        for value in [was.hours, was.above_80, was.above_35, was.cycles] {
            let _ = write!(text, ",{value:.3}");
        }
        let _ = write!(text, ",{}", was.switches);
        for value in [was.lowest, was.hottest] {
            let shown = value.map(|value| format!("{value:.1}")).unwrap_or_default();
            let _ = write!(text, ",{shown}");
        }
        for value in was.by_level.iter().chain(&was.by_temperature).chain(&[stayed.above_80, stayed.cycles]) {
            let _ = write!(text, ",{value:.3}");
        }
        text += "\r\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Celsius, Level, Span};

    fn place(port: u16) -> (StationName, PortId) {
        (StationName::new("desk").unwrap(), PortId::new(port).unwrap())
    }

    fn start() -> Timestamp {
        "2026-11-23T00:00:00Z".parse().unwrap()
    }

    fn heard(port: u16, minute: i64, level: u8, charging: bool) -> Heard {
        let at = start() + Span::from_mins(minute);
        let battery = Battery {
            level: Level::saturating(level),
            charging: Some(charging),
            temperature: Some(Celsius::saturating(25.0)),
            measured_at: at,
        };
        Heard { place: place(port), at, battery }
    }

    /// Charges from 20 to 60 % in two hours, then rests until the day is over.
    fn day() -> Vec<Heard> {
        let level = |n: i64| u8::try_from((20 + n * 5 / 3).min(60)).unwrap();
        (0..=288).map(|n| heard(1, n * 5, level(n), n <= 24)).collect()
    }

    #[test]
    fn a_day_is_told_beside_the_day_on_the_charger() {
        let account = account(&day(), &[], &TimeZone::UTC, 99.0);
        assert!(account.is_learned && (account.per_hour - 20.0).abs() < 0.5, "{}", account.per_hour);
        let (was, stayed) = (account.was(), account.stayed());
        assert!((was.hours - 24.0).abs() < 1e-6);
        assert_eq!((was.above_80, was.lowest), (0.0, Some(20.0)));
        assert!((was.cycles - 0.4).abs() < 1e-9);
        assert!(stayed.above_80 > 20.0 && stayed.above_80 < 21.5, "{stayed:?}");
        assert!((stayed.cycles - 0.8).abs() < 1e-9);
        assert_eq!(stayed.hottest, None, "how warm it had been nobody knows");
    }

    #[test]
    fn only_switches_of_the_port_that_it_is_in_are_its_own() {
        let mut all = day();
        all.push(heard(2, 1_450, 60, false));
        let at = |minute| start() + Span::from_mins(minute);
        let switches =
            [(place(1), at(120)), (place(2), at(130)), (place(1), at(1_451)), (place(2), at(1_452))];
        let account = account(&all, &switches, &TimeZone::UTC, 40.0);
        let counts: Vec<u32> = account.days.iter().map(|day| day.was.switches).collect();
        assert_eq!(counts, [1, 1]);
    }

    #[test]
    fn late_and_repeated_reports_are_put_in_their_place() {
        let mut all = day();
        let (late, again) = (all.remove(100), all[50].clone());
        all.extend([late, again]);
        let mixed = account(&all, &[], &TimeZone::UTC, 40.0);
        assert_eq!(mixed, account(&day(), &[], &TimeZone::UTC, 40.0));
    }

    #[test]
    fn a_level_that_cannot_be_is_no_cycle() {
        let mut all = day();
        all[200] = heard(1, 1_000, 3, false);
        let misread = account(&all, &[], &TimeZone::UTC, 40.0);
        assert_eq!(
            (misread.was().lowest, misread.was().cycles),
            (Some(20.0), account(&day(), &[], &TimeZone::UTC, 40.0).was().cycles)
        );
        all[201] = heard(1, 1_005, 3, false);
        assert_eq!(
            account(&all, &[], &TimeZone::UTC, 40.0).was().lowest,
            Some(3.0),
            "told twice, it is believed"
        );
    }

    #[test]
    fn a_table_has_a_line_for_each_day_and_as_many_values_as_names() {
        let text = csv(&account(&day(), &[], &TimeZone::UTC, 40.0));
        let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 3, "two days, for midnight belongs to the next");
        let columns: Vec<usize> = lines.iter().map(|line| line.split(',').count()).collect();
        assert_eq!(columns, [27, 27, 27]);
        assert!(
            lines[1].starts_with("2026-11-23,24.000,0.000,0.000,0.400,0,20.0,25.0,0.000,0.000,0.500"),
            "{text}"
        );
        assert_eq!(csv(&account(&[], &[], &TimeZone::UTC, 40.0)).lines().count(), 1);
    }
}
