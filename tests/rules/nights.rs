//! Series of reports and nights in a closed loop: what they find, and what they tell.

use std::sync::{Arc, LazyLock};

use smart_charging_station::{
    rules::RuleSet,
    trial::testing::{TestKind, TestResult, run_tests},
};

use crate::support::{source, usage};

const KEEP: &str = "//! Keep it between two levels.\nlet low = param(\"low\", 20);\nlet high = param(\"high\", 80);\nif battery.level <= low { charge(`${battery.level}% is low`); }\nif battery.level >= high { rest(`${battery.level}% is high`); }";

/// Answers each single question right, and switches all the time.
const HASTY: &str =
    "//! Hold it at eighty.\nif battery.level < 80 { charge(\"under 80\"); }\nrest(\"80 is enough\");";

fn set() -> Arc<RuleSet> {
    static SET: LazyLock<Arc<RuleSet>> =
        LazyLock::new(|| Arc::new(RuleSet::compile(&[source("x", KEEP), source("hasty", HASTY)]).unwrap()));
    Arc::clone(&SET)
}

fn run(test: &str) -> TestResult {
    let results = run_tests(&set(), &usage("x").rule, "rules/x.test.ron", &format!("[\n{test}\n]"));
    results.unwrap_or_else(|problems| panic!("{test}\n{problems:#?}")).remove(0)
}

#[track_caller]
fn holds(expect: &str) {
    let result =
        run(&format!("(name: \"n\", from: \"22:00\", hours: 12, start: (level: 90), expect: [{expect}])"));
    assert!(result.passed, "{expect}: {result:#?}");
}

/// Fails, and says this came.
#[track_caller]
fn fails(expect: &str, wanted: &str, got: &str) {
    let result =
        run(&format!("(name: \"n\", from: \"22:00\", hours: 12, start: (level: 90), expect: [{expect}])"));
    assert!(!result.passed, "{expect}");
    assert!(result.expected.contains(wanted), "{}", result.expected);
    assert!(result.got.contains(got), "{}", result.got);
}

#[test]
fn a_night_is_held_against_every_expectation() {
    // From 90 % the port rests at once, and 36 points go within twelve hours at about 3 an hour.
    for expect in [
        "AtLeast(\"22:30\", 85)",
        "AtMost(\"07:00\", 70)",
        "Off(\"03:00\")",
        "At(\"23:00\", Rest)",
        "Last(Nothing)",
        "NeverUnder(40)",
        "NeverOver(91)",
        "NeverHotter(30)",
        "HoursAbove(level: 80, max: 6)",
        "Switches(max: 1)",
        "Switches(min: 1)",
        "Said(\"x\", Rest)",
        "NeverSaid(\"x\", Charge)",
    ] {
        holds(expect);
    }
}

#[test]
fn what_is_not_met_is_told_with_what_came() {
    fails("AtLeast(\"07:00\", 98)", "at least 98 % at 07:00", " % at 07:00");
    fails("AtMost(\"22:30\", 50)", "at most 50 % at 22:30", "% at 22:30");
    fails("On(\"03:00\")", "port on at 03:00", "port off at 03:00");
    fails("At(\"23:00\", Charge)", "charge at 23:00", "rest by x since 22:00");
    fails("Last(Charge)", "charge at the end", "nothing");
    fails("NeverUnder(80)", "never under 80 %", "at 10:00");
    fails("NeverOver(80)", "never over 80 %", "90 % and ");
    fails("NeverHotter(20)", "never hotter than 20 °C", "23 °C");
    fails("HoursAbove(level: 80, max: 1)", "at most 1 h above 80 %", " h");
    fails("Switches(max: 0)", "at most 0 switches", "1");
    fails("Switches(min: 2)", "at least 2 switches", "1");
    fails("Said(\"x\", Charge)", "charge by x", "it never said so");
    fails("NeverSaid(\"x\", Rest)", "never rest by x", "said at 22:00: 90% is high");
}

#[test]
fn only_what_was_not_met_is_told_and_the_whole_course() {
    let result = run(
        "(name: \"n\", from: \"22:00\", hours: 10, start: (level: 90), expect: [Switches(max: 4), AtLeast(\"07:00\", 98)])",
    );
    assert_eq!((result.kind, result.line), (TestKind::Night, 2));
    assert_eq!(result.expected, "at least 98 % at 07:00");
    let [(at, off), (end, last)] = result.values.as_slice() else { panic!("{:?}", result.values) };
    assert_eq!((at.as_str(), end.as_str()), ("22:00", "08:00"));
    assert_eq!(off, "90 %, off: 90% is high");
    assert!(last.ends_with(" %, off at the end"), "{last}");
}

