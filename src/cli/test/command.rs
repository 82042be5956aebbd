//! Finds the rules and runs their tests.

use std::{io::Write, sync::Arc};

use super::page::{Suite, json, text};
use crate::{
    cli::{
        args::Test,
        failure::{Exit, Failure},
        look::Look,
    },
    config::Files,
    model::{Diagnostic, RuleName},
    rules::{RuleSet, RuleSource},
    settings::Settings,
    trial::testing::run_tests,
};

/// Prints the results. Fails when a case fails, or when a rule or a test file is broken.
pub(in crate::cli) fn test(
    args: &Test,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = match args.settings.load(environment) {
        Ok(settings) => settings,
        Err(problems) => return tell(Failure::settings(problems), args, out),
    };
    let (files, sources) = match read(&settings) {
        Ok(read) => read,
        Err(problems) => return tell(Failure::files(problems), args, out),
    };
    let rules = match RuleSet::compile(&wanted(args, sources)?) {
        Ok(rules) => Arc::new(rules),
        Err(problems) => return tell(Failure::files(problems), args, out),
    };
    let (mut suites, mut problems) = (Vec::new(), Vec::new());
    for rule in rules.rules() {
        match suite(&rules, rule.name.clone(), &files) {
            Ok(suite) => suites.push(suite),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return tell(Failure::files(problems), args, out);
    }
    if args.json {
        writeln!(out, "{:#}", json(&suites))?;
    } else {
        write!(out, "{}", text(&suites, look))?;
    }
    if suites.iter().all(|suite| suite.failed() == 0) { Ok(()) } else { Err(Failure::told(Exit::Failed)) }
}

/// Broken files: nothing can be tested before they are mended.
fn tell(failure: Failure, args: &Test, out: &mut impl Write) -> Result<(), Failure> {
    if !args.json {
        return Err(failure);
    }
    writeln!(out, "{:#}", serde_json::json!({ "ok": false, "problems": failure.problems }))?;
    Err(Failure::told(Exit::Configuration))
}

fn read(settings: &Settings) -> Result<(Files, Vec<RuleSource>), Vec<Diagnostic>> {
    let files = Files::read(&settings.directories, &settings.stations)?;
    // A file whose name is no rule name is a matter of `scs check`.
    let sources = files.rules.iter().filter_map(|file| {
        let name = RuleName::new(&file.name).ok()?;
        Some(RuleSource { name, file: file.path.clone(), text: file.text.clone() })
    });
    let sources = sources.collect();
    Ok((files, sources))
}

/// The rules to test. Those that nobody asked for may be broken.
fn wanted(args: &Test, mut sources: Vec<RuleSource>) -> Result<Vec<RuleSource>, Failure> {
    if let Some(unknown) = args.rules.iter().find(|rule| !sources.iter().any(|source| source.name == **rule))
    {
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        let hint = format!("there are: {}", names.join(", "));
        return Err(Failure::new(Exit::Failed, format!("there is no rule `{unknown}`"), hint));
    }
    sources.retain(|source| args.rules.is_empty() || args.rules.contains(&source.name));
    Ok(sources)
}

fn suite(rules: &Arc<RuleSet>, rule: RuleName, files: &Files) -> Result<Suite, Vec<Diagnostic>> {
    let Some(file) = files.tests.iter().find(|file| file.name == rule.as_str()) else {
        return Ok(Suite { rule, file: None, results: Vec::new() });
    };
    let results = run_tests(rules, &rule, &file.path, &file.text)?;
    Ok(Suite { rule, file: Some(file.path.clone()), results })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::cli::args::SettingsFile;

    fn test_with(rules: &Path, names: &[&str]) -> (Result<(), Failure>, String) {
        let names = names.iter().map(|name| RuleName::new(name).unwrap()).collect();
        let defaults = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&defaults, "()").unwrap();
        let settings = SettingsFile { settings: Some(defaults.path().into()) };
        let args = Test { rules: names, settings, json: false };
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let environment = |name: &str| match name {
            "SCS_STATIONS_DIR" => Some(root.join("stations").display().to_string()),
            "SCS_RULES_DIR" => Some(rules.display().to_string()),
            _ => None,
        };
        let mut out = Vec::new();
        let look = Look { width: 100, colour: false };
        let result = test(&args, &environment, look, &mut out);
        (result, String::from_utf8(out).unwrap())
    }

    #[test]
    fn shipped_rules_do_what_their_tests_say() {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let (result, text) = test_with(&rules, &[]);
        assert_eq!(result, Ok(()), "{text}");
        assert!(text.contains("passed: "), "{text}");
    }

    #[test]
    fn an_unknown_rule_is_told_with_the_known() {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let failure = test_with(&rules, &["keep"]).0.unwrap_err();
        assert_eq!(failure.what, "there is no rule `keep`");
        assert!(failure.hint.contains("keep-between"));
    }

    #[test]
    fn a_broken_rule_is_exit_code_78_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine.rhai"), "//! Mine.\nif battery.level < { }\n").unwrap();
        let failure = test_with(folder.path(), &[]).0.unwrap_err();
        assert_eq!(failure.exit, Exit::Configuration);
        assert!(failure.to_string().contains("mine.rhai:"), "{failure}");
        std::fs::write(
            folder.path().join("good.rhai"),
            "//! Good.\nif battery.level < 5 { charge(\"low\") }\n",
        )
        .unwrap();
        assert_eq!(test_with(folder.path(), &["good"]).0, Ok(()), "another rule is broken");
    }
}
