//! What a session tells Home Assistant: what there is, when it asks again, and what there is no more.
//!
//! At the first connection of a run it waits a moment for what the broker kept of earlier runs, so that messages of the
//! other form are told to let their entities go before ours name them.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{
    super::{
        discovery::{Announcer, Births, DiscoverySettings, Form, PortFacts},
        inbound::Message,
        publisher::Round,
        shown,
        topics::Topic,
    },
    Session,
};
use crate::{
    controller::Handle,
    model::{PortId, Station, StationName},
};

/// No kept message for so long means that there are no more: a broker hands them out right after it was asked.
const QUIET: Duration = Duration::from_millis(300);
/// What is kept of a thousand ports is here long before.
const LONGEST: Duration = Duration::from_secs(3);
/// So long a station that was removed may take back what was said of it; what is left then is cleared by another
/// station, or at the next start.
const WITHDRAWAL: Duration = Duration::from_secs(5);

/// What one session has announced and is to announce.
pub(super) struct Announcing {
    announcer: Option<Announcer>,
    births: Births,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waits for what the broker kept: until then if nothing more comes, and at most until the second.
    Listening(Instant, Instant),
    /// Says everything for the first time on this connection.
    First,
    /// Says it again, because somebody was born.
    Again,
    /// All is said but what changes.
    Steady,
}

impl Announcing {
    pub(super) fn new(settings: &DiscoverySettings, station: &StationName) -> Self {
        let announcer = Announcer::new(settings, station);
        Self { announcer, births: Births::default(), phase: Phase::First }
    }

    /// What is to be listened to.
    pub(super) fn filters(&self) -> Vec<String> {
        self.announcer.as_ref().map(Announcer::filters).unwrap_or_default()
    }

    pub(super) fn station(&mut self, station: &Station) {
        if let Some(announcer) = &mut self.announcer {
            announcer.station(station);
        }
    }

    pub(super) fn port(&mut self, port: PortId, facts: PortFacts) {
        if let Some(announcer) = &mut self.announcer {
            announcer.port(port, facts);
        }
    }

    pub(super) fn ports_gone(&mut self, is_gone: impl Fn(PortId) -> bool) {
        if let Some(announcer) = &mut self.announcer {
            announcer.ports_gone(is_gone);
        }
    }

    /// Everything is to be said once more: what is announced, then the states.
    pub(super) fn again(&mut self) {
        if let Some(announcer) = &mut self.announcer {
            announcer.again();
        }
        if self.phase == Phase::Steady {
            self.phase = Phase::Again;
        }
    }

    /// The session says good-bye: from now on nobody is told that it is here.
    pub(super) fn end(&mut self) {
        (self.phase, self.births) = (Phase::Steady, Births::default());
    }

    /// All is said but what changes.
    pub(super) fn is_steady(&self) -> bool {
        self.phase == Phase::Steady
    }

    /// When there is something to announce although nothing changed.
    pub(super) fn due(&self) -> Option<Instant> {
        match self.phase {
            Phase::Listening(quiet, longest) => Some(quiet.min(longest)),
            Phase::First | Phase::Again | Phase::Steady => self.births.due(),
        }
    }
}

impl Session<'_> {
    /// The connection has just been made.
    pub(super) fn begin_announcing(&mut self) {
        let settings = &self.caller.bridge.settings.discovery;
        let waits =
            self.announcing.announcer.is_some() && settings.form != Form::Off && !self.caller.announced;
        if waits {
            let now = Instant::now();
            self.announcing.phase = Phase::Listening(now + QUIET, now + LONGEST);
        }
    }

    /// True for a message that concerns what is announced and nothing else.
    pub(super) fn is_of_discovery(&mut self, message: &Message<'_>) -> bool {
        let Announcing { announcer: Some(announcer), births, phase } = &mut self.announcing else {
            return false;
        };
        if !message.retained && message.payload == b"online" && announcer.is_birth(message.topic) {
            // Without chance all services answer at once, which works too.
            births.heard(Instant::now(), getrandom::u32().unwrap_or(u32::MAX / 2));
        }
        // What is not kept we have said ourselves.
        if !message.retained {
            return announcer.is_ours(message.topic);
        }
        let directory = &self.caller.bridge.directory;
        let is_ours = announcer.kept(message.topic, |name| directory.station(name.as_str()).is_some());
        if is_ours {
            let has_root = |handle: &Handle, root: &str| handle.view().station.topic == root;
            announcer.states_of(message.topic, message.payload, |root| {
                directory.stations().values().any(|handle| has_root(handle, root))
            });
        }
        if let Phase::Listening(quiet, _) = phase
            && is_ours
        {
            *quiet = Instant::now() + QUIET;
        }
        is_ours
    }

    /// Announces what is due. `Done(None)` asks for another look at the states.
    pub(super) fn announce(&mut self, now: Instant, taken: &mut bool) -> Round {
        if let Phase::Listening(..) = self.announcing.phase {
            if let Some(due) = self.announcing.due().filter(|due| *due > now) {
                return Round::Done(Some(due));
            }
            self.announcing.phase = Phase::First;
        }
        if self.announcing.births.take(now) {
            self.announcing.again();
        }
        if !self.say_announcements(taken) {
            return Round::Full;
        }
        match self.announcing.phase {
            Phase::First => {
                self.caller.announced = true;
                // The last of all: who sees it finds everything else in place.
                self.publisher.set(Topic::Status, shown::availability(true).into(), now);
            }
            Phase::Again => self.publisher.repeat(),
            Phase::Listening(..) | Phase::Steady => {}
        }
        self.announcing.phase = Phase::Steady;
        Round::Done(None)
    }

    /// Announces what changed. False when the broker takes no more now.
    pub(super) fn say_announcements(&mut self, taken: &mut bool) -> bool {
        let Some(announcer) = &mut self.announcing.announcer else { return true };
        announcer.round(|say| {
            let has_room = self.connection.publish(say.topic, say.retain, say.payload);
            *taken |= has_room;
            has_room
        })
    }

    /// Takes back what was announced, as far as the broker takes it in time.
    pub(super) async fn withdraw(&mut self) {
        if let Some(announcer) = &mut self.announcing.announcer {
            announcer.withdraw();
        }
        self.announce_last().await;
    }

    /// Names the topics that the next session will use, before those of this one are cleared.
    pub(super) async fn point_to_new_topics(&mut self) {
        let station = Arc::clone(&self.pictures.borrow().station);
        self.announcing.station(&station);
        self.announce_last().await;
    }

    async fn announce_last(&mut self) {
        let room = self.connection.room();
        let end = Instant::now() + WITHDRAWAL;
        let mut taken = false;
        while !self.say_announcements(&mut taken) {
            tokio::select! {
                () = room.notified() => {}
                // Nobody is listened to any more, but a connection that is not read from stands still.
                heard = self.connection.next() => if heard.is_err() { return },
                () = sleep_until(end) => return,
            }
        }
    }
}