#[test]
fn a_night_finds_a_rule_that_switches_all_the_time() {
    let hasty = |test: &str| {
        let text = format!("[{test}]");
        run_tests(&set(), &usage("hasty").rule, "rules/hasty.test.ron", &text).unwrap().remove(0)
    };
    assert!(hasty("(name: \"under\", battery: (level: 79), expect: Charge)").passed);
    assert!(hasty("(name: \"at\", battery: (level: 80), expect: Rest)").passed);
    let night = hasty("(name: \"night\", hours: 9, start: (level: 70), expect: [Switches(max: 4)])");
    assert!(!night.passed, "{night:#?}");
    assert_eq!(night.expected, "at most 4 switches");
    assert!(night.values.iter().any(|(at, _)| at == "…"), "{night:#?}");
}

#[test]
fn a_week_has_days_on_which_the_device_is_away() {
    let week = |away: &str| {
        run(&format!(
            "(name: \"week\", weekday: \"Monday\", from: \"00:00\", days: 7, start: (level: 70), \
             model: (drain_per_hour: 2, away: [{away}]), \
             expect: [AtMost(\"Tuesday 16:00\", 40), AtMost(\"2026-01-06 16:00\", 40)])"
        ))
    };
    let office = week("(days: \"Mon-Fri\", from: \"06:00\", to: \"17:00\", drain_per_hour: 9)");
    assert!(office.passed, "{office:#?}");
    let weekend = week("(days: \"Sat, Sun\", from: \"06:00\", to: \"17:00\", drain_per_hour: 9)");
    assert!(!weekend.passed && weekend.got.contains("at Tuesday 16:00"), "{weekend:#?}");
}

#[test]
fn the_same_night_comes_out_the_same_every_time() {
    let night = "(name: \"n\", from: \"20:00\", days: 3, start: (level: 70), seed: 7, model: (away: [(from: \"08:00\", to: \"12:00\")]), expect: [Last(Keep)])";
    assert_eq!(run(night), run(night));
}

#[test]
fn a_series_is_what_is_written_and_the_engine_takes_it() {
    let series = |expect: &str, rest: &str| {
        run(&format!("(name: \"n\", from: \"06:00\", {rest}, expect: [{expect}])"))
    };
    let falls = "levels: \"90-1x69 _x3 19\"";
    let result = series(
        "Last(Charge), Off(\"06:30\"), On(\"07:13\"), At(\"06:00\", Rest), Switches(min: 2, max: 2), AtLeast(\"06:10\", 80)",
        falls,
    );
    assert!(result.passed, "{result:#?}");
    assert_eq!(result.kind, TestKind::Series);
    // Silent for longer than 45 minutes: the engine charges, no rule says so.
    let silent = series("Last(Charge), NeverSaid(\"x\", Charge)", "levels: \"90 _x50\"");
    assert!(silent.passed, "{silent:#?}");
    let warm = series("NeverHotter(35)", "levels: \"50x4\", temps: \"30+2x4\", every_minutes: 10");
    assert_eq!((warm.passed, warm.got.as_str()), (false, "50 % and 38 °C at 06:40"));
}

#[test]
fn rules_are_asked_in_their_order_with_their_values() {
    let said = |rules: &str, expect: &str| {
        let test = format!("(name: \"n\", {rules}, hours: 1, start: (level: 70), expect: [{expect}])");
        let result = run(&test);
        assert!(result.passed, "{test}: {result:#?}");
    };
    let x = "(rule: \"x\", with: {\"high\": 60})";
    said(&format!("rules: [{x}, \"hasty\"]"), "Said(\"x\", Rest), NeverSaid(\"hasty\", Charge)");
    said(&format!("rules: [\"hasty\", {x}]"), "NeverSaid(\"x\", Rest), Said(\"hasty\", Charge)");
    said(&format!("guards: [\"hasty\"], rules: [{x}]"), "NeverSaid(\"x\", Rest)");
    said("with: {\"high\": 60}", "Said(\"x\", Rest)");
}

