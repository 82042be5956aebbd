//! One situation that rules are tried in, as facts.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::axis::{Kind, NONE};
use crate::model::{
    Battery, Care, Celsius, DeadlineFacts, DeviceFacts, DeviceName, Facts, HistoryFacts, Level, Paces,
    PortFacts, PortId, RuleName, Signal, Span, Spells, StationFacts, StationName, Timestamp,
};

/// Monday 2026-01-05 00:00 UTC: a week in which no clock is changed.
const MONDAY: i64 = 1_767_571_200;

/// What stays the same in all situations of one port.
#[derive(Clone, Debug)]
pub(super) struct Base {
    pub(super) station: StationName,
    pub(super) port: PortId,
    pub(super) device: DeviceName,
    pub(super) care: Care,
}

/// One situation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Situation {
    level: i64,
    temperature: i64,
    charging: i64,
    on: bool,
    /// Whether the rule that is asked made the present state.
    holds: bool,
    weekday: i64,
    minute: i64,
    port_minutes: i64,
    age: i64,
    level_minutes: i64,
    heat_minutes: i64,
    ports_on: i64,
    sure: i64,
    drain: i64,
    since_full: i64,
    signals: Vec<(String, i64)>,
    deadline_left: i64,
    deadline_start: i64,
}

impl Default for Situation {
    fn default() -> Self {
        Self {
            level: 50,
            temperature: NONE,
            charging: NONE,
            on: true,
            holds: false,
            weekday: 0,
            minute: 720,
            port_minutes: 60,
            age: 0,
            level_minutes: 0,
            heat_minutes: 0,
            ports_on: 1,
            sure: NONE,
            drain: NONE,
            since_full: NONE,
            signals: Vec::new(),
            deadline_left: NONE,
            deadline_start: 0,
        }
    }
}

impl Situation {
    /// Sets what one axis says; `own` is the number of the rule that is asked.
    pub(super) fn set(&mut self, kind: &Kind, value: i64, own: i64) {
        match kind {
            Kind::Level => self.level = value,
            Kind::Temperature => self.temperature = value,
            Kind::Charging => self.charging = value,
            Kind::Power => self.on = value == 1,
            Kind::Holder => self.holds = value == own,
            Kind::Weekday => self.weekday = value,
            Kind::Time => self.minute = value,
            Kind::PortMinutes => self.port_minutes = value,
            Kind::Age => self.age = value,
            Kind::LevelMinutes => self.level_minutes = value,
            Kind::HeatMinutes => self.heat_minutes = value,
            Kind::PortsOn => self.ports_on = value,
            Kind::Sure => self.sure = value,
            Kind::Drain => self.drain = value,
            Kind::SinceFull => self.since_full = value,
            Kind::Signal(name) => self.signals.push((name.clone(), value)),
            Kind::DeadlineLeft => self.deadline_left = value,
            Kind::DeadlineStart => self.deadline_start = value,
        }
    }

    /// The situation as the rule sees it; `None` cannot happen, all values are in range.
    pub(super) fn facts(&self, rule: &RuleName, base: &Base) -> Option<Facts> {
        let at = Timestamp::from_second(MONDAY + self.weekday * 86_400 + self.minute * 60).ok()?;
        let ago = |minutes: i64| at.checked_sub(Span::from_mins(minutes)).ok();
        let known = |value: i64| (value != NONE).then_some(value);
        let temperature = known(self.temperature).map(|tenths| scaled(tenths, 10.0));
        let level = Level::new(self.level).ok()?;
        let mut levels = Spells::default();
        levels.push(f64::from(level.percent()), ago(self.level_minutes)?);
        let mut heat = Spells::default();
        if let Some(degrees) = temperature {
            heat.push(degrees, ago(self.heat_minutes)?);
        }
        let signals = self.signals.iter().filter_map(|(name, value)| {
            Some((name.clone(), Signal { value: scaled(known(*value)?, 1000.0), at }))
        });
        let later = |minutes: i64| at.checked_add(Span::from_mins(minutes)).ok();
        let deadline = |left: i64| {
            let (at, start) = (later(left)?, later(self.deadline_start)?);
            Some(DeadlineFacts {
                at,
                level: Level::new(100).ok()?,
                start,
                in_time: true,
                source: "daily 07:00".into(),
            })
        };
        Some(Facts {
            at,
            zone: TimeZone::UTC,
            station: StationFacts {
                name: base.station.clone(),
                ports_on: u32::try_from(self.ports_on).ok()?,
            },
            port: PortFacts { number: base.port, on: self.on, since: known(self.port_minutes).and_then(ago) },
            device: DeviceFacts {
                name: base.device.clone(),
                kind: base.care.kind.clone(),
                tags: base.care.tags.clone(),
            },
            battery: Battery {
                level,
                charging: known(self.charging).map(|value| value == 1),
                temperature: temperature.and_then(|degrees| Celsius::new(degrees).ok()),
                measured_at: ago(self.age)?,
            },
            holder: self.holds.then(|| rule.clone()),
            history: HistoryFacts {
                charge_per_hour: base.care.charge_per_hour,
                paces: known(self.sure).map(|_| Paces::even(base.care.charge_per_hour)),
                sure: known(self.sure).and_then(|sure| u8::try_from(sure).ok()).unwrap_or(0),
                drain_per_hour: known(self.drain).map(|tenths| scaled(tenths, 10.0)),
                level: levels,
                temperature: heat,
                full_at: known(self.since_full).and_then(|hours| ago(hours * 60)),
            },
            signals: signals.collect::<BTreeMap<_, _>>(),
            deadline: known(self.deadline_left).and_then(deadline),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "values of an axis are far below 2^53")]
fn scaled(value: i64, by: f64) -> f64 {
    value as f64 / by
}
