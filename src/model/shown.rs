//! Events as the outside reads them: the same JSON in the event stream of REST, in history's rows and on MQTT.

use serde::Serialize;

use super::{DeviceName, Event, EventKind, Level, Mode, ModeEnd, ModeKind, PortId, StationName, Timestamp};

/// One event as JSON: `{"at": …, "station": …, "port": …, "code": …, …}`.
#[derive(Debug, Serialize)]
pub struct EventShown<'a> {
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    station: Option<&'a StationName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<PortId>,
    #[serde(flatten)]
    kind: KindShown<'a>,
}

/// What happened, as JSON with its `code`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum KindShown<'a> {
    /// A mode is shown as everywhere.
    Mode {
        /// The stable code.
        code: &'static str,
        /// The mode.
        mode: ModeShown,
        /// The device whose mode it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        device: Option<&'a DeviceName>,
        /// Why the one before it ended by itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        ended: Option<ModeEnd>,
    },
    /// Everything else is in the right form.
    Other(&'a EventKind),
}

/// A mode as JSON; the fields are those of `Mode` in the OpenAPI document.
#[derive(Debug, Serialize)]
pub struct ModeShown {
    mode: ModeKind,
    level: Option<Level>,
    until: Option<Timestamp>,
    until_unplugged: bool,
    by: String,
}

impl From<&Mode> for ModeShown {
    fn from(mode: &Mode) -> Self {
        Self {
            mode: mode.kind,
            level: mode.goal(),
            until: mode.until,
            until_unplugged: mode.unplugged,
            by: mode.by.to_string(),
        }
    }
}

impl<'a> From<&'a EventKind> for KindShown<'a> {
    fn from(kind: &'a EventKind) -> Self {
        match kind {
            EventKind::ModeChanged { mode, device, ended } => {
                Self::Mode { code: kind.code(), mode: mode.into(), device: device.as_ref(), ended: *ended }
            }
            kind => Self::Other(kind),
        }
    }
}

impl<'a> From<&'a Event> for EventShown<'a> {
    fn from(event: &'a Event) -> Self {
        let kind = KindShown::from(&event.kind);
        Self { at: event.at, station: event.station.as_ref(), port: event.port, kind }
    }
}
