//! How decisions that would be otherwise look.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::answers::{Decided, Past, Row};
use crate::{
    cli::look::{Look, Paint, count, plain, wrap},
    model::Timestamp,
};

/// The sum, and a paragraph for each row, indented by two.
pub(in crate::cli) fn past(past: &Past, look: Look) -> String {
    told(past, &TimeZone::system(), look)
}

fn told(past: &Past, zone: &TimeZone, look: Look) -> String {
    let mut text = String::new();
    let since = past.reaches_to.map(|at| format!(" since {}", moment(at, zone, None))).unwrap_or_default();
    let all = count(past.decisions, "decision");
    let _ = match (past.decisions, past.differing) {
        (0, _) => writeln!(text, "  no decision of a rule{since}"),
        (_, 0) => writeln!(text, "  {all}{since}: all the same"),
        (_, differing) => writeln!(text, "  {all}{since}: {differing} would be otherwise"),
    };
    for row in &past.otherwise {
        text += &paragraph(row, zone, look);
    }
    let mut notes = Vec::new();
    if past.left_out > 0 {
        notes.push(format!("{} more are not shown", past.left_out));
    }
    if past.by_others > 0 {
        notes.push(format!("{} with the same verdict by another rule or line", past.by_others));
    }
    if past.passed_over > 0 {
        notes.push(format!("{} that no rule made", past.passed_over));
    }
    if past.cut {
        notes.push("there are more than can be decided again in one go: ask for less time".to_owned());
    }
    for note in notes {
        let _ = writeln!(text, "{}", look.paint(Paint::Faint, &format!("  {note}")));
    }
    text
}

fn paragraph(row: &Row, zone: &TimeZone, look: Look) -> String {
    let when = if row.from == row.to {
        moment(row.from, zone, None)
    } else {
        format!("{}–{}", moment(row.from, zone, None), moment(row.to, zone, Some(row.from)))
    };
    let device = row.device.as_deref().map(|device| format!(" {}", plain(device))).unwrap_or_default();
    let number = if row.decisions == 1 { String::new() } else { format!(", {} decisions", row.decisions) };
    let place = look.paint(Paint::Faint, &format!("{}#{}", row.station, row.id));
    let mut text = format!("\n  {when}  {} {}{device}{number}  {place}\n", row.station, row.port);
    for (word, decided) in [("was  ", &row.was), ("would", &row.would)] {
        for (n, line) in wrap(&words(decided), look.width.saturating_sub(12)).iter().enumerate() {
            let word = if n == 0 { word } else { "     " };
            let _ = writeln!(text, "    {word}  {line}");
        }
    }
    text
}

fn words(decided: &Decided) -> String {
    let by = match (&decided.rule, decided.line) {
        (Some(rule), Some(line)) => format!("  (rules/{rule}.rhai:{line})"),
        (Some(rule), None) => format!("  ({rule})"),
        (None, _) => String::new(),
    };
    format!("{}: {}{by}", decided.verdict, decided.reason)
}

/// Date and time, or the time alone when it is the day of `known`.
fn moment(at: Timestamp, zone: &TimeZone, known: Option<Timestamp>) -> String {
    let local = at.to_zoned(zone.clone());
    let same_day = known.is_some_and(|known| known.to_zoned(zone.clone()).date() == local.date());
    local.strftime(if same_day { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_tells_both_reasons() {
        let answer: Past = serde_json::from_value(serde_json::json!({
            "decisions": 1200, "differing": 20, "by_others": 3, "passed_over": 0, "left_out": 0,
            "reaches_to": "2026-11-15T14:05:00Z", "cut": false,
            "otherwise": [{
                "station": "desk", "port": 1, "device": "pixel-7", "id": 1_795_356_300,
                "from": "2026-11-20T14:05:00Z", "to": "2026-11-20T15:40:00Z", "decisions": 20,
                "was": {"verdict": "keep", "reason": "no rule has an opinion", "rule": null, "line": null},
                "would": {
                    "verdict": "charge", "reason": "25% is at or under 25%", "rule": "keep-between", "line": 5,
                },
            }],
        }))
        .unwrap();
        assert_eq!(
            told(&answer, &TimeZone::UTC, Look { width: 100, colour: false }),
            "  1200 decisions since 2026-11-15 14:05: 20 would be otherwise

  2026-11-20 14:05–15:40  desk 1 pixel-7, 20 decisions  desk#1795356300
    was    keep: no rule has an opinion
    would  charge: 25% is at or under 25% (rules/keep-between.rhai:5)
  3 with the same verdict by another rule or line
"
        );
    }
}
