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
    for topic in [Topic::Status, topic(1, LEVEL)] {
        publisher.set(topic, "57".into(), now);
    }
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
    publisher.end_the_rest();
    assert_eq!(sent(&mut publisher, now), ["desk/port/1/state ON", "desk/port/1/batterylevel "]);
    publisher.set(Topic::Status, "online".into(), now);
    assert_eq!(sent(&mut publisher, now), ["desk/status online"], "it is said last, never cleared");
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
