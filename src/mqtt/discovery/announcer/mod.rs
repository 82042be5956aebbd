//! What is said when: each message once, again when it changes, and never after what it is about is gone.
//!
//! Holds no messages, only what they are made from and a hash of what was sent: a thousand ports have megabytes of
//! JSON. Lives as long as one connection.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    DiscoverySettings, Form,
    ids::{Ids, Key, Named, Node},
    left::{self, Left},
    message::{PortFacts, Subject, Writer},
    part::Part,
};
use crate::{
    model::{PortId, Station, StationName},
    mqtt::topics::Topic,
};

/// Old messages that may wait to be cleared: a thousand ports have thirteen thousand entities. What is more than this
/// is found at the next connect.
const OLD: usize = 32_768;
/// Tells Home Assistant to keep the entities of a message that will be cleared, because another will name them.
const MIGRATE: &str = r#"{"migrate_discovery": true}"#;

/// Something to be published.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Say<'a> {
    pub(in super::super) topic: &'a str,
    pub(in super::super) payload: &'a str,
    pub(in super::super) retain: bool,
}

/// What one station announces during one connection.
#[derive(Debug)]
pub(in super::super) struct Announcer {
    form: Form,
    ids: Ids,
    station: StationName,
    area: Option<String>,
    subject: Option<Subject>,
    ports: BTreeMap<PortId, PortFacts>,
    sent: BTreeMap<Key, u64>,
    due: BTreeSet<Key>,
    /// Messages of the other form, whose entities move to ours.
    moving: BTreeSet<String>,
    /// Messages that are no longer true.
    clear: BTreeSet<String>,
    /// States of what is gone.
    left: Left,
}

impl Announcer {
    /// `None` when nothing can be announced, because this service has no id.
    pub(in super::super) fn new(settings: &DiscoverySettings, station: &StationName) -> Option<Self> {
        let ids = Ids::new(settings.id.clone()?, station.clone(), &settings.prefix);
        Some(Self {
            form: settings.form,
            ids,
            station: station.clone(),
            area: settings.area.clone(),
            subject: None,
            ports: BTreeMap::new(),
            sent: BTreeMap::new(),
            due: BTreeSet::new(),
            moving: BTreeSet::new(),
            clear: BTreeSet::new(),
            left: Left::default(),
        })
    }

    /// What is to be listened to: what the broker keeps of ours, and births.
    pub(in super::super) fn filters(&self) -> Vec<String> {
        match self.form {
            Form::Off => vec![self.ids.filter()],
            Form::Device | Form::Entity => vec![self.ids.filter(), self.ids.birth()],
        }
    }

    /// True for the topic of births. It may be our own `status`, if the prefix is our root: that tells of us only, and
    /// who answers it says it again.
    pub(in super::super) fn is_birth(&self, topic: &str) -> bool {
        let is_own = |subject: &Subject| Topic::Status.path(&subject.root) == topic;
        self.form != Form::Off && topic == self.ids.birth() && !self.subject.as_ref().is_some_and(is_own)
    }

    /// True for a message of this installation.
    pub(in super::super) fn is_ours(&self, topic: &str) -> bool {
        self.ids.read(topic).is_some()
    }

    /// Takes note of what the station is.
    pub(in super::super) fn station(&mut self, station: &Station) {
        let subject = Subject {
            title: station.title.clone(),
            root: station.topic.clone(),
            ports: station.ports.len(),
            area: self.area.clone(),
        };
        if self.subject.as_ref() != Some(&subject) {
            self.subject = Some(subject);
            self.all();
        }
    }

    /// Takes note of what a port is.
    pub(in super::super) fn port(&mut self, port: PortId, facts: PortFacts) {
        if self.ports.get(&port) != Some(&facts) {
            self.ports.insert(port, facts);
            self.node(Node::Port(port));
            if let Some(subject) = &self.subject {
                self.left.is_back(port, &subject.root);
            }
        }
    }

    /// The station has some ports no more.
    pub(in super::super) fn ports_gone(&mut self, is_gone: impl Fn(PortId) -> bool) {
        let gone: Vec<PortId> = self.ports.keys().copied().filter(|port| is_gone(*port)).collect();
        for port in gone {
            self.ports.remove(&port);
            self.node(Node::Port(port));
        }
    }

    /// Somebody has started and knows nothing: everything is said once more.
    pub(in super::super) fn again(&mut self) {
        self.sent.clear();
        self.all();
    }

    /// The station is gone: takes back all that was said of it, also on earlier connections.
    pub(in super::super) fn withdraw(&mut self) {
        let nodes = self.ports.keys().copied().map(Node::Port).chain([Node::Station]);
        let wanted = nodes.flat_map(all_keys).filter(|key| self.is_wanted(*key));
        self.clear = wanted.map(|key| self.ids.topic(key)).collect();
        self.form = Form::Off;
        self.moving.clear();
        self.due.clear();
    }

