//! The situations that tell rules apart: which, their facts, and what some have in common, in words.
//!
//! From choices to facts: one situation after the other, spread evenly when there are too many.

pub(in crate::rules) mod axes;
pub(in crate::rules) mod grid;
pub(in crate::rules) mod reads;
pub(in crate::rules) mod region;

use std::sync::Arc;

use jiff::{ToSpan as _, tz::TimeZone};

use crate::{
    model::{
        Battery, Celsius, DeadlineFacts, DeviceFacts, DeviceName, Facts, HistoryFacts, Level, Paces,
        PortFacts, PortId, RuleName, Signal, Span, Spells, StationFacts, StationName, Timestamp,
    },
    rules::situations::{
        axes::{Axis, Choice, MONDAY},
        grid::Part,
    },
};

pub use grid::Grid;
pub use reads::Reads;
pub use region::Region;

/// So many levels there are.
pub(in crate::rules) const LEVELS: usize = 101;

/// Facts that might be, and what was chosen for them.
#[derive(Clone, Debug)]
pub struct Situation {
    /// The facts.
    pub facts: Arc<Facts>,
    /// Which choice of each axis.
    pub(in crate::rules) picks: Vec<usize>,
}

/// One situation after the other, at most so many as were asked for; see [`Grid::situations`].
#[derive(Clone, Debug)]
pub struct Situations {
    pub(in crate::rules) axes: Arc<Vec<Axis>>,
    total: u128,
    count: u128,
    stride: u128,
    next: u128,
}

impl Situations {
    pub(in crate::rules) fn new(axes: Vec<Axis>, most: usize) -> Self {
        let total = axes.iter().fold(1_u128, |total, axis| {
            total.saturating_mul(u128::try_from(axis.choices.len()).unwrap_or(1).max(1))
        });
        // The stride below is multiplied by at most `most`: no product may leave the number.
        let total = total.min(u128::from(u64::MAX));
        let count = total.min(u128::try_from(most).unwrap_or(u128::MAX));
        let stride = if count == total { 1 } else { stride(total) };
        Self { axes: Arc::new(axes), total, count, stride, next: 0 }
    }

    /// True when no situation is left out.
    pub(in crate::rules) fn is_whole(&self) -> bool {
        self.count == self.total
    }

    fn at(&self, index: u128) -> Option<Situation> {
        let mut rest = index;
        let mut draft = Draft::default();
        let mut picks = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter() {
            let among = u128::try_from(axis.choices.len()).unwrap_or(1).max(1);
            let pick = usize::try_from(rest % among).unwrap_or(0);
            rest /= among;
            draft.take(axis, axis.choices.get(pick)?);
            picks.push(pick);
        }
        Some(Situation { facts: Arc::new(draft.facts()?), picks })
    }
}

impl Iterator for Situations {
    type Item = Situation;

    fn next(&mut self) -> Option<Situation> {
        while self.next < self.count {
            let index = (self.next * self.stride) % self.total;
            self.next += 1;
            // INVARIANT: all choices are in range, so there always is one.
            if let Some(situation) = self.at(index) {
                return Some(situation);
            }
        }
        None
    }
}

/// Near to the golden section, so that every number of steps is spread evenly, and prime to the total, so that none comes
/// twice.
fn stride(total: u128) -> u128 {
    let mut stride = (total / 1000).saturating_mul(618).max(total * 618 / 1000).max(1) | 1;
    while common(stride, total) != 1 {
        stride += 2;
    }
    stride
}

/// The greatest common divisor.
fn common(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A situation before it is put together.
struct Draft {
    level: i64,
    temperature: Option<f64>,
    charging: Option<bool>,
    age: i64,
    on: bool,
    since: Option<i64>,
    holder: Option<String>,
    day: i32,
    minute: i64,
    rate: f64,
    spell: i64,
    sure: Option<u8>,
    drain: Option<f64>,
    full: Option<i64>,
    kind: String,
    tags: Vec<String>,
    name: Option<String>,
    number: i64,
    ports_on: u32,
    signals: Vec<(String, f64)>,
    /// Minutes that are left.
    left: Option<i64>,
    /// Minutes until charging is to begin; `None`: it will not make it.
    starts_in: Option<i64>,
    target: i64,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            level: 50,
            temperature: Some(25.0),
            charging: None,
            age: 1,
            on: true,
            since: Some(60),
            holder: None,
            day: 0,
            minute: 720,
            rate: 40.0,
            spell: 60,
            sure: None,
            drain: None,
            full: Some(240),
            kind: String::new(),
            tags: Vec::new(),
            name: None,
            number: 1,
            ports_on: 1,
            signals: Vec::new(),
            left: None,
            starts_in: Some(0),
            target: 100,
        }
    }
}

