//! How devices charge: what was learned of each, and its stretches of charging.

use std::sync::Arc;

use poem_openapi::OpenApi;

use super::{
    Heading,
    devices::unknown_device,
    history::{settle, unreadable},
};
use crate::{
    http::{
        auth::{May, Read},
        dto::{LearnedOut, SessionsOut},
        params::{Limit, Path, Query, RowNumber},
        payload::Json,
        problem::Problem,
        server::Services,
        wire::Time,
    },
    model::{DeviceName, Timestamp},
};

pub(super) struct Charging(pub(super) Arc<Services>);

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Devices")]
impl Charging {
    /// What was learned of a device
    ///
    /// How fast it charges at which level and what it uses without power, from its own reports; it goes with the device from
    /// port to port. Before enough was seen everything is null or empty, and nothing is guessed.
    #[oai(path = "/devices/:device/learned", method = "get", operation_id = "learned")]
    async fn learned(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
    ) -> Result<Json<LearnedOut>, Problem> {
        let found = self.0.directory.find_device(&name.0);
        let learned = found.and_then(|(station, port)| LearnedOut::new(station.view().ports.get(&port)?));
        learned.map(Json).ok_or_else(|| unknown_device(name.0))
    }

    /// The stretches in which a device was charged, the newest first
    ///
    /// Each from when its port was on and it was there, until one of both ended. A device that was removed may be asked for as
    /// long as it has a past.
    #[oai(path = "/devices/:device/sessions", method = "get", operation_id = "sessions")]
    async fn sessions(
        &self,
        _may: May<Read>,
        /// The device's name.
        #[oai(name = "device")]
        name: Path<DeviceName>,
        /// Only those that began at this time or later.
        since: Query<Time>,
        /// Only those before this: `next` of the page before.
        before: Query<RowNumber>,
        /// How many at most.
        limit: Query<Limit>,
    ) -> Result<Json<SessionsOut>, Problem> {
        let since = since.0.map_or(Timestamp::UNIX_EPOCH, |since| since.0);
        let (before, limit) = (before.0.map(|before| before.0), u32::from(limit.0.unwrap_or_default().0));
        settle(&self.0).await;
        let read = self.0.reader.sessions(&name.0, since, before, limit).await;
        let rows = read.map_err(|error| unreadable(&error))?;
        let found = self.0.directory.find_device(&name.0);
        if rows.is_empty() && found.is_none() {
            let past = self.0.reader.sessions(&name.0, Timestamp::UNIX_EPOCH, None, 1).await;
            if past.map_err(|error| unreadable(&error))?.is_empty() {
                return Err(unknown_device(name.0));
            }
        }
        let running = found.filter(|_| before.is_none()).and_then(|(station, port)| {
            let view = station.view();
            SessionsOut::running(&view.station.name, view.ports.get(&port)?, self.0.clock.now())
        });
        Ok(Json(SessionsOut::new(&rows, limit, running)))
    }
}
