//! What people do with their devices over the day and the week: how much they use them, and when they take them away.

use std::fmt;

use jiff::{
    ToSpan as _,
    civil::{DateTime, Time, Weekday},
};

use super::random::Random;

/// People are not clocks. Ours: they leave and come within this many minutes of the time that they mean.
const PUNCTUAL: u32 = 10;

/// How fast a battery loses charge at each hour of the day, in percent points per hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Drain([f64; 24]);

impl Drain {
    /// The same all day; anything but a number of 0 or more counts as 0.
    pub fn flat(per_hour: f64) -> Self {
        Self::by_hour([per_hour; 24])
    }

    /// One value for each hour of the day, from midnight on; anything but a number of 0 or more counts as 0.
    pub fn by_hour(per_hour: [f64; 24]) -> Self {
        Self(per_hour.map(|rate| if rate.is_finite() { rate.max(0.0) } else { 0.0 }))
    }

    /// In this hour of the day, 0 to 23; 0 for any other.
    pub fn at(&self, hour: i8) -> f64 {
        usize::try_from(hour).ok().and_then(|hour| self.0.get(hour)).copied().unwrap_or(0.0)
    }
}

/// Days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(u8);

impl Days {
    /// Monday to Sunday.
    pub const ALL: Self = Self(0b111_1111);
    /// Monday to Friday.
    pub const WORKDAYS: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);

    /// These days.
    pub fn of(days: &[Weekday]) -> Self {
        Self(days.iter().fold(0, |all, day| all | bit(*day)))
    }

    /// True when this day is one of them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }
}

impl fmt::Display for Days {
    /// `Mon-Fri`, `Sat-Sun`, `every day`, or the days one by one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::ALL => f.write_str("every day"),
            Self::WORKDAYS => f.write_str("Mon-Fri"),
            Self::WEEKEND => f.write_str("Sat-Sun"),
            _ => {
                let all = Weekday::Monday.cycle_forward().zip(NAMES);
                let names: Vec<&str> =
                    all.filter(|(day, _)| self.contains(*day)).map(|(_, name)| name).collect();
                f.write_str(&names.join(", "))
            }
        }
    }
}

const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

/// Somebody takes the device away, and brings it back.
#[derive(Clone, Debug, PartialEq)]
pub struct Away {
    /// On which days it is taken.
    pub days: Days,
    /// When it is taken, by the local clock.
    pub from: Time,
    /// When it is back; on the next day when that is not later than `from`.
    pub to: Time,
    /// What the device uses meanwhile, percent points per hour, 0 or more.
    pub per_hour: f64,
}

impl Away {
    /// True when the device is away at this local time. People are a few minutes early or late, each day otherwise.
    pub(super) fn holds(&self, now: DateTime, seed: u64) -> bool {
        let today = now.date();
        let days = [Some(today), today.yesterday().ok()];
        days.into_iter().flatten().any(|day| {
            if !self.days.contains(day.weekday()) {
                return false;
            }
            let back = if self.to > self.from { Some(day) } else { day.tomorrow().ok() };
            let ordinal = (i64::from(day.year()) * 366 + i64::from(day.day_of_year())).unsigned_abs();
            let mut random = Random::new(seed ^ ordinal.wrapping_mul(0x9e37_79b9));
            let taken = around(day.to_datetime(self.from), &mut random);
            let brought = back.map(|day| around(day.to_datetime(self.to), &mut random));
            taken <= now && brought.is_none_or(|brought| now < brought)
        })
    }
}

fn around(time: DateTime, random: &mut Random) -> DateTime {
    let minutes = i64::from(random.between(0, 2 * PUNCTUAL)) - i64::from(PUNCTUAL);
    time.saturating_add(minutes.minutes())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn office() -> Away {
        Away { days: Days::WORKDAYS, from: time(8, 0, 0, 0), to: time(17, 0, 0, 0), per_hour: 6.0 }
    }

    #[test]
    fn a_workday_is_spent_away_and_a_sunday_at_home() {
        let holds = |day: i8, hour| office().holds(date(2026, 11, day).at(hour, 0, 0, 0), 1);
        assert!(holds(23, 12), "Monday");
        assert!(!holds(23, 7) && !holds(23, 18));
        assert!(!holds(22, 12), "Sunday");
    }

    #[test]
    fn a_night_away_ends_on_the_next_day() {
        let night = Away { from: time(22, 0, 0, 0), to: time(6, 0, 0, 0), ..office() };
        let holds = |day: i8, hour| night.holds(date(2026, 11, day).at(hour, 0, 0, 0), 1);
        assert!(holds(27, 23) && holds(28, 3), "Friday night");
        assert!(!holds(28, 7) && !holds(28, 23) && !holds(29, 3), "Saturday");
    }

    #[test]
    fn nobody_leaves_at_the_same_minute_every_day() {
        let leaves = |day: i8| {
            let start = date(2026, 11, day).at(7, 0, 0, 0);
            (0..120).find(|n: &i64| office().holds(start.saturating_add(n.minutes()), 5)).unwrap()
        };
        let week: Vec<i64> = (23..28).map(leaves).collect();
        assert!(week.iter().all(|n| (50..=70).contains(n)), "{week:?}");
        assert!(week.windows(2).any(|pair| pair[0] != pair[1]), "{week:?}");
    }

    #[test]
    fn days_are_said_as_people_say_them() {
        let days = [Days::WORKDAYS, Days::ALL, Days::of(&[Weekday::Sunday, Weekday::Monday])];
        assert_eq!(days.map(|days| days.to_string()), ["Mon-Fri", "every day", "Mon, Sun"]);
    }

    #[test]
    fn what_is_no_number_drains_nothing() {
        assert_eq!(Drain::flat(f64::NAN).at(3), 0.0);
        assert_eq!(Drain::flat(-2.0).at(3), 0.0);
        assert_eq!(Drain::flat(4.0).at(23), 4.0);
        assert_eq!(Drain::flat(4.0).at(24), 0.0);
    }
}
