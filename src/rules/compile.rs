//! From texts to rules that can be asked, or every problem of all of them at once.

use std::{collections::BTreeMap, fmt, fmt::Write as _, sync::OnceLock};

use rhai::AST;
use sha2::{Digest, Sha256};

use crate::{
    model::{Diagnostic, RuleName, Severity, Value},
    rules::{
        check::{self, reading, scan, sweep},
        host::{Host, library::Library},
        situations::{Grid, Reads},
    },
};

/// Longest rule in bytes: the shipped ones have 700, and the time to parse one grows with the square.
pub(in crate::rules) const LONGEST: usize = 16 * 1024;

/// Names that a rule cannot have: at `/api/v1/rules/` the service does something else under them.
const RESERVED: [&str; 3] = ["check", "test", "try"];

/// So many problems of one file are told; after that the file is not a rule.
const MOST_TOLD: usize = 30;

/// A rule's text and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSource {
    /// Its name: the file's name without `.rhai`.
    pub name: RuleName,
    /// The file, as the user would type it: `rules/keep-between.rhai`.
    pub file: String,
    /// The script.
    pub text: String,
}

/// A setting of a rule, as its `param` declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The value when a station file gives none; its kind is the kind that is wanted.
    pub default: Value,
    /// What it is for, from the comment behind it; may be empty.
    pub description: String,
    /// The line of the declaration, from 1.
    pub line: u32,
}

/// What people may know of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleInfo {
    /// Its name.
    pub name: RuleName,
    /// Its file.
    pub file: String,
    /// Its first comment, in one line; may be empty.
    pub description: String,
    /// Its settings, in the order of the script.
    pub parameters: Vec<Parameter>,
    /// Short hash of the text: twelve hexadecimal digits.
    pub hash: String,
}

/// A rule that can be asked.
pub(in crate::rules) struct Rule {
    pub(in crate::rules) info: RuleInfo,
    pub(in crate::rules) script: AST,
    /// What stands in it.
    pub(in crate::rules) reads: Reads,
    /// What matters to it.
    pub(in crate::rules) grid: Grid,
}

/// All rules, compiled and checked; shared by all stations, replaced as a whole.
pub struct RuleSet {
    pub(in crate::rules) host: Host,
    pub(in crate::rules) rules: BTreeMap<RuleName, Rule>,
    library: Library,
    warnings: Vec<Diagnostic>,
    /// Writes down what rules do; built when somebody asks for the first time.
    tracer: OnceLock<Host>,
}

impl RuleSet {
    /// Compiles and checks all rules. Fails with the problems of all of them.
    pub fn compile(sources: &[RuleSource]) -> Result<Self, Vec<Diagnostic>> {
        Self::compile_with(sources, &[])
    }

    /// Compiles and checks rules that may use functions of a library, which is checked, too.
    pub fn compile_with(sources: &[RuleSource], library: &[RuleSource]) -> Result<Self, Vec<Diagnostic>> {
        let (mut set, found) = Self::sound(sources, library);
        if found.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(found);
        }
        set.warnings = found;
        Ok(set)
    }

    /// Compiles the rules that are right, and gives every problem of all: for checking other files with what there is.
    pub(crate) fn sound(sources: &[RuleSource], library: &[RuleSource]) -> (Self, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let compiled = Library::compile(library, &mut found);
        // What uses a broken file of the library cannot be checked.
        let names = library.iter().map(|file| file.name.as_str());
        let broken: Vec<String> =
            names.filter(|name| !compiled.holds(name)).map(|name| format!("{name}::")).collect();
        let mut set = Self::new(compiled);
        let checked = sources.iter().filter(|rule| !broken.iter().any(|name| rule.text.contains(name)));
        for source in checked {
            let before = found.len();
            let mut problems = Problems { file: &source.file, found: &mut found };
            if set.rules.contains_key(&source.name) {
                problems.error(
                    (0, 0),
                    "duplicate-rule",
                    format!("there are two rules named `{}`", source.name),
                    "",
                );
                continue;
            }
            if let Some(rule) = rule(&set, source, &mut problems) {
                set.rules.insert(source.name.clone(), rule);
            }
            in_order(found.get_mut(before..).unwrap_or_default(), source);
        }
        (set, found)
    }

    /// No rules at all.
    pub fn empty() -> Self {
        Self::new(Library::default())
    }

    fn new(library: Library) -> Self {
        Self {
            host: Host::new().with(&library),
            rules: BTreeMap::new(),
            library,
            warnings: Vec::new(),
            tracer: OnceLock::new(),
        }
    }

    pub(in crate::rules) fn tracer(&self) -> &Host {
        self.tracer.get_or_init(|| Host::traced().with(&self.library))
    }

    /// What somebody should look at, though the rules work.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// All rules by name.
    pub fn rules(&self) -> impl Iterator<Item = &RuleInfo> {
        self.rules.values().map(|rule| &rule.info)
    }

    /// One rule.
    pub fn rule(&self, name: &str) -> Option<&RuleInfo> {
        self.rules.get(name).map(|rule| &rule.info)
    }
}

