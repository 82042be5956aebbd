//! In what situations differ: one axis for each thing that a rule may ask for, with the values that are tried.

use std::collections::BTreeSet;

use crate::{
    model::{RuleUse, Value},
    rules::Reads,
};

/// A value that is missing: no temperature, charging not said, not known since when.
pub(super) const NONE: i64 = i64::MIN;
/// Signals that one rule is tried with; each is an axis of its own.
const SIGNALS: usize = 3;
pub(super) const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// In what situations differ. The order is the order in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// Percent.
    Level,
    /// Tenths of a degree, or none.
    Temperature,
    /// 0, 1, or none.
    Charging,
    /// Whether the port is on: 0 or 1.
    Power,
    /// Who made the present state: 0 is nobody who asks, else the number of a rule.
    Holder,
    /// Days since Monday.
    Weekday,
    /// Minutes since midnight.
    Time,
    /// Minutes in the present state, or none.
    PortMinutes,
    /// Minutes since the report.
    Age,
    /// Minutes for which the level has not been lower.
    LevelMinutes,
    /// Minutes for which the temperature has not been lower.
    HeatMinutes,
    /// Ports of the station that are on.
    PortsOn,
    /// How sure the learned rates are, percent, or none.
    Sure,
    /// Tenths of a percent point per hour that the device uses, or none.
    Drain,
    /// Hours since the device was full, or none.
    SinceFull,
    /// Thousandths of a signal's value, or none.
    Signal(String),
    /// Minutes until the next deadline, or none.
    DeadlineLeft,
    /// Minutes until charging for it is to begin.
    DeadlineStart,
}

/// One axis: what differs, and the values that are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) kind: Kind,
    /// Rising, each once.
    pub(super) values: Vec<i64>,
    /// Those that are never left out to save time.
    firm: BTreeSet<i64>,
}

impl Kind {
    /// True when neighbours belong together, so that a part is told by its ends.
    pub(super) fn ordered(&self) -> bool {
        !matches!(self, Self::Charging | Self::Power | Self::Holder)
    }

    /// True when the last value is followed by the first.
    pub(super) fn cyclic(&self) -> bool {
        matches!(self, Self::Time | Self::Weekday)
    }

    /// How close two values may be that still have others between them; none: all values are tried.
    pub(super) fn resolution(&self) -> Option<i64> {
        match self {
            Self::Charging | Self::Power | Self::Holder | Self::Weekday => None,
            Self::Signal(_) => Some(10),
            _ => Some(1),
        }
    }

    /// The values to begin with, and the numbers and texts of the rule as values of this axis.
    fn values(&self, reads: &Written) -> (Vec<i64>, Vec<i64>) {
        const MINUTES: [i64; 9] = [0, 1, 5, 15, 30, 60, 180, 480, 1440];
        let around = |scale: f64, from: f64, to: f64| -> Vec<i64> {
            let near = reads.numbers.iter().filter(|n| (from..=to).contains(*n));
            near.flat_map(|n| [-1, 0, 1].map(|step| whole(n * scale) + step)).collect()
        };
        let with_none = |values: &[i64]| [NONE].into_iter().chain(values.iter().copied()).collect();
        match self {
            Self::Level => ((0..=100).collect(), vec![0, 100]),
            Self::Temperature => (
                with_none(&[-100, 0, 100, 200, 250, 300, 350, 400, 450, 500, 600]),
                around(10.0, -50.0, 90.0),
            ),
            Self::Charging => (vec![NONE, 0, 1], vec![NONE, 0, 1]),
            Self::Power => (vec![0, 1], vec![0, 1]),
            Self::Holder => (vec![0], vec![0]),
            Self::Weekday => ((0..7).collect(), (0..7).collect()),
            Self::Time => ((0..48).map(|half| half * 30).collect(), reads.times.clone()),
            Self::PortMinutes => (with_none(&MINUTES), around(1.0, 1.0, 10_000.0)),
            Self::Age | Self::LevelMinutes | Self::HeatMinutes => {
                (MINUTES.to_vec(), around(1.0, 1.0, 10_000.0))
            }
            Self::PortsOn => ((0..=16).collect(), around(1.0, 1.0, 64.0)),
            Self::Sure => (with_none(&[20, 40, 60, 80, 100]), around(1.0, 1.0, 99.0)),
            Self::Drain => (with_none(&[0, 10, 40, 100, 300]), around(10.0, 0.0, 100.0)),
            Self::SinceFull => (with_none(&[0, 1, 12, 24, 72, 168, 336, 720]), around(1.0, 1.0, 9_000.0)),
            Self::DeadlineLeft => (with_none(&[0, 30, 120, 600]), around(1.0, 1.0, 10_000.0)),
            Self::DeadlineStart => (vec![0, 60], vec![0, 60]),
            Self::Signal(_) => (with_none(&[0, 100, 200, 500, 1_000, 10_000]), around(1000.0, -1e6, 1e6)),
        }
    }
}

