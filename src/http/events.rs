//! `GET /api/v1/events`: the whole picture first, then everything that happens, as server-sent events.
//!
//! A reader that is too slow misses events and is given the whole picture again. Must never slow the service down: the
//! stream takes from a broadcast that does not wait for it.

use std::{sync::Arc, time::Duration};

use futures_util::stream;
use poem::{IntoResponse, Response, web::sse};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
    types::Type,
};
use serde::Serialize;
use tokio::{
    sync::{OwnedSemaphorePermit, broadcast, watch},
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use super::{auth::Pass, dto::Snapshot, pictures::Pictures};
use crate::{
    controller::Directory,
    model::{Event, EventShown, StationName},
};

/// Well under the minute after which proxies, and this service, cut a connection without traffic.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An answer that goes on until the client or the service ends.
pub(super) struct Events(Response);

struct Source {
    directory: Directory,
    events: broadcast::Receiver<Arc<Event>>,
    stations: watch::Receiver<Arc<std::collections::BTreeMap<StationName, crate::controller::Handle>>>,
    stopped: watch::Receiver<bool>,
    pass: Pass,
    look: Interval,
    begun: bool,
    /// Told beside the events, if they are wanted.
    pictures: Option<Pictures>,
    _place: OwnedSemaphorePermit,
}

/// What a stream waits for.
enum Happened {
    Event(Arc<Event>),
    /// Files were loaded: stations may have come or gone.
    Picture,
    /// A picture has changed.
    Changed,
    /// Something was missed.
    Missed,
    /// It is time to look whether the token is still there.
    Look,
    End,
}

impl Events {
    /// Begins a stream, which ends when `pass` counts no more; `place` is free again then. With `changes` it tells also
    /// what changed in the picture.
    pub(super) fn new(
        directory: Directory,
        stopped: watch::Receiver<bool>,
        pass: Pass,
        changes: bool,
        place: OwnedSemaphorePermit,
    ) -> Self {
        // Subscribed before the first picture is taken, so that nothing falls between.
        let events = directory.events();
        let stations = directory.changed();
        let mut look = interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let pictures = changes.then(|| Pictures::new(&directory));
        let source = Source {
            directory,
            events,
            stations,
            stopped,
            pass,
            look,
            begun: false,
            pictures,
            _place: place,
        };
        let stream = stream::unfold(source, |mut source| async {
            let event = source.next().await?;
            Some((event, source))
        });
        Self(sse::SSE::new(stream).keep_alive(KEEP_ALIVE).into_response())
    }
}

impl Source {
    /// The next event; `None` when the service stops.
    async fn next(&mut self) -> Option<sse::Event> {
        if !self.begun {
            self.begun = true;
            return self.fresh_snapshot();
        }
        loop {
            match self.wait().await {
                Happened::Event(event) => {
                    if let Some(message) = message(event.kind.code(), &EventShown::from(&*event)) {
                        return Some(message);
                    }
                }
                Happened::Picture => return self.snapshot(),
                Happened::Changed => {
                    let changes = self.pictures.as_mut().map(Pictures::take);
                    if let Some(changes) = changes.filter(|changes| !changes.is_empty()) {
                        return message("changed", &changes);
                    }
                }
                Happened::Missed => return self.fresh_snapshot(),
                Happened::Look if self.pass.holds().await => {}
                Happened::Look | Happened::End => return None,
            }
        }
    }

    async fn wait(&mut self) -> Happened {
        tokio::select! {
            biased;
            // An error means that the server is gone: the same.
            _ = self.stopped.wait_for(|stopped| *stopped) => Happened::End,
            // Before events, so that many of them cannot put it off.
            _ = self.look.tick() => Happened::Look,
            // No more after an error: then the directory is gone, and the events end too.
            Ok(()) = self.stations.changed() => Happened::Picture,
            // Seldom, so before events as well.
            () = next_change(&mut self.pictures) => Happened::Changed,
            event = self.events.recv() => match event {
                Ok(event) => Happened::Event(event),
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    tracing::debug!(missed, "an event stream was too slow and gets the picture again");
                    Happened::Missed
                }
                Err(broadcast::error::RecvError::Closed) => Happened::End,
            },
        }
    }

    /// The picture, and from now on only what happens after it.
    fn fresh_snapshot(&mut self) -> Option<sse::Event> {
        self.events = self.events.resubscribe();
        self.snapshot()
    }

    /// The picture. Events that wait are told after it: not all that they say is in the picture.
    fn snapshot(&mut self) -> Option<sse::Event> {
        self.stations.mark_unchanged();
        if let Some(pictures) = &mut self.pictures {
            *pictures = Pictures::new(&self.directory);
        }
        let views: Vec<_> = self.directory.stations().values().map(|handle| handle.view()).collect();
        message("snapshot", &Snapshot::new(&views))
    }
}

async fn next_change(pictures: &mut Option<Pictures>) {
    match pictures {
        Some(pictures) => pictures.changed().await,
        None => std::future::pending().await,
    }
}

fn message(name: &str, data: &impl Serialize) -> Option<sse::Event> {
    match serde_json::to_string(data) {
        Ok(data) => Some(sse::Event::message(data).event_type(name)),
        Err(error) => {
            tracing::error!(%error, event = name, "an event could not be written");
            None
        }
    }
}

impl IntoResponse for Events {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Events {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "An endless stream. `event: snapshot` carries a `Snapshot`; `event: changed`, \
                              if asked for, one with what is new in it; every other event is named by its code and carries `at`, `station`, `port`, `code` and what belongs to it.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "text/event-stream",
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema {
                        any_of: vec![Snapshot::schema_ref()],
                        ..MetaSchema::ANY
                    })),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        Snapshot::register(registry);
    }
}
