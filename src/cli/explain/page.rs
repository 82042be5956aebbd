//! How an explanation looks in a terminal. Pure.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::cli::look::{Look, Paint, wrap};

/// Columns before the steps of a rule: `   line 123  `.
const STEP: usize = 13;

/// The part of the answer that is shown. Fields that other versions add do no harm.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    decision: Decision,
    summary: String,
    note: Option<String>,
    facts: Option<Facts>,
    asked: Vec<Asked>,
}

#[derive(Debug, Deserialize)]
struct Decision {
    id: i64,
    at: String,
    station: String,
    version: String,
}

#[derive(Debug, Deserialize)]
struct Facts {
    zone: String,
}

#[derive(Debug, Deserialize)]
struct Asked {
    guard: bool,
    role: Role,
    summary: String,
    why: Vec<Because>,
    parameters: Vec<Parameter>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Role {
    Decided,
    Overruled,
    Silent,
    Failed,
}

#[derive(Debug, Deserialize)]
struct Because {
    line: u32,
    text: String,
}

#[derive(Debug, Deserialize)]
struct Parameter {
    name: String,
    value: Value,
    from: String,
    by: Option<String>,
}

impl Answer {
    /// The whole page, as wide as the terminal.
    pub(super) fn page(&self, look: Look) -> String {
        let mut page = String::new();
        put(&mut page, &self.summary, "", "", None, look);
        if let Some(note) = &self.note {
            put(&mut page, note, "", "", Some(Paint::Yellow), look);
        }
        let Decision { id, station, version, .. } = &self.decision;
        let line = format!("decision {station}#{id}, {}, files {version}", self.time());
        put(&mut page, &line, "", "", Some(Paint::Faint), look);
        if !self.asked.is_empty() {
            let order = "Asked in this order; the first with an opinion decides:";
            put(&mut page, "", "", "", None, look);
            put(&mut page, order, "", "", Some(Paint::Faint), look);
        }
        for (n, asked) in self.asked.iter().enumerate() {
            page.push('\n');
            asked.put(n + 1, &mut page, look);
        }
        page
    }

    /// When it was decided, as the clock of the station shows it.
    fn time(&self) -> String {
        let zoned = self.facts.as_ref().and_then(|facts| {
            let at: jiff::Timestamp = self.decision.at.parse().ok()?;
            Some(at.in_tz(&facts.zone).ok()?.strftime("%Y-%m-%d %H:%M:%S").to_string())
        });
        zoned.unwrap_or_else(|| self.decision.at.clone())
    }
}

impl Asked {
    fn put(&self, number: usize, page: &mut String, look: Look) {
        let paint = match self.role {
            Role::Decided => Some(Paint::Green),
            Role::Overruled => Some(Paint::Yellow),
            Role::Failed => Some(Paint::Red),
            Role::Silent => None,
        };
        let guard = if self.guard { " (a guard)" } else { "" };
        put(page, &format!("{}{guard}", self.summary), &format!("{number}  "), "   ", paint, look);
        for step in &self.why {
            let place = format!("   line {:<3}  ", step.line);
            put(page, &step.text, &place, &" ".repeat(STEP), None, look);
        }
        let parameters: Vec<String> = self.parameters.iter().map(Parameter::text).collect();
        if !parameters.is_empty() {
            let text = format!("with {}", parameters.join(", "));
            put(page, &text, "   ", "   ", Some(Paint::Faint), look);
        }
    }
}

impl Parameter {
    /// `high 60 (station file)`
    fn text(&self) -> String {
        let from = match (self.from.as_str(), &self.by) {
            ("station", _) => " (station file)".to_owned(),
            ("person", Some(by)) => format!(" (set by {by})"),
            ("person", None) => " (set by a person)".to_owned(),
            _ => String::new(),
        };
        format!("{} {}{from}", self.name, self.value)
    }
}

/// A text in lines that fit, the first behind `first`, the others behind `later`.
fn put(page: &mut String, text: &str, first: &str, later: &str, paint: Option<Paint>, look: Look) {
    let left = look.width.saturating_sub(later.chars().count()).max(20);
    for (n, part) in wrap(text, left).iter().enumerate() {
        let part = paint.map_or_else(|| part.clone(), |paint| look.paint(paint, part));
        // Writing to a String cannot fail.
        let _ = writeln!(page, "{}", format!("{}{part}", if n == 0 { first } else { later }).trim_end());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Answer {
        let parameter = |name: &str, value: Value, from: &str| json!({"name": name, "value": value, "from": from, "by": null, "at": null});
        let asked = json!({
            "guard": false, "role": "decided",
            "summary": "keep-between decides: charge, because 15% is at or under 20%",
            "why": [{"line": 5, "text": "says charge, because battery.level is 15, at or under 20 (low)"}],
            "parameters": [parameter("low", json!(20), "rule"), parameter("high", json!(75), "station")],
            "comparisons": [],
        });
        let decision =
            json!({"id": 17, "at": "2026-01-05T11:00:00Z", "station": "desk", "version": "0f3a9c51d2e4"});
        let answer = json!({
            "decision": decision, "summary": "Pixel 7 in port 3 shall charge: because", "note": null,
            "facts": {"zone": "Europe/Berlin"}, "asked": [asked],
        });
        serde_json::from_value(answer).unwrap()
    }

    #[test]
    fn the_page_shows_who_decided_and_the_way() {
        let page = answer().page(Look { width: 60, colour: false });
        let expected = "\
Pixel 7 in port 3 shall charge: because
decision desk#17, 2026-01-05 12:00:00, files 0f3a9c51d2e4

Asked in this order; the first with an opinion decides:

1  keep-between decides: charge, because 15% is at or under
   20%
   line 5    says charge, because battery.level is 15, at or
             under 20 (low)
   with low 20, high 75 (station file)
";
        assert_eq!(page, expected);
    }

    #[test]
    fn what_comes_from_outside_cannot_steer_the_terminal() {
        let mut answer = answer();
        answer.summary = "a\x1b[2Jb".to_owned();
        answer.note = Some("look".to_owned());
        let page = answer.page(Look { width: 60, colour: true });
        assert!(page.starts_with("a [2Jb\n\x1b[33mlook\x1b[0m\n"), "{page:?}");
    }
}
