//! One connection to the broker, from the first packet to the last, and how long to wait before the next one.
//!
//! The MQTT client is treated as lossy: what it has queued is gone with the connection, so every connection starts
//! with an empty one and its owner says everything again. Its event loop runs in a task of its own, which never
//! publishes: a publish that waits inside it would wait for itself.

use std::{sync::Arc, time::Duration};

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, LastWill, MqttOptions, Outgoing,
    Packet, QoS, StateError, SubscribeFilter, SubscribeReasonCode,
};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinSet,
    time::timeout,
};

use super::MqttSettings;

/// Half of the time after which a silent broker counts as gone.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The event loop has something to say at least every `KEEP_ALIVE`; longer means that the broker does not read.
const STALLED: Duration = Duration::from_secs(40);
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

/// What came over a connection.
#[derive(Debug)]
pub(super) enum Heard {
    /// The broker knows us: subscribe, and say everything.
    Connected,
    /// Somebody sent something.
    Message(Received),
    /// The broker did not grant a subscription.
    Unsubscribed,
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
    /// Anything else, in words.
    Lost(String),
}

/// One connection, being made or made.
pub(super) struct Connection {
    client: AsyncClient,
    heard: mpsc::Receiver<Heard>,
    room: Arc<Notify>,
    task: JoinSet<Ended>,
    qos: QoS,
    will: Will,
}

impl Connection {
    /// Starts to connect. The broker will say the `will` when the connection breaks.
    pub(super) fn open(settings: &MqttSettings, client_id: &str, will: Will) -> Self {
        let qos = quality(settings.qos);
        let (client, mut events) = AsyncClient::new(options(settings, client_id, &will), QUEUE);
        // Small packets go out at once; Nagle's algorithm would hold each back until the one before is acknowledged.
        events.network_options.set_tcp_nodelay(true);
        let (inbox, heard) = mpsc::channel(INBOX);
        let room = Arc::new(Notify::new());
        let mut task = JoinSet::new();
        let place = Place::new(settings, client_id);
        task.spawn(listen(events, inbox, room.clone(), place));
        Self { client, heard, room, task, qos, will }
    }

    /// The next thing heard, or why the connection ended. Once it ended, do not ask again.
    pub(super) async fn next(&mut self) -> Result<Heard, Ended> {
        if let Some(heard) = self.heard.recv().await {
            return Ok(heard);
        }
        Err(match self.task.join_next().await {
            Some(Ok(ended)) => ended,
            // The client may panic on what a broker sends; the next connection starts with a new one.
            Some(Err(error)) => Ended::Lost(format!("the MQTT client failed: {error}")),
            None => Ended::Lost("the connection has ended".to_owned()),
        })
    }

    /// Asks for what comes on these topics. False when the queue has no room, which it has right after connecting.
    pub(super) fn subscribe(&self, filters: Vec<String>) -> bool {
        let filters = filters.into_iter().map(|path| SubscribeFilter { path, qos: self.qos });
        self.client.try_subscribe_many(filters).is_ok()
    }

    /// Hands over one text. False when the queue has no room: wait for [`Self::room`] and try again.
    pub(super) fn publish(&self, topic: &str, retain: bool, payload: &str) -> bool {
        self.client.try_publish(topic, self.qos, retain, payload).is_ok()
    }

    /// Notified when something left the queue.
    pub(super) fn room(&self) -> Arc<Notify> {
        Arc::clone(&self.room)
    }

    /// Says the will and good-bye. An orderly good-bye makes the broker drop the will, so it is said first.
    pub(super) async fn close(mut self) {
        let client = self.client.clone();
        let Will { topic, payload } = self.will.clone();
        // Exactly once takes two more packets, and the good-bye would come between them: the broker would drop it.
        let qos = if self.qos == QoS::ExactlyOnce { QoS::AtLeastOnce } else { self.qos };
        let farewell = async {
            let said = client.publish(topic, qos, true, payload).await.is_ok();
            if said && client.disconnect().await.is_ok() {
                while self.next().await.is_ok() {}
            }
        };
        if timeout(FAREWELL, farewell).await.is_err() {
            tracing::debug!(topic = self.will.topic, "the broker did not take our good-bye in time");
        }
    }
}

/// How long to wait before connection attempt `failures + 1`: 1 s, doubled up to 60 s, a quarter more or less so that
/// not all clients come back to a restarted broker at once. `random` is any number.
pub(super) fn pause(failures: u32, random: u32) -> Duration {
    let whole = Duration::from_secs(1 << failures.saturating_sub(1).min(6)).min(Duration::from_secs(60));
    whole.mul_f64(0.75 + f64::from(random) / f64::from(u32::MAX) / 2.0)
}

