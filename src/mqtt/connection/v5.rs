//! MQTT 5: the client of that version, told and read as both are.

use std::{sync::Arc, time::Duration};

use rumqttc::{
    NetworkOptions, Outgoing, TlsConfiguration, Transport,
    v5::{
        AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, StateError,
        mqttbytes::{
            Error, QoS,
            v5::{
                ConnectReturnCode, DisconnectReasonCode, Filter as Wanted, LastWill, Packet, PubAckReason,
                PubRecReason, RetainForwardRule, SubscribeReasonCode,
            },
        },
    },
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
    let mut network = NetworkOptions::new();
    // Small packets go out at once; Nagle's algorithm would hold each back until the one before is acknowledged.
    network.set_tcp_nodelay(true);
    let mut options = MqttOptions::new(call.client_id, call.target(), settings.port);
    options
        .set_keep_alive(KEEP_ALIVE)
        // A switch command is about now: the broker must not keep one for us while we are away.
        .set_clean_start(true)
        .set_session_expiry_interval(Some(0))
        .set_outgoing_inflight_upper_limit(IN_FLIGHT)
        // The broker keeps what is larger to itself, and the connection survives it.
        .set_max_packet_size(Some(u32::try_from(PACKET_BYTES).unwrap_or(u32::MAX)))
        .set_connection_timeout(ANSWER.as_secs())
        .set_network_options(network);
    if let Some(will) = call.will {
        let qos = quality(settings.qos);
        options.set_last_will(LastWill::new(&will.topic, will.payload, qos, true, None));
    }
    if let Some(user) = &settings.user {
        let password = settings.password.as_ref().map_or("", |password| password.0.as_str());
        options.set_credentials(user, password);
    }
    let websocket = settings.websocket.is_some();
    if websocket {
        options.set_transport(Transport::Ws);
    }
    let (client, events) = AsyncClient::new(options, QUEUE);
    (Sender(client), Events { events, websocket })
}

impl Sender {
    pub(super) fn subscribe(&self, filters: Vec<Filter>, qos: u8) -> bool {
        let filters = filters.into_iter().map(|filter| Wanted {
            path: filter.path,
            qos: quality(qos),
            nolocal: true,
            preserve_retain: false,
            retain_forward_rule: if filter.kept {
                RetainForwardRule::OnEverySubscribe
            } else {
                RetainForwardRule::Never
            },
        });
        self.0.try_subscribe_many(filters).is_ok()
    }

    pub(super) fn publish(&self, topic: &str, qos: u8, retain: bool, payload: &str) -> bool {
        self.0.try_publish(topic, quality(qos), retain, payload.to_owned()).is_ok()
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
        self.events.options.set_transport(transport);
    }

    /// The longest time in which nothing happens on a good connection. The broker may want a longer one than we.
    pub(super) fn quiet(&self) -> Duration {
        self.events.options.keep_alive().max(KEEP_ALIVE)
    }

    pub(super) async fn step(&mut self) -> Result<Step, Failed> {
        Ok(match self.events.poll().await.map_err(failed)? {
            Event::Incoming(packet) => return incoming(packet),
            Event::Outgoing(Outgoing::Disconnect) => Step::Left,
            Event::Outgoing(Outgoing::Publish(_)) => Step::Sent,
            Event::Outgoing(_) => Step::Other,
        })
    }
}

fn incoming(packet: Packet) -> Result<Step, Failed> {
    Ok(match packet {
        Packet::ConnAck(_) => Step::Connected,
        Packet::Publish(message) => match String::from_utf8(message.topic.into()) {
            Ok(topic) => {
                Step::Message(Received { topic, payload: message.payload.into(), retained: message.retain })
            }
            Err(_) => return Err(Failed::Nonsense("a topic is not UTF-8".to_owned())),
        },
        Packet::SubAck(answer)
            if !answer.return_codes.iter().all(|code| matches!(code, SubscribeReasonCode::Success(_))) =>
        {
            Step::Unsubscribed
        }
        Packet::PubAck(answer) => match answer.reason {
            PubAckReason::Success | PubAckReason::NoMatchingSubscribers => Step::Settled,
            refused => {
                Step::Unpublished { why: reason(&refused), is_denied: refused == PubAckReason::NotAuthorized }
            }
        },
        Packet::PubRec(answer) => match answer.reason {
            PubRecReason::Success | PubRecReason::NoMatchingSubscribers => Step::Other,
            // The client goes on counting it as on its way, and would be full after some of them.
            refused => return Err(Failed::Refused(reason(&refused))),
        },
        Packet::PubComp(_) => Step::Settled,
        _ => Step::Other,
    })
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
        ConnectionError::ConnectionRefused(code) => refused(code),
        ConnectionError::Io(error) => Failed::Unreachable(error),
        ConnectionError::Timeout(_) => Failed::Slow,
        ConnectionError::Tls(error) => Failed::Tls(tls::unexplained(&error)),
        error @ (ConnectionError::Websocket(_)
        | ConnectionError::WsConnect(_)
        | ConnectionError::InvalidUrl(_)
        | ConnectionError::ResponseValidation(_)) => Failed::WebSocket(error.to_string()),
        ConnectionError::NotConnAck(_) => Failed::Nonsense("the first packet is not the answer".to_owned()),
        other @ ConnectionError::RequestsDone => Failed::Other(other.to_string()),
    }
}

fn refused(code: ConnectReturnCode) -> Failed {
    match code {
        ConnectReturnCode::BadUserNamePassword
        | ConnectReturnCode::NotAuthorized
        | ConnectReturnCode::BadAuthenticationMethod => Failed::Login,
        ConnectReturnCode::BadClientId | ConnectReturnCode::ClientIdentifierNotValid => Failed::ClientId,
        ConnectReturnCode::RefusedProtocolVersion
        | ConnectReturnCode::UnsupportedProtocolVersion
        | ConnectReturnCode::MalformedPacket
        | ConnectReturnCode::ProtocolError => Failed::Protocol,
        other => Failed::Refused(reason(&other)),
    }
}

fn state_failed(error: StateError) -> Failed {
    match error {
        StateError::Deserialization(Error::PayloadSizeLimitExceeded { pkt_size, .. })
        | StateError::IncomingPacketTooLarge { pkt_size, .. } => Failed::TooLarge(pkt_size),
        StateError::Io(error) | StateError::Deserialization(Error::Io(error)) => {
            tls::fault(&error).map_or(Failed::Broke(error), Failed::Tls)
        }
        StateError::AwaitPingResp => Failed::Silent,
        StateError::ConnectionAborted => Failed::Closed,
        StateError::ServerDisconnect { reason_code: DisconnectReasonCode::SessionTakenOver, .. } => {
            Failed::Replaced
        }
        StateError::ServerDisconnect { reason_code, .. } => Failed::Dismissed(reason(&reason_code)),
        other => Failed::Nonsense(other.to_string()),
    }
}
