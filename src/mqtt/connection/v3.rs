//! MQTT 3.1.1: the client of that version, told and read as both are.

use std::{sync::Arc, time::Duration};

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Error, Event, EventLoop, LastWill, MqttOptions,
    Outgoing, Packet, QoS, StateError, SubscribeFilter, SubscribeReasonCode, TlsConfiguration, Transport,
};
use rustls::ClientConfig;

use super::{
    ANSWER, Filter, IN_FLIGHT, KEEP_ALIVE, PACKET_BYTES, QUEUE, Received,
    failed::{Failed, reason},
    line::{Call, Step},
    tls,
};

/// Where requests go in.
#[derive(Clone)]
pub(super) struct Sender(AsyncClient);

/// Where everything comes out.
pub(super) struct Events {
    events: EventLoop,
    websocket: bool,
}

/// A client that has not called yet.
pub(super) fn client(call: &Call<'_>) -> (Sender, Events) {
    let settings = call.settings;
    let mut options = MqttOptions::new(call.client_id, call.target(), settings.port);
    options
        .set_keep_alive(KEEP_ALIVE)
        // A switch command is about now: the broker must not keep one for us while we are away.
        .set_clean_session(true)
        .set_inflight(IN_FLIGHT)
        .set_max_packet_size(PACKET_BYTES, PACKET_BYTES);
    if let Some(will) = call.will {
        let qos = quality(settings.qos);
        options.set_last_will(LastWill::new(&will.topic, will.payload, qos, true));
    }
    if let Some(user) = &settings.user {
        let password = settings.password.as_ref().map_or("", |password| password.0.as_str());
        options.set_credentials(user, password);
    }
    let websocket = settings.websocket.is_some();
    if websocket {
        options.set_transport(Transport::Ws);
    }
    let (client, mut events) = AsyncClient::new(options, QUEUE);
    // Small packets go out at once; Nagle's algorithm would hold each back until the one before is acknowledged.
    events.network_options.set_tcp_nodelay(true);
    events.network_options.set_connection_timeout(ANSWER.as_secs());
    (Sender(client), Events { events, websocket })
}

impl Sender {
    pub(super) fn subscribe(&self, filters: Vec<Filter>, qos: u8) -> bool {
        let filters =
            filters.into_iter().map(|filter| SubscribeFilter { path: filter.path, qos: quality(qos) });
        self.0.try_subscribe_many(filters).is_ok()
    }

    pub(super) fn publish(&self, topic: &str, qos: u8, retain: bool, payload: &str) -> bool {
        self.0.try_publish(topic, quality(qos), retain, payload).is_ok()
    }

    pub(super) async fn publish_in_turn(&self, topic: String, qos: u8, payload: &'static str) -> bool {
        self.0.publish(topic, quality(qos), true, payload).await.is_ok()
    }

    pub(super) async fn disconnect(&self) -> bool {
        self.0.disconnect().await.is_ok()
    }
}

impl Events {
    pub(super) fn secure(&mut self, config: Arc<ClientConfig>) {
        let config = TlsConfiguration::Rustls(config);
        let transport = if self.websocket { Transport::Wss(config) } else { Transport::Tls(config) };
        self.events.mqtt_options.set_transport(transport);
    }

    /// The longest time in which nothing happens on a good connection.
    pub(super) fn quiet(&self) -> Duration {
        KEEP_ALIVE
    }

    pub(super) async fn step(&mut self) -> Result<Step, Failed> {
        Ok(match self.events.poll().await.map_err(failed)? {
            Event::Incoming(Packet::ConnAck(_)) => Step::Connected,
            Event::Incoming(Packet::Publish(message)) => Step::Message(Received {
                topic: message.topic,
                payload: message.payload.into(),
                retained: message.retain,
            }),
            Event::Incoming(Packet::SubAck(answer))
                if answer.return_codes.contains(&SubscribeReasonCode::Failure) =>
            {
                Step::Unsubscribed
            }
            Event::Incoming(Packet::PubAck(_) | Packet::PubComp(_)) => Step::Settled,
            Event::Outgoing(Outgoing::Disconnect) => Step::Left,
            Event::Outgoing(Outgoing::Publish(_)) => Step::Sent,
            Event::Incoming(_) | Event::Outgoing(_) => Step::Other,
        })
    }
}

fn quality(qos: u8) -> QoS {
    match qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}

fn failed(error: ConnectionError) -> Failed {
    if let Some(fault) = tls::fault(&error) {
        return Failed::Tls(fault);
    }
    match error {
        ConnectionError::MqttState(error) => state_failed(error),
        ConnectionError::ConnectionRefused(code) => match code {
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => Failed::Login,
            ConnectReturnCode::BadClientId => Failed::ClientId,
            ConnectReturnCode::RefusedProtocolVersion => Failed::Protocol,
            other => Failed::Refused(reason(&other)),
        },
        ConnectionError::Io(error) => Failed::Unreachable(error),
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => Failed::Slow,
        ConnectionError::Tls(error) => Failed::Tls(tls::unexplained(&error)),
        error @ (ConnectionError::Websocket(_)
        | ConnectionError::WsConnect(_)
        | ConnectionError::InvalidUrl(_)
        | ConnectionError::ResponseValidation(_)) => Failed::WebSocket(error.to_string()),
        ConnectionError::NotConnAck(_) => Failed::Nonsense("the first packet is not the answer".to_owned()),
        other @ ConnectionError::RequestsDone => Failed::Other(other.to_string()),
    }
}

fn state_failed(error: StateError) -> Failed {
    match error {
        StateError::Deserialization(Error::PayloadSizeLimitExceeded(bytes)) => Failed::TooLarge(bytes),
        StateError::Io(error) | StateError::Deserialization(Error::Io(error)) => Failed::Broke(error),
        StateError::AwaitPingResp => Failed::Silent,
        StateError::ConnectionAborted => Failed::Closed,
        other => Failed::Nonsense(other.to_string()),
    }
}
