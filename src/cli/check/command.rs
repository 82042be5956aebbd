//! Reads and checks.

use std::{io::Write, path::Path};

use super::{
    hub,
    page::{Found, Read},
};
use crate::{
    cli::{
        args::{Check, Format},
        failure::{Exit, Failure},
        look::Look,
        lsp::squiggles::published,
    },
    config::{Files, Plan, text},
    model::{Diagnostic, Severity, StationName, SwitchKind},
    settings::Settings,
    usb,
};

/// Prints every problem of all files. Fails when one of them is an error.
pub(in crate::cli) async fn check(
    args: &Check,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let found = found(args, environment).await;
    match args.format {
        Format::Json => writeln!(out, "{:#}", found.json())?,
        Format::Text if args.json => writeln!(out, "{:#}", found.json())?,
        Format::Text => write!(out, "{}", found.text(look))?,
        Format::Gcc => write!(out, "{}", found.gcc())?,
        Format::Lsp => {
            let text_of = |file: &str| text(Path::new(file), file).ok().flatten();
            let files: Vec<_> = published(&found.problems, text_of).into_values().collect();
            writeln!(out, "{:#}", serde_json::Value::from(files))?;
        }
    }
    if found.errors() == 0 { Ok(()) } else { Err(Failure::told(Exit::Failed)) }
}

async fn found(args: &Check, environment: &dyn Fn(&str) -> Option<String>) -> Found {
    let settings = match args.settings.load(environment) {
        Ok(settings) => settings,
        Err(problems) => return Found { problems, ..Found::default() },
    };
    let only = match () {
        () if args.all => &[],
        () if args.stations.is_empty() => settings.stations.as_slice(),
        () => args.stations.as_slice(),
    };
    let left_out = left_out(&settings, only);
    let because = if args.stations.is_empty() { "settings.ron does not list it" } else { "not named" };
    match Files::read(&settings.directories, only).and_then(Plan::check) {
        Ok(plan) => {
            let mut problems = plan.warnings.clone();
            problems.extend(tool(&settings, &plan).await);
            let (found, hubs) = hub::look(&settings, &plan).await;
            problems.extend(found);
            Found { problems, plan: Some(read(&plan)), hubs, left_out, because }
        }
        Err(problems) => Found { problems, left_out, because, ..Found::default() },
    }
}

/// The station files that are there and not looked at.
fn left_out(settings: &Settings, only: &[StationName]) -> Vec<String> {
    let mut names = settings.directories.station_names();
    names.retain(|name| !only.is_empty() && !only.iter().any(|only| only.as_str() == name));
    let file = |name: String| settings.directories.stations.join(name + ".ron").display().to_string();
    names.into_iter().map(file).collect()
}

/// Whether `uhubctl` is there, if a station needs it. Files may be checked on another host: so it is a warning.
async fn tool(settings: &Settings, plan: &Plan) -> Option<Diagnostic> {
    let needed = plan.stations.values().any(|station| station.switch == SwitchKind::Uhubctl);
    let problem = if needed { usb::probe(&settings.usb).await.err()? } else { return None };
    Some(Diagnostic {
        file: "uhubctl".to_owned(),
        line: 0,
        column: 0,
        length: 0,
        severity: Severity::Warning,
        code: problem.code().to_owned(),
        message: problem.to_string(),
        hint: String::new(),
    })
}

fn read(plan: &Plan) -> Read {
    Read {
        version: plan.version.to_string(),
        stations: plan.stations.values().map(|s| (s.name.to_string(), s.ports.len())).collect(),
        rules: plan.rules.rules().map(|rule| rule.name.to_string()).collect(),
        hubs: plan.files.hubs.iter().map(|file| file.name.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::SettingsFile;

    async fn check_with(stations: &Path, json: bool) -> (Result<(), Failure>, String) {
        let args = Check {
            settings: SettingsFile::default(),
            stations: Vec::new(),
            all: false,
            json,
            format: Format::Text,
        };
        check_args(stations, "()", args).await
    }

    async fn check_args(stations: &Path, text: &str, args: Check) -> (Result<(), Failure>, String) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, text).unwrap();
        let args = Check { settings: SettingsFile { settings: Some(file.path().into()) }, ..args };
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let environment = |name: &str| match name {
            "SCS_STATIONS_DIR" => Some(stations.display().to_string()),
            "SCS_RULES_DIR" => Some(root.join("rules").display().to_string()),
            _ => None,
        };
        let mut out = Vec::new();
        let look = Look { width: 100, colour: false };
        let result = check(&args, &environment, look, &mut out).await;
        (result, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn what_is_shipped_is_right() {
        let stations = Path::new(env!("CARGO_MANIFEST_DIR")).join("stations");
        let (result, text) = check_with(&stations, false).await;
        assert_eq!(result, Ok(()), "{text}");
        assert!(text.contains("all right: "), "{text}");
    }

    #[tokio::test]
    async fn a_broken_station_is_exit_code_1() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("desk.ron"), "(tittle: \"x\", switch: Simulated(), ports: {})")
            .unwrap();
        let (result, text) = check_with(folder.path(), true).await;
        assert_eq!(result, Err(Failure::told(Exit::Failed)));
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(told["ok"], false);
        assert!(told["problems"][0]["message"].as_str().unwrap().contains("tittle"), "{text}");
    }

    #[tokio::test]
    async fn stations_that_are_not_run_are_named_and_can_be_checked_too() {
        let stations = Path::new(env!("CARGO_MANIFEST_DIR")).join("stations");
        let text = "(stations: [\"demo\"])";
        let args = |stations: &[&str], all| Check {
            settings: SettingsFile::default(),
            stations: stations.iter().map(|name| StationName::new(name).unwrap()).collect(),
            all,
            json: true,
            format: Format::Text,
        };
        for (args, checked, left_out) in [
            (args(&[], false), &["demo"][..], &["desk.ron", "home.ron", "lab.ron", "school.ron"][..]),
            (args(&["desk"], false), &["desk"], &["demo.ron", "home.ron", "lab.ron", "school.ron"]),
            (args(&[], true), &["demo", "desk", "home", "lab", "school"], &[]),
        ] {
            let (result, text) = check_args(&stations, text, args).await;
            assert_eq!(result, Ok(()), "{text}");
            let told: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(told["stations"], serde_json::json!(checked));
            let files: Vec<_> = left_out.iter().map(|name| stations.join(name)).collect();
            assert_eq!(told["not_checked"], serde_json::json!(files));
        }
        let (result, text) = check_args(&stations, text, args(&["dsk"], false)).await;
        assert_eq!(result, Err(Failure::told(Exit::Failed)));
        assert!(text.contains("unknown-station"), "{text}");
    }
}