impl fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.rules()).finish()
    }
}

/// Collects the problems of one file.
pub(in crate::rules) struct Problems<'a> {
    pub(in crate::rules) file: &'a str,
    pub(in crate::rules) found: &'a mut Vec<Diagnostic>,
}

impl Problems<'_> {
    pub(in crate::rules) fn error(
        &mut self,
        place: (u32, u32),
        code: &str,
        message: String,
        hint: impl Into<String>,
    ) {
        self.push(place, Severity::Error, code, message, hint.into());
    }

    pub(in crate::rules) fn warning(
        &mut self,
        place: (u32, u32),
        code: &str,
        message: String,
        hint: impl Into<String>,
    ) {
        self.push(place, Severity::Warning, code, message, hint.into());
    }

    fn push(&mut self, place: (u32, u32), severity: Severity, code: &str, message: String, hint: String) {
        let (line, column) = place;
        let problem = Diagnostic {
            file: self.file.to_owned(),
            line,
            column,
            length: 0,
            severity,
            code: code.to_owned(),
            message,
            hint,
        };
        let told = self.found.iter().filter(|known| known.file == self.file).count();
        if told < MOST_TOLD && !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }
}

/// Sorts the problems of one file by their place, and says how long what is wrong is.
pub(in crate::rules) fn in_order(own: &mut [Diagnostic], source: &RuleSource) {
    own.sort_by_key(|problem| (problem.line, problem.column));
    let text = source.text.trim_start_matches('\u{feff}');
    for problem in own.iter_mut().filter(|problem| problem.length == 0) {
        problem.length = scan::length(text, (problem.line, problem.column));
    }
}

/// True for names that stand for something else where rules are addressed by their names.
pub fn is_reserved(name: &RuleName) -> bool {
    RESERVED.contains(&name.as_str())
}

/// One rule, when it has no error.
fn rule(set: &RuleSet, source: &RuleSource, problems: &mut Problems<'_>) -> Option<Rule> {
    let host = &set.host;
    if is_reserved(&source.name) {
        let message = format!("a rule cannot be named `{0}`: /api/v1/rules/{0} is not a rule", source.name);
        let hint = format!("rename the file, for example {}-level.rhai", source.name);
        problems.error((0, 0), "reserved-name", message, hint);
        return None;
    }
    if source.text.len() > LONGEST {
        let message = format!("the file has {} bytes, a rule may have {LONGEST}", source.text.len());
        problems.error((0, 0), "too-long", message, "is this the right file?");
        return None;
    }
    // Editors of other systems put a byte order mark in front; Rhai does not know it.
    let text = source.text.trim_start_matches('\u{feff}');
    let before = problems.found.len();
    let reading = reading::read(host, text, problems)?;
    let script = &reading.script;
    let mut parameters = check::script(script, text, &set.library, problems);
    reading.without_followers(text, problems.found, before);
    for parameter in &mut parameters {
        scan::comment_of(text, parameter.line).clone_into(&mut parameter.description);
    }
    let description = description(text);
    if description.is_empty() {
        let hint = "begin the file with a line like `//! Keep the battery between two levels.`";
        problems.warning((1, 1), "no-description", "the rule does not say what it is for".to_owned(), hint);
    }
    let info = RuleInfo {
        name: source.name.clone(),
        file: source.file.clone(),
        description,
        parameters,
        hash: short_hash(&source.text),
    };
    let reads = Reads::of(script, text, &set.library);
    let grid = Grid::of(&source.name, &reads);
    let rule = Rule { info, script: reading.script, reads, grid };
    let broken =
        |found: &[Diagnostic]| found.iter().skip(before).any(|problem| problem.severity == Severity::Error);
    if !broken(problems.found) {
        let speaks = !problems.found.iter().skip(before).any(|problem| problem.code == "no-verb");
        sweep::rule(host, &rule, text, speaks, problems);
    }
    (!broken(problems.found)).then_some(rule)
}

/// The comment at the top, without its marks, in one line.
fn description(text: &str) -> String {
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let words: Vec<&str> = lines
        .map_while(|line| line.strip_prefix("//"))
        .map(|line| line.trim_start_matches(['!', '/']).trim())
        .take_while(|line| !line.is_empty())
        .collect();
    words.join(" ")
}

fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(6).fold(String::new(), |mut hash, byte| {
        // INVARIANT: writing to a String cannot fail.
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}