/// A test that is wrong, and what is said of it.
const WRONG: &[(&str, &str)] = &[
    ("(name: \"n\", hours: 9, expect: Charge)", "a series or a night expects a list: [Last(Charge)]"),
    ("(name: \"n\", expect: [Last(Charge)])", "a single case expects one answer"),
    (
        "(name: \"n\", rules: [\"x\"], expect: [Last(Charge)])",
        "has no `levels`\n    hint: a series has `levels`, a night has",
    ),
    (
        "(name: \"n\", start: (level: 5), expect: [Last(Charge)])",
        "how long it lasts is missing: write hours: 12",
    ),
    ("(name: \"n\", hours: 1, days: 1, expect: [Last(Charge)])", "both `hours` and `days` are given"),
    ("(name: \"n\", days: 32, expect: [Last(Charge)])", "1 hour to 31 days"),
    ("(name: \"n\", hours: 9, expect: [])", "nothing is expected"),
    ("(name: \"n\", hours: 9)", ":2:1: error[missing-field]: the night that begins here has no `expect`"),
    ("(name: \"n\", hours: 9, expect: [Lasts(Charge)])", "`Lasts` is not one of AtLeast, AtMost"),
    ("(name: \"n\", hours: 9, expect: [AtLeast(\"noon\", 9)])", "`noon` is not a time of day"),
    (
        "(name: \"n\", hours: 9, expect: [AtLeast(\"Mon 07:00\", 9)])",
        "write \"07:00\", \"Monday 07:00\" or \"2026-12-24 07:00\"",
    ),
    ("(name: \"n\", hours: 9, expect: [AtLeast(\"07:00\", 101)])", "101 is out of range: percent, 0 to 100"),
    (
        "(name: \"n\", from: \"12:00\", hours: 9, expect: [On(\"22:00\")])",
        "it lasts from Monday 12:00 to Monday 21:00, which `22:00` is not in",
    ),
    (
        "(name: \"n\", hours: 9, rules: [\"hasty\"], expect: [Last(Charge)])",
        "`x` is not asked here, and this file tests it",
    ),
    (
        "(name: \"n\", hours: 9,\n rules: [\"x\", \"keep\"], expect: [Last(Charge)])",
        ":3:15: error[unknown-rule]: there is no rule `keep`",
    ),
    (
        "(name: \"n\", hours: 9, rules: [(rule: \"x\", with: {\"hihg\": 1})], expect: [Last(Charge)])",
        "did you mean `high`?",
    ),
    ("(name: \"n\", hours: 9, rules: [7], expect: [Last(Charge)])", "a rule: \"cool-down\", or (rule:"),
    (
        "(name: \"n\", hours: 9, model: (drain_per_hours: 3), expect: [Last(Charge)])",
        "did you mean `drain_per_hour`?",
    ),
    (
        "(name: \"n\", hours: 9, model: (away: [(from: \"08:00\")]), expect: [Last(Charge)])",
        "error[missing-field]: `to` is missing here",
    ),
    (
        "(name: \"n\", hours: 9, model: (away: [(days: \"daily\", from: \"08:00\", to: \"09:00\")]), expect: [Last(Charge)])",
        "`daily` are no days",
    ),
    (
        "(name: \"n\", hours: 9, deadlines: [(at: \"25:00\")], expect: [Last(Charge)])",
        "`25:00` is not a time of day",
    ),
    (
        "(name: \"n\", hours: 9, deadlines: [(at: \"07:00\", on: \"daily\")], expect: [Last(Charge)])",
        "`daily` is not a list of days",
    ),
    (
        "(name: \"n\", hours: 9, deadlines: [(at: \"2026-12-24 07:00\", on: \"Thu\")], expect: [Last(Charge)])",
        "`on` says nothing where `at` names the day",
    ),
    (
        "(name: \"n\", hours: 9, deadlines: [(at: \"07:00\", level: 101)], expect: [Last(Charge)])",
        "level 101 is out of range",
    ),
    ("(name: \"n\", hours: 9, zone: \"Berlin\", expect: [Last(Charge)])", "`Berlin` is not a time zone"),
    ("(name: \"n\", hours: 9, date: \"9999-12-31\", expect: [Last(Charge)])", "too far away"),
    (
        "(name: \"n\", levels: \"60 x 3\", expect: [Last(Charge)])",
        "`x` is no part of a series: write 60, 60x5",
    ),
    ("(name: \"n\", levels: \"60+50x1\", expect: [Last(Charge)])", "level 110 is out of range"),
    (
        "(name: \"n\", levels: \"60\", temps: \"30x5\", expect: [Last(Charge)])",
        "there are 6 temperatures and only 1 levels",
    ),
    (
        "(name: \"n\", levels: \"60x40\", every_minutes: 1400, expect: [Last(Charge)])",
        "the series lasts 39 days",
    ),
];

#[test]
fn wrong_series_and_nights_are_explained() {
    for (test, wanted) in WRONG {
        let found = run_tests(&set(), &usage("x").rule, "rules/x.test.ron", &format!("[\n{test}\n]"));
        let told: String = found.unwrap_err().iter().map(|problem| format!("{problem}\n")).collect();
        assert!(told.contains(wanted), "--- {test}\n--- wanted {wanted}\n--- told {told}");
        assert!(!told.contains("Case") && !told.contains("struct"), "a type of the program is named: {told}");
    }
}

#[test]
fn a_file_cannot_keep_the_service_busy_for_long() {
    let night = |n: u32| format!("(name: \"{n}\", days: 31, expect: [Switches(min: 0)])");
    let nights: Vec<String> = (0..40).map(night).collect();
    let found = run_tests(&set(), &usage("x").rule, "t", &format!("[{}]", nights.join(","))).unwrap_err();
    assert!(found.iter().any(|problem| problem.message.contains("more than 100 days")), "{found:?}");
    let long = format!("[{}]", " ".repeat(300_000));
    let found = run_tests(&set(), &usage("x").rule, "t", &long).unwrap_err();
    assert!(found.iter().any(|problem| problem.code == "too-long"), "{found:?}");
}
