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

use super::topics::{Payload, Topic};

/// How often a topic may change, for those nobody waits for: a person cannot read faster.
const PACE: Duration = Duration::from_secs(1);

/// What was published, and what is to be.
#[derive(Default)]
pub(super) struct Publisher {
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
    /// Takes note of what stands on a topic from now on.
    pub(super) fn set(&mut self, topic: Topic, payload: Payload, now: Instant) {
        let slot = self.slots.entry(topic).or_default();
        let same = slot.sent.as_ref().is_some_and(|sent| sent.payload == payload);
        if same && !slot.insisted {
            slot.waiting = None;
            return;
        }
        slot.waiting = Some(payload);
        match &slot.sent {
            Some(sent) if !topic.is_prompt() && !slot.insisted && sent.at + PACE > now => {
                self.later.insert((sent.at + PACE, topic));
            }
            _ => {
                self.due.insert(topic);
            }
        }
    }

    /// Publishes a topic again although nothing changed, as an answer to a command.
    pub(super) fn insist(&mut self, topic: Topic) {
        let Some(slot) = self.slots.get_mut(&topic) else { return };
        if slot.waiting.is_none() {
            slot.waiting = slot.sent.as_ref().map(|sent| sent.payload.clone());
        }
        slot.insisted = true;
        self.due.insert(topic);
    }

    /// Publishes all that is due at `now`. `publish` answers false when it can take no more.
    pub(super) fn round(&mut self, now: Instant, mut publish: impl FnMut(Topic, &str) -> bool) -> Round {
        while self.later.first().is_some_and(|(at, _)| *at <= now) {
            self.due.extend(self.later.pop_first().map(|(_, topic)| topic));
        }
        while let Some(topic) = self.due.first().copied() {
            let Some(slot) = self.slots.get_mut(&topic) else {
                self.due.remove(&topic);
                continue;
            };
            if let Some(payload) = slot.waiting.take() {
                if !publish(topic, &payload) {
                    slot.waiting = Some(payload);
                    return Round::Full;
                }
                slot.sent = Some(Sent { payload, at: now });
            }
            slot.insisted = false;
            self.due.remove(&topic);
        }
        Round::Done(self.later.first().map(|(at, _)| *at))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::topics::Field, *};
    use crate::model::PortId;

    const LEVEL: Field = Field::BatteryLevel;

    fn topic(port: u16, field: Field) -> Topic {
        Topic::Port(PortId::new(port).unwrap(), field)
    }

    fn sent(publisher: &mut Publisher, now: Instant) -> Vec<String> {
        let mut lines = Vec::new();
        publisher.round(now, |topic, payload| {
            lines.push(format!("{} {payload}", topic.path("desk")));
            true
        });
        lines
    }

    #[test]
    fn only_a_change_is_published() {
        let (mut publisher, now) = (Publisher::default(), Instant::now());
        publisher.set(topic(1, LEVEL), "57".into(), now);
        assert_eq!(sent(&mut publisher, now), ["desk/port/1/batterylevel 57"]);
        publisher.set(topic(1, LEVEL), "57".into(), now + PACE);
        assert!(sent(&mut publisher, now + PACE).is_empty());
    }

    #[test]
    fn a_restless_value_is_published_once_a_second_and_the_last_one_wins() {
        let (mut publisher, start) = (Publisher::default(), Instant::now());
        publisher.set(topic(1, LEVEL), "50".into(), start);
        sent(&mut publisher, start);
        for (after, level) in [(10, "51"), (20, "52"), (30, "53")] {
            publisher.set(topic(1, LEVEL), level.into(), start + Duration::from_millis(after));
        }
        assert_eq!(
            publisher.round(start + Duration::from_millis(40), |_, _| true),
            Round::Done(Some(start + PACE))
        );
        assert_eq!(sent(&mut publisher, start + PACE), ["desk/port/1/batterylevel 53"]);
    }

    #[test]
    fn a_value_that_came_back_in_time_is_not_published() {
        let (mut publisher, start) = (Publisher::default(), Instant::now());
        publisher.set(topic(1, LEVEL), "50".into(), start);
        sent(&mut publisher, start);
        publisher.set(topic(1, LEVEL), "51".into(), start);
        publisher.set(topic(1, LEVEL), "50".into(), start);
        assert!(sent(&mut publisher, start + PACE).is_empty());
    }

    #[test]
    fn the_state_does_not_wait() {
        let (mut publisher, now) = (Publisher::default(), Instant::now());
        for power in ["ON", "OFF"] {
            publisher.set(topic(1, Field::State), power.into(), now);
            assert_eq!(sent(&mut publisher, now), [format!("desk/port/1/state {power}")]);
        }
    }

    #[test]
    fn who_sent_a_command_is_answered_also_when_nothing_changed() {
        let (mut publisher, now) = (Publisher::default(), Instant::now());
        publisher.set(topic(1, Field::State), "ON".into(), now);
        sent(&mut publisher, now);
        publisher.insist(topic(1, Field::State));
        publisher.set(topic(1, Field::State), "ON".into(), now);
        assert_eq!(sent(&mut publisher, now), ["desk/port/1/state ON"]);
        assert!(sent(&mut publisher, now).is_empty());
        publisher.insist(topic(9, Field::State));
        assert!(sent(&mut publisher, now).is_empty(), "a port that does not exist");
    }

    #[test]
    fn what_found_no_room_goes_out_later_and_newest() {
        let (mut publisher, now) = (Publisher::default(), Instant::now());
        publisher.set(topic(1, LEVEL), "50".into(), now);
        publisher.set(topic(2, LEVEL), "60".into(), now);
        let mut room = 1;
        let full = publisher.round(now, |_, _| {
            room -= 1;
            room >= 0
        });
        assert_eq!(full, Round::Full);
        publisher.set(topic(2, LEVEL), "61".into(), now);
        assert_eq!(sent(&mut publisher, now), ["desk/port/2/batterylevel 61"]);
    }

    #[test]
    fn status_is_said_last() {
        let (mut publisher, now) = (Publisher::default(), Instant::now());
        publisher.set(Topic::Status, "online".into(), now);
        publisher.set(topic(65535, Field::Online), "offline".into(), now);
        assert_eq!(sent(&mut publisher, now), ["desk/port/65535/online offline", "desk/status online"]);
    }

    #[test]
    fn a_million_changes_without_room_hold_one_text_per_topic() {
        let (mut publisher, now) = (Publisher::default(), Instant::now());
        for n in 0..100_000_u32 {
            publisher.set(topic(1, LEVEL), n.to_string().into(), now);
            publisher.round(now, |_, _| false);
        }
        assert_eq!((publisher.slots.len(), publisher.due.len(), publisher.later.len()), (1, 1, 0));
    }
}