/// The numbers and texts by which a rule may compare, those of the station file among them.
pub(super) struct Written {
    numbers: Vec<f64>,
    times: Vec<i64>,
    signals: Vec<String>,
    /// True when a day of the week is named.
    days: bool,
}

impl Written {
    pub(super) fn new(reads: &Reads, usage: &RuleUse) -> Self {
        let mut numbers = reads.numbers.clone();
        let mut texts: Vec<&str> = reads.texts.iter().map(String::as_str).collect();
        for value in usage.with.values() {
            match value {
                #[expect(clippy::cast_precision_loss, reason = "thresholds are far below 2^53")]
                Value::Int(number) => numbers.push(*number as f64),
                Value::Float(number) => numbers.push(*number),
                Value::Text(text) => texts.push(text),
                Value::Bool(_) => {}
            }
        }
        let times = texts.iter().filter_map(|text| minute_of_day(text)).flat_map(|m| [m, (m + 1) % 1440]);
        let times = times.collect();
        let named =
            reads.signal_parameters.iter().map(|(parameter, default)| match usage.with.get(parameter) {
                Some(Value::Text(name)) => name,
                _ => default,
            });
        let mut signals: Vec<String> = reads.signals.iter().chain(named).cloned().collect();
        signals.sort();
        signals.dedup();
        signals.truncate(SIGNALS);
        let days = texts.iter().any(|text| DAYS.iter().any(|day| text.contains(day)));
        Self { numbers, times, signals, days }
    }
}

