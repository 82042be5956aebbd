//! One TCP connection to the broker: the client of the wanted version, and what runs it.
//!
//! Who runs it never publishes: a publish that waits inside would wait for itself.

use std::{sync::Arc, time::Duration};

use rustls::ClientConfig;
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};

use super::{
    super::settings::{MqttSettings, Protocol, bracketed},
    Ended, Filter, Heard, Received, STALLED, Will,
    failed::{Failed, Place},
    tls, v3, v5,
    way::Way,
};

/// Whom to call, and as whom.
pub(super) struct Call<'a> {
    pub(super) settings: &'a MqttSettings,
    pub(super) protocol: Protocol,
    pub(super) client_id: &'a str,
    /// What the broker says when this connection breaks.
    pub(super) will: Option<&'a Will>,
}

impl Call<'_> {
    /// The broker as the client wants to have it: a WebSocket by its address, TLS by the bare name that the certificate
    /// is checked for, and plain MQTT by what may stand before a colon and a port.
    pub(super) fn target(&self) -> String {
        let host = &self.settings.host;
        match (&self.settings.websocket, &self.settings.tls) {
            (Some(path), _) => format!("{}{path}", self.settings.address()),
            (None, Some(_)) => host.trim_matches(['[', ']']).to_owned(),
            (None, None) => bracketed(host),
        }
    }
}

/// What one step of a client brought.
#[derive(Debug)]
pub(super) enum Step {
    /// The broker knows us.
    Connected,
    /// Somebody sent something.
    Message(Received),
    /// A subscription is not granted.
    Unsubscribed,
    /// A message of ours is not taken, and why.
    Unpublished { why: String, is_denied: bool },
    /// A message of ours left the queue.
    Sent,
    /// The broker has answered for a message of ours, and will not ask for it again.
    Settled,
    /// Our good-bye has gone out.
    Left,
    /// Nothing that matters here.
    Other,
}

/// Where requests to the broker go in.
#[derive(Clone)]
pub(super) enum Sender {
    V311(v3::Sender),
    V5(v5::Sender),
}

impl Sender {
    pub(super) fn subscribe(&self, filters: Vec<Filter>, qos: u8) -> bool {
        match self {
            Self::V311(client) => client.subscribe(filters, qos),
            Self::V5(client) => client.subscribe(filters, qos),
        }
    }

    pub(super) fn publish(&self, topic: &str, qos: u8, retain: bool, payload: &str) -> bool {
        match self {
            Self::V311(client) => client.publish(topic, qos, retain, payload),
            Self::V5(client) => client.publish(topic, qos, retain, payload),
        }
    }

    /// Publishes retained, when the queue has room.
    pub(super) async fn publish_in_turn(&self, topic: String, qos: u8, payload: &'static str) -> bool {
        match self {
            Self::V311(client) => client.publish_in_turn(topic, qos, payload).await,
            Self::V5(client) => client.publish_in_turn(topic, qos, payload).await,
        }
    }

    /// Says good-bye, when the queue has room.
    pub(super) async fn disconnect(&self) -> bool {
        match self {
            Self::V311(client) => client.disconnect().await,
            Self::V5(client) => client.disconnect().await,
        }
    }
}

enum Events {
    V311(Box<v3::Events>),
    V5(Box<v5::Events>),
}

impl Events {
    fn secure(&mut self, config: Arc<ClientConfig>) {
        match self {
            Self::V311(events) => events.secure(config),
            Self::V5(events) => events.secure(config),
        }
    }

    fn quiet(&self) -> Duration {
        match self {
            Self::V311(events) => events.quiet(),
            Self::V5(events) => events.quiet(),
        }
    }

    async fn step(&mut self) -> Result<Step, Failed> {
        // Twice the time between two pings, and some: the loop has something to say at least at every ping.
        let limit = STALLED.max(self.quiet() * 2);
        let step = async {
            match self {
                Self::V311(events) => events.step().await,
                Self::V5(events) => events.step().await,
            }
        };
        timeout(limit, step).await.unwrap_or(Err(Failed::Stalled))
    }
}