impl Draft {
    fn take(&mut self, axis: &Axis, choice: &Choice) {
        let number = match choice {
            Choice::Number(number) => Some(*number),
            Choice::Nothing | Choice::Flag(_) | Choice::Word(_) => None,
        };
        let count = number.map(whole);
        let flag = match choice {
            Choice::Flag(flag) => Some(*flag),
            Choice::Nothing | Choice::Number(_) | Choice::Word(_) => None,
        };
        let word = match choice {
            Choice::Word(word) => Some(word.clone()),
            Choice::Nothing | Choice::Number(_) | Choice::Flag(_) => None,
        };
        match axis.part {
            Part::Level => self.level = count.unwrap_or(self.level),
            Part::Temperature => self.temperature = number,
            Part::Charging => self.charging = flag,
            Part::Age => self.age = count.unwrap_or(0),
            Part::Power => self.on = flag.unwrap_or(true),
            Part::Since => self.since = count,
            Part::Holder => self.holder = word,
            Part::Day => self.day = count.and_then(|day| i32::try_from(day).ok()).unwrap_or(0),
            Part::Time => self.minute = count.unwrap_or(0),
            Part::Rate => self.rate = number.unwrap_or(self.rate),
            Part::Sure => self.sure = count.and_then(|sure| u8::try_from(sure).ok()),
            Part::Drain => self.drain = number,
            Part::Spell => self.spell = count.unwrap_or(0),
            Part::Full => self.full = count,
            Part::Kind => self.kind = word.unwrap_or_default(),
            Part::Tags => self.tags = word.into_iter().collect(),
            Part::Names => self.name = word,
            Part::Number => self.number = count.unwrap_or(1),
            Part::PortsOn => self.ports_on = count.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            Part::Signals => self.signals.extend(number.map(|number| (axis.name.clone(), number))),
            Part::DeadlineLeft => self.left = count,
            Part::DeadlineStart => self.starts_in = count,
            Part::DeadlineTarget => self.target = count.unwrap_or(100),
        }
    }

    /// The facts; `None` cannot happen, all choices are in range.
    fn facts(self) -> Option<Facts> {
        let date = MONDAY.checked_add(self.day.days()).ok()?;
        let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
        let at = midnight.checked_add(Span::from_mins(self.minute)).ok()?;
        let earlier = |minutes: i64| at.checked_sub(Span::from_mins(minutes)).ok();
        let level = Level::new(self.level).ok()?;
        let since = earlier(self.spell)?;
        let name = self.name.as_deref();
        let temperature = |degrees| spell(degrees, since);
        let signals = self.signals.into_iter();
        let later = |minutes: i64| at.checked_add(Span::from_mins(minutes)).ok();
        let deadline = |left: i64| {
            Some(DeadlineFacts {
                at: later(left)?,
                level: Level::new(self.target).ok()?,
                start: later(self.starts_in.unwrap_or(0))?,
                in_time: self.starts_in.is_some(),
                source: "daily 07:00".into(),
            })
        };
        Some(Facts {
            at,
            zone: TimeZone::UTC,
            station: StationFacts {
                name: name
                    .and_then(|name| StationName::new(name).ok())
                    .or_else(|| StationName::new("station").ok())?,
                ports_on: self.ports_on,
            },
            port: PortFacts {
                number: u16::try_from(self.number).ok().and_then(|number| PortId::new(number).ok())?,
                on: self.on,
                since: self.since.map(earlier).map_or(Some(None), |since| since.map(Some))?,
            },
            device: DeviceFacts {
                name: DeviceName::new(name.unwrap_or("device")).ok()?,
                kind: self.kind,
                tags: self.tags,
            },
            battery: Battery {
                level,
                charging: self.charging,
                temperature: self.temperature.and_then(|degrees| Celsius::new(degrees).ok()),
                measured_at: earlier(self.age)?,
            },
            holder: self.holder.as_deref().and_then(|rule| RuleName::new(rule).ok()),
            history: HistoryFacts {
                charge_per_hour: self.rate,
                paces: self.sure.map(|_| Paces::even(self.rate)),
                sure: self.sure.unwrap_or(0),
                drain_per_hour: self.drain,
                level: spell(f64::from(level.percent()), since),
                temperature: self.temperature.map(temperature).unwrap_or_default(),
                full_at: self.full.and_then(|hours| earlier(hours.saturating_mul(60))),
            },
            signals: signals.map(|(name, value)| (name, Signal { value, at: since })).collect(),
            deadline: self.left.and_then(deadline),
        })
    }
}

fn spell(value: f64, since: Timestamp) -> Spells {
    let mut spells = Spells::default();
    spells.push(value, since);
    spells
}

/// Choices are small.
pub(in crate::rules) fn whole(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "choices are far below 2^53")]
    let whole = number.clamp(-1e9, 1e9) as i64;
    whole
}