fn minute_of_day(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

#[expect(clippy::cast_possible_truncation, reason = "callers pass numbers below ten million")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// The axes on which the answers of a rule may differ.
pub(super) fn axes(reads: &Reads, usage: &RuleUse) -> Vec<Axis> {
    let written = Written::new(reads, usage);
    let asks = |names: &[&str]| names.iter().any(|name| reads.names.contains(*name));
    let above = |what: &str| asks(&["minutes_above"]) && (reads.shared || reads.texts.contains(what));
    // A rule that also counts by its own parameters is compared by those: what is planned follows from them.
    let planned = !asks(&["minutes_until"]);
    let mut kinds = vec![
        (Kind::Level, asks(&["level"]) || above("level")),
        (Kind::Temperature, asks(&["temp", "has_temp"]) || above("temp")),
        (Kind::Charging, asks(&["charging", "has_charging"])),
        (Kind::Power, asks(&["on"])),
        (Kind::Holder, asks(&["holds"])),
        (Kind::Weekday, asks(&["weekday", "is_on", "date"]) || (asks(&["minutes_until"]) && written.days)),
        (Kind::Time, asks(&["time", "hour", "minutes_until", "is_between", "hour_in"])),
        (Kind::PortMinutes, asks(&["minutes", "has_minutes"])),
        (Kind::Age, asks(&["age_minutes"])),
        (Kind::LevelMinutes, above("level")),
        (Kind::HeatMinutes, above("temp")),
        (Kind::PortsOn, asks(&["ports_on"])),
        (Kind::Sure, asks(&["knows_rate", "sure"])),
        (Kind::Drain, asks(&["knows_drain", "drain_per_hour"])),
        (Kind::SinceFull, asks(&["has_full", "hours_since_full"])),
        (
            Kind::DeadlineLeft,
            planned && asks(&["has_next", "minutes_left", "starts_in", "target", "in_time"]),
        ),
        (Kind::DeadlineStart, planned && asks(&["starts_in"])),
    ];
    kinds.extend(written.signals.iter().map(|name| (Kind::Signal(name.clone()), true)));
    let wanted = kinds.into_iter().filter(|(_, asked)| *asked);
    wanted.map(|(kind, _)| Axis::new(kind, &written)).collect()
}

impl Axis {
    pub(super) fn new(kind: Kind, written: &Written) -> Self {
        let (mut values, firm) = kind.values(written);
        values.extend(&firm);
        Self { kind, values, firm: firm.into_iter().collect() }.sorted()
    }

    fn sorted(mut self) -> Self {
        self.values.sort_unstable();
        self.values.dedup();
        self
    }

    /// Adds values that are tried too and never left out.
    pub(super) fn add(&mut self, values: &[i64]) {
        self.values.extend(values);
        self.firm.extend(values);
        self.values.sort_unstable();
        self.values.dedup();
    }

    /// The same axis with the values of both.
    pub(super) fn joined(mut self, other: &Self) -> Self {
        self.values.extend(&other.values);
        self.firm.extend(&other.firm);
        self.sorted()
    }

    /// Leaves every second value out, the firm ones only when it is `hard`. False when nothing could be left out.
    fn thin(&mut self, hard: bool) -> bool {
        if !self.kind.ordered() {
            return false;
        }
        let before = self.values.len();
        let mut keep = false;
        self.values.retain(|value| {
            keep = !keep;
            keep || (!hard && self.firm.contains(value))
        });
        self.values.len() < before
    }
}

/// So many situations a product of these axes has.
pub(super) fn situations<'a>(axes: impl IntoIterator<Item = &'a Axis>) -> usize {
    axes.into_iter().fold(1, |product: usize, axis| product.saturating_mul(axis.values.len()))
}

/// Leaves out values of the longest axes among `chosen` until these have at most so many situations: first values that
/// nothing speaks for, then, for a rule full of numbers, any.
///
/// True when values were left out that might matter.
pub(super) fn fit(axes: &mut [Axis], chosen: &dyn Fn(&Axis) -> bool, most: usize) -> bool {
    let mut cut = false;
    for hard in [false, true] {
        while situations(axes.iter().filter(|axis| chosen(axis))) > most {
            let mut longest: Vec<&mut Axis> = axes.iter_mut().filter(|axis| chosen(axis)).collect();
            longest.sort_by_key(|axis| std::cmp::Reverse(axis.values.len()));
            if !longest.into_iter().any(|axis| axis.thin(hard)) {
                break;
            }
            cut |= hard;
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RuleName;

    #[test]
    fn however_many_numbers_a_rule_has_the_situations_are_bounded() {
        let names = ["level", "temp", "minutes", "age_minutes", "minutes_above", "ports_on", "time", "on"];
        let mut reads = Reads::default();
        reads.names = names.map(str::to_owned).into();
        reads.numbers = (0..500).map(f64::from).collect();
        reads.texts = ["level", "temp"].map(str::to_owned).into();
        let usage =
            RuleUse { rule: RuleName::new("x").unwrap(), with: std::collections::BTreeMap::default() };
        let mut axes = axes(&reads, &usage);
        assert!(situations(&axes) > 1_000_000_000);
        fit(&mut axes, &|axis| axis.kind != Kind::Level, 1_000);
        assert!(situations(axes.iter().filter(|axis| axis.kind != Kind::Level)) <= 1_000);
        assert_eq!(axes.iter().map(|axis| axis.values.len()).max(), Some(101), "the level was not chosen");
        fit(&mut axes, &|_| true, 1_000);
        assert!(situations(&axes) <= 1_000 && axes.iter().all(|axis| !axis.values.is_empty()));
    }
}
