//! Every rule in `rules/` has a test file, and every test file passes and means something.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use smart_charging_station::{
    model::{RuleName, Verdict},
    rules::{RuleSet, RuleSource},
    trial::testing::{TestResult, run_tests},
};

use crate::support::source;

fn files(ending: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter_map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().strip_suffix(ending)?.to_owned();
            Some((name, fs::read_to_string(&path).unwrap()))
        })
        .collect()
}

fn shipped() -> Vec<RuleSource> {
    files(".rhai").iter().map(|(name, text)| source(name, text)).collect()
}

fn results(sources: &[RuleSource], name: &str) -> Option<Vec<TestResult>> {
    let set = Arc::new(RuleSet::compile(sources).ok()?);
    let text = files(".test.ron").remove(name)?;
    run_tests(&set, &RuleName::new(name).unwrap(), &format!("rules/{name}.test.ron"), &text).ok()
}

#[test]
fn all_rules_compile_without_a_warning() {
    let set = RuleSet::compile(&shipped()).unwrap();
    assert_eq!(set.warnings(), []);
    assert!(set.rules().count() >= 9);
    for rule in set.rules() {
        assert!(!rule.description.is_empty(), "{}", rule.name);
        assert_eq!(rule.hash.len(), 12);
    }
}

#[test]
fn every_rule_has_a_test_file_that_passes() {
    let sources = shipped();
    let tests = files(".test.ron");
    for rule in &sources {
        let name = rule.name.as_str();
        let text =
            tests.get(name).unwrap_or_else(|| panic!("rules/{name}.rhai has no rules/{name}.test.ron"));
        let set = Arc::new(RuleSet::compile(&sources).unwrap());
        let results = run_tests(&set, &rule.name, &format!("rules/{name}.test.ron"), text).unwrap();
        assert!(results.len() >= 5, "{name}");
        for result in results {
            assert!(result.passed, "{name}: {result:#?}");
        }
    }
    for name in tests.keys() {
        assert!(sources.iter().any(|rule| rule.name.as_str() == name), "rules/{name}.test.ron tests no rule");
    }
}

#[test]
fn every_parameter_is_tried_with_another_value() {
    let tests = files(".test.ron");
    let set = RuleSet::compile(&shipped()).unwrap();
    for rule in set.rules() {
        for parameter in &rule.parameters {
            let text = &tests[rule.name.as_str()];
            let given = format!("\"{}\":", parameter.name);
            assert!(text.contains(&given), "{}: no case gives {}", rule.name, parameter.name);
        }
    }
}

#[test]
fn every_verb_of_a_rule_is_reached_by_a_case() {
    let sources = shipped();
    for rule in &sources {
        let name = rule.name.as_str();
        let results = results(&sources, name).unwrap();
        for (number, line) in (1_u32..).zip(rule.text.lines()) {
            let says = ["charge(", "rest(", "keep("]
                .iter()
                .any(|verb| line.split(' ').any(|word| word.starts_with(verb)));
            let reached =
                results.iter().filter_map(|result| result.opinion.as_ref()).any(|o| o.line == number);
            assert!(!says || reached, "{name}: no case reaches line {number}: {line}");
        }
        // A verb outside of any block, and no way around it.
        let says = |line: &str| ["charge(", "rest(", "keep("].iter().any(|verb| line.starts_with(verb));
        let always = rule.text.lines().any(says) && !rule.text.contains("return;");
        let silent = results.iter().filter(|result| result.opinion.is_none()).count();
        assert!(always || silent > 0, "{name}: no case in which it says nothing");
    }
}

/// Turns a branch off or a comparison around: some case must notice.
#[test]
fn a_broken_rule_fails_its_tests() {
    let changes =
        [("<=", "<"), (">=", ">"), ("charge(", "rest("), ("rest(", "charge("), ("&& battery", "|| battery")];
    let sources = shipped();
    for rule in &sources {
        let lines: Vec<&str> = rule.text.lines().collect();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.starts_with("//")) {
            for (from, to) in changes.iter().filter(|(from, _)| line.contains(from)) {
                let changed: Vec<String> = lines
                    .iter()
                    .enumerate()
                    .map(|(n, l)| if n == index { l.replacen(from, to, 1) } else { (*l).to_owned() })
                    .collect();
                let changed = RuleSource { text: changed.join("\n"), ..rule.clone() };
                let noticed = results(&[changed], rule.name.as_str())
                    .is_none_or(|results| results.iter().any(|result| !result.passed));
                assert!(noticed, "{}: `{line}` with `{to}` for `{from}` passes all tests", rule.name);
            }
        }
    }
}

#[test]
fn the_parameters_are_what_the_readme_says() {
    let set = RuleSet::compile(&shipped()).unwrap();
    let names = |rule: &str| -> Vec<String> {
        set.rule(rule).unwrap().parameters.iter().map(|parameter| parameter.name.clone()).collect()
    };
    assert_eq!(names("keep-between"), ["low", "high"]);
    assert_eq!(names("ready-by"), ["by", "days", "target", "spare_minutes"]);
    assert_eq!(names("cool-down"), ["too_hot", "cool"]);
    assert_eq!(set.rule("keep-between").unwrap().description, "Keep the battery between two levels.");
}

#[test]
fn a_failing_case_says_what_it_saw() {
    let sources = shipped();
    let set = Arc::new(RuleSet::compile(&sources).unwrap());
    let text = r#"[ (name: "wrong", battery: (level: 15), expect: Rest, because: "full") ]"#;
    let results = run_tests(&set, &RuleName::new("keep-between").unwrap(), "t.ron", text).unwrap();
    let [result] = results.as_slice() else { panic!("{results:?}") };
    assert!(!result.passed);
    assert_eq!(result.expected, "rest, because of `full`");
    assert_eq!(result.got, "charge (line 5): 15% is at or under 20%");
    assert_eq!(result.opinion.as_ref().map(|opinion| opinion.verdict), Some(Verdict::Charge));
    for value in
        [("battery.level", "15"), ("low", "20"), ("clock.time", "12:00"), ("battery.temp", "not reported")]
    {
        assert!(
            result.values.contains(&(value.0.to_owned(), value.1.to_owned())),
            "{value:?} {:?}",
            result.values
        );
    }
}

#[test]
fn the_reference_page_is_that_of_the_program() {
    crate::golden::assert("docs/rule-reference.md", &smart_charging_station::rules::reference());
}
