//! `scs rules new`: a rule to begin with, and tests that pass. Never changes a file that is there.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use super::args::New;
use crate::{
    cli::failure::{Exit, Failure},
    rules::is_reserved,
};

/// Does something from the first minute, and shows a parameter, a question, a verb with a reason, and hysteresis.
const RULE: &str = "\
//! Say here in one line what NAME is for.
let low    = param(\"low\", 30);       // percent: charges at this level and below
let enough = param(\"enough\", 60);    // percent: once charging, charges to this level

let busy = rule.holds && port.on;
if battery.level <= low { charge(`${battery.level}% is at or under ${low}%`); }
if busy && battery.level >= enough { rest(`${battery.level}% is enough`); }
// Where it says nothing, the next rule is asked. All that it can see: `scs rules reference`.
";

const TESTS: &str = "\
// `scs test NAME` runs these. Each case gives the parameters that it relies on.
[
    (name: \"charges when low\", with: {\"low\": 30}, battery: (level: 30), expect: Charge, because: \"30%\"),
    (name: \"says nothing above that\", with: {\"low\": 30, \"enough\": 60}, battery: (level: 31), expect: Nothing),
    (name: \"rests when it is enough\", with: {\"low\": 30, \"enough\": 60}, battery: (level: 60), holds: true,
        expect: Rest, because: \"60% is enough\"),
    (name: \"does not end what others began\", with: {\"enough\": 60}, battery: (level: 60), expect: Nothing),

    // The rule alone with a battery that does not exist, for a day. It begins low: the rule takes over at once.
    (name: \"a day\", rules: [(rule: \"NAME\", with: {\"low\": 30, \"enough\": 60})], from: \"08:00\", hours: 24,
        start: (level: 30), model: (charge_per_hour: 40, drain_per_hour: 5),
        expect: [NeverUnder(28), NeverOver(62), Switches(max: 10)]),
]
";

/// Writes both files.
pub(super) fn new(
    args: &New,
    environment: &dyn Fn(&str) -> Option<String>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let folder = &settings.directories.rules;
    let name = args.name.as_str();
    let (rule, tests) = (folder.join(format!("{name}.rhai")), folder.join(format!("{name}.test.ron")));
    if let Some(there) = [&rule, &tests].into_iter().find(|path| fs::symlink_metadata(path).is_ok()) {
        let what = format!("`{}` is there already", there.display());
        return Err(Failure::new(Exit::Failed, what, "choose another name"));
    }
    if is_reserved(&args.name) {
        let what = format!("a rule cannot be named `{name}`: /api/v1/rules/{name} is not a rule");
        return Err(Failure::new(
            Exit::Failed,
            what,
            format!("choose another name, for example {name}-level"),
        ));
    }
    // The tests first: a running service must not take a rule whose tests are on their way.
    for (path, text) in [(&tests, TESTS), (&rule, RULE)] {
        write(path, &text.replace("NAME", name)).map_err(|error| {
            let what = format!("`{}` cannot be written ({error})", path.display());
            Failure::new(Exit::CannotCreate, what, "may this user write into the folder of the rules?")
        })?;
        writeln!(out, "wrote {}", path.display())?;
    }
    writeln!(
        out,
        "\nEdit it, then try it: scs test {name}\nUse it in a station file: rules: [(rule: \"{name}\")]"
    )?;
    Ok(())
}

/// Fails when the file is there.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        cli::args::SettingsFile,
        model::RuleName,
        rules::{RuleSet, RuleSource},
        trial::testing::run_tests,
    };

    fn made(folder: &Path, name: &str) -> (Result<(), Failure>, String) {
        let settings = folder.join("settings.ron");
        fs::write(&settings, "()").unwrap();
        let args =
            New { name: RuleName::new(name).unwrap(), settings: SettingsFile { settings: Some(settings) } };
        let rules = folder.display().to_string();
        let environment = |name: &str| (name == "SCS_RULES_DIR").then(|| rules.clone());
        let mut out = Vec::new();
        let result = new(&args, &environment, &mut out);
        (result, String::from_utf8(out).unwrap())
    }

    #[test]
    fn what_is_written_checks_without_a_warning_and_passes_its_tests() {
        let folder = tempfile::tempdir().unwrap();
        let (result, said) = made(folder.path(), "my-rule");
        assert_eq!(result, Ok(()));
        assert!(said.contains("scs test my-rule"), "{said}");
        let read = |ending: &str| fs::read_to_string(folder.path().join(format!("my-rule{ending}"))).unwrap();
        let name = RuleName::new("my-rule").unwrap();
        let source = RuleSource { name: name.clone(), file: "my-rule.rhai".to_owned(), text: read(".rhai") };
        let set = Arc::new(RuleSet::compile(&[source]).unwrap());
        assert_eq!(set.warnings(), []);
        let results = run_tests(&set, &name, "my-rule.test.ron", &read(".test.ron")).unwrap();
        assert!(results.iter().all(|result| result.passed), "{results:#?}");
    }

    #[test]
    fn a_name_that_the_check_refuses_is_not_begun() {
        let folder = tempfile::tempdir().unwrap();
        let failure = made(folder.path(), "try").0.unwrap_err();
        assert!(failure.what.starts_with("a rule cannot be named `try`"), "{}", failure.what);
        assert!(!folder.path().join("try.rhai").exists());
    }

    #[test]
    fn nothing_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.test.ron"), "[]").unwrap();
        let failure = made(folder.path(), "mine").0.unwrap_err();
        assert!(failure.what.ends_with("mine.test.ron` is there already"), "{}", failure.what);
        assert!(!folder.path().join("mine.rhai").exists());
    }
}
