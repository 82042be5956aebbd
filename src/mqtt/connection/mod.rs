//! The connection to the broker, from the first packet to the last, and how long to wait before the next one.
//!
//! It is two: one says and has the last will, one hears. A broker with Nagle's algorithm holds a message back until the
//! client has acknowledged the one before, and a client that also publishes does so some ten milliseconds late. Both
//! count as one: it is up when both are, and over when one of them is. It knows no topics.
//!
//! The MQTT client is treated as lossy: what it has queued is gone with the connection, so every connection starts
//! with an empty one and its owner says everything again.

mod failed;
mod line;
pub(super) mod tls;
mod v3;
mod v5;
mod way;

use std::{future::pending, panic::AssertUnwindSafe, pin::Pin, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    sync::{Notify, mpsc},
    task::{JoinError, JoinSet},
    time::timeout,
};

use self::{
    line::{Call, Line, Sender, line},
    way::Way,
};
use super::settings::{MqttSettings, Protocol};

/// Half of the time after which a silent broker counts as gone.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The client has something to say at least every [`KEEP_ALIVE`]; longer means that the broker does not read.
const STALLED: Duration = Duration::from_secs(40);
/// For name, TCP, TLS, WebSocket and the broker's answer together: a small computer needs seconds for TLS.
const ANSWER: Duration = Duration::from_secs(10);
/// Our messages have less than 1 KiB, and reports up to 64 KiB are answered; more than this nobody means.
const PACKET_BYTES: usize = 256 * 1024;
/// Publishes on their way to the network: enough to fill a packet, few enough to be newest.
const QUEUE: usize = 64;
/// Messages that wait for their station: a station is never busy for long, and TCP holds back the rest.
const INBOX: usize = 64;
/// As many as mosquitto takes from one client at a time.
const IN_FLIGHT: u16 = 20;
/// How long a good-bye may take before the connection is just dropped; the broker then says `offline` for us.
const FAREWELL: Duration = Duration::from_secs(2);
/// What the client id of the half that hears has behind that of the other. No name of a station has a dot, so no other
/// station can have the same.
const HEARING: &str = ".in";

/// What came over a connection.
#[derive(Debug)]
pub(super) enum Heard {
    /// The broker knows us: subscribe, and say everything.
    Connected,
    /// Somebody sent something.
    Message(Received),
    /// The broker did not grant a subscription.
    Unsubscribed,
    /// The broker did not take something that was published. MQTT 3.1.1 has no way to say so.
    Unpublished {
        /// Why, in its words.
        why: String,
        /// Because we may not publish it, so that it would not take it later either.
        is_denied: bool,
    },
}

/// One message from the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// The whole topic.
    pub(super) topic: String,
    /// Any bytes.
    pub(super) payload: Vec<u8>,
    /// True when the broker kept it from before we subscribed.
    pub(super) retained: bool,
}

/// Topics to listen to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    /// One topic, or many by `+` and `#`.
    pub(super) path: String,
    /// Whether what the broker kept is wanted, too. With MQTT 3.1.1 it always comes.
    pub(super) kept: bool,
}

/// What the broker says for us when the connection breaks, and what we say ourselves before we go. Always retained.
#[derive(Clone, Debug)]
pub(super) struct Will {
    /// The whole topic.
    pub(super) topic: String,
    /// The text.
    pub(super) payload: &'static str,
}

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// We said good-bye.
    Asked,
    /// Somebody sent more than a packet may have, in bytes; everything behind it cannot be read.
    TooLarge(usize),
    /// It did not come about, and a broker that knows only MQTT 3.1.1 might be why. In words, what happened.
    TooOld(String),
    /// Anything else, in words.
    Lost(String),
}

/// The half that hears and what it hears next; `None` when it is over.
type Hearing = Option<Pin<Box<dyn Future<Output = (Line, Result<Heard, Ended>)> + Send>>>;

/// One connection, being made or made.
pub(super) struct Connection {
    say: Sender,
    hear: Sender,
    /// What the half that says has to tell.
    heard: mpsc::Receiver<Heard>,
    /// The half that hears. It runs in its owner's task: what it hears goes on without waking another one.
    hearing: Hearing,
    /// How many of the two are not up yet.
    missing: u8,
    way: Arc<Way>,
    saying: JoinSet<Ended>,
    /// Why it is over, while what came before is still to be heard.
    ended: Option<Ended>,
    qos: u8,
    will: Will,
}

impl Connection {
    /// Starts to connect. The broker will say the `will` when the connection breaks.
    pub(super) fn open(settings: &MqttSettings, protocol: Protocol, client_id: &str, will: Will) -> Self {
        let (inbox, heard) = mpsc::channel(INBOX);
        let way = Arc::new(Way::new(settings.qos));
        let call = Call { settings, protocol, client_id, will: Some(&will) };
        let (say, said) = line(&call, Arc::clone(&way));
        let mut saying = JoinSet::new();
        saying.spawn(said.run(inbox));
        let client_id = format!("{client_id}{HEARING}");
        let call = Call { settings, protocol, client_id: &client_id, will: None };
        // The half that hears publishes nothing, and its only request is made when it is empty.
        let (hear, hearing) = line(&call, Arc::new(Way::new(settings.qos)));
        let hearing = listen(hearing);
        Self { say, hear, heard, hearing, missing: 2, way, saying, ended: None, qos: settings.qos, will }
    }

