use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_oneof, proptest};

use super::*;
use crate::model::{Degrees, TopicFilter};

fn place(text: &str) -> Option<Pointer> {
    Some(Pointer::new(text).unwrap())
}

fn plan(topic: &str, form: ReportForm) -> ReportPlan {
    let words = [("jane/phone", "pixel-7"), ("JP", "ipad")];
    let devices = words.map(|(word, device)| (word.to_owned(), DeviceName::new(device).unwrap()));
    ReportPlan { topic: TopicFilter::new(topic).unwrap(), device: None, devices: devices.into(), form }
}

fn told(form: ReportForm, payload: impl AsRef<[u8]>) -> String {
    let body = match Body::new(payload.as_ref()) {
        Ok(body) => body,
        Err(wrong) => return format!("refused: {wrong}"),
    };
    match read(&plan("a/+/+", form), &body) {
        Err(Amiss::Ignored(why)) => format!("ignored: {why}"),
        Err(Amiss::Refused(why)) => format!("refused: {why}"),
        Err(Amiss::Once(why)) => format!("once: {why}"),
        Ok(said) => {
            let temperature = said.temperature.known().map(Celsius::degrees);
            let at = said.measured_at.map(|at| at.to_string());
            format!("{:?} {:?} {temperature:?} {at:?}", said.level, said.charging)
        }
    }
}

