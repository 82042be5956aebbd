//! What happens during one connection: everything is said once, then every change (`saying`); Home Assistant is told what
//! there is (`announcing`); what others say is heard (`hearing`; on topics of other programs: `mapped`).
//!
//! Never waits for the broker or for the station: both are asked without waiting, and who is slow is tried again.

mod announcing;
mod hearing;
mod looks;
mod mapped;
mod saying;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{broadcast, watch},
    time::{Instant, sleep_until},
};

use self::{announcing::Announcing, looks::Looks};
use super::{
    bridge::{Caller, Ears, until_stopped},
    connection::{Connection, Ended, Filter, Heard, Will},
    mapping::Feed,
    pace::Pace,
    publisher::Publisher,
    shown,
    status::Link,
    topics::{self, Topic},
};
use crate::{
    controller::View,
    model::{Event, SignalName, SignalPlan, Station},
};

/// A queue that is full of states is tried again after this.
const BUSY: Duration = Duration::from_millis(1);
/// A broker that takes nothing for so long is left and connected to again.
const STUCK: Duration = Duration::from_secs(40);

/// What the broker did not take, although we may publish it, is said once more after so long.
const AGAIN: Duration = Duration::from_secs(60);

/// Why a session is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// We were told to stop, or the station has ended.
    Stopped,
    /// The station's file has another topic now.
    Moved,
    /// The connection ended.
    Ended(Ended),
}

/// One connection and what was said on it.
pub(super) struct Session<'c> {
    caller: &'c mut Caller,
    connection: Connection,
    publisher: Publisher,
    pictures: watch::Receiver<View>,
    /// The picture that was said last.
    said: Option<View>,
    /// Events since the connection was made.
    events: Option<broadcast::Receiver<Arc<Event>>>,
    /// One that waits for room, as JSON. The others wait where they come from, and the oldest are lost there.
    event: Option<String>,
    /// When it is told at the earliest.
    tell_at: Option<Instant>,
    root: String,
    signals: BTreeMap<SignalName, SignalPlan>,
    /// Topics on which others say when devices are to be ready.
    deadlines: BTreeSet<String>,
    /// Topics of others that tell of batteries, and what they have told.
    feed: Feed,
    /// The file that all this was read from.
    station: Arc<Station>,
    announcing: Announcing,
    connected: bool,
    /// The broker does not grant something, and that stays shown while this connection lasts.
    is_denied: bool,
    /// Commands that came too fast wait here.
    pace: Pace,
    ears: Ears,
    /// Since when the broker has taken nothing, if something waits.
    full_since: Option<Instant>,
    next_round: Option<Instant>,
    /// When all is said once more, because the broker did not take something.
    again: Option<Instant>,
    looks: Looks,
}

impl<'c> Session<'c> {
    /// Starts to connect.
    pub(super) fn new(caller: &'c mut Caller, root: String, ears: Ears) -> Self {
        let pictures = caller.bridge.handle.changed();
        let station = Arc::clone(&pictures.borrow().station);
        let (signals, deadlines) = (station.signals.clone(), deadlines(&station));
        let will = Will { topic: Topic::Status.path(&root), payload: shown::availability(false) };
        let announcing = Announcing::new(&caller.bridge.settings.discovery, &caller.bridge.name);
        let connection = Connection::open(&caller.bridge.settings, caller.protocol, &caller.client_id, will);
        let standing = caller.standing_under(&root);
        let publisher = Publisher::new(caller.bridge.settings.retain, standing);
        Self {
            caller,
            connection,
            publisher,
            pictures,
            said: None,
            events: None,
            event: None,
            tell_at: None,
            root,
            signals,
            deadlines,
            feed: Feed::new(Arc::clone(&station.reports)),
            station,
            announcing,
            connected: false,
            is_denied: false,
            pace: Pace::default(),
            ears,
            full_since: None,
            next_round: None,
            again: None,
            looks: Looks::new(Instant::now()),
        }
    }

    /// Runs until the connection, the station or the service ends.
    pub(super) async fn run(mut self) -> Over {
        let over = self.talk().await;
        // Without a connection there is nobody to say good-bye to.
        if !self.connected || matches!(over, Over::Ended(_)) {
            self.caller.left(&self.root, self.publisher.standing());
            return over;
        }
        self.announcing.end();
        if self.caller.bridge.is_removed() {
            self.withdraw().await;
        }
        let moved = over == Over::Moved && self.pictures.borrow().station.topic != self.root;
        if moved {
            self.point_to_new_topics().await;
        }
        if moved || self.caller.bridge.is_removed() {
            self.clear().await;
        }
        self.caller.left(&self.root, self.publisher.standing());
        self.connection.close().await;
        over
    }

