//! `GET /api/v1/events`.

use std::sync::Arc;

use poem_openapi::OpenApi;
use tokio::sync::{Semaphore, watch};

use super::Heading;
use crate::http::{
    auth::{May, Pass, Read},
    events::Events,
    params::Query,
    problem::Problem,
    server::Services,
};

/// Streams at a time: each holds a connection for ever, and must leave most of them to reports.
const STREAMS: usize = 128;

pub(super) struct EventStream {
    services: Arc<Services>,
    stopped: watch::Receiver<bool>,
    places: Arc<Semaphore>,
}

impl EventStream {
    pub(super) fn new(services: Arc<Services>, stopped: watch::Receiver<bool>) -> Self {
        Self { services, stopped, places: Arc::new(Semaphore::new(STREAMS)) }
    }
}

#[OpenApi(prefix_path = "/api/v1", tag = "Heading::Events")]
impl EventStream {
    /// Everything that happens, as it happens
    ///
    /// Server-sent events. First `snapshot` with all stations and ports, then one event per fact. Who reads too slowly
    /// is given the snapshot again. The stream ends within 15 s when its token is removed. With `changes=true` it also
    /// sends `changed`, at most twenty times a second: the stations and ports in which anything is new, whole.
    #[oai(path = "/events", method = "get", operation_id = "events")]
    async fn events(
        &self,
        _may: May<Read>,
        /// Whether to tell what changed in the picture.
        changes: Query<bool>,
        pass: Pass,
    ) -> Result<Events, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            let detail =
                format!("{STREAMS} event streams are open already: close one, or read the snapshots instead");
            Problem::unavailable("too_many_streams", detail, 30)
        })?;
        let changes = changes.0.unwrap_or_default();
        Ok(Events::new(self.services.directory.clone(), self.stopped.clone(), pass, changes, place))
    }
}
