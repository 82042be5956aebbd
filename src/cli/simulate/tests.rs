//! The command as people type it, on the shipped stations.

use std::path::Path;

use clap::Parser as _;
use serde_json::Value;

use super::simulate;
use crate::{
    cli::{Cli, Command, Exit, Failure, Look},
    history::{HistorySettings, Retention, Started, start},
    model::{Battery, Celsius, DeviceName, Level, PortId, Record, Span, StationName, Timestamp},
};

/// What the command answers, with this history file and these words.
fn told(history: &Path, line: &str) -> Result<String, Failure> {
    // Not those of the folder at hand.
    let settings = history.with_file_name("settings.ron");
    std::fs::write(&settings, "()").unwrap();
    let line = format!("scs simulate --start 2026-11-23 --settings {} {line}", settings.display());
    let Command::Simulate(args) = Cli::try_parse_from(line.split_whitespace()).unwrap().command else {
        panic!("another command")
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = |name: &str| match name {
        "SCS_STATIONS_DIR" => Some(root.join("stations").display().to_string()),
        "SCS_RULES_DIR" => Some(root.join("rules").display().to_string()),
        "SCS_HISTORY_PATH" => Some(history.display().to_string()),
        _ => None,
    };
    let mut out = Vec::new();
    let look = Look { width: 200, colour: false };
    simulate(&args, &environment, look, now(), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn now() -> Timestamp {
    "2026-11-23T00:00:00+01:00".parse().unwrap()
}

fn device(answer: &str, name: &str) -> Value {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let devices = answer["devices"].as_array().unwrap();
    devices.iter().find(|device| device["device"] == name).unwrap().clone()
}

#[test]
fn the_week_of_the_demo_is_a_plausible_story() {
    let folder = tempfile::tempdir().unwrap();
    let answer = told(&folder.path().join("none.db"), "--station demo --json").unwrap();
    let phone = device(&answer, "pixel-8");
    assert_eq!(phone["ready"].as_array().unwrap().len(), 7);
    assert!(
        phone["ready"].as_array().unwrap().iter().all(|one| one["level"].as_f64().unwrap() >= 95.0),
        "{phone}"
    );
    // Up in the morning, up after work: an hour or two a day.
    assert!((8.0..25.0).contains(&phone["hours_on"].as_f64().unwrap()), "{phone}");
    assert!((14..40).contains(&phone["switches"].as_i64().unwrap()), "{phone}");
    let broken = device(&answer, "redmi-note");
    assert_eq!(broken["lowest"], 0.0, "its cable is broken");
    assert!(broken["switches"].as_i64().unwrap() <= 5 * 7, "it is woken now and then: {broken}");
    let hot = device(&answer, "kindle-fire");
    assert!((42.0..45.0).contains(&hot["highest_temperature"].as_f64().unwrap()), "{hot}");
    let by: Vec<&str> =
        hot["switched_by"].as_array().unwrap().iter().filter_map(|by| by["name"].as_str()).collect();
    assert!(by.contains(&"cool-down"), "{by:?}");
    let worn = device(&answer, "worn-tablet");
    assert_eq!(worn["hours_above_80"], 0.0);
}

#[test]
fn people_get_a_line_for_each_device() {
    let folder = tempfile::tempdir().unwrap();
    let page = told(&folder.path().join("none.db"), "--station demo --days 2").unwrap();
    assert!(
        page.starts_with("demo: 2 days from Mon 23 November 2026, 12 devices\n\nport  device "),
        "{page}"
    );
    let line = page.lines().find(|line| line.contains("worn-tablet")).unwrap();
    assert!(
        line.contains(" 0 h ") && line.ends_with(char::is_numeric) && line.contains("keep-between"),
        "{line}"
    );
    assert!(page.contains("as is usual for their kind"), "{page}");
}

#[test]
fn each_device_has_a_drawing_that_needs_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let svg = folder.path().join("new/folder");
    let page =
        told(&folder.path().join("none.db"), &format!("--station demo --days 1 --svg {}", svg.display()));
    assert!(page.unwrap().contains("12 drawings written: "));
    let drawing = std::fs::read_to_string(svg.join("demo-11-kindle-fire.svg")).unwrap();
    assert!(drawing.starts_with("<svg ") && drawing.ends_with("</svg>\n"));
    for told in
        ["kindle-fire", "station demo, port 11", "cool-down", "prefers-color-scheme:dark", "the limit is"]
    {
        assert!(drawing.contains(told), "{told}");
    }
    for foreign in ["<script", "href", "NaN", "inf", "@import", "\"-"] {
        assert!(!drawing.contains(foreign), "{foreign}");
    }
    assert_eq!(drawing.matches("<text").count(), drawing.matches("</text>").count());
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let failure =
        told(&folder.path().join("none.db"), &format!("--station demo --days 1 --svg {}", file.display()))
            .unwrap_err();
    assert_eq!(failure.exit, Exit::CannotCreate);
}

#[test]
fn of_two_stations_one_has_to_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let failure = told(&folder.path().join("none.db"), "--days 1").unwrap_err();
    assert_eq!(failure.hint, "name one with --station: demo, desk, home, lab, school");
}

#[tokio::test]
async fn what_history_knows_is_taken_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let settings = HistorySettings {
        path: path.clone(),
        retention: Retention::of(Span::from_hours(24 * 365)),
        gather: Span::from_mins(5),
    };
    let history = start(&settings).unwrap();
    for minute in 0..2_000 {
        let at = now().checked_sub(Span::from_mins((2_000 - minute) * 5)).unwrap();
        // 1 % an hour, and back at 4 % an hour.
        let (phase, charging) = (minute % 600, minute % 600 >= 480);
        let level = if charging { 40 + (phase - 480) / 3 } else { 80 - phase / 12 };
        let battery = Battery {
            level: Level::new(level).unwrap(),
            charging: Some(charging),
            temperature: Celsius::new(if charging { 33.0 } else { 23.0 }).ok(),
            measured_at: at,
        };
        let record = Record::Report {
            station: StationName::new("demo").unwrap(),
            port: PortId::new(1).unwrap(),
            device: DeviceName::new("pixel-8").unwrap().to_string(),
            received_at: at,
            battery,
            power: None,
        };
        history.journal.send(record).await.unwrap();
    }
    // The end writes what is left.
    let Started { journal, writer, .. } = history;
    drop(journal);
    assert!(writer.ended().await);

    let phone = device(&told(&path, "--station demo --days 1 --json").unwrap(), "pixel-8");
    let model = &phone["model"];
    assert_eq!(model["known"], "well", "{model}");
    assert!((model["charge_per_hour"].as_f64().unwrap() - 4.0).abs() < 0.5, "{model}");
    assert!((model["drain_per_hour"][12].as_f64().unwrap() - 1.0).abs() < 0.3, "{model}");
    assert_eq!(model["rise"], 10.0);
    assert!(told(&path, "--station demo --days 1").unwrap().contains("1 of 12 devices known"));
    let usual = device(&told(&path, "--station demo --days 1 --no-history --json").unwrap(), "pixel-8");
    assert_eq!(usual["model"]["charge_per_hour"], 50.0);
}
