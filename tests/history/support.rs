//! Values and waiting for tests.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use smart_charging_station::{
    history::{Health, HistorySettings, Retention, Started, start},
    model::{
        Author, Battery, Celsius, Decision, DeviceFacts, DeviceName, Event, EventKind, Facts, FileKind,
        HistoryFacts, KeptVersion, Layer, Level, Mode, Origin, PortFacts, PortId, PortMemory, Record,
        RuleFailure, RuleName, Session, Source, Span, StationFacts, StationName, Taken, Timestamp, Verdict,
        Version, VersionFile,
    },
};
use tokio::sync::{oneshot, watch};

pub(crate) fn settings(path: &Path) -> HistorySettings {
    let retention = Retention::of(Span::from_hours(24 * 365 * 100));
    HistorySettings { path: path.to_owned(), retention, gather: Span::from_secs(1) }
}

pub(crate) fn begin(path: &Path) -> Started {
    start(&settings(path)).unwrap()
}

/// Ends history and waits until it has ended.
pub(crate) async fn end(started: Started) {
    let Started { journal, writer, .. } = started;
    drop(journal);
    assert!(writer.ended().await);
}

pub(crate) fn desk() -> StationName {
    StationName::new("desk").unwrap()
}

pub(crate) fn port(number: u16) -> PortId {
    PortId::new(number).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::new(1_790_000_000 + second, 123_456_789).unwrap()
}

pub(crate) fn battery(second: i64) -> Battery {
    Battery {
        level: Level::new(second % 101).unwrap(),
        charging: Some(second % 2 == 0),
        temperature: Some(Celsius::new(31.5).unwrap()),
        measured_at: at(second),
    }
}

pub(crate) fn report(number: u16, second: i64) -> Record {
    Record::Report {
        station: desk(),
        port: port(number),
        device: format!("phone-{number}"),
        received_at: at(second),
        battery: battery(second),
        power: None,
    }
}

pub(crate) fn decision(id: i64, number: u16) -> Decision {
    let mut history = HistoryFacts { charge_per_hour: 0.1 + 0.2, ..HistoryFacts::default() };
    for (level, second) in [(30.1, 1), (41.000_000_000_000_01, 2), (1.0 / 3.0, 3), (77.7, 4)] {
        history.level.push(level, at(second));
        history.temperature.push(level / 7.0, at(second));
    }
    let device = DeviceName::new(&format!("phone-{number}")).unwrap();
    let facts = Facts {
        at: at(id),
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        station: StationFacts { name: desk(), ports_on: 3 },
        port: PortFacts { number: port(number), on: true, since: Some(at(0)) },
        device: DeviceFacts { name: device.clone(), kind: "phone".into(), tags: vec!["exam".into()] },
        battery: battery(id),
        holder: Some(RuleName::new("keep-between").unwrap()),
        history,
        signals: BTreeMap::new(),
        deadline: None,
    };
    Decision {
        id,
        at: at(id),
        station: desk(),
        port: port(number),
        device: Some(device),
        verdict: Verdict::Rest,
        reason: "80% is at or over 80% — \"enough\"".into(),
        by: Layer::Policy,
        safeguard: None,
        rule: Some(RuleName::new("keep-between").unwrap()),
        line: Some(6),
        version: Version::new("0123456789ab"),
        facts: Some(Arc::new(facts)),
        failures: vec![RuleFailure {
            rule: RuleName::new("ready-by").unwrap(),
            guard: false,
            message: "no such thing".into(),
            line: None,
        }],
        adjusted: Arc::default(),
    }
}

pub(crate) fn memory_of(second: i64) -> PortMemory {
    let named = DeviceName::new(&format!("named at {second}")).ok();
    let mut memory = PortMemory { named, battery: Some(battery(second)), ..PortMemory::default() };
    memory.mode = Mode { until: Some(at(second)), ..Mode::default() };
    memory.level.push(55.5, at(second));
    memory
}

pub(crate) fn memory(number: u16, second: i64) -> Record {
    Record::Memory { station: desk(), port: port(number), memory: Box::new(memory_of(second)) }
}

/// A charge of an hour of `phone-1`.
pub(crate) fn session(second: i64) -> Session {
    Session {
        station: desk(),
        port: port(1),
        device: DeviceName::new("phone-1").unwrap(),
        plugged_at: None,
        began_at: at(second),
        ended_at: at(second + 3_600),
        from: Level::new(20).unwrap(),
        to: Level::new(80).unwrap(),
        hottest: battery(0).temperature,
        minutes_above_80: 1.5,
    }
}

/// A version with one rule.
pub(crate) fn version(version: &str, second: i64, text: &str) -> KeptVersion {
    let origin = Origin { source: Source::Api, by: Author::Rest(Some("anna".into())) };
    let file = VersionFile {
        kind: FileKind::Rule,
        name: "keep-between".into(),
        path: "rules/keep-between.rhai".into(),
        text: text.into(),
    };
    KeptVersion { taken: Taken { version: Version::new(version), at: at(second), origin }, files: vec![file] }
}

pub(crate) fn event(second: i64) -> Record {
    let kind = EventKind::HistoryLost { message: "the disk is full".into(), records: 3 };
    Record::Event(Arc::new(Event { at: at(second), station: Some(desk()), port: Some(port(1)), kind }))
}

/// Sends a record and waits until it is on disk, or is told that it is not.
pub(crate) async fn keep(started: &Started, record: Record) -> Result<(), String> {
    let (done, answer) = oneshot::channel();
    started.journal.send(record).await.unwrap();
    let kept = Record::Keep(Box::new(move |result| done.send(result).unwrap()));
    started.journal.send(kept).await.unwrap();
    answer.await.unwrap()
}

/// Waits until history fares as wanted.
pub(crate) async fn until(
    health: &mut watch::Receiver<Health>,
    wanted: impl FnMut(&Health) -> bool,
) -> Health {
    let limit = Duration::from_secs(30);
    let waited =
        tokio::time::timeout(limit, health.wait_for(wanted)).await.map(|health| health.unwrap().clone());
    waited.unwrap_or_else(|_| panic!("history did not come to fare as wanted: {:?}", health.borrow()))
}
