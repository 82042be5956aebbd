//! Events as history keeps them.

use poem_openapi::Object;
use serde::Serialize;
use serde_json::{Map, Value};

use super::super::wire::Time;
use crate::{
    history::Stored,
    model::{Event, KindShown, PortId, StationName},
};

/// Something that happened. Beside these fields it has those of its `code`, as in the event stream.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PastEvent")]
pub(in crate::http) struct EventRow {
    /// Its number in history.
    number: i64,
    /// When.
    at: Time,
    /// The station; null: the service as a whole.
    #[oai(nullable)]
    station: Option<StationName>,
    /// The port, if one.
    #[oai(nullable)]
    port: Option<PortId>,
    /// What happened, as the event is named in the event stream: `switch_failed`, `drift`, …
    #[serde(skip_serializing)]
    code: String,
    /// `code` again, with the fields that belong to it.
    #[serde(flatten)]
    #[oai(skip)]
    kind: Map<String, Value>,
}

impl From<&Stored<Event>> for EventRow {
    fn from(row: &Stored<Event>) -> Self {
        let event = &row.value;
        let kind = match serde_json::to_value(KindShown::from(&event.kind)) {
            Ok(Value::Object(fields)) => fields,
            // INVARIANT: every kind is an object with its code.
            _ => Map::new(),
        };
        Self {
            number: row.number,
            at: event.at.into(),
            station: event.station.clone(),
            port: event.port,
            code: event.kind.code().to_owned(),
            kind,
        }
    }
}

/// Events, the newest first.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "PastEvents")]
pub(in crate::http) struct EventsOut {
    /// The events.
    pub(in crate::http) events: Vec<EventRow>,
    /// What to give as `before` for the next page; null: this was the last.
    #[oai(nullable)]
    pub(in crate::http) next: Option<String>,
}
