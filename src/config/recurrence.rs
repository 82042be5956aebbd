//! Reads how an event of a calendar comes again: the value of `RRULE`.

use jiff::civil::{Date, Weekday};

use super::{calendar::moment, problems::Wrong};
use crate::model::{CalendarEvent, CivilMoment, Recurrence, Rhythm, weekday_bit};

/// Times that an event with `COUNT` comes at most, and days over which they are counted: twenty years.
const MOST_TIMES: u32 = 1000;
const MOST_DAYS: usize = 7305;

const UNDERSTOOD: &str = "understood are FREQ=DAILY, WEEKLY with BYDAY, MONTHLY and YEARLY on the date of DTSTART, with INTERVAL, \
                          COUNT and UNTIL";

#[derive(Default)]
struct Parts<'a> {
    frequency: &'a str,
    every: Option<i32>,
    count: Option<u32>,
    until: Option<CivilMoment>,
    days: Option<u8>,
}

/// Reads it; `start` is when the event begins first.
pub(super) fn read(rule: &str, start: &CivilMoment) -> Result<Recurrence, Wrong> {
    let mut parts = Parts::default();
    for part in rule.split(';').filter(|part| !part.trim().is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        parts
            .take(&name.trim().to_ascii_uppercase(), value.trim(), start)
            .ok_or_else(|| not_understood(part))?;
    }
    let own = weekday_bit(start.at.weekday());
    let rhythm = match (parts.frequency.to_ascii_uppercase().as_str(), parts.days) {
        ("DAILY", None) => Rhythm::Daily,
        // Each day of these is each week on these days.
        ("DAILY", Some(days)) if parts.every.unwrap_or(1) == 1 => Rhythm::Weekly(days),
        ("WEEKLY", days) => Rhythm::Weekly(days.unwrap_or(own)),
        ("MONTHLY", None) => Rhythm::Monthly,
        ("YEARLY", None) => Rhythm::Yearly,
        _ => return Err(not_understood(rule)),
    };
    let mut again = Recurrence { rhythm, every: parts.every.unwrap_or(1), until: parts.until };
    if let Some(count) = parts.count {
        again.until = Some(last(&again, start, count)?);
    }
    Ok(again)
}

fn not_understood(part: &str) -> Wrong {
    let shown: String = part.chars().take(60).collect();
    Wrong::new("wrong-value", format!("RRULE: `{shown}` is not understood"), UNDERSTOOD)
}

impl<'a> Parts<'a> {
    fn take(&mut self, name: &str, value: &'a str, start: &CivilMoment) -> Option<()> {
        match name {
            "FREQ" => self.frequency = value,
            "INTERVAL" => self.every = Some(value.parse().ok().filter(|every| (1..=1000).contains(every))?),
            "COUNT" => {
                self.count = Some(value.parse().ok().filter(|count| (1..=MOST_TIMES).contains(count))?)
            }
            "UNTIL" => self.until = Some(until(value, start)?),
            "BYDAY" => self.days = Some(days(value)?),
            // Ours is Monday; another one only matters to each second week and on.
            "WKST" => return weekday(value).map(drop),
            "BYMONTHDAY" => return (value.parse() == Ok(start.at.day())).then_some(()),
            "BYMONTH" => return (value.parse() == Ok(start.at.month())).then_some(()),
            _ => return None,
        }
        Some(())
    }
}

/// A last day is meant to its end, and without a zone it is that of the event.
fn until(value: &str, start: &CivilMoment) -> Option<CivilMoment> {
    let until = moment(value)?;
    let at = if value.len() == 8 { until.at.date().at(23, 59, 59, 0) } else { until.at };
    Some(CivilMoment { at, zone: until.zone.or_else(|| start.zone.clone()) })
}

fn days(value: &str) -> Option<u8> {
    value.split(',').try_fold(0, |days, day| Some(days | weekday_bit(weekday(day.trim())?)))
}

fn weekday(text: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let names = NAMES.iter().zip(Weekday::Monday.cycle_forward());
    names.into_iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, day)| day)
}

/// When the event begins for the last time.
fn last(again: &Recurrence, start: &CivilMoment, count: u32) -> Result<CivilMoment, Wrong> {
    let event = CalendarEvent { start: start.clone(), again: None, except: Vec::new() };
    let first: Date = start.at.date();
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok()).take(MOST_DAYS);
    let mut times = days.filter(|day| event.comes_on(again, *day));
    let nth = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(1);
    // What ends later than can be counted does not end for us.
    let last = times.nth(nth).unwrap_or(Date::MAX);
    Ok(CivilMoment { at: last.at(23, 59, 59, 0), zone: start.zone.clone() })
}
