//! Puts together what several topics say of one battery.
//!
//! A report has a level, and is as old as its level: what else is heard makes no old level new. Whether a device charges
//! counts until its port is switched, because most programs say it only when it changes; what it said before that is about
//! another state of the port. A temperature counts as long as a report does.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{super::inbound::Reading, Part, Said};
use crate::model::{Battery, Celsius, DeviceName, Level, ReportPlan, Span, Timestamp};

/// Oddities that are told in one connection: enough to see what is wrong.
const TOLD: usize = 64;

/// What the topics of others have said during one connection.
#[derive(Default)]
pub(in crate::mqtt) struct Feed {
    /// Which topics there are.
    pub(in crate::mqtt) plans: Arc<Vec<ReportPlan>>,
    /// Devices of this station and such as its file names, so it has a bound.
    heard: BTreeMap<DeviceName, Heard>,
    told: BTreeSet<String>,
}

/// What is true of a device's port when something is heard.
#[derive(Clone, Copy, Debug)]
pub(in crate::mqtt) struct Now<'a> {
    /// The moment.
    pub(in crate::mqtt) at: Timestamp,
    /// Since when the port is on or off as it is, if that is known.
    pub(in crate::mqtt) since: Option<Timestamp>,
    /// How old a report may be.
    pub(in crate::mqtt) limit: Span,
    /// The last report that was taken, from wherever it came.
    pub(in crate::mqtt) last: Option<&'a Battery>,
}

#[derive(Default)]
struct Heard {
    level: Option<(Level, Timestamp)>,
    charging: Option<(bool, Timestamp)>,
    temperature: Option<(Celsius, Timestamp)>,
}

impl Feed {
    /// Nothing heard yet on the topics of these plans.
    pub(in crate::mqtt) fn new(plans: Arc<Vec<ReportPlan>>) -> Self {
        Self { plans, ..Self::default() }
    }

    /// True when this has not been told yet and there is room to tell more.
    pub(in crate::mqtt) fn is_news(&mut self, text: &str) -> bool {
        self.told.len() < TOLD && self.told.insert(text.to_owned())
    }

    /// Takes what was said of a device, and gives the report that follows from it, if one does.
    pub(in crate::mqtt) fn take(
        &mut self,
        device: &DeviceName,
        said: &Said,
        now: Now<'_>,
    ) -> Option<Reading> {
        let at = said.measured_at.unwrap_or(now.at);
        if now.at.duration_since(at) > now.limit {
            return None;
        }
        self.heard.entry(device.clone()).or_default().take(said, at, now)
    }
}

impl Heard {
    fn take(&mut self, said: &Said, at: Timestamp, now: Now<'_>) -> Option<Reading> {
        let known = [self.level.map(|(_, at)| at), now.last.map(|battery| battery.measured_at)];
        if said.level.known().is_some() && known.into_iter().flatten().any(|known| at < known) {
            // Late or sent again; what is known is newer.
            return None;
        }
        renew(&mut self.level, said.level, at);
        renew(&mut self.charging, said.charging, at);
        renew(&mut self.temperature, said.temperature, at);
        let knows = said.level.known().is_some()
            || said.charging.known().is_some()
            || said.temperature.known().is_some();
        if !knows {
            return None;
        }
        let last = now.last.map(|battery| (battery.level, battery.measured_at));
        let elsewhere = last.filter(|(_, at)| self.level.is_some_and(|(_, own)| own < *at));
        let (level, measured_at) = elsewhere.or(self.level)?;
        if now.at.duration_since(measured_at) > now.limit {
            return None;
        }
        let holds = |at: Timestamp| at == measured_at || now.since.is_none_or(|since| at >= since);
        let is_fresh = |at: Timestamp| now.at.duration_since(at) <= now.limit;
        Some(Reading {
            level,
            charging: self.charging.filter(|(_, at)| holds(*at)).map(|(charging, _)| charging),
            temperature: self.temperature.filter(|(_, at)| is_fresh(*at)).map(|(degrees, _)| degrees),
            measured_at: Some(measured_at),
        })
    }
}

