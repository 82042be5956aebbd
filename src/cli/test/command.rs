//! Finds the rules and runs their tests.

use std::{io::Write, sync::Arc};

use super::{
    args::Test,
    cover, junit,
    page::{json, text},
    past,
    suites::{self, Suite},
};
use crate::{
    cli::{
        failure::{Exit, Failure},
        look::Look,
    },
    config::{Files, Plan, watch},
    model::{Diagnostic, RuleName},
    rules::RuleSet,
    settings::Settings,
};

/// Prints the results. Fails when a test fails, or when a rule or a test file is broken.
pub(in crate::cli) async fn test(
    args: &Test,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = match args.settings.load(environment) {
        Ok(settings) => settings,
        Err(problems) => return tell(Failure::settings(problems), args, out),
    };
    if let Some(decision) = &args.from_decision {
        return past::save(args, decision, &settings, out).await;
    }
    if !args.watch {
        return once(args, &settings, look, out);
    }
    let watching = watch(&settings.directories);
    let (_watcher, mut changes) = watching.map_err(|error| {
        Failure::new(Exit::Failed, format!("the files cannot be watched ({error})"), "run scs test by hand")
    })?;
    loop {
        // What is wrong may be mended by the next save.
        if let Err(failure) = once(args, &settings, look, out)
            && !failure.what.is_empty()
        {
            writeln!(out, "{failure}")?;
        }
        writeln!(out, "\nwaiting for a saved file; Ctrl-C ends\n")?;
        out.flush()?;
        if changes.recv().await.is_none() {
            return Ok(());
        }
    }
}

fn once(args: &Test, settings: &Settings, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let files = match Files::read(&settings.directories, &settings.stations) {
        Ok(files) => files,
        Err(problems) => return tell(Failure::files(problems), args, out),
    };
    known(args, &files)?;
    let rules = match compiled(args, &files) {
        Ok(rules) => rules,
        Err(problems) => return tell(Failure::files(problems), args, out),
    };
    let tested = match suites::run(&rules, &args.rules, &files, args.cover) {
        Ok(tested) => tested,
        Err(problems) => return tell(Failure::files(problems), args, out),
    };
    let covered = tested.coverage.map(|coverage| {
        let all = coverage.report().into_iter();
        all.filter(|one| args.rules.is_empty() || args.rules.contains(&one.rule)).collect::<Vec<_>>()
    });
    if let Some(path) = &args.junit {
        std::fs::write(path, junit::xml(&tested.suites)).map_err(|error| {
            let what = format!("the report `{}` cannot be written ({error})", path.display());
            Failure::new(Exit::CannotCreate, what, "")
        })?;
    }
    if args.json {
        writeln!(out, "{:#}", json(&tested.suites, covered.as_deref()))?;
    } else {
        if let Some(covered) = &covered {
            write!(out, "{}", cover::text(covered, &files, !args.rules.is_empty(), look))?;
        }
        write!(out, "{}", text(&tested.suites, look))?;
    }
    let passed = tested.suites.iter().map(Suite::failed).sum::<usize>() == 0;
    if passed { Ok(()) } else { Err(Failure::told(Exit::Failed)) }
}

/// Broken files: nothing can be tested before they are mended.
fn tell(failure: Failure, args: &Test, out: &mut impl Write) -> Result<(), Failure> {
    if !args.json {
        return Err(failure);
    }
    writeln!(out, "{:#}", serde_json::json!({ "ok": false, "problems": failure.problems }))?;
    Err(Failure::told(Exit::Configuration))
}

fn known(args: &Test, files: &Files) -> Result<(), Failure> {
    let names: Vec<&str> = files.rules.iter().map(|file| file.name.as_str()).collect();
    let Some(unknown) = args.rules.iter().find(|rule| !names.contains(&rule.as_str())) else { return Ok(()) };
    let hint = format!("there are: {}", names.join(", "));
    Err(Failure::new(Exit::Failed, format!("there is no rule `{unknown}`"), hint))
}

/// The rules, compiled. Those that nobody asked for may be broken: then they are not there.
fn compiled(args: &Test, files: &Files) -> Result<Arc<RuleSet>, Vec<Diagnostic>> {
    let mut files = files.clone();
    // A file whose name is no rule name is a matter of `scs check`.
    files.rules.retain(|file| RuleName::new(&file.name).is_ok());
    let problems = match Plan::rules(&files) {
        Ok(rules) => return Ok(Arc::new(rules)),
        Err(problems) if args.rules.is_empty() => return Err(problems),
        Err(problems) => problems,
    };
    let asked = |name: &str| args.rules.iter().any(|rule| rule.as_str() == name);
    files.rules.retain(|file| asked(&file.name) || problems.iter().all(|problem| problem.file != file.path));
    Plan::rules(&files).map(Arc::new)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
