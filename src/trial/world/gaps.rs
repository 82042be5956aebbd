//! When people take a device away, as the times tell at which it says nothing.
//!
//! The day has 48 half hours. Workdays are looked at together, and so are Saturday and Sunday: a week or two of reports is
//! all there mostly is, and that is too little for each day by itself.

use jiff::{
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use crate::{
    model::{Battery, Span, Timestamp},
    simulation::{Away, Days},
};

/// Who says nothing for so long was away: longer than the longest pause between reports and a look at the network.
const AWAY: Span = Span::from_mins(90);

/// After so long it was not away but off, or the service was; such days tell nothing.
const LOST: Span = Span::from_hours(20);

const SLOTS: usize = 48;
const SLOT_MINUTES: i64 = 30;

/// Days of a kind that must have been seen.
const ENOUGH_DAYS: [usize; 2] = [3, 2];

/// On at least this share of them it was away at that half hour.
const MOSTLY: f64 = 0.6;

/// Percent points per hour while away, where every return was with more than what it left with. Ours.
const UNKNOWN_USE: f64 = 4.0;

/// The habits, if enough days of either kind were seen.
pub(super) fn habits(reports: &[&Battery], zone: &TimeZone) -> Option<Vec<Away>> {
    let mut kinds = [Kind::default(), Kind::default()];
    let mut last_day = None;
    for report in reports {
        let day = zone.to_datetime(report.measured_at).date();
        if last_day.replace(day) != Some(day) {
            kind_of(&mut kinds, day).days += 1;
        }
    }
    let mut used = Vec::new();
    for pair in reports.windows(2) {
        let [from, to] = pair else { continue };
        let gap = to.measured_at.duration_since(from.measured_at);
        if gap < AWAY || gap > LOST {
            continue;
        }
        mark(&mut kinds, from.measured_at, to.measured_at, zone);
        let lost = f64::from(from.level.percent()) - f64::from(to.level.percent());
        if lost >= 0.0 {
            used.push(lost / (gap.as_secs_f64() / 3600.0));
        }
    }
    used.sort_unstable_by(f64::total_cmp);
    let per_hour = used.get(used.len() / 2).copied().unwrap_or(UNKNOWN_USE);
    let enough = kinds.iter().zip(ENOUGH_DAYS).any(|(kind, days)| kind.days >= days);
    let [work, weekend] = &kinds;
    let both = [(work, Days::WORKDAYS, ENOUGH_DAYS[0]), (weekend, Days::WEEKEND, ENOUGH_DAYS[1])];
    let seen = both.into_iter().filter(|(kind, _, enough)| kind.days >= *enough);
    let spells = seen.flat_map(|(kind, days, _)| {
        kind.spells().into_iter().map(move |(from, to)| Away { days, from, to, per_hour })
    });
    enough.then(|| spells.collect())
}

/// Days of one kind.
struct Kind {
    days: usize,
    away: [usize; SLOTS],
}

impl Default for Kind {
    fn default() -> Self {
        Self { days: 0, away: [0; SLOTS] }
    }
}

fn kind_of(kinds: &mut [Kind; 2], day: Date) -> &mut Kind {
    let [work, weekend] = kinds;
    if Days::WEEKEND.contains(day.weekday()) { weekend } else { work }
}

/// Marks each half hour whose middle lies between both.
fn mark(kinds: &mut [Kind; 2], from: Timestamp, to: Timestamp, zone: &TimeZone) {
    let half = jiff::Span::new().minutes(SLOT_MINUTES);
    let end = zone.to_datetime(to);
    let start = zone.to_datetime(from);
    let minute = i64::from(start.minute()) / SLOT_MINUTES * SLOT_MINUTES + SLOT_MINUTES / 2;
    let minute = i8::try_from(minute).unwrap_or(15);
    let mut middle: DateTime = start.date().at(start.hour(), minute, 0, 0);
    while middle < end {
        if middle > start {
            let slot = usize::try_from(middle.hour()).unwrap_or(0) * 2 + usize::from(middle.minute() >= 30);
            if let Some(away) = kind_of(kinds, middle.date()).away.get_mut(slot) {
                *away += 1;
            }
        }
        let Ok(next) = middle.checked_add(half) else { return };
        middle = next;
    }
}

impl Kind {
    /// From when to when it is mostly away; over midnight where the end of the day and its beginning both are.
    fn spells(&self) -> Vec<(Time, Time)> {
        let days = u32::try_from(self.days).unwrap_or(u32::MAX);
        let often = |away: &usize| f64::from(u32::try_from(*away).unwrap_or(0)) >= f64::from(days) * MOSTLY;
        let away: Vec<bool> = self.away.iter().map(often).collect();
        let mut spells: Vec<(usize, usize)> = Vec::new();
        for (slot, _) in away.iter().enumerate().filter(|(_, away)| **away) {
            match spells.last_mut() {
                Some((_, end)) if *end == slot => *end = slot + 1,
                _ => spells.push((slot, slot + 1)),
            }
        }
        if let [(0, morning), .., (_, SLOTS)] = *spells.as_slice() {
            spells.remove(0);
            if let Some((_, end)) = spells.last_mut() {
                *end = morning;
            }
        }
        spells.into_iter().map(|(from, to)| (time_of(from), time_of(to))).collect()
    }
}

fn time_of(slot: usize) -> Time {
    let minutes = i64::try_from(slot % SLOTS).unwrap_or(0) * SLOT_MINUTES;
    Time::midnight().saturating_add(jiff::Span::new().minutes(minutes))
}
