//! A decision of a running service as a test.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use serde::Deserialize;

use super::args::{Past, Test};
use crate::{
    app::{self, Replacement, Unsaved},
    cli::{
        failure::{Exit, Failure},
        look::plain,
    },
    config::FileKind,
    settings::Settings,
    trial::testing::with_case,
};

/// The answer of the service.
#[derive(Debug, Deserialize)]
struct Case {
    rule: String,
    name: String,
    text: String,
    holds: bool,
}

/// Prints the test, and writes it into the file of its rule if that is wanted.
pub(super) async fn save(
    args: &Test,
    decision: &Past,
    settings: &Settings,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let api = args.service.api()?;
    let rule = match args.rules.as_slice() {
        [] => String::new(),
        [rule] => format!("?rule={rule}"),
        [_, more, ..] => {
            let what = format!("a decision is a test of one rule: `{more}` is too many");
            return Err(Failure::new(Exit::Failed, what, "name one rule, or none"));
        }
    };
    let path = format!("stations/{}/decisions/{}/test{rule}", decision.station, decision.id);
    let case: Case = api.get(&path).await?;
    let path = FileKind::Test.path(&settings.directories, &case.rule);
    if args.json {
        let told = serde_json::json!({
            "rule": case.rule, "file": path, "name": case.name, "text": case.text, "holds": case.holds,
        });
        writeln!(out, "{told:#}")?;
    } else {
        writeln!(out, "    {},", case.text.lines().map(plain).collect::<Vec<_>>().join("\n"))?;
    }
    if args.write {
        add(&path, &case)?;
    }
    if args.json {
        return Ok(());
    }
    let place = path.display();
    writeln!(out)?;
    if args.write {
        writeln!(out, "written to {place}")?;
    } else {
        writeln!(out, "this belongs into {place}; --write puts it there")?;
    }
    if !case.holds {
        writeln!(out, "the rule says something else today: this test fails until it says so again")?;
    }
    Ok(())
}

/// Adds the case at the end of the file, or makes the file.
fn add(path: &Path, case: &Case) -> Result<(), Failure> {
    let shown = path.display();
    let cannot = |error: io::Error| {
        Failure::new(Exit::CannotCreate, format!("`{shown}` cannot be written ({error})"), "")
    };
    let before = match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(cannot(error)),
    };
    if before.as_ref().is_some_and(|text| text.contains(&format!("\"{}\"", case.name))) {
        let what = format!("`{shown}` has a test named `{}` already", case.name);
        return Err(Failure::new(Exit::CannotCreate, what, "remove it first, or leave it as it is"));
    }
    let after = with_case(before.as_deref(), &case.text).ok_or_else(|| {
        let what = format!("`{shown}` is no list of tests: nothing was written");
        Failure::new(Exit::Configuration, what, "see what is wrong with `scs test`")
    })?;
    let wanted = Replacement { path: path.to_owned(), before, after: Some(after), keep_aside: false };
    match app::save(&[wanted]) {
        Ok(_) => Ok(()),
        Err(Unsaved::Failed(_, error)) => Err(cannot(error)),
        Err(Unsaved::Other) => {
            let what = format!("`{shown}` was saved by somebody else at this moment");
            Err(Failure::new(Exit::Failed, what, "try again"))
        }
    }
}
