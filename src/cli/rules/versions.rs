//! `scs rules list`, `log`, `show` and `rollback`: ask a running service, which alone knows what is at work.

use std::io::Write;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    args::{List, Log, Rollback, ShowRule},
    log::{Line, Listed, list_page, log_page},
    refused::in_commands,
};
use crate::cli::{
    failure::{Exit, Failure},
    look::Look,
};

/// A rule as the service shows it.
#[derive(Debug, Deserialize)]
struct Shown {
    text: Option<String>,
    tests: Option<String>,
    file: Option<Value>,
}

/// A version as the service shows it.
#[derive(Debug, Deserialize)]
struct Version {
    files: Vec<File>,
}

/// A file of a version.
#[derive(Debug, Deserialize)]
struct File {
    kind: String,
    name: String,
    text: String,
}

/// The lines of the log.
#[derive(Debug, Deserialize)]
struct Lines {
    versions: Vec<Line>,
    next: Option<i64>,
}

/// What came of a rollback.
#[derive(Debug, Deserialize)]
struct Changed {
    version: String,
    files: Vec<String>,
    kept_aside: Vec<String>,
}

/// Prints the rules at work.
pub(super) async fn list(args: &List, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    if args.json {
        let rules: Value = api.get("rules").await?;
        return Ok(writeln!(out, "{rules:#}")?);
    }
    let rules: Vec<Listed> = api.get("rules").await?;
    Ok(write!(out, "{}", list_page(&rules, look))?)
}

/// Prints what came to work, the newest first.
pub(super) async fn log(args: &Log, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let rule = args.rule.as_ref().map(|rule| format!("&rule={rule}")).unwrap_or_default();
    let path = format!("versions?limit={}{rule}", args.limit);
    if args.json {
        let lines: Value = api.get(&path).await?;
        return Ok(writeln!(out, "{lines:#}")?);
    }
    let lines: Lines = api.get(&path).await?;
    if let (true, Some(rule)) = (lines.versions.is_empty(), &args.rule) {
        let what = format!("no version that is kept has a rule `{rule}`");
        return Err(Failure::new(Exit::Failed, what, "`scs rules list` shows the rules at work"));
    }
    write!(out, "{}", log_page(&lines.versions, &jiff::tz::TimeZone::system(), look))?;
    if lines.next.is_some() {
        writeln!(out, "there is more: --limit shows up to 500")?;
    }
    Ok(())
}

/// Prints the text of a rule, as it is at work or as it was in a version.
pub(super) async fn show(args: &ShowRule, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let name = args.rule.as_str();
    let (text, tests, where_from) = match &args.at {
        None => {
            let shown: Shown = api.get(&format!("rules/{name}")).await.map_err(in_commands)?;
            if shown.text.is_none() {
                let what = format!("the rule `{name}` is not at work: its file was not taken");
                return Err(Failure::new(Exit::Failed, what, "see why: scs check"));
            }
            if shown.file.is_some() {
                tracing::warn!(
                    "the file of `{name}` holds another text, which was not taken: see `scs check`"
                );
            }
            (shown.text, shown.tests, "at work".to_owned())
        }
        Some(version) => {
            let shown: Version = api.get(&format!("versions/{version}")).await.map_err(in_commands)?;
            let file = |kind: &str| shown.files.iter().find(|file| file.kind == kind && file.name == name);
            let text = |kind| file(kind).map(|file| file.text.clone());
            (text("rule"), text("test"), format!("in version {version}"))
        }
    };
    let (text, what) = if args.tests { (tests, "tests of the rule") } else { (text, "rule") };
    let missing = || {
        Failure::new(Exit::Failed, format!("there is no {what} `{name}` {where_from}"), "see `scs rules log`")
    };
    Ok(write!(out, "{}", text.ok_or_else(missing)?)?)
}

/// Has a version brought back.
pub(super) async fn rollback(args: &Rollback, out: &mut impl Write) -> Result<(), Failure> {
    let rule = args.rule.as_ref().map(|rule| format!("?rule={rule}")).unwrap_or_default();
    let path = format!("versions/{}/rollback{rule}", args.version);
    let done: Changed = args.service.api()?.post(&path, &json!({})).await.map_err(in_commands)?;
    for file in &done.files {
        writeln!(out, "changed {file}")?;
    }
    for file in &done.kept_aside {
        writeln!(out, "kept {file}: this text had never been at work")?;
    }
    let nothing = if done.files.is_empty() { ": nothing was to be changed" } else { "" };
    Ok(writeln!(out, "version {} is at work{nothing}", done.version)?)
}
