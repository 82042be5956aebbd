//! Holds the course of a run against what was expected of it.

use super::wanted::{Checked, Course, When};
use crate::{
    model::{Decision, Layer, Power, RuleName, Timestamp, Verdict},
    rules,
    trial::world::Sample,
};

impl Course<'_> {
    /// A moment as people of the test call it: with the day when the run has several.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        let local = self.zone.to_datetime(at);
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        if self.end.duration_since(self.start).as_hours() <= 24 {
            return time;
        }
        format!("{} {time}", rules::weekday_name(local.weekday()))
    }

    fn sample(&self, at: Timestamp) -> Option<&Sample> {
        let next = self.track.samples.partition_point(|sample| sample.at <= at);
        self.track.samples.get(next.checked_sub(1)?)
    }

    fn decision(&self, at: Timestamp) -> Option<&Decision> {
        self.track.decisions.iter().rev().find(|decision| decision.at <= at).map(|decision| &**decision)
    }

    /// The last decision until then; `None` when nobody has said anything.
    pub(super) fn verdict(&self, at: Timestamp) -> Option<(Verdict, &Decision)> {
        let decision = self.decision(at)?;
        (decision.by != Layer::Nobody).then_some((decision.verdict, decision))
    }

    pub(super) fn said(&self, last: Option<(Verdict, &Decision)>) -> String {
        let Some((verdict, decision)) = last else { return "nothing".to_owned() };
        let by = decision.rule.as_ref().map_or_else(|| "the engine".to_owned(), ToString::to_string);
        format!("{verdict} by {by} since {}: {}", self.clock(decision.at), decision.reason)
    }

    /// Something that shall be so at each moment; the first at which it is not is told.
    pub(super) fn each(
        &self,
        when: &When,
        what: &str,
        right: impl Fn(Timestamp) -> bool,
        got: impl Fn(Timestamp) -> String,
    ) -> Checked {
        let moments = when.moments(self.start, self.end, self.zone);
        let wrong = moments.iter().copied().find(|at| !right(*at));
        let told = wrong.or(moments.last().copied());
        Checked {
            passed: wrong.is_none(),
            expected: format!("{what} at {}", when.text),
            got: told.map_or_else(String::new, |at| format!("{} at {}", got(at), self.clock(at))),
        }
    }

    pub(super) fn level(&self, when: &When, what: &str, right: impl Fn(f64) -> bool) -> Checked {
        let shown = |at| self.track.level_at(at).map(f64::round);
        self.each(
            when,
            what,
            |at| shown(at).is_some_and(&right),
            |at| shown(at).map_or_else(|| "no level".to_owned(), |level| format!("{level} %")),
        )
    }

    pub(super) fn power(&self, when: &When, wanted: Power) -> Checked {
        let power = |at| self.sample(at).map(|sample| sample.power);
        self.each(
            when,
            &format!("port {wanted}"),
            |at| power(at) == Some(wanted),
            |at| power(at).map_or_else(|| "unknown".to_owned(), |power| format!("port {power}")),
        )
    }

    /// Something that shall never be so; the worst moment is told.
    pub(super) fn extreme(
        &self,
        what: &str,
        wrong: impl Fn(&Sample) -> bool,
        badness: impl Fn(&Sample) -> f64,
    ) -> Checked {
        let worst = self.track.samples.iter().max_by(|a, b| badness(a).total_cmp(&badness(b)));
        let got = worst.map_or_else(String::new, |sample| {
            let (level, degrees) = (sample.level.round(), (sample.temperature * 10.0).round() / 10.0);
            format!("{level} % and {degrees} °C at {}", self.clock(sample.at))
        });
        Checked { passed: !self.track.samples.iter().any(wrong), expected: what.to_owned(), got }
    }

    pub(super) fn hours_above(&self, level: f64, max: f64) -> Checked {
        let pairs = self.track.samples.windows(2).filter_map(|pair| match pair {
            [from, to] if from.level.min(to.level) > level => Some(to.at.duration_since(from.at)),
            _ => None,
        });
        let hours: f64 = pairs.map(|span| span.as_secs_f64() / 3600.0).sum();
        Checked {
            passed: hours <= max,
            expected: format!("at most {max} h above {level} %"),
            got: format!("{} h", (hours * 10.0).round() / 10.0),
        }
    }

    pub(super) fn switches(&self, min: u32, max: Option<u32>) -> Checked {
        let count = u32::try_from(self.track.switches.len()).unwrap_or(u32::MAX);
        let words = match (min, max) {
            (0, None) => "any number of switches".to_owned(),
            (0, Some(max)) => format!("at most {max} switches"),
            (min, None) => format!("at least {min} switches"),
            (min, Some(max)) => format!("{min} to {max} switches"),
        };
        let passed = count >= min && max.is_none_or(|max| count <= max);
        Checked { passed, expected: words, got: count.to_string() }
    }

    pub(super) fn said_by(&self, rule: &RuleName, verdict: Verdict, wanted: bool) -> Checked {
        let fits = |decision: &&Decision| decision.rule.as_ref() == Some(rule) && decision.verdict == verdict;
        let found = self.track.decisions.iter().map(|decision| &**decision).find(fits);
        let never = if wanted { "" } else { "never " };
        Checked {
            passed: found.is_some() == wanted,
            expected: format!("{never}{verdict} by {rule}"),
            got: found.map_or_else(
                || "it never said so".to_owned(),
                |decision| format!("said at {}: {}", self.clock(decision.at), decision.reason),
            ),
        }
    }
}
