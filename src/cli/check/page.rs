//! How the result of a check looks.

use std::fmt::Write as _;

use super::hub::Report;
use crate::{
    cli::look::{Look, Paint, count, plain},
    model::{Diagnostic, Severity},
};

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// Errors and warnings of all files.
    pub(super) problems: Vec<Diagnostic>,
    /// What was read; of broken files nothing is known.
    pub(super) plan: Option<Read>,
    /// What is known of the hubs of stations.
    pub(super) hubs: Vec<Report>,
    /// Station files that were not looked at.
    pub(super) left_out: Vec<String>,
    /// Why they were not.
    pub(super) because: &'static str,
}

/// What the files hold when they are right.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Read {
    pub(super) version: String,
    /// Names, and how many ports they have.
    pub(super) stations: Vec<(String, usize)>,
    pub(super) rules: Vec<String>,
    /// Hub models of the user's own folder.
    pub(super) hubs: Vec<String>,
}

impl Found {
    pub(super) fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// Every problem, and the sum.
    pub(super) fn text(&self, look: Look) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            let paint = match problem.severity {
                Severity::Error => Paint::Red,
                Severity::Warning => Paint::Yellow,
            };
            for (n, line) in problem.to_string().lines().enumerate() {
                let line = plain(line);
                let _ = writeln!(text, "{}", if n == 0 { look.paint(paint, &line) } else { line });
            }
        }
        if !self.problems.is_empty() {
            text.push('\n');
        }
        let errors = self.errors();
        let warnings = match self.problems.len().saturating_sub(errors) {
            0 => String::new(),
            some => format!(", {}", count(some, "warning")),
        };
        for file in &self.left_out {
            let line = format!("not looked at: {} ({}; --all looks at it too)", plain(file), self.because);
            let _ = writeln!(text, "{}", look.paint(Paint::Faint, &line));
        }
        for hub in &self.hubs {
            let _ = writeln!(text, "{}", plain(&hub.text()));
        }
        let sum = match &self.plan {
            Some(read) if errors == 0 => {
                let stations: Vec<String> = read
                    .stations
                    .iter()
                    .map(|(name, ports)| format!("{name} with {}", count(*ports, "port")))
                    .collect();
                let hubs = match read.hubs.len() {
                    0 => String::new(),
                    some => format!(", {}", count(some, "hub model")),
                };
                let what = format!(
                    "all right: {}; {}{hubs}{warnings} (version {})",
                    stations.join(", "),
                    count(read.rules.len(), "rule"),
                    read.version
                );
                look.paint(Paint::Green, &what)
            }
            _ => look.paint(Paint::Red, &format!("not right: {}{warnings}", count(errors, "error"))),
        };
        let _ = writeln!(text, "{sum}");
        text
    }

    /// One line for each problem and one for each hint, as compilers do.
    pub(super) fn gcc(&self) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            let severity = match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let (line, column) = (problem.line.max(1), problem.column.max(1));
            let place = format!("{}:{line}:{column}", plain(&problem.file));
            let _ = writeln!(text, "{place}: {severity}: {} [{}]", one_line(&problem.message), problem.code);
            if !problem.hint.is_empty() {
                let _ = writeln!(text, "{place}: note: {}", one_line(&problem.hint));
            }
        }
        text
    }

    /// The same for programs.
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "ok": self.errors() == 0,
            "version": self.plan.as_ref().map(|read| &read.version),
            "stations": self.plan.as_ref().map(|read| read.stations.iter().map(|(name, _)| name).collect::<Vec<_>>()),
            "not_checked": self.left_out,
            "rules": self.plan.as_ref().map(|read| &read.rules),
            "hub_models": self.plan.as_ref().map(|read| &read.hubs),
            "hubs": self.hubs.iter().map(Report::json).collect::<Vec<_>>(),
            "problems": self.problems,
        })
    }
}

fn one_line(text: &str) -> String {
    plain(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { width: 100, colour: false };

    fn problem(severity: Severity, hint: &str) -> Diagnostic {
        Diagnostic {
            file: "stations/desk.ron".into(),
            line: 3,
            column: 5,
            length: 0,
            severity,
            code: "unknown-field".into(),
            message: "`tittle` is not a field of a station".into(),
            hint: hint.into(),
        }
    }

    #[test]
    fn problems_come_with_their_place_and_a_hint() {
        let problems =
            vec![problem(Severity::Error, "did you mean `title`?"), problem(Severity::Warning, "")];
        let found = Found { problems, ..Found::default() };
        assert_eq!(
            found.text(LOOK),
            "stations/desk.ron:3:5: error[unknown-field]: `tittle` is not a field of a station
    hint: did you mean `title`?
stations/desk.ron:3:5: warning[unknown-field]: `tittle` is not a field of a station

not right: 1 error, 1 warning
"
        );
        assert_eq!(found.json()["problems"][0]["severity"], "error");
        assert_eq!(found.json()["ok"], false);
        assert_eq!(
            found.gcc(),
            "stations/desk.ron:3:5: error: `tittle` is not a field of a station [unknown-field]
stations/desk.ron:3:5: note: did you mean `title`?
stations/desk.ron:3:5: warning: `tittle` is not a field of a station [unknown-field]
"
        );
    }

    #[test]
    fn when_all_is_right_one_line_says_what_was_read() {
        let read = Read {
            version: "3fa2c01b99aa".into(),
            stations: vec![("demo".into(), 12), ("lab".into(), 1)],
            rules: vec!["keep-between".into()],
            hubs: Vec::new(),
        };
        let mut found = Found { plan: Some(read), ..Found::default() };
        let sum = "all right: demo with 12 ports, lab with 1 port; 1 rule (version 3fa2c01b99aa)\n";
        assert_eq!(found.text(LOOK), sum);
        found.left_out = vec!["stations/desk.ron".into()];
        found.because = "nobody asked";
        let left_out = "not looked at: stations/desk.ron (nobody asked; --all looks at it too)\n";
        assert_eq!(found.text(LOOK), format!("{left_out}{sum}"));
        assert_eq!(found.json()["ok"], true);
        found.left_out.clear();
        if let Some(read) = &mut found.plan {
            read.hubs = vec!["mine".into(), "rsh-a16".into()];
        }
        assert_eq!(found.text(LOOK), sum.replace("1 rule", "1 rule, 2 hub models"));
        assert_eq!(found.json()["hub_models"][0], "mine");
    }
}
