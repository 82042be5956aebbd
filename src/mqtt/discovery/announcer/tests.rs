use super::*;
use crate::mqtt::InstallationId;

fn announcer(form: Form) -> Announcer {
    let id = InstallationId::new("sc_1");
    let settings = DiscoverySettings { form, id, ..DiscoverySettings::default() };
    let mut announcer = Announcer::new(&settings, &StationName::new("desk").unwrap()).unwrap();
    let (title, root) = ("Desk".to_owned(), "desk".to_owned());
    announcer.subject = Some(Subject { title, root, ports: 1, area: None });
    announcer.all();
    announcer
}

fn port(number: u16) -> PortId {
    PortId::new(number).unwrap()
}

fn levels(both: bool) -> PortFacts {
    PortFacts { device: None, low: both, high: both }
}

fn said(announcer: &mut Announcer) -> Vec<(String, String)> {
    let mut all = Vec::new();
    assert!(announcer.round(|say| {
        all.push((say.topic.to_owned(), say.payload.to_owned()));
        true
    }));
    all
}

#[test]
fn a_port_without_levels_has_no_sliders_and_loses_those_it_had() {
    let mut whole = announcer(Form::Device);
    whole.port(port(1), levels(true));
    assert!(said(&mut whole)[1].1.contains("\"min_level\":{\"platform\":\"number\",\"name\""));
    whole.port(port(1), levels(false));
    let again = said(&mut whole);
    assert_eq!(again.len(), 1);
    assert!(again[0].1.contains("\"min_level\":{\"platform\":\"number\"}"), "{again:?}");

    let mut single = announcer(Form::Entity);
    single.port(port(1), levels(true));
    assert_eq!(said(&mut single).len(), 4 + 13);
    single.port(port(1), levels(false));
    let gone = ["min_level", "max_level"]
        .map(|key| (format!("homeassistant/number/sc_1/desk_p01_{key}/config"), String::new()));
    assert_eq!(said(&mut single), gone);
}

#[test]
fn what_finds_no_room_is_said_later_and_once() {
    let mut announcer = announcer(Form::Entity);
    announcer.port(port(1), levels(true));
    let mut topics = Vec::new();
    for _ in 0..4 + 13 {
        let mut room = 1;
        announcer.round(|say| {
            room -= 1;
            if room >= 0 {
                topics.push(say.topic.to_owned());
            }
            room >= 0
        });
    }
    topics.dedup();
    assert_eq!(topics.len(), 4 + 13);
    assert!(said(&mut announcer).is_empty());
}

#[test]
fn whoever_fills_the_broker_with_our_topics_does_not_fill_our_memory() {
    let mut announcer = announcer(Form::Device);
    for number in 0..2 * OLD {
        announcer.kept(&format!("homeassistant/switch/sc_1/desk_x{number}/config"), |_| true);
        announcer.kept(&format!("homeassistant/switch/sc_1/s{number}_p01_power/config"), |_| false);
    }
    assert_eq!((announcer.clear.len(), announcer.moving.len()), (OLD, 0));
    said(&mut announcer);
    assert!(announcer.clear.is_empty());
}

#[test]
fn a_station_does_not_answer_its_own_status() {
    let mut announcer = announcer(Form::Device);
    assert!(announcer.is_birth("homeassistant/status"));
    let root = "homeassistant".to_owned();
    announcer.subject = Some(Subject { title: String::new(), root, ports: 1, area: None });
    assert!(!announcer.is_birth("homeassistant/status"));
}

#[test]
fn a_message_of_a_station_that_there_is_is_left_to_it() {
    let mut announcer = announcer(Form::Device);
    said(&mut announcer);
    let topic = "homeassistant/device/sc_1/garage_p01/config";
    assert!(announcer.kept(topic, |name| name.as_str() == "garage"));
    assert!(said(&mut announcer).is_empty());
    assert!(announcer.kept(topic, |_| false));
    assert_eq!(said(&mut announcer), [(topic.to_owned(), String::new())]);
    assert!(!announcer.kept("homeassistant/device/other/garage/config", |_| false));
}

#[test]
fn another_form_that_is_found_late_moves_all_the_same() {
    let mut announcer = announcer(Form::Device);
    announcer.port(port(1), levels(true));
    let first = said(&mut announcer);
    let old = "homeassistant/switch/sc_1/desk_p01_power/config";
    announcer.kept(old, |_| true);
    let expected = [(old, MIGRATE), (first[1].0.as_str(), first[1].1.as_str()), (old, "")];
    assert_eq!(said(&mut announcer), expected.map(|(topic, text)| (topic.to_owned(), text.to_owned())));
}
