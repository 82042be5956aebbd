//! How rules and their versions look in the terminal. Pure.

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::{
    cli::look::{Look, Side, count, table},
    model::Timestamp,
};

/// A rule at work.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Listed {
    name: String,
    description: String,
    version: String,
    used_by: Vec<String>,
    tested: bool,
    warnings: Vec<serde_json::Value>,
}

/// A line of the log.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Line {
    version: String,
    at: Timestamp,
    origin: Origin,
    changes: Vec<Change>,
    at_work: bool,
}

/// How a version came to work.
#[derive(Clone, Debug, Deserialize)]
struct Origin {
    source: String,
    by: String,
    of: Option<String>,
}

/// A file that a version changed.
#[derive(Clone, Debug, Deserialize)]
struct Change {
    kind: String,
    name: String,
    change: String,
}

/// The rules at work.
pub(super) fn list_page(rules: &[Listed], look: Look) -> String {
    let heading = ["rule", "version", "used by", "tests", "what it is for"].map(str::to_owned);
    let row = |rule: &Listed| {
        let used = if rule.used_by.is_empty() { "–".to_owned() } else { rule.used_by.join(", ") };
        let tested = if rule.tested { "yes" } else { "no" };
        let warnings = match rule.warnings.len() {
            0 => String::new(),
            number => format!(" ! {}, see `scs check`", count(number, "warning")),
        };
        let what = format!("{}{warnings}", rule.description);
        [rule.name.clone(), rule.version.clone(), used, tested.to_owned(), what]
    };
    let rows: Vec<_> = std::iter::once(heading).chain(rules.iter().map(row)).collect();
    table([Side::Left; 5], &rows, look)
}

/// What came to work, the newest first, in the time of this place.
pub(super) fn log_page(lines: &[Line], zone: &TimeZone, look: Look) -> String {
    let heading = ["version", "at work since", "brought by", "what changed"].map(str::to_owned);
    let mut now = true;
    let rows = lines.iter().map(|line| {
        // A version that came back is at work once, however often it stands here.
        let mark = if std::mem::take(&mut now) && line.at_work { " *" } else { "" };
        let at = line.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        [format!("{}{mark}", line.version), at, line.origin.words(), changes(&line.changes)]
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    table([Side::Left; 4], &rows, look)
}

impl Origin {
    fn words(&self) -> String {
        match (self.source.as_str(), &self.of) {
            ("start", _) => "start of the service".to_owned(),
            ("files", _) => "saved files".to_owned(),
            ("rollback", Some(version)) => format!("{}, back to {version}", self.by),
            ("promotion", _) => format!("{}, from shadow", self.by),
            (_, _) => self.by.clone(),
        }
    }
}

fn changes(changes: &[Change]) -> String {
    let words = |change: &Change| {
        let file = match change.kind.as_str() {
            "rule" => change.name.clone(),
            "test" => format!("tests of {}", change.name),
            kind => format!("{kind} {}", change.name),
        };
        match change.change.as_str() {
            "changed" => file,
            other => format!("{file} {other}"),
        }
    };
    changes.iter().map(words).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { width: 100, colour: false };

    #[test]
    fn the_log_says_what_is_at_work_who_brought_it_and_what_changed() {
        let lines: Vec<Line> = serde_json::from_str(
            r#"[
                {"version": "0f3a9c51d2e4", "at": "2026-11-22T14:05:00Z", "at_work": true,
                 "origin": {"source": "rollback", "by": "REST (anna)", "of": "0f3a9c51d2e4"},
                 "changes": [{"kind": "rule", "name": "keep-between", "change": "changed"},
                             {"kind": "test", "name": "mine", "change": "removed"}]},
                {"version": "77aa9c51d2e4", "at": "2026-11-22T14:00:00Z", "at_work": false,
                 "origin": {"source": "files", "by": "service", "of": null},
                 "changes": [{"kind": "station", "name": "desk", "change": "added"}]},
                {"version": "0f3a9c51d2e4", "at": "2026-11-21T08:00:00Z", "at_work": true,
                 "origin": {"source": "start", "by": "service", "of": null}, "changes": []}
            ]"#,
        )
        .unwrap();
        assert_eq!(
            log_page(&lines, &TimeZone::UTC, LOOK),
            "version         at work since        brought by                         what changed
0f3a9c51d2e4 *  2026-11-22 14:05:00  REST (anna), back to 0f3a9c51d2e4  keep-between, tests of mine
                                                                        removed
77aa9c51d2e4    2026-11-22 14:00:00  saved files                        station desk added
0f3a9c51d2e4    2026-11-21 08:00:00  start of the service
"
        );
    }

    #[test]
    fn the_list_says_who_uses_a_rule() {
        let rules: Vec<Listed> = serde_json::from_str(
            r#"[{"name": "keep-between", "description": "Keep the battery between two levels.",
                 "version": "0f3a9c51d2e4", "used_by": ["attic", "desk"], "tested": true, "warnings": []},
                {"name": "mine", "description": "", "version": "77aa9c51d2e4", "used_by": [], "tested": false,
                 "warnings": [{}, {}]}]"#,
        )
        .unwrap();
        assert_eq!(
            list_page(&rules, LOOK),
            "rule          version       used by      tests  what it is for
keep-between  0f3a9c51d2e4  attic, desk  yes    Keep the battery between two levels.
mine          77aa9c51d2e4  –            no     ! 2 warnings, see `scs check`
"
        );
    }
}
