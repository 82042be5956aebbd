//! One station's bridge: connects again and again, and carries commands to the station in their order.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};

use super::{
    MqttSettings,
    commands::{COMMANDS, obey},
    connection::{self, Ended},
    notices::Notices,
    session::{Over, Session},
    settings::Protocol,
    status::{Link, StatusLine},
    topics::{self, Topic},
    wishes::{Command, Target},
};
use crate::{
    controller::{Directory, Handle},
    model::{EventKind, StationName},
};

/// A connection that lived so long was a good one, and the next one may come soon.
const STEADY: Duration = Duration::from_secs(30);
/// So long nobody is listened to after a message that no connection survives. It may be a retained one, which comes
/// again at every connect; states are still published meanwhile.
const DEAF: Duration = Duration::from_secs(300);

/// Whether a session listens to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ears {
    /// It does.
    Open,
    /// It does not until then, and why.
    Closed(Instant, String),
}

impl Ears {
    /// When to listen again, if not now.
    pub(super) fn closed_until(&self) -> Option<Instant> {
        match self {
            Self::Open => None,
            Self::Closed(until, _) => Some(*until),
        }
    }
}

/// What a station's bridge holds on to from one connection to the next.
pub(super) struct Bridge {
    pub(super) name: StationName,
    pub(super) handle: Handle,
    pub(super) directory: Directory,
    pub(super) settings: Arc<MqttSettings>,
    pub(super) line: StatusLine,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) notices: Notices,
}

impl Bridge {
    /// True when no such station is there any more, while the service goes on.
    pub(super) fn is_removed(&self) -> bool {
        !self.directory.stations().contains_key(&self.name)
    }

    /// Runs until the station or the service ends.
    pub(super) async fn run(self) {
        let (commands, waiting) = mpsc::channel(COMMANDS);
        let (answers, answered) = mpsc::channel(COMMANDS);
        let obey = obey(waiting, answers, self.handle.clone(), self.notices.clone());
        let client_id = format!("{}-{}", self.settings.client_id, self.name);
        let protocol = self.settings.protocol;
        let caller = Caller {
            bridge: self,
            client_id,
            protocol,
            commands,
            answered,
            announced: false,
            standing: (String::new(), BTreeSet::new()),
            failures: 0,
            too_large: 0,
            lost: None,
        };
        tokio::select! {
            () = caller.run() => {}
            // It ends only when nobody can send commands any more.
            () = obey => {}
        }
    }
}

/// Calls the broker, and calls again when the connection is lost.
pub(super) struct Caller {
    pub(super) bridge: Bridge,
    pub(super) client_id: String,
    /// What is spoken in the next connection.
    pub(super) protocol: Protocol,
    pub(super) commands: mpsc::Sender<Command>,
    /// What commands were for that were carried out or refused: its state is published as an answer.
    pub(super) answered: mpsc::Receiver<Target>,
    /// What the broker kept of an earlier run has been looked at.
    pub(super) announced: bool,
    /// What connections so far have left with the broker: a root, and topics under it.
    standing: (String, BTreeSet<Topic>),
    failures: u32,
    too_large: u32,
    /// What was told as lost, until it is back.
    lost: Option<String>,
}

impl Caller {
    async fn run(mut self) {
        let mut stop = self.bridge.stop.clone();
        loop {
            let began = Instant::now();
            match self.call().await {
                Over::Stopped => return,
                Over::Moved => continue,
                // Once, and at once: what comes of it is told, and if that is nothing, the pause follows.
                Over::Ended(Ended::TooOld(reason)) if self.protocol != Protocol::V311 => {
                    tracing::debug!(station = %self.bridge.name, "MQTT 3.1.1 is tried: {reason}");
                    self.protocol = Protocol::V311;
                    continue;
                }
                Over::Ended(ended) => self.ended(ended, began.elapsed()),
            }
            // A broker may have learned the newer version while it was away.
            self.protocol = self.bridge.settings.protocol;
            self.failures = if began.elapsed() < STEADY { self.failures.saturating_add(1) } else { 1 };
            // Without chance all clients come back at once, which works too.
            let pause = connection::pause(self.failures, getrandom::u32().unwrap_or(u32::MAX / 2));
            tokio::select! {
                () = sleep(pause) => {}
                () = until_stopped(&mut stop) => return,
            }
        }
    }

    async fn call(&mut self) -> Over {
        let root = self.bridge.handle.view().station.topic.clone();
        if let Err(reason) = topics::check_root(&root) {
            return Over::Ended(Ended::Lost(reason));
        }
        let ears = match self.too_large {
            // Once may be an accident.
            0 | 1 => Ears::Open,
            _ => Ears::Closed(Instant::now() + DEAF, too_large(&root)),
        };
        Session::new(self, root, ears).run().await
    }

    /// What connections before have left with the broker under this root.
    pub(super) fn standing_under(&self, root: &str) -> BTreeSet<Topic> {
        let (known, topics) = &self.standing;
        if known == root { topics.clone() } else { BTreeSet::new() }
    }

    /// A connection has ended, and left this with the broker.
    pub(super) fn left(&mut self, root: &str, topics: BTreeSet<Topic>) {
        self.standing = (root.to_owned(), topics);
    }

    /// A connection was made.
    pub(super) fn connected(&mut self) {
        tracing::info!(station = %self.bridge.name, broker = self.bridge.settings.address(), protocol = %self.protocol, "connected to MQTT");
        if self.lost.take().is_some() {
            self.bridge.notices.event(EventKind::BrokerBack);
        }
    }

    fn ended(&mut self, ended: Ended, lived: Duration) {
        let reason = match ended {
            Ended::Lost(reason) | Ended::TooOld(reason) => {
                self.too_large = 0;
                reason
            }
            Ended::Asked => "the connection was closed".to_owned(),
            Ended::TooLarge(bytes) => {
                let again = lived < STEADY || self.too_large > 1 && lived < DEAF + STEADY;
                self.too_large = if again { self.too_large.saturating_add(1) } else { 1 };
                format!(
                    "somebody sent a message of {bytes} bytes, more than is read: send reports of at most 64 KiB"
                )
            }
        };
        if self.lost.as_ref() != Some(&reason) {
            tracing::warn!(station = %self.bridge.name, "MQTT: {reason}");
        }
        // Who hears of it and looks finds it so.
        self.bridge.line.set(&Link::Down { reason: reason.clone() });
        if self.lost.is_none() {
            self.bridge.notices.event(EventKind::BrokerLost { message: reason.clone() });
        }
        self.lost = Some(reason);
    }
}

fn too_large(root: &str) -> String {
    format!(
        "nothing is heard for some minutes, because more than is read came on one of `{}`: \
         if it is a retained message, clear it with `mosquitto_pub -r -n -t …`",
        topics::filters(root).join("`, `")
    )
}

/// Waits until a stop is asked for, or whoever could ask is gone.
pub(super) async fn until_stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}
