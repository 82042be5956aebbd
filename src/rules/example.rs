//! Facts for tests: level 50 on a Monday noon, no temperature, a port that has been on for an hour.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::model::{
    Battery, DeadlineFacts, DeviceFacts, DeviceName, Facts, HistoryFacts, Level, PortFacts, PortId, Span,
    StationFacts, StationName, Timestamp,
};

/// The facts, held by nobody.
pub(in crate::rules) fn facts() -> Facts {
    let at = "2026-01-05T12:00:00Z".parse().unwrap();
    Facts {
        at,
        zone: TimeZone::UTC,
        station: StationFacts { name: StationName::new("station").unwrap(), ports_on: 1 },
        port: PortFacts {
            number: PortId::new(1).unwrap(),
            on: true,
            since: Some("2026-01-05T11:00:00Z".parse().unwrap()),
        },
        device: DeviceFacts {
            name: DeviceName::new("device").unwrap(),
            kind: String::new(),
            tags: Vec::new(),
        },
        battery: Battery {
            level: Level::new(50).unwrap(),
            charging: None,
            temperature: None,
            measured_at: at,
        },
        holder: None,
        history: HistoryFacts { charge_per_hour: 40.0, ..HistoryFacts::default() },
        signals: BTreeMap::new(),
        deadline: None,
    }
}

/// A deadline in an hour.
pub(in crate::rules) fn deadline(now: Timestamp) -> DeadlineFacts {
    let at = now.checked_add(Span::from_hours(1)).unwrap();
    DeadlineFacts {
        at,
        level: Level::new(100).unwrap(),
        start: now,
        in_time: true,
        source: "Mon-Fri 13:00".into(),
    }
}