/// Where we connect to and as whom, for messages.
struct Place {
    broker: String,
    user: String,
    client_id: String,
}

impl Place {
    fn new(settings: &MqttSettings, client_id: &str) -> Self {
        Self {
            broker: format!("{}:{}", address(&settings.host), settings.port),
            user: settings.user.as_ref().map_or("no user".to_owned(), |user| format!("user `{user}`")),
            client_id: client_id.to_owned(),
        }
    }
}

async fn listen(mut events: EventLoop, inbox: mpsc::Sender<Heard>, room: Arc<Notify>, place: Place) -> Ended {
    loop {
        let event = match timeout(STALLED, events.poll()).await {
            Ok(Ok(event)) => event,
            Ok(Err(error)) => return ended(error, &place),
            Err(_) => {
                return Ended::Lost(format!(
                    "the broker at `{}` stopped reading: is it overloaded",
                    place.broker
                ));
            }
        };
        let heard = match event {
            Event::Incoming(Packet::ConnAck(_)) => Heard::Connected,
            Event::Incoming(Packet::Publish(message)) => Heard::Message(Received {
                topic: message.topic,
                payload: message.payload.into(),
                retained: message.retain,
            }),
            Event::Incoming(Packet::SubAck(answer))
                if answer.return_codes.contains(&SubscribeReasonCode::Failure) =>
            {
                Heard::Unsubscribed
            }
            Event::Outgoing(Outgoing::Disconnect) => return Ended::Asked,
            Event::Outgoing(Outgoing::Publish(_)) => {
                room.notify_one();
                continue;
            }
            Event::Incoming(_) | Event::Outgoing(_) => continue,
        };
        if inbox.send(heard).await.is_err() {
            return Ended::Asked;
        }
    }
}

fn options(settings: &MqttSettings, client_id: &str, will: &Will) -> MqttOptions {
    let mut options = MqttOptions::new(client_id, address(&settings.host), settings.port);
    let will = LastWill::new(&will.topic, will.payload, quality(settings.qos), true);
    options
        .set_keep_alive(KEEP_ALIVE)
        // A switch command is about now: the broker must not keep one for us while we are away.
        .set_clean_session(true)
        .set_inflight(IN_FLIGHT)
        .set_max_packet_size(PACKET_BYTES, PACKET_BYTES)
        .set_last_will(will);
    if let Some(user) = &settings.user {
        let password = settings.password.as_ref().map_or("", |password| password.0.as_str());
        options.set_credentials(user, password);
    }
    options
}

/// The client puts host and port together with a colon, which an IPv6 address needs brackets for.
fn address(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

fn quality(qos: u8) -> QoS {
    match qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}

fn ended(error: ConnectionError, place: &Place) -> Ended {
    let Place { broker, user, client_id } = place;
    Ended::Lost(match error {
        ConnectionError::MqttState(StateError::Deserialization(
            rumqttc::Error::PayloadSizeLimitExceeded(bytes),
        )) => {
            return Ended::TooLarge(bytes);
        }
        ConnectionError::ConnectionRefused(
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
        ) => {
            format!("the broker at `{broker}` refuses {user}: check user and password in settings.ron")
        }
        ConnectionError::ConnectionRefused(ConnectReturnCode::BadClientId) => {
            format!(
                "the broker at `{broker}` refuses the client id `{client_id}`: set another in settings.ron"
            )
        }
        ConnectionError::ConnectionRefused(code) => format!("the broker at `{broker}` refuses us ({code:?})"),
        ConnectionError::Io(error) | ConnectionError::MqttState(StateError::Io(error)) => {
            format!(
                "no connection to a broker at `{broker}` ({error}): is it running, and are host and port right"
            )
        }
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => {
            format!("the broker at `{broker}` does not answer in time")
        }
        ConnectionError::MqttState(StateError::AwaitPingResp) => {
            format!("the broker at `{broker}` has fallen silent")
        }
        ConnectionError::MqttState(StateError::ConnectionAborted) => format!(
            "the broker at `{broker}` closed the connection: was it stopped, or does another program use the client id `{client_id}`"
        ),
        other => format!("the connection to the broker at `{broker}` broke: {other}"),
    })
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

    #[test]
    fn an_ipv6_address_gets_brackets() {
        assert_eq!(address("::1"), "[::1]");
        assert_eq!(address("[::1]"), "[::1]");
        assert_eq!(address("broker.lan"), "broker.lan");
    }
}
