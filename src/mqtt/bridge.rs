//! One station's bridge: connects again and again, and carries commands to the station in their order.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};

use super::{
    MqttSettings,
    connection::{self, Ended},
    notices::Notices,
    session::{Over, Session},
    status::{Link, StatusLine},
    topics,
};
use crate::{
    controller::{Directory, Handle, Refused},
    model::{Author, EventKind, ModeWish, PortId, StationName, Timestamp, WrongMode},
};

/// Commands that wait for the disk: people press few buttons at a time.
const COMMANDS: usize = 64;
/// A connection that lived so long was a good one, and the next one may come soon.
const STEADY: Duration = Duration::from_secs(30);
/// So long nobody is listened to after a message that no connection survives. It may be a retained one, which comes
/// again at every connect; states are still published meanwhile.
const DEAF: Duration = Duration::from_secs(300);

/// What somebody wants for a port, or for the whole station.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command {
    pub(super) port: Option<PortId>,
    pub(super) wish: ModeWish,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "mode {} for port {port}", self.wish.kind),
            None => write!(f, "mode {} for the station", self.wish.kind),
        }
    }
}

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
    /// Runs until the station or the service ends.
    pub(super) async fn run(self) {
        let (commands, waiting) = mpsc::channel(COMMANDS);
        let (answers, answered) = mpsc::channel(COMMANDS);
        let obey = obey(waiting, answers, self.handle.clone(), self.notices.clone());
        let client_id = format!("{}-{}", self.settings.client_id, self.name);
        let caller =
            Caller { bridge: self, client_id, commands, answered, failures: 0, too_large: 0, lost: None };
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
    pub(super) commands: mpsc::Sender<Command>,
    /// What commands were for that were carried out or refused: its state is published as an answer.
    pub(super) answered: mpsc::Receiver<Option<PortId>>,
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
                Over::Ended(ended) => self.ended(ended, began.elapsed()),
            }
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

    /// A connection was made.
    pub(super) fn connected(&mut self) {
        tracing::info!(station = %self.bridge.name, broker = self.bridge.settings.host, "connected to MQTT");
        if self.lost.take().is_some() {
            self.bridge.notices.event(EventKind::BrokerBack);
        }
    }

    fn ended(&mut self, ended: Ended, lived: Duration) {
        let reason = match ended {
            Ended::Lost(reason) => {
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

/// Carries commands to the station, one after the other, and says for what each was.
async fn obey(
    mut commands: mpsc::Receiver<Command>,
    answers: mpsc::Sender<Option<PortId>>,
    handle: Handle,
    mut notices: Notices,
) {
    while let Some(command) = commands.recv().await {
        match carry(&command, &handle, notices.now()).await {
            Ok(()) => {}
            Err(Failed::Refused(refused @ Refused::NotKept(_))) => tracing::warn!("{command}: {refused}"),
            Err(refused) => notices.command(&format!("{command}: {refused}")),
        }
        // Without a connection nobody takes the answers, and nobody waits for them: all is said again then.
        let _ = answers.try_send(command.port);
    }
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Wrong(#[from] WrongMode),
    #[error("a station is not unplugged: use a time, or set the mode of a port")]
    StationUnplugged,
    #[error(transparent)]
    Refused(#[from] Refused),
}

async fn carry(command: &Command, handle: &Handle, now: Timestamp) -> Result<(), Failed> {
    let mode = command.wish.mode(Author::Mqtt, now, &handle.view().station.zone)?;
    match command.port {
        Some(port) => drop(handle.set_mode(port, mode).await?),
        None if mode.unplugged => return Err(Failed::StationUnplugged),
        None => drop(handle.set_station_mode(mode).await?),
    }
    Ok(())
}

/// Waits until a stop is asked for, or whoever could ask is gone.
pub(super) async fn until_stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stopped| *stopped).await;
}