    /// The next thing heard, or why the connection ended. Once it ended, do not ask again.
    pub(super) async fn next(&mut self) -> Result<Heard, Ended> {
        loop {
            if let Some(ended) = &self.ended {
                // The task is gone, so this ends after what the inbox holds.
                return self.heard.recv().await.ok_or_else(|| ended.clone());
            }
            let heard = tokio::select! {
                heard = next_of(&mut self.hearing) => heard,
                Some(heard) = self.heard.recv() => Ok(heard),
                ended = self.saying.join_next() => Err(why(ended)),
            };
            match heard {
                Ok(Heard::Connected) => {
                    self.missing = self.missing.saturating_sub(1);
                    if self.missing == 0 {
                        return Ok(Heard::Connected);
                    }
                }
                Ok(other) => return Ok(other),
                Err(ended) => {
                    self.ended = Some(ended);
                    // One half without the other would be a service that says `online` and does not hear.
                    self.hearing = None;
                    self.saying.shutdown().await;
                    if self.missing > 0 {
                        self.heard.close();
                        while self.heard.recv().await.is_some() {}
                    }
                }
            }
        }
    }

    /// Asks for what comes on these topics. False when the queue has no room, which it has right after connecting.
    pub(super) fn subscribe(&self, filters: Vec<Filter>) -> bool {
        self.hear.subscribe(filters, self.qos)
    }

    /// Hands over one text. False when the queue has no room: wait for [`Self::room`] and try again.
    pub(super) fn publish(&self, topic: &str, retain: bool, payload: &str) -> bool {
        self.way.begins();
        let has_room = self.say.publish(topic, self.qos, retain, payload);
        if !has_room {
            self.way.turned_back();
        }
        has_room
    }

    /// Notified when something left the queue.
    pub(super) fn room(&self) -> Arc<Notify> {
        self.way.room()
    }

    /// Says the will and good-bye. An orderly good-bye makes the broker drop the will, so it is said first.
    pub(super) async fn close(mut self) {
        // Exactly once takes two more packets: nothing comes after the good-bye to wait for them.
        let qos = self.qos.min(1);
        let farewell = async {
            let (say, hear, way) = (self.say.clone(), self.hear.clone(), Arc::clone(&self.way));
            let Will { topic, payload } = self.will.clone();
            let speak = async {
                // The half that hears goes first: what it is asked for now, nobody would do.
                hear.disconnect().await;
                // With exactly once the broker forgets what is half on its way, and hands it on after what came later.
                way.emptied().await;
                let _ = say.publish_in_turn(topic, qos, payload).await && say.disconnect().await;
            };
            let listen = async {
                while self.hearing.is_some() || !self.saying.is_empty() {
                    tokio::select! {
                        Some(_) = self.heard.recv() => {}
                        _ = next_of(&mut self.hearing) => {}
                        Some(_) = self.saying.join_next() => {}
                    }
                }
            };
            let speak = async {
                speak.await;
                pending().await
            };
            // When both halves have ended there is nobody to speak to.
            tokio::select! {
                () = listen => {}
                () = speak => {}
            }
        };
        if timeout(FAREWELL, farewell).await.is_err() {
            tracing::debug!(topic = self.will.topic, "the broker did not take our good-bye in time");
        }
    }
}

fn listen(mut line: Line) -> Hearing {
    Some(Box::pin(async move {
        let heard = AssertUnwindSafe(line.next()).catch_unwind().await;
        // The client may panic on what a broker sends; the next connection starts with a new one.
        let failed = |_| Err(Ended::Lost("the MQTT client failed".to_owned()));
        (line, heard.unwrap_or_else(failed))
    }))
}

/// The next thing heard, or why that is over. Given up in between, it goes on where it was; over, it waits for ever.
async fn next_of(hearing: &mut Hearing) -> Result<Heard, Ended> {
    let Some(listening) = hearing else { return pending().await };
    let (line, heard) = listening.await;
    *hearing = if heard.is_ok() { listen(line) } else { None };
    heard
}

fn why(ended: Option<Result<Ended, JoinError>>) -> Ended {
    match ended {
        Some(Ok(ended)) => ended,
        // The client may panic on what a broker sends; the next connection starts with a new one.
        Some(Err(error)) => Ended::Lost(format!("the MQTT client failed: {error}")),
        None => Ended::Lost("the connection has ended".to_owned()),
    }
}

/// How long to wait before connection attempt `failures + 1`: 1 s, doubled up to 60 s, a quarter more or less so that
/// not all clients come back to a restarted broker at once. `random` is any number.
pub(super) fn pause(failures: u32, random: u32) -> Duration {
    let whole = Duration::from_secs(1 << failures.saturating_sub(1).min(6)).min(Duration::from_secs(60));
    whole.mul_f64(0.75 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_differ() {
        for (failures, seconds) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (99, 60)] {
            let whole = Duration::from_secs(seconds);
            assert!(pause(failures, u32::MAX / 2).abs_diff(whole) < Duration::from_millis(1), "{failures}");
        }
        assert_eq!(pause(1, 0), Duration::from_millis(750));
        assert_eq!(pause(1, u32::MAX), Duration::from_millis(1250));
        assert!(pause(u32::MAX, u32::MAX) <= Duration::from_secs(75));
    }
}
