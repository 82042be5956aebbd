//! Decides which text is published when: on change only, each topic at most once a second.
//!
//! Lives as long as one connection, and is filled again from the station's own state after the next connect: the
//! MQTT client loses what it had queued. Holds one text per topic and no queue, so it cannot grow while a broker is
//! slow. Pure: the moment and the way to send are arguments.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    shown::{self, Payload, Said},
    topics::Topic,
};

/// How often a topic may change, for those nobody waits for: a person cannot read faster.
const PACE: Duration = Duration::from_secs(1);
/// So long a change waits that nobody waits for, so that what is looked at is with the broker before.
const REST: Duration = Duration::from_millis(10);
/// How often a topic is said again for those who sent a command and wait: a flood of commands is answered together.
const ANSWER_PACE: Duration = Duration::from_millis(100);
/// A temperature that changes by less than this is the same, degrees Celsius: sensors of batteries tremble.
const DEGREES: f64 = 0.5;

/// What was published, and what is to be.
pub(super) struct Publisher {
    /// False when the broker keeps nothing but the status: then there is nothing to clear.
    retains: bool,
    slots: BTreeMap<Topic, Slot>,
    due: BTreeSet<Topic>,
    later: BTreeSet<(Instant, Topic)>,
}

#[derive(Default)]
struct Slot {
    sent: Option<Sent>,
    waiting: Option<Payload>,
    /// Somebody waits for an answer: publish it also if it is the same.
    insisted: bool,
    /// Nobody has this value any more: clear the topic after what waits.
    ends: bool,
    /// The broker has something on this topic, from this connection or one before it.
    stands: bool,
    /// The temperature that was said last.
    degrees: Option<f64>,
}

struct Sent {
    payload: Payload,
    at: Instant,
}

/// Where a round of publishing ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Round {
    /// All that was due is on its way; there may be more from this moment on.
    Done(Option<Instant>),
    /// The way was full; the rest waits here.
    Full,
}

impl Publisher {
    /// Begins a connection. `standing` is what connections before have left with the broker.
    pub(super) fn new(retains: bool, standing: BTreeSet<Topic>) -> Self {
        let stand = |topic| (topic, Slot { stands: true, ..Slot::default() });
        let slots = standing.into_iter().map(stand).collect();
        Self { retains, slots, due: BTreeSet::new(), later: BTreeSet::new() }
    }

    /// Takes note of what stands on a topic from now on.
    pub(super) fn say(&mut self, topic: Topic, said: Said, now: Instant) {
        match said {
            Said::Text(payload) => self.set(topic, payload, now),
            Said::Degrees(degrees) => {
                let slot = self.slots.entry(topic).or_default();
                let near = slot.degrees.is_some_and(|last| (last - degrees).abs() < DEGREES);
                if !near {
                    slot.degrees = Some(degrees);
                    self.set(topic, shown::degrees(degrees), now);
                }
            }
            Said::Unknown => {
                let slot = self.slots.get(&topic);
                if slot.is_some_and(|slot| slot.stands || slot.sent.is_some() || slot.waiting.is_some()) {
                    self.set(topic, shown::not_known(), now);
                }
            }
            Said::Nothing => self.end(topic, None),
        }
    }

    /// As [`Self::say`], with a text.
    pub(super) fn set(&mut self, topic: Topic, payload: Payload, now: Instant) {
        let slot = self.slots.entry(topic).or_default();
        slot.ends = false;
        let same = slot.sent.as_ref().is_some_and(|sent| sent.payload == payload);
        if same && !slot.insisted {
            slot.waiting = None;
            return;
        }
        slot.waiting = Some(payload);
        let is_change = slot.sent.is_some();
        let (pause, rest) = match () {
            () if slot.insisted && same => (ANSWER_PACE, Duration::ZERO),
            () if slot.insisted || topic.is_prompt() => (Duration::ZERO, Duration::ZERO),
            () if is_change && topic.is_a_detail() => (PACE, REST),
            () => (PACE, Duration::ZERO),
        };
        self.plan(topic, pause, now + rest, now);
    }