#[test]
fn a_payload_is_read_by_the_places_of_the_file() {
    let whole = || ReportFields { level: place(""), ..ReportFields::default() };
    let state = || ReportFields { charging: place(""), ..ReportFields::default() };
    let all = || ReportFields {
        level: place("/battery/level"),
        charging: place("/battery/is_charging"),
        temperature: place("/battery/temperature"),
        measured_at: place("/at"),
        ..ReportFields::default()
    };
    let json = r#"{"battery": {"level": "57 %", "is_charging": "Not Charging", "temperature": 31.5}, "at": "2026-11-22T07:00:00Z"}"#;
    let lines = [
        told(ReportForm::Fields(whole()), "57"),
        told(ReportForm::Fields(whole()), "\"57.4\""),
        told(ReportForm::Fields(whole()), "unavailable"),
        told(ReportForm::Fields(whole()), "UNDEF"),
        told(ReportForm::Fields(whole()), "null"),
        told(ReportForm::Fields(whole()), "charging"),
        told(ReportForm::Fields(whole()), "0.57"),
        told(ReportForm::Fields(whole()), "157"),
        told(ReportForm::Fields(whole()), r#"{"level": 57}"#),
        told(ReportForm::Fields(whole()), [0xff, 0xfe]),
        told(ReportForm::Fields(whole()), "9".repeat(65_537)),
        told(ReportForm::Fields(state()), "discharging"),
        told(ReportForm::Fields(state()), "full"),
        told(ReportForm::Fields(all()), json),
        told(ReportForm::Fields(all()), r#"{"battery": {"level": null}}"#),
        told(ReportForm::Fields(all()), r#"{"battery": {"level": 57}, "at": "soon"}"#),
        told(ReportForm::Fields(all()), r#"{"battery": 57}"#),
        told(ReportForm::Fields(all()), r#"{"battery": {"level": {"percent": 57}}}"#),
        told(ReportForm::Fields(all()), "57"),
        told(ReportForm::Fields(all()), r#"{"battery": "#),
        told(ReportForm::Fields(all()), "[".repeat(60_000)),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r#"
    Is(Level(57)) Absent None None
    Is(Level(57)) Absent None None
    Unknown Absent None None
    Unknown Absent None None
    Unknown Absent None None
    refused: `charging` is not a level: percent, 0 to 100
    refused: level 0.57 looks like one from 0 to 1: add scale: 100 to its entry in `reports`
    refused: level 157 is out of range: percent, 0 to 100
    refused: the payload is JSON: say where the value stands in it, for example level: "/level"
    refused: the payload is not text: send UTF-8
    refused: 65537 bytes are too many: at most 65536 are read
    Absent Is(false) None None
    Absent Unknown None None
    Is(Level(57)) Is(false) Some(31.5) Some("2026-11-22T07:00:00Z")
    Unknown Absent None None
    refused: `soon` is not a time: 2026-11-22T07:00:00Z, or seconds since 1970
    once: nothing stands at `/battery/level`, `/battery/is_charging`, `/battery/temperature`: look at the payload, `mosquitto_sub -v -t …` shows it
    refused: `/battery/level` is no single value: name the place of one, for example level: "/battery/level/level"
    once: nothing stands at `/battery/level`, `/battery/is_charging`, `/battery/temperature`: look at the payload, `mosquitto_sub -v -t …` shows it
    refused: the payload is not JSON, and `/battery/level` is a place in JSON
    refused: the payload is not JSON, and `/battery/level` is a place in JSON
    "#);
}

#[test]
fn owntracks_says_its_battery() {
    let owntracks = |payload: &str| told(ReportForm::OwnTracks, payload);
    let lines = [
        owntracks(r#"{"_type":"location","batt":73,"bs":2,"tst":1795330800,"tid":"JP","lat":1,"lon":2}"#),
        owntracks(r#"{"_type":"location","batt":73,"bs":1,"tst":1795330000,"created_at":1795330800}"#),
        owntracks(r#"{"_type":"location","batt":100,"bs":3,"tst":1795330800}"#),
        owntracks(r#"{"_type":"location","batt":73.85,"bs":0}"#),
        owntracks(r#"{"_type":"location","batt":-100,"tst":1795330800}"#),
        owntracks(r#"{"_type":"location","tst":1795330800}"#),
        owntracks(r#"{"_type":"location","batt":"73"}"#),
        owntracks(r#"{"_type":"location","batt":173}"#),
        owntracks(r#"{"_type":"lwt","tst":1795330800}"#),
        owntracks(r#"{"_type":"encrypted","data":"x"}"#),
        owntracks("[]"),
        owntracks("offline"),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r#"
    Is(Level(73)) Is(true) None Some("2026-11-22T07:00:00Z")
    Is(Level(73)) Is(false) None Some("2026-11-22T07:00:00Z")
    Is(Level(100)) Unknown None Some("2026-11-22T07:00:00Z")
    Is(Level(74)) Unknown None None
    ignored: a location of OwnTracks without the battery
    ignored: a location of OwnTracks without the battery
    refused: `batt` is not a number
    refused: level 173 is out of range: percent, 0 to 100
    ignored: of OwnTracks, and not a location
    once: OwnTracks encrypts what it sends: remove the encryption key in the app, and use TLS
    ignored: of OwnTracks, and not a location
    refused: the payload is not JSON, as OwnTracks sends it
    "#);
}

#[test]
fn a_device_is_named_by_the_file_or_by_the_topic() {
    let body = Body::new(br#"{"_type":"location","tid":"JP"}"#).unwrap();
    let named = |device: &str| Whose::Named(DeviceName::new(device).unwrap());
    let tracks = plan("owntracks/+/+", ReportForm::OwnTracks);
    assert_eq!(whose(&tracks, &["jane", "phone"], &body), named("pixel-7"));
    assert_eq!(whose(&tracks, &["jane", "tablet"], &body), named("ipad"));
    let fields = plan("owntracks/+/+", ReportForm::Fields(ReportFields::default()));
    assert_eq!(whose(&fields, &["jane", "tablet"], &body), Whose::Called("tablet".to_owned()));
    let one = ReportPlan { device: DeviceName::new("nexus").ok(), ..fields };
    assert_eq!(whose(&one, &[], &body), named("nexus"));
}

/// Payloads that look like what is expected, so that chance gets past the first check.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "\\PC{0,20}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("{}".to_owned()),
        Just("1e400".to_owned()),
    ];
    let names = ["_type", "batt", "bs", "tst", "created_at", "tid", "level", "at"];
    let fields = prop::collection::vec((prop::sample::select(names.to_vec()), value.clone()), 0..8);
    let object = fields.prop_map(|fields| {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{\"_type\":\"location\",{}}}", fields.join(",")).into_bytes()
    });
    prop_oneof![any::<Vec<u8>>(), object, value.prop_map(String::into_bytes)]
}

fn forms() -> [ReportForm; 4] {
    let whole = |field: fn(&mut ReportFields) -> &mut Option<Pointer>| {
        let mut fields = ReportFields::default();
        *field(&mut fields) = place("");
        ReportForm::Fields(fields)
    };
    let all = ReportFields {
        level: place("/level"),
        charging: place("/bs"),
        temperature: place("/batt"),
        measured_at: place("/at"),
        scale: 100.0,
        degrees: Degrees::Fahrenheit,
    };
    [
        ReportForm::OwnTracks,
        whole(|fields| &mut fields.level),
        whole(|fields| &mut fields.charging),
        ReportForm::Fields(all),
    ]
}

proptest! {
    #[test]
    fn any_payload_is_survived_and_its_message_is_short(bytes in payload(), word in "\\PC{0,40}") {
        for form in forms() {
            let plan = plan("a/+/+", form);
            let Ok(body) = Body::new(&bytes) else { continue };
            whose(&plan, &[&word, &word], &body);
            if let Err(Amiss::Refused(text) | Amiss::Once(text)) = read(&plan, &body) {
                prop_assert!(text.chars().count() < 500 && !text.contains('\n'), "{text}");
            }
        }
    }

    #[test]
    fn any_topic_is_split_or_is_another(topic in "[a-z+/$#]{0,20}", filter in "[a-z+/]{1,20}") {
        if let Ok(filter) = TopicFilter::new(&filter)
            && let Some(parts) = filter.parts_of(&topic)
        {
            prop_assert!(parts.len() == filter.open_parts());
            prop_assert!(filter.reaches(&topic));
        }
    }
}
