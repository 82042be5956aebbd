//! From files to a plan, or every problem of all files at once. Pure: the files have been read before.

use std::{cell::RefCell, collections::BTreeMap, fmt, sync::Arc};

use super::{
    calendar::Calendars,
    files::{Files, SourceFile},
    models::Models,
    policy::KnownRules,
    problems::{error, measured, sorted, warning},
    reports,
    station::{self, Around, Draft},
    together,
    tokens::Place,
    words::did_you_mean,
};
use crate::{
    model::{Diagnostic, RuleName, Severity, Station, StationName, Version},
    rules::{RuleSet, RuleSource},
    trial::testing::run_tests,
};

/// Everything that the files say, checked; replaced as a whole.
#[derive(Clone)]
pub struct Plan {
    /// The version of the files.
    pub version: Version,
    /// The stations.
    pub stations: BTreeMap<StationName, Arc<Station>>,
    /// The compiled rules.
    pub rules: Arc<RuleSet>,
    /// What somebody should look at, for example tests without a rule.
    pub warnings: Vec<Diagnostic>,
    /// What it was made from.
    pub files: Files,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stations: Vec<_> = self.stations.keys().collect();
        f.debug_struct("Plan")
            .field("version", &self.version)
            .field("stations", &stations)
            .finish_non_exhaustive()
    }
}

impl Plan {
    /// Only the rules of these files, compiled. Fails with every problem that keeps them from being taken.
    pub fn rules(files: &Files) -> Result<RuleSet, Vec<Diagnostic>> {
        let (sources, mut problems) = rule_sources(&files.rules);
        let (library, found) = rule_sources(&files.library);
        problems.extend(found);
        match RuleSet::compile_with(&sources, &library) {
            Ok(rules) if problems.is_empty() => Ok(rules),
            Ok(_) => Err(sorted(problems)),
            Err(found) => {
                problems.extend(found);
                Err(sorted(problems))
            }
        }
    }

    /// Checks all files. Fails with every problem that keeps them from being taken.
    pub fn check(files: Files) -> Result<Self, Vec<Diagnostic>> {
        let beyond = files.beyond_bounds();
        if !beyond.is_empty() {
            return Err(sorted(beyond));
        }
        let version = files.hash();
        let (sources, mut problems) = rule_sources(&files.rules);
        let (library, found) = rule_sources(&files.library);
        problems.extend(found);
        let (rules, found) = RuleSet::sound(&sources, &library);
        let (failed, mut warnings) = parted(found);
        problems.extend(failed);
        // A rule whose file cannot be taken is told of there, not again by every station that names it.
        let names = files.rules.iter().map(|file| file.name.as_str()).collect();
        let known = KnownRules { set: &rules, names, answers: RefCell::default() };
        let (models, found) = Models::of(&files.hubs);
        problems.extend(found);
        let calendars = Calendars::of(&files.calendars);
        let around = Around { version: version.clone(), rules: known, models, calendars };
        let mut drafts = Vec::new();
        for file in &files.stations {
            let (draft, found) = station::read(file, &around);
            problems.extend(found);
            drafts.extend(draft);
        }
        problems.extend(together::check(&drafts));
        problems.extend(around.calendars.problems());
        warnings.extend(together::unheard_deadlines(&drafts, &rules));
        warnings.extend(reports::strangers(&drafts));
        let rules = Arc::new(rules);
        // What names a rule that is broken says nothing new.
        let is_broken = |name: &str| rules.rule(name).is_none();
        let broken: Vec<&str> =
            files.rules.iter().map(|rule| rule.name.as_str()).filter(|n| is_broken(n)).collect();
        let names_broken = |file: &&SourceFile| {
            broken.iter().any(|name| file.name == *name || file.text.contains(&format!("\"{name}\"")))
        };
        for file in files.tests.iter().filter(|file| !names_broken(file)) {
            let (failed, noted) = parted(test(&rules, file));
            problems.extend(failed);
            warnings.extend(noted);
        }
        if !problems.is_empty() {
            problems.extend(warnings);
            measured(&mut problems, |path| files.at(path));
            return Err(sorted(problems));
        }
        measured(&mut warnings, |path| files.at(path));
        let stations =
            drafts.into_iter().map(|Draft { station, .. }| (station.name.clone(), Arc::new(station)));
        Ok(Self { version, stations: stations.collect(), rules, warnings: sorted(warnings), files })
    }
}

/// Errors, and the rest.
fn parted(found: Vec<Diagnostic>) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    found.into_iter().partition(|found| found.severity == Severity::Error)
}

fn rule_sources(files: &[SourceFile]) -> (Vec<RuleSource>, Vec<Diagnostic>) {
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    for file in files {
        if file.text.trim().is_empty() {
            // What a full disk or a crash in the middle of a save leaves behind must not replace a rule that works.
            let message = "the file is empty".to_owned();
            let hint = "write what belongs into it, or remove the file";
            problems.push(error(&file.path, Place { line: 1, column: 1 }, "empty-file", message, hint));
            continue;
        }
        match RuleName::new(&file.name) {
            Ok(name) => sources.push(RuleSource { name, file: file.path.clone(), text: file.text.clone() }),
            Err(invalid) => {
                let message = invalid.to_string();
                problems.push(error(&file.path, Place::default(), "file-name", message, "rename the file"));
            }
        }
    }
    (sources, problems)
}

/// Runs the tests of a rule. A rule that does not do what its tests say is not taken.
fn test(rules: &Arc<RuleSet>, file: &SourceFile) -> Vec<Diagnostic> {
    let Some(rule) = RuleName::new(&file.name).ok().filter(|name| rules.rule(name.as_str()).is_some()) else {
        let names = rules.rules().map(|rule| rule.name.as_str());
        let message = format!("these tests have no rule: there is no `{}.rhai` beside them", file.name);
        let hint = did_you_mean(&file.name, names).unwrap_or_default();
        return vec![warning(&file.path, Place::default(), "test-without-rule", message, &hint)];
    };
    let results = match run_tests(rules, &rule, &file.path, &file.text) {
        Ok(results) => results,
        Err(problems) => return problems,
    };
    let failed = results.into_iter().filter(|result| !result.passed);
    let problems = failed.map(|result| {
        let message = format!("the test `{}` expects {}, got {}", result.name, result.expected, result.got);
        let hint = "change the rule, or what the test expects";
        error(&file.path, Place { line: result.line, column: 1 }, "test-failed", message, hint)
    });
    problems.collect()
}
