//! Asks the service what an edit would change, or finds out without one.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::Value;

use super::{answers::Tried, args::Diff, files, page};
use crate::{
    cli::{
        api::Api,
        failure::{Exit, Failure},
        look::Look,
        replay::args::minutes,
    },
    config::{Edit, Files},
    http::tried_json,
    model::Timestamp,
    settings::Settings,
    workshop::{Past, Tried as Found, compare, plan_to_try},
};

#[derive(Serialize)]
struct Wish<'a> {
    edits: Vec<Wanted<'a>>,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<&'a str>,
    since: String,
    days: u8,
}

#[derive(Serialize)]
struct Wanted<'a> {
    kind: &'static str,
    name: &'a str,
    text: Option<&'a str>,
}

/// Prints what the files would change.
pub(in crate::cli) async fn diff(
    args: &Diff,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let api = args.service.api()?;
    let asks = !args.local && (args.against.is_some() || args.files.is_empty() || api.answers().await?);
    let answer = if asks { ask(args, &settings, &api).await } else { locally(args, &settings) };
    let answer = answer.map_err(|failure| as_named(failure, &args.files))?;
    if args.json {
        writeln!(out, "{answer:#}")?;
        return Ok(());
    }
    let tried: Tried = serde_json::from_value(answer).map_err(|_| {
        let what = format!("the answer of `{}` is not understood", api.base());
        Failure::new(Exit::Failed, what, "is this the address of a Smart Charging Station of this version?")
    })?;
    write!(out, "{}", page::text(&tried, asks, look))?;
    if !asks && !args.local {
        let note = format!(
            "\nnobody answers at `{}`: compared with the folders, without decisions of the past",
            api.base()
        );
        writeln!(out, "{note}")?;
    }
    Ok(())
}

/// Mistakes are in the files that were named, not in those that they would replace.
fn as_named(mut failure: Failure, files: &[PathBuf]) -> Failure {
    for problem in &mut failure.problems {
        let name = Path::new(&problem.file).file_name();
        if let Some(file) = files.iter().find(|file| file.file_name() == name) {
            problem.file = file.display().to_string();
        }
    }
    failure
}

fn edits(args: &Diff, settings: &Settings) -> Result<Vec<Edit>, Failure> {
    if !args.files.is_empty() {
        return args.files.iter().map(|path| files::edit(path)).collect();
    }
    let files = Files::read(&settings.directories, &settings.stations).map_err(Failure::files)?;
    Ok(files::all(&files))
}

/// By the service: what it has at work, and its past.
async fn ask(args: &Diff, settings: &Settings, api: &Api) -> Result<Value, Failure> {
    let edits = edits(args, settings)?;
    let wanted = edits.iter().map(|edit| Wanted {
        kind: edit.kind.as_str(),
        name: &edit.name,
        text: edit.text.as_deref(),
    });
    let wish = Wish {
        edits: wanted.collect(),
        // A file that was removed from the folders is gone.
        complete: args.files.is_empty(),
        against: args.against.as_deref(),
        since: minutes(args.since),
        days: args.days,
    };
    Ok(api.post_slow("rules/try", &wish).await?)
}

/// Without a service: the folders as they are, and with these files in them.
fn locally(args: &Diff, settings: &Settings) -> Result<Value, Failure> {
    if args.files.is_empty() {
        let hint = "name the files as they shall be, for example: scs diff --local /tmp/keep-between.rhai";
        return Err(Failure::new(Exit::Failed, "there is nothing to compare the folders with", hint));
    }
    let files = Files::read(&settings.directories, &settings.stations).map_err(Failure::files)?;
    let edited = files.edited(&edits(args, settings)?, &settings.directories);
    let (before, _) = plan_to_try(files).map_err(Failure::files)?;
    let (after, failing) = plan_to_try(edited).map_err(Failure::files)?;
    let (before_setup, after_setup) = ((&before).into(), (&after).into());
    let (differences, week) = compare(&before_setup, &after_setup, Timestamp::now(), args.days, &|| true);
    Ok(tried_json(&Found {
        before: before.version,
        after: after.version,
        warnings: after.warnings.into_iter().chain(failing).collect(),
        differences,
        past: Past::default(),
        week,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::{api::Service, args::SettingsFile},
        model::Span,
    };

    async fn run(file: &Path, url: &str, local: bool) -> (Result<(), Failure>, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let defaults = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(defaults.path(), "()").unwrap();
        let args = Diff {
            files: vec![PathBuf::from(file)],
            against: None,
            since: Span::from_hours(24),
            days: 1,
            local,
            service: Service { url: url.into(), token: None },
            settings: SettingsFile { settings: Some(defaults.path().into()) },
            json: false,
        };
        let environment = |name: &str| match name {
            "SCS_STATIONS_DIR" => Some(root.join("stations").display().to_string()),
            "SCS_RULES_DIR" => Some(root.join("rules").display().to_string()),
            _ => None,
        };
        let mut out = Vec::new();
        let result = diff(&args, &environment, Look { width: 100, colour: false }, &mut out).await;
        (result, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn an_edit_is_compared_with_the_folders_when_nobody_answers() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keep-between.rhai");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(root.join("rules/keep-between.rhai")).unwrap();
        std::fs::write(&file, text.replace("battery.level <= low", "battery.level <= low + 5")).unwrap();
        // Port 1 of loopback is reserved (tcpmux) and nobody's.
        let (result, told) = run(&file, "http://127.0.0.1:1", false).await;
        assert_eq!(result, Ok(()), "{told}");
        assert!(told.contains("level 21–25: nothing → charge"), "{told}");
        assert!(told.contains("error: "), "tests of the rule fail, and that is told: {told}");
        assert!(told.contains("nobody answers at `http://127.0.0.1:1`"), "{told}");
    }

    #[tokio::test]
    async fn a_broken_file_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keep-between.rhai");
        std::fs::write(&file, "//! X.\nif battery.level < 5\n").unwrap();
        let failure = run(&file, "http://127.0.0.1:1", true).await.0.unwrap_err();
        assert_eq!(failure.exit, Exit::Configuration);
        assert!(failure.to_string().starts_with(&format!("{}:3:1: error", file.display())), "{failure}");
    }

    #[tokio::test]
    async fn a_file_that_is_none_of_ours_is_refused() {
        let failure = run(Path::new("/nowhere/notes.txt"), "http://127.0.0.1:1", true).await.0.unwrap_err();
        assert_eq!(failure.what, "`/nowhere/notes.txt` is no rule, test or station");
        let failure = run(Path::new("/nowhere/x.rhai"), "http://127.0.0.1:1", true).await.0.unwrap_err();
        assert!(failure.what.starts_with("`/nowhere/x.rhai` cannot be read"), "{failure}");
    }
}