/// Keeps the newest.
fn renew<T: Copy>(known: &mut Option<(T, Timestamp)>, said: Part<T>, at: Timestamp) {
    let is_newer = known.as_ref().is_none_or(|(_, before)| *before <= at);
    match said {
        Part::Is(value) if is_newer => *known = Some((value, at)),
        Part::Unknown if is_newer => *known = None,
        Part::Absent | Part::Unknown | Part::Is(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> Timestamp {
        format!("2026-11-22T07:{minute:02}:00Z").parse().unwrap()
    }

    fn level(percent: u8) -> Said {
        let level = Part::Is(Level::saturating(percent));
        Said { level, charging: Part::Absent, temperature: Part::Absent, measured_at: None }
    }

    fn charging(charging: Part<bool>) -> Said {
        Said { level: Part::Absent, charging, temperature: Part::Absent, measured_at: None }
    }

    fn now(minute: u32) -> Now<'static> {
        Now { at: at(minute), since: None, limit: Span::from_mins(30), last: None }
    }

    /// Level, whether it charges, and the minute of the level.
    fn brief(reading: Option<Reading>) -> Option<(u8, Option<bool>, Timestamp)> {
        reading.map(|one| (one.level.percent(), one.charging, one.measured_at.unwrap()))
    }

    #[test]
    fn level_and_charging_of_two_topics_make_one_report_as_old_as_the_level() {
        let mut heard = Heard::default();
        let mut take = |said: &Said, minute| brief(heard.take(said, at(minute), now(minute)));
        assert_eq!(take(&charging(Part::Is(true)), 0), None, "no level yet");
        assert_eq!(take(&level(57), 1), Some((57, Some(true), at(1))));
        assert_eq!(take(&charging(Part::Is(false)), 9), Some((57, Some(false), at(1))));
        assert_eq!(take(&charging(Part::Unknown), 10), None);
        assert_eq!(take(&level(56), 11), Some((56, None, at(11))));
        assert_eq!(take(&charging(Part::Is(false)), 50), None, "the level is too old by now");
    }

    #[test]
    fn what_was_said_before_the_port_was_switched_is_about_another_state() {
        let mut heard = Heard::default();
        heard.take(&charging(Part::Is(true)), at(0), now(0));
        let switched = Now { since: Some(at(5)), ..now(6) };
        assert_eq!(brief(heard.take(&level(80), at(6), switched)), Some((80, None, at(6))));
        let told = heard.take(&charging(Part::Is(false)), at(7), Now { since: Some(at(5)), ..now(7) });
        assert_eq!(brief(told), Some((80, Some(false), at(6))));
    }

    #[test]
    fn a_newer_level_from_elsewhere_counts_and_an_older_one_does_not_come_back() {
        let mut heard = Heard::default();
        heard.take(&level(57), at(1), now(1));
        let last =
            Battery { level: Level::saturating(60), charging: None, temperature: None, measured_at: at(4) };
        let told = heard.take(&charging(Part::Is(true)), at(5), Now { last: Some(&last), ..now(5) });
        assert_eq!(brief(told), Some((60, Some(true), at(4))));
        assert_eq!(heard.take(&level(10), at(0), now(6)), None, "older than its own");
        assert_eq!(
            heard.take(&level(10), at(3), Now { last: Some(&last), ..now(6) }),
            None,
            "older than that"
        );
        assert_eq!(brief(heard.take(&level(61), at(6), now(6))), Some((61, Some(true), at(6))));
    }

    #[test]
    fn a_level_that_is_no_longer_known_is_not_said_again() {
        let mut heard = Heard::default();
        heard.take(&level(57), at(1), now(1));
        let gone = Said { level: Part::Unknown, ..level(0) };
        assert_eq!(heard.take(&gone, at(2), now(2)), None);
        assert_eq!(heard.take(&charging(Part::Is(true)), at(3), now(3)), None);
    }

    #[test]
    fn an_oddity_is_told_once_and_not_without_end() {
        let mut feed = Feed::default();
        assert!(feed.is_news("a") && !feed.is_news("a"));
        let more = (0..1000).filter(|n| feed.is_news(&n.to_string())).count();
        assert_eq!(more, TOLD - 1);
    }
}
