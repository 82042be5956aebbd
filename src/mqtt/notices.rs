//! Tells what went wrong: an event for everybody, a line in the log for the person who looks there.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    controller::{Clock, Directory},
    model::{Event, EventKind, PortId, StationName, Timestamp},
};

/// So many refusals are told in one [`WINDOW`]: enough to see what is wrong, too few to fill a memory card when a
/// program sends nonsense in a loop.
const TOLD: u32 = 20;
const WINDOW: Duration = Duration::from_secs(10);

/// The voice of one station's bridge.
#[derive(Clone)]
pub(super) struct Notices {
    station: StationName,
    directory: Directory,
    clock: Clock,
    since: Instant,
    told: u32,
    held_back: u64,
}

impl Notices {
    pub(super) fn new(station: StationName, directory: Directory, clock: Clock) -> Self {
        Self { station, directory, clock, since: Instant::now(), told: 0, held_back: 0 }
    }

    /// Now, by the clock of the service.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A report was not taken.
    pub(super) fn report(&mut self, message: &str) {
        self.refused(message, EventKind::ReportRejected { message: message.to_owned() });
    }

    /// A command was not taken.
    pub(super) fn command(&mut self, message: &str) {
        self.refused(message, EventKind::CommandRejected { message: message.to_owned() });
    }

    /// More commands come for a port, or for the station, than are carried out.
    pub(super) fn too_fast(&self, port: Option<PortId>) {
        tracing::warn!(station = %self.station, "MQTT: {}", too_many([port]));
        self.tell(port, EventKind::CommandsTooFast);
    }

    fn refused(&mut self, message: &str, kind: EventKind) {
        let now = Instant::now();
        if now >= self.since + WINDOW {
            (self.since, self.told) = (now, 0);
        }
        if self.told >= TOLD {
            self.held_back = self.held_back.saturating_add(1);
            return;
        }
        self.told += 1;
        let held_back = std::mem::take(&mut self.held_back);
        tracing::warn!(station = %self.station, held_back, "MQTT message not taken: {message}");
        self.event(kind);
    }

    /// Something happened that everybody should know.
    pub(super) fn event(&self, kind: EventKind) {
        self.tell(None, kind);
    }

    fn tell(&self, port: Option<PortId>, kind: EventKind) {
        let station = Some(self.station.clone());
        self.directory.tell(Event { at: self.clock.now(), station, port, kind });
    }
}

/// Whose commands come too fast, of these ports and the station as `None`, and what becomes of them.
pub(super) fn too_many(crowded: impl IntoIterator<Item = Option<PortId>>) -> String {
    let names = |port: Option<PortId>| port.map_or("the station".to_owned(), |port| format!("port {port}"));
    let names: Vec<String> = crowded.into_iter().map(names).collect();
    format!(
        "too many commands come for {}: do two programs fight over it? the last one counts once they calm down",
        names.join(", ")
    )
}
