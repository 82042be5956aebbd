//! Why a connection failed: what the client of either version says, and what a person is told.

use std::io;

use super::{
    super::settings::{MqttSettings, Protocol},
    Ended,
};

/// Why a connection failed, whatever version was spoken.
#[derive(Debug)]
pub(super) enum Failed {
    /// Somebody sent more than a packet may have, in bytes.
    TooLarge(usize),
    /// User or password are refused.
    Login,
    /// The client id is refused.
    ClientId,
    /// The broker does not speak this version of MQTT.
    Protocol,
    /// It is refused for another reason.
    Refused(String),
    /// There is nothing to connect to.
    Unreachable(io::Error),
    /// What was connected broke.
    Broke(io::Error),
    /// The connection is not encrypted as it should be.
    Tls(String),
    /// The WebSocket did not come about.
    WebSocket(String),
    /// No answer came in time.
    Slow,
    /// The broker no longer reads.
    Stalled,
    /// The broker no longer answers.
    Silent,
    /// The broker closed the connection without a word.
    Closed,
    /// The broker said why it closes.
    Dismissed(String),
    /// Another client came with our id.
    Replaced,
    /// What came is not MQTT.
    Nonsense(String),
    /// Anything else.
    Other(String),
}

impl Failed {
    /// Whether a broker that knows only an older version might have done this before it knew us.
    fn may_be_of_age(&self) -> bool {
        match self {
            Self::Protocol | Self::Broke(_) | Self::Slow | Self::Closed | Self::Nonsense(_) => true,
            Self::TooLarge(_)
            | Self::Login
            | Self::ClientId
            | Self::Refused(_)
            | Self::Unreachable(_)
            | Self::Tls(_)
            | Self::WebSocket(_)
            | Self::Stalled
            | Self::Silent
            | Self::Dismissed(_)
            | Self::Replaced
            | Self::Other(_) => false,
        }
    }
}

/// Where we connect to and as whom, for messages.
pub(super) struct Place {
    broker: String,
    user: String,
    client_id: String,
    protocol: Protocol,
}

impl Place {
    pub(super) fn new(settings: &MqttSettings, protocol: Protocol, client_id: &str) -> Self {
        Self {
            broker: settings.address(),
            user: settings
                .user
                .as_ref()
                .map_or("who gives no user".to_owned(), |user| format!("user `{user}`")),
            client_id: client_id.to_owned(),
            protocol,
        }
    }

    /// How a connection ended; `known`: the broker had accepted it.
    pub(super) fn ended(&self, failed: Failed, known: bool) -> Ended {
        if !known && self.protocol == Protocol::V5 && failed.may_be_of_age() {
            return Ended::TooOld(self.words(failed, known));
        }
        match failed {
            Failed::TooLarge(bytes) => Ended::TooLarge(bytes),
            other => Ended::Lost(self.words(other, known)),
        }
    }

    fn words(&self, failed: Failed, known: bool) -> String {
        let Self { broker, user, client_id, protocol } = self;
        let port = "is this its port for MQTT, and does it want `mqtts://` or `ws://` there";
        match failed {
            Failed::TooLarge(bytes) => format!("the broker at `{broker}` sent {bytes} bytes at once"),
            Failed::Login => {
                format!("the broker at `{broker}` refuses {user}: check user and password in settings.ron")
            }
            Failed::ClientId => {
                format!(
                    "the broker at `{broker}` refuses the client id `{client_id}`: set another in settings.ron"
                )
            }
            Failed::Protocol => {
                format!("the broker at `{broker}` does not speak MQTT {protocol}: set `version`")
            }
            Failed::Refused(why) => format!("the broker at `{broker}` refuses us ({why})"),
            Failed::Unreachable(error) => {
                format!(
                    "no connection to a broker at `{broker}` ({error}): is it running, and are host and port right"
                )
            }
            Failed::Broke(error) if known => {
                format!("the connection to the broker at `{broker}` broke ({error})")
            }
            Failed::Broke(error) => format!("the broker at `{broker}` broke off ({error}): {port}"),
            Failed::Tls(why) => format!("no safe connection to the broker at `{broker}`: {why}"),
            Failed::WebSocket(why) => {
                format!("no WebSocket to the broker at `{broker}` ({why}): are port and path right")
            }
            Failed::Slow => format!("the broker at `{broker}` does not answer in time"),
            Failed::Stalled => format!("the broker at `{broker}` stopped reading: is it overloaded"),
            Failed::Silent => format!("the broker at `{broker}` has fallen silent"),
            Failed::Closed if known => format!(
                "the broker at `{broker}` closed the connection: was it stopped, or does another program use the client id `{client_id}`"
            ),
            Failed::Closed => {
                format!("the broker at `{broker}` closed the connection before it knew us: {port}")
            }
            Failed::Replaced => format!(
                "the broker at `{broker}` closed the connection: another program uses the client id `{client_id}`, set another in settings.ron"
            ),
            Failed::Dismissed(why) => format!("the broker at `{broker}` closed the connection ({why})"),
            Failed::Nonsense(what) if known => {
                format!("the connection to the broker at `{broker}` broke: {what}")
            }
            Failed::Nonsense(what) => format!("what is at `{broker}` does not speak MQTT ({what}): {port}"),
            Failed::Other(what) => format!("the connection to the broker at `{broker}` broke: {what}"),
        }
    }
}

/// A reason code in words: `NotAuthorized` becomes `not authorized`.
pub(super) fn reason(code: &dyn std::fmt::Debug) -> String {
    let mut words = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_codes_become_words() {
        assert_eq!(reason(&rumqttc::v5::mqttbytes::v5::PubAckReason::NotAuthorized), "not authorized");
    }

    #[test]
    fn only_who_might_be_too_old_is_asked_for_the_older_version() {
        let place = |protocol| Place::new(&MqttSettings::default(), protocol, "scs");
        let too_old = |ended| matches!(ended, Ended::TooOld(_));
        assert!(too_old(place(Protocol::V5).ended(Failed::Protocol, false)));
        assert!(too_old(place(Protocol::V5).ended(Failed::Closed, false)));
        assert!(!too_old(place(Protocol::V5).ended(Failed::Closed, true)), "it knew us");
        assert!(!too_old(place(Protocol::V5).ended(Failed::Login, false)), "it understood");
        assert!(!too_old(place(Protocol::V311).ended(Failed::Protocol, false)), "there is none older");
    }
}
