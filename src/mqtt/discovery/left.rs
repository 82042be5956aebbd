//! States that nobody says any more: of ports and stations that were taken away while the service was off.
//!
//! Nobody remembers them but the broker, which still keeps what was announced of them: that names their topics. Only
//! topics as ours are cleared, and none under the root of a station that there is.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{
    super::topics::{self, Field, Topic},
    ids::Node,
};
use crate::model::PortId;

/// Topics that may wait to be cleared: a thousand ports have thirteen thousand. What is more than this stays.
const TOPICS: usize = 16_384;

/// What an announcement says about the topics of the service that made it.
#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    availability: Vec<Said>,
    /// Of an entity that is always available: the connection itself.
    state_topic: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    topic: String,
}

/// Under which root the states stand that were announced in this message; `None`: it does not say.
pub(super) fn root(message: &[u8]) -> Option<String> {
    let kept: Kept = serde_json::from_slice(message).ok()?;
    let mut named = kept.availability.into_iter().map(|said| said.topic).chain(kept.state_topic);
    let root = named.find_map(|topic| {
        let root = topic.strip_suffix("/status")?;
        (Topic::Status.path(root) == topic).then(|| root.to_owned())
    })?;
    topics::check_root(&root).is_ok().then_some(root)
}

/// Whether a message seems to announce states under this root. A long message is read for it only once, and quickly.
pub(super) fn is_under(message: &[u8], root: &str) -> bool {
    let status = format!("\"{}\"", Topic::Status.path(root));
    std::str::from_utf8(message).is_ok_and(|message| message.contains(&status))
}

/// Topics to be cleared.
#[derive(Debug, Default)]
pub(super) struct Left(BTreeSet<String>);

impl Left {
    /// Nobody says the states of this any more. The status stays, as `offline`.
    pub(super) fn found(&mut self, node: Node, root: &str) {
        let topics: Vec<Topic> = match node {
            Node::Port(port) => Field::ALL.map(|field| Topic::Port(port, field)).to_vec(),
            Node::Station => vec![Topic::Mode, Topic::PortsOn, Topic::Started, Topic::Version],
        };
        if self.0.len() < TOPICS {
            self.0.extend(topics.into_iter().map(|topic| topic.path(root)));
        }
    }

    /// A port is there again, and says its states.
    pub(super) fn is_back(&mut self, port: PortId, root: &str) {
        // Nearly always there is nothing.
        let fields = if self.0.is_empty() { &[][..] } else { &Field::ALL };
        for field in fields {
            self.0.remove(&Topic::Port(port, *field).path(root));
        }
    }

    /// Clears them. `clear` answers false when it can take no more; then this does too.
    pub(super) fn round(&mut self, mut clear: impl FnMut(&str) -> bool) -> bool {
        while let Some(topic) = self.0.first() {
            if !clear(topic) {
                return false;
            }
            self.0.pop_first();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_in_both_forms_and_only_if_it_can_be_one() {
        let found = |text: &str| root(text.as_bytes());
        assert_eq!(
            found(r#"{"device":{},"availability":[{"topic":"home/desk/status"}]}"#).unwrap(),
            "home/desk"
        );
        assert_eq!(found(r#"{"state_topic":"desk/status"}"#).unwrap(), "desk");
        let online = r#"{"availability":[{"topic":"desk/port/1/online"},{"topic":"desk/status"}]}"#;
        assert_eq!(found(online).unwrap(), "desk");
        for none in [
            "",
            "{}",
            "[]",
            r#"{"availability":[{"topic":"status"}]}"#,
            r#"{"availability":[{"topic":"a/+/status"}]}"#,
            r#"{"availability":[{"topic":"/status"}]}"#,
            r#"{"availability":"x"}"#,
        ] {
            assert_eq!(found(none), None, "{none}");
        }
        assert_eq!(root(&[0xff, 0xfe]), None);
    }

    #[test]
    fn each_topic_is_cleared_once_and_they_are_bounded() {
        let mut left = Left::default();
        let port = |number: u16| Node::Port(PortId::new(number).unwrap());
        left.found(port(9), "desk");
        left.found(port(9), "desk");
        left.found(Node::Station, "garage");
        left.found(port(10), "desk");
        left.is_back(PortId::new(10).unwrap(), "desk");
        let mut cleared = Vec::new();
        let mut room = 5;
        while !left.round(|topic| {
            room -= 1;
            if room > 0 {
                cleared.push(topic.to_owned());
            }
            room > 0
        }) {
            room = 5;
        }
        assert_eq!(cleared.len(), 13 + 4);
        assert!(
            cleared.contains(&"desk/port/9/info".to_owned())
                && !cleared.contains(&"garage/status".to_owned())
        );
        for number in 1..=u16::MAX {
            left.found(port(number), "desk");
        }
        assert!(left.0.len() < TOPICS + 13);
    }
}