    /// Takes note of a message that the broker kept. True when it is one of this installation's. `exists` says whether
    /// there is a station of a name.
    pub(in super::super) fn kept(&mut self, topic: &str, exists: impl FnOnce(&StationName) -> bool) -> bool {
        let Some(Named { station, key }) = self.ids.read(topic) else { return false };
        if station != self.station {
            // Another connection of ours takes care of a station that there is; of one that is gone, nobody else does.
            if !exists(&station) {
                self.old(topic);
            }
            return true;
        }
        match key.filter(|key| self.ids.topic(*key) == topic) {
            Some(key) if self.is_wanted(key) => {}
            Some(key)
                if self.form != Form::Off && self.exists(key.node) && is_whole(key) != self.is_whole() =>
            {
                if self.moving.len() < OLD {
                    self.moving.insert(topic.to_owned());
                }
                self.old(topic);
                self.sent.retain(|sent, _| sent.node != key.node);
                self.node(key.node);
            }
            _ => self.old(topic),
        }
        true
    }

    /// Publishes all that is due. Messages of the other form are told to let go first, then ours are said, then the old
    /// ones are cleared: so entities keep their ids and history. `publish` answers false when it can take no more; then
    /// this does too.
    pub(in super::super) fn round(&mut self, mut publish: impl FnMut(&Say<'_>) -> bool) -> bool {
        while let Some(topic) = self.moving.first() {
            // Not retained: it is about now.
            if !publish(&Say { topic, payload: MIGRATE, retain: false }) {
                return false;
            }
            self.moving.pop_first();
        }
        while let Some(key) = self.due.first().copied() {
            if !self.say(key, &mut publish) {
                return false;
            }
            self.due.remove(&key);
        }
        while let Some(topic) = self.clear.first() {
            if !publish(&Say { topic, payload: "", retain: true }) {
                return false;
            }
            self.clear.pop_first();
        }
        self.left.round(|topic| publish(&Say { topic, payload: "", retain: true }))
    }

    fn say(&mut self, key: Key, publish: &mut impl FnMut(&Say<'_>) -> bool) -> bool {
        let topic = self.ids.topic(key);
        let Some(message) = self.message(key) else {
            if self.sent.contains_key(&key) && !publish(&Say { topic: &topic, payload: "", retain: true }) {
                return false;
            }
            self.sent.remove(&key);
            return true;
        };
        let hash = hash(&message);
        if self.sent.get(&key) == Some(&hash) {
            return true;
        }
        if !publish(&Say { topic: &topic, payload: &message, retain: true }) {
            return false;
        }
        self.sent.insert(key, hash);
        self.clear.remove(&topic);
        true
    }

    /// The message for a key, if there is to be one.
    fn message(&self, key: Key) -> Option<String> {
        let subject = self.subject.as_ref().filter(|_| self.is_wanted(key))?;
        let none = PortFacts::default();
        let facts = match key.node {
            Node::Station => &none,
            Node::Port(port) => self.ports.get(&port)?,
        };
        Some(Writer { ids: &self.ids, subject }.message(key, facts))
    }

    fn is_wanted(&self, key: Key) -> bool {
        let form_is_right = self.form != Form::Off && is_whole(key) == self.is_whole();
        let is_there = match (key.node, key.part) {
            (Node::Station, _) => true,
            (Node::Port(port), None) => self.ports.contains_key(&port),
            (Node::Port(port), Some(part)) => self.ports.get(&port).is_some_and(|facts| facts.has(part)),
        };
        form_is_right && is_there
    }

    fn exists(&self, node: Node) -> bool {
        match node {
            Node::Station => true,
            Node::Port(port) => self.ports.contains_key(&port),
        }
    }

    fn is_whole(&self) -> bool {
        self.form == Form::Device
    }

    fn all(&mut self) {
        self.node(Node::Station);
        let ports: Vec<PortId> = self.ports.keys().copied().collect();
        for port in ports {
            self.node(Node::Port(port));
        }
    }

    fn node(&mut self, node: Node) {
        let whole = self.is_whole();
        self.due.extend(all_keys(node).filter(|key| is_whole(*key) == whole));
    }

    /// Takes note of what a kept message says about states. `is_said` says whether a station has such a root: then its
    /// states are its own affair.
    pub(in super::super) fn states_of(
        &mut self,
        topic: &str,
        message: &[u8],
        is_said: impl Fn(&str) -> bool,
    ) {
        let Some(Named { station, key: Some(Key { node, .. }) }) = self.ids.read(topic) else { return };
        let ours = self.subject.as_ref().filter(|_| station == self.station).map(|subject| &subject.root);
        if let Some(root) = ours
            && left::is_under(message, root)
        {
            if !self.exists(node) {
                self.left.found(node, root);
            }
            return;
        }
        if let Some(root) = left::root(message).filter(|root| !is_said(root)) {
            self.left.found(node, &root);
        }
    }

    fn old(&mut self, topic: &str) {
        if self.clear.len() < OLD {
            self.clear.insert(topic.to_owned());
        }
    }
}

fn all_keys(node: Node) -> impl Iterator<Item = Key> {
    let parts = [None].into_iter().chain(Part::of(node).map(Some));
    parts.map(move |part| Key { node, part })
}

fn is_whole(key: Key) -> bool {
    key.part.is_none()
}

/// Always the same for the same message: it is compared with what this connection sent.
fn hash(message: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
