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
        let pause = match () {
            () if slot.insisted && same => ANSWER_PACE,
            () if slot.insisted || topic.is_prompt() => Duration::ZERO,
            () => PACE,
        };
        self.plan(topic, pause, now);
    }

    /// Publishes a topic again although nothing changed, as an answer to a command.
    pub(super) fn insist(&mut self, topic: Topic, now: Instant) {
        let Some(slot) = self.slots.get_mut(&topic) else { return };
        if slot.waiting.is_none() && !slot.ends {
            slot.waiting = slot.sent.as_ref().map(|sent| sent.payload.clone());
        }
        slot.insisted = true;
        self.plan(topic, ANSWER_PACE, now);
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

    /// Clears what stands with the broker and was not said on this connection: it is not true any more.
    pub(super) fn end_the_rest(&mut self) {
        let unsaid = |slot: &Slot| slot.stands && slot.sent.is_none() && slot.waiting.is_none() && !slot.ends;
        let rest: Vec<Topic> =
            self.slots.iter().filter(|(_, slot)| unsaid(slot)).map(|(topic, _)| *topic).collect();
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

    fn plan(&mut self, topic: Topic, pause: Duration, now: Instant) {
        let sent = self.slots.get(&topic).and_then(|slot| slot.sent.as_ref());
        match sent.map(|sent| sent.at + pause).filter(|at| *at > now) {
            Some(at) if !self.due.contains(&topic) => drop(self.later.insert((at, topic))),
            _ => drop(self.due.insert(topic)),
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
mod tests {
    use super::{super::topics::Field, *};
    use crate::model::PortId;

    const LEVEL: Field = Field::BatteryLevel;

    fn publisher() -> Publisher {
        Publisher::new(true, BTreeSet::new())
    }

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
        let (mut publisher, now) = (publisher(), Instant::now());
        publisher.set(topic(1, LEVEL), "57".into(), now);
        assert_eq!(sent(&mut publisher, now), ["desk/port/1/batterylevel 57"]);
        publisher.set(topic(1, LEVEL), "57".into(), now + PACE);
        assert!(sent(&mut publisher, now + PACE).is_empty());
    }

    #[test]
    fn a_restless_value_is_published_once_a_second_and_the_last_one_wins() {
        let (mut publisher, start) = (publisher(), Instant::now());
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
        let (mut publisher, start) = (publisher(), Instant::now());
        publisher.set(topic(1, LEVEL), "50".into(), start);
        sent(&mut publisher, start);
        publisher.set(topic(1, LEVEL), "51".into(), start);
        publisher.set(topic(1, LEVEL), "50".into(), start);
        assert!(sent(&mut publisher, start + PACE).is_empty());
    }

    #[test]
    fn the_state_does_not_wait() {
        let (mut publisher, now) = (publisher(), Instant::now());
        for power in ["ON", "OFF"] {
            publisher.set(topic(1, Field::State), power.into(), now);
            assert_eq!(sent(&mut publisher, now), [format!("desk/port/1/state {power}")]);
        }
    }

    #[test]
    fn who_sent_a_command_is_answered_also_when_nothing_changed() {
        let (mut publisher, now) = (publisher(), Instant::now());
        publisher.set(topic(1, Field::State), "ON".into(), now);
        sent(&mut publisher, now);
        publisher.insist(topic(1, Field::State), now + ANSWER_PACE);
        publisher.set(topic(1, Field::State), "ON".into(), now + ANSWER_PACE);
        assert_eq!(sent(&mut publisher, now + ANSWER_PACE), ["desk/port/1/state ON"]);
        assert!(sent(&mut publisher, now + ANSWER_PACE).is_empty());
        publisher.insist(topic(9, Field::State), now);
        assert!(sent(&mut publisher, now).is_empty(), "a port that does not exist");
    }

    #[test]
    fn who_has_just_started_is_told_all_and_the_status_last() {
        let (mut publisher, now) = (publisher(), Instant::now());
        publisher.set(Topic::Status, "online".into(), now);
        publisher.set(topic(1, LEVEL), "57".into(), now);
        let all = sent(&mut publisher, now);
        publisher.repeat();
        assert_eq!((sent(&mut publisher, now), sent(&mut publisher, now).len()), (all, 0));
    }

    #[test]
    fn what_found_no_room_goes_out_later_and_newest() {
        let (mut publisher, now) = (publisher(), Instant::now());
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
        let (mut publisher, now) = (publisher(), Instant::now());
        publisher.set(Topic::Status, "online".into(), now);
        publisher.set(topic(65535, Field::Online), "offline".into(), now);
        assert_eq!(sent(&mut publisher, now), ["desk/port/65535/online offline", "desk/status online"]);
    }

    #[test]
    fn a_million_changes_without_room_hold_one_text_per_topic() {
        let (mut publisher, now) = (publisher(), Instant::now());
        for n in 0..100_000_u32 {
            publisher.set(topic(1, LEVEL), n.to_string().into(), now);
            publisher.round(now, |_, _| false);
        }
        assert_eq!((publisher.slots.len(), publisher.due.len(), publisher.later.len()), (1, 1, 0));
    }

    #[test]
    fn a_flood_of_commands_is_answered_together() {
        let (mut publisher, start) = (publisher(), Instant::now());
        publisher.set(topic(1, Field::State), "ON".into(), start);
        let mut answers = 0;
        for millis in 0..1000 {
            let now = start + Duration::from_millis(millis);
            publisher.insist(topic(1, Field::State), now);
            answers += sent(&mut publisher, now).len();
        }
        assert_eq!(answers, 10);
        let end = start + Duration::from_secs(2);
        assert_eq!(sent(&mut publisher, end), ["desk/port/1/state ON"], "the last one is answered too");
    }

    #[test]
    fn a_temperature_is_said_when_it_changes_by_half_a_degree() {
        let (mut publisher, start) = (publisher(), Instant::now());
        let mut lines = Vec::new();
        for (seconds, degrees) in [(0, 31.0), (2, 31.4), (4, 30.6), (6, 31.5), (8, 31.1), (10, 31.0)] {
            let now = start + Duration::from_secs(seconds);
            publisher.say(topic(1, Field::Temperature), Said::Degrees(degrees), now);
            lines.extend(sent(&mut publisher, now));
        }
        let said = |text| format!("desk/port/1/temperature {text}");
        assert_eq!(lines, [said("31.0"), said("31.5"), said("31.0")]);
    }

    #[test]
    fn what_is_not_known_is_said_only_where_something_stood() {
        let (mut publisher, now) = (publisher(), Instant::now());
        let charging = topic(1, Field::Charging);
        publisher.say(charging, Said::Unknown, now);
        assert!(sent(&mut publisher, now).is_empty());
        publisher.say(charging, Said::Text("ON".into()), now);
        assert_eq!(sent(&mut publisher, now), ["desk/port/1/charging ON"]);
        publisher.say(charging, Said::Unknown, now + PACE);
        assert_eq!(sent(&mut publisher, now + PACE), ["desk/port/1/charging None"]);
    }

    #[test]
    fn a_port_that_is_gone_has_last_words_and_is_cleared() {
        let (mut publisher, now) = (publisher(), Instant::now());
        publisher.set(topic(1, Field::State), "ON".into(), now);
        publisher.set(topic(1, LEVEL), "57".into(), now);
        sent(&mut publisher, now);
        publisher.end(topic(1, Field::State), Some("None".into()));
        publisher.end(topic(1, LEVEL), None);
        publisher.end(topic(7, LEVEL), None);
        let lines = ["desk/port/1/state None", "desk/port/1/state ", "desk/port/1/batterylevel "];
        assert_eq!(sent(&mut publisher, now), lines);
        assert!(publisher.standing().is_empty() && publisher.slots.is_empty());
    }

    #[test]
    fn what_stood_before_and_is_said_no_more_is_cleared() {
        let before = BTreeSet::from([topic(1, Field::State), topic(1, LEVEL), Topic::Status]);
        let (mut publisher, now) = (Publisher::new(true, before), Instant::now());
        publisher.set(topic(1, Field::State), "ON".into(), now);
        publisher.set(Topic::Status, "online".into(), now);
        publisher.end_the_rest();
        let lines = ["desk/port/1/state ON", "desk/port/1/batterylevel ", "desk/status online"];
        assert_eq!(sent(&mut publisher, now), lines);
        assert_eq!(publisher.standing(), BTreeSet::from([topic(1, Field::State), Topic::Status]));
    }

    #[test]
    fn without_retaining_there_is_nothing_to_clear() {
        let (mut publisher, now) = (Publisher::new(false, BTreeSet::new()), Instant::now());
        publisher.set(topic(1, Field::State), "ON".into(), now);
        sent(&mut publisher, now);
        publisher.end(topic(1, Field::State), Some("None".into()));
        assert_eq!(sent(&mut publisher, now), ["desk/port/1/state None"]);
    }
}