    async fn talk(&mut self) -> Over {
        let room = self.connection.room();
        let mut stop = self.caller.bridge.stop.clone();
        loop {
            tokio::select! {
                heard = self.connection.next() => match heard {
                    Ok(heard) => self.heard(heard),
                    Err(ended) => return Over::Ended(ended),
                },
                () = until_stopped(&mut stop) => return Over::Stopped,
                alive = next_picture(&mut self.pictures, self.looks.rest()), if self.connected => {
                    if !alive {
                        return Over::Stopped;
                    }
                    if !self.look() {
                        return Over::Moved;
                    }
                }
                Some(answered) = self.caller.answered.recv() => self.answer(Some(answered)),
                () = until(self.pace.next(Instant::now())) => self.calm_down(),
                event = next_event(&mut self.events), if self.event.is_none() => self.happened(event),
                () = room.notified(), if self.full_since.is_some() => {}
                () = until(self.next_round) => {}
                () = until(self.again) => self.say_again(),
                () = until(self.full_since.map(|since| since + STUCK)) => {
                    return Over::Ended(Ended::Lost("the broker takes nothing any more: is it overloaded".to_owned()));
                }
                () = until(self.ears.closed_until()), if self.connected => self.subscribe(),
            }
            if self.connected {
                // Whatever came, a picture that changed meanwhile is said first: somebody waits for it.
                if !self.look_again() {
                    return Over::Moved;
                }
                self.publish();
            }
        }
    }

    fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Connected => {
                self.connected = true;
                match &self.ears {
                    Ears::Open => self.subscribe(),
                    Ears::Closed(_, reason) => {
                        self.caller.bridge.line.set(&Link::Deaf { reason: reason.clone() });
                    }
                }
                self.caller.connected();
                self.events = Some(self.caller.bridge.directory.events());
                self.begin_announcing();
                if self.look() {
                    self.forget_the_rest();
                } else {
                    // Looked at again at once, where this is found out and ends the connection.
                    self.pictures.mark_changed();
                }
            }
            Heard::Message(message) => self.message(&message),
            Heard::Unsubscribed => {
                let reason = format!(
                    "the broker does not let us listen to all of `{}`: allow reading them in its access list",
                    self.filters().join("`, `")
                );
                tracing::warn!(station = %self.caller.bridge.name, "{reason}");
                self.is_denied = true;
                self.caller.bridge.line.set(&Link::Deaf { reason });
            }
            Heard::Unpublished { why, is_denied } => self.unpublished(&why, is_denied),
        }
    }

    fn unpublished(&mut self, why: &str, is_denied: bool) {
        let advice = if is_denied {
            format!("allow writing `{}/#` in its access list", self.root)
        } else {
            self.again.get_or_insert(Instant::now() + AGAIN);
            "is it short of memory? its log says more; all is said again in a minute".to_owned()
        };
        self.is_denied |= is_denied;
        let reason = format!("the broker does not take all that we publish ({why}): {advice}");
        if self.caller.bridge.line.set(&Link::Mute { reason: reason.clone() }) {
            tracing::warn!(station = %self.caller.bridge.name, "{reason}");
        }
    }

    /// Says all once more. If the broker does not take it again, it says so.
    fn say_again(&mut self) {
        self.again = None;
        self.announcing.again();
        self.show_link();
    }

    /// All that is listened to. Several signals may have one topic.
    fn filters(&self) -> Vec<String> {
        let signals = self.signals.values().filter_map(|plan| plan.topic.as_ref());
        let reports = self.feed.plans.iter().map(|plan| plan.topic.as_str());
        let others: BTreeSet<&str> =
            signals.chain(&self.deadlines).map(String::as_str).chain(reports).collect();
        let others = others.into_iter().map(str::to_owned);
        topics::filters(&self.root).into_iter().chain(others).chain(self.announcing.filters()).collect()
    }

    fn subscribe(&mut self) {
        // A command that the broker kept is about another time, and is not even sent.
        let commands = format!("{}/", self.root);
        let is_command = |path: &str| path.starts_with(&commands) && path.ends_with("/set");
        let filters = self.filters().into_iter().map(|path| Filter { kept: !is_command(&path), path });
        if self.connection.subscribe(filters.collect()) {
            self.ears = Ears::Open;
            self.show_link();
        } else {
            // The queue is full of states just now.
            self.ears = Ears::Closed(Instant::now() + BUSY, "the broker is slow".to_owned());
        }
    }
}

fn deadlines(station: &Station) -> BTreeSet<String> {
    station.deadline_topics().into_iter().map(str::to_owned).collect()
}

/// Waits for the next picture, but not before `from`. False when the station has ended.
async fn next_picture(pictures: &mut watch::Receiver<View>, from: Option<Instant>) -> bool {
    // A timer takes up to a millisecond also for a moment that has just passed.
    if let Some(from) = from.filter(|from| *from > Instant::now()) {
        sleep_until(from).await;
    }
    pictures.changed().await.is_ok()
}

/// Waits for the next event, or for ever where there are none.
async fn next_event(
    events: &mut Option<broadcast::Receiver<Arc<Event>>>,
) -> Result<Arc<Event>, broadcast::error::RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

/// Waits until a moment, or for ever.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