/// A connection that runs while [`Line::run`] or [`Line::next`] is awaited.
pub(super) struct Line {
    events: Events,
    settings: Arc<MqttSettings>,
    place: Place,
    way: Arc<Way>,
    /// The certificates are read, if there are any.
    is_secured: bool,
    /// The broker knows us.
    is_known: bool,
    /// Our good-bye has gone out.
    has_left: bool,
}

/// Makes both ends of a connection. Nothing is called yet.
pub(super) fn line(call: &Call<'_>, way: Arc<Way>) -> (Sender, Line) {
    let (sender, events) = match call.protocol {
        Protocol::V311 => {
            let (sender, events) = v3::client(call);
            (Sender::V311(sender), Events::V311(Box::new(events)))
        }
        Protocol::V5 => {
            let (sender, events) = v5::client(call);
            (Sender::V5(sender), Events::V5(Box::new(events)))
        }
    };
    let place = Place::new(call.settings, call.protocol, call.client_id);
    let settings = Arc::new(call.settings.clone());
    let is_secured = settings.tls.is_none();
    let line = Line { events, settings, place, way, is_secured, is_known: false, has_left: false };
    (sender, line)
}

impl Line {
    /// Carries on until the connection ends, or nobody listens to `inbox` any more.
    pub(super) async fn run(mut self, inbox: mpsc::Sender<Heard>) -> Ended {
        loop {
            match self.next().await {
                Ok(heard) => {
                    if inbox.send(heard).await.is_err() {
                        return Ended::Asked;
                    }
                }
                Err(ended) => return ended,
            }
        }
    }

    /// Connects at first, and carries on until something is heard. What is given up on the way is lost.
    pub(super) async fn next(&mut self) -> Result<Heard, Ended> {
        if !self.is_secured {
            self.secure().await.map_err(|wrong| self.place.ended(Failed::Tls(wrong), false))?;
            self.is_secured = true;
        }
        loop {
            match self.events.step().await {
                Ok(Step::Connected) => {
                    self.is_known = true;
                    return Ok(Heard::Connected);
                }
                Ok(Step::Message(message)) => return Ok(Heard::Message(message)),
                Ok(Step::Unsubscribed) => return Ok(Heard::Unsubscribed),
                Ok(Step::Unpublished { why, is_denied }) => {
                    self.way.settled();
                    return Ok(Heard::Unpublished { why, is_denied });
                }
                // The broker closes the connection. Closed here while its answers are unread, the last messages would be lost.
                Ok(Step::Left) => self.has_left = true,
                Ok(Step::Sent) => self.way.sent(),
                Ok(Step::Settled) => self.way.settled(),
                Ok(Step::Other) => {}
                Err(_) if self.has_left => return Err(Ended::Asked),
                Err(failed) => return Err(self.place.ended(failed, self.is_known)),
            }
        }
    }

    async fn secure(&mut self) -> Result<(), String> {
        let settings = Arc::clone(&self.settings);
        let read = spawn_blocking(move || settings.tls.as_ref().map(tls::config).transpose()).await;
        if let Some(config) = read.map_err(|error| format!("the certificates cannot be read: {error}"))?? {
            self.events.secure(config);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::settings::Tls, *};

    #[test]
    fn every_client_gets_the_broker_as_it_wants_it() {
        let target = |host: &str, websocket: Option<&str>, tls: Option<Tls>| {
            let websocket = websocket.map(str::to_owned);
            let settings = MqttSettings { host: host.to_owned(), websocket, tls, ..MqttSettings::default() };
            let call = Call { settings: &settings, protocol: Protocol::V5, client_id: "scs", will: None };
            call.target()
        };
        assert_eq!(target("::1", None, None), "[::1]");
        assert_eq!(target("broker.lan", None, None), "broker.lan");
        assert_eq!(target("[::1]", None, Some(Tls::default())), "::1");
        assert_eq!(target("::1", Some("/mqtt"), None), "ws://[::1]:1883/mqtt");
        assert_eq!(target("b", Some("/"), Some(Tls::default())), "wss://b:1883/");
    }
}
