//! Topics of others that tell of batteries, as station files name them.

use smart_charging_station::{
    config::{Files, Plan, SourceFile},
    model::{Degrees, DeviceName, Diagnostic, Pointer, ReportFields, ReportForm, ReportPlan, TopicFilter},
};

fn load(reports: &str) -> Plan {
    check(reports).unwrap()
}

fn check(reports: &str) -> Result<Plan, Vec<Diagnostic>> {
    let text = format!(
        "(switch: Simulated(), reports: {reports}, ports: {{ 1: (device: \"pixel-7\"), 2: (device: \"ipad\"), \
         3: (device: \"nexus\") }})"
    );
    let source = SourceFile { path: "stations/desk.ron".into(), name: "desk".into(), text };
    Plan::check(Files { stations: vec![source], ..Files::default() })
}

fn reports(text: &str) -> Vec<ReportPlan> {
    (*load(text).stations.get("desk").unwrap().reports).clone()
}

fn plan(topic: &str, device: &str, form: ReportForm) -> ReportPlan {
    let device = DeviceName::new(device).ok();
    ReportPlan { topic: TopicFilter::new(topic).unwrap(), device, devices: Default::default(), form }
}

fn fields(level: Option<&str>, charging: Option<&str>) -> ReportFields {
    let place = |text: Option<&str>| text.map(|text| Pointer::new(text).unwrap());
    ReportFields {
        level: place(level),
        charging: place(charging),
        temperature: None,
        measured_at: None,
        scale: 1.0,
        degrees: Degrees::Celsius,
    }
}

#[test]
fn without_places_the_whole_payload_is_the_level() {
    let whole = fields(Some(""), None);
    assert_eq!(
        reports("[(topic: \"ha/pixel\", device: \"pixel-7\")]"),
        [plan("ha/pixel", "pixel-7", ReportForm::Fields(whole))]
    );
    let charging = fields(None, Some(""));
    assert_eq!(
        reports("[(topic: \"ha/+\", charging: \"\")]"),
        [plan("ha/+", "", ReportForm::Fields(charging))]
    );
    let scaled = ReportFields {
        scale: 100.0,
        degrees: Degrees::Tenths,
        temperature: Pointer::new("/t").ok(),
        ..fields(Some("/l"), None)
    };
    assert_eq!(
        reports("[(topic: \"ha/+\", level: \"/l\", temperature: \"/t\", scale: 100, degrees: Tenths)]"),
        [plan("ha/+", "", ReportForm::Fields(scaled))]
    );
}

#[test]
fn owntracks_is_one_word() {
    let usual = plan("owntracks/+/+", "", ReportForm::OwnTracks);
    for text in ["[OwnTracks]", "[OwnTracks()]", "[OwnTracks(topic: \"owntracks/+/+\")]"] {
        assert_eq!(reports(text), std::slice::from_ref(&usual), "{text}");
    }
    let named = reports("[OwnTracks(topic: \"owntracks/jane/phone\", device: \"pixel-7\")]");
    assert_eq!(named, [plan("owntracks/jane/phone", "pixel-7", ReportForm::OwnTracks)]);
    let words = reports("[OwnTracks(devices: {\"jane/phone\": \"pixel-7\", \"JP\": \"ipad\"})]");
    let words: Vec<String> =
        words[0].devices.iter().map(|(word, device)| format!("{word}: {device}")).collect();
    assert_eq!(words, ["JP: ipad", "jane/phone: pixel-7"]);
}

#[test]
fn a_device_that_no_port_has_is_a_warning_with_its_place() {
    let plan = load(
        "[(topic: \"ha/a\", device: \"pixel-8\"), OwnTracks(devices: {\"x\": \"nobody\", \"y\": \"ipad\"})]",
    );
    let told: Vec<String> = plan.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    stations/desk.ron:1:57: warning[unknown-device]: no port of any station names the device `pixel-8`
        hint: did you mean `pixel-7`?
    stations/desk.ron:1:94: warning[unknown-device]: no port of any station names the device `nobody`
        hint: name it at its port, or with `scs identify`
    ");
}

#[test]
fn words_that_no_topic_can_have_are_mistakes() {
    let wrong =
        "[(topic: \"ha/+\", devices: {\"jane/phone\": \"ipad\"}), OwnTracks(devices: {\"a/b/c\": \"ipad\"})]";
    let told: Vec<String> = check(wrong).unwrap_err().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    stations/desk.ron:1:59: error[wrong-value]: `jane/phone` can stand in no topic of `ha/+`
        hint: a word is one part between slashes
    stations/desk.ron:1:103: error[wrong-value]: `a/b/c` can stand in no topic of `owntracks/+/+`
        hint: write what stands at the last `+`, or at all 2, with slashes between
    ");
    assert!(check("[(topic: \"ha/+/+\", devices: {\"jane/phone\": \"ipad\", \"x\": \"ipad\"})]").is_ok());
}

/// Every list of `reports` in docs/reports.md: an indented block that begins with `reports: [`.
#[test]
fn the_examples_of_the_documentation_are_taken_without_a_warning() {
    let text = include_str!("../../docs/reports.md");
    let mut found = 0;
    for block in text.split("    reports: [\n").skip(1) {
        let (list, _) = block.split_once("\n    ],").unwrap();
        let plan = load(&format!("[\n{list}\n]"));
        assert!(plan.warnings.is_empty() && !plan.stations["desk"].reports.is_empty(), "{list}");
        found += 1;
    }
    for line in text.lines().filter(|line| line.trim_start().starts_with("OwnTracks(devices")) {
        assert!(load(&format!("[{line}]")).warnings.is_empty(), "{line}");
        found += 1;
    }
    assert_eq!(found, 3, "an example was written in a way that this test does not see");
}