    /// Publishes a topic again although nothing changed, as an answer to a command.
    pub(super) fn insist(&mut self, topic: Topic, now: Instant) {
        let Some(slot) = self.slots.get_mut(&topic) else { return };
        if slot.waiting.is_none() && !slot.ends {
            slot.waiting = slot.sent.as_ref().map(|sent| sent.payload.clone());
        }
        slot.insisted = true;
        self.plan(topic, ANSWER_PACE, now, now);
    }

    /// Publishes all topics again, for somebody who may have missed them.
    pub(super) fn repeat(&mut self) {
        for (topic, slot) in &mut self.slots {
            if let Some(sent) = slot.sent.as_ref().filter(|_| !slot.ends) {
                slot.waiting.get_or_insert_with(|| sent.payload.clone());
                self.due.insert(*topic);
            }
        }
    }

    /// Clears a topic, after these last words for those who look on.
    pub(super) fn end(&mut self, topic: Topic, last: Option<Payload>) {
        let Some(slot) = self.slots.get_mut(&topic) else { return };
        // Nobody heard of it: nothing is to be said of it.
        slot.waiting = last.filter(|_| slot.stands || slot.sent.is_some());
        slot.degrees = None;
        slot.ends = true;
        self.due.insert(topic);
    }

    /// Clears what stands with the broker and was not said on this connection: it is not true any more. The status is
    /// said last, and stays `offline` until then.
    pub(super) fn end_the_rest(&mut self) {
        let unsaid = |slot: &Slot| slot.stands && slot.sent.is_none() && slot.waiting.is_none() && !slot.ends;
        let rest = self.slots.iter().filter(|(topic, slot)| **topic != Topic::Status && unsaid(slot));
        let rest: Vec<Topic> = rest.map(|(topic, _)| *topic).collect();
        for topic in rest {
            self.end(topic, None);
        }
    }

    /// Clears everything but the status.
    pub(super) fn end_all(&mut self) {
        let all: Vec<Topic> = self.slots.keys().copied().filter(|topic| *topic != Topic::Status).collect();
        for topic in all {
            self.end(topic, None);
        }
    }

    /// What was said or is to be said.
    pub(super) fn topics(&self) -> impl Iterator<Item = Topic> {
        self.slots.keys().copied()
    }

    /// What stands with the broker now.
    pub(super) fn standing(&self) -> BTreeSet<Topic> {
        self.slots.iter().filter(|(_, slot)| slot.stands).map(|(topic, _)| *topic).collect()
    }

    /// A topic is due so long after it was said last, and not before `from`.
    fn plan(&mut self, topic: Topic, pause: Duration, from: Instant, now: Instant) {
        let sent = self.slots.get(&topic).and_then(|slot| slot.sent.as_ref());
        let at = sent.map_or(from, |sent| from.max(sent.at + pause));
        if at > now && !self.due.contains(&topic) {
            self.later.insert((at, topic));
        } else {
            self.due.insert(topic);
        }
    }

    /// Publishes all that is due at `now`; an empty text clears a topic. `publish` answers false when it can take no more.
    pub(super) fn round(&mut self, now: Instant, mut publish: impl FnMut(Topic, &str) -> bool) -> Round {
        while self.later.first().is_some_and(|(at, _)| *at <= now) {
            self.due.extend(self.later.pop_first().map(|(_, topic)| topic));
        }
        while let Some(topic) = self.due.first().copied() {
            let Some(slot) = self.slots.get_mut(&topic) else {
                self.due.remove(&topic);
                continue;
            };
            let keeps = self.retains || topic.is_always_retained();
            if let Some(payload) = slot.waiting.take() {
                if !publish(topic, &payload) {
                    slot.waiting = Some(payload);
                    return Round::Full;
                }
                slot.stands = keeps;
                slot.sent = Some(Sent { payload, at: now });
            }
            if slot.ends {
                if keeps && slot.stands && !publish(topic, "") {
                    return Round::Full;
                }
                self.slots.remove(&topic);
            } else {
                slot.insisted = false;
            }
            self.due.remove(&topic);
        }
        Round::Done(self.later.first().map(|(at, _)| *at))
    }
}

#[cfg(test)]
mod tests;
