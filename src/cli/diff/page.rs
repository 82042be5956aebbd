//! How the answer of a trial looks.

use std::fmt::Write as _;

use super::answers::{NamedPort, Outlook, Policy, Port, Tried, Week};
use crate::{
    cli::{
        look::{Look, Paint, Side, count, plain, table, wrap},
        replay::page::past,
    },
    model::Severity,
};

/// More ports than this are told by their numbers alone.
const NAMED: usize = 4;

/// The answer as people read it. `asked` is false when no decisions of the past could be looked at.
pub(super) fn text(tried: &Tried, asked: bool, look: Look) -> String {
    let mut text = format!("{} → {}\n", tried.before, tried.after);
    if tried.before == tried.after {
        text += "the files are the same: nothing would change\n";
        return text;
    }
    for warning in &tried.warnings {
        let line = warning.line.map(|line| format!(":{line}")).unwrap_or_default();
        let (word, paint) = match warning.severity {
            Severity::Error => ("error", Paint::Red),
            Severity::Warning => ("warning", Paint::Yellow),
        };
        let told = format!("{word}: {}{line}: {}", warning.file, warning.message);
        let _ = writeln!(text, "{}", look.paint(paint, &plain(&told)));
    }
    if tried.warnings.iter().any(|warning| warning.severity == Severity::Error) {
        text += "the files would not be taken before their tests pass\n";
    }
    if !tried.stations.is_empty() {
        text += &heading("Beside the policies", look);
        for note in &tried.stations {
            let _ = writeln!(text, "  {}", plain(note));
        }
    }
    text += &heading("Situations", look);
    text += &situations(tried, look);
    if asked {
        text += &heading("Decisions of the past", look);
        text += &past(&tried.past, look);
    }
    if tried.week.days > 0 {
        text += &heading(&format!("The next {}, simulated", count(tried.week.days.into(), "day")), look);
        text += &week(&tried.week, look);
    }
    text
}

fn heading(text: &str, look: Look) -> String {
    format!("\n{}\n", look.paint(Paint::Faint, text))
}

fn situations(tried: &Tried, look: Look) -> String {
    let mut text = String::new();
    for policy in &tried.policies {
        let _ = writeln!(text, "  {}", ports(policy));
        for change in &policy.changes {
            for (n, line) in wrap(&change.text, look.width.saturating_sub(6)).iter().enumerate() {
                let _ = writeln!(text, "{}{line}", if n == 0 { "    " } else { "      " });
            }
        }
        if !policy.rough.is_empty() {
            let note = format!("limits are not exact: {}", policy.rough.join(", "));
            for line in wrap(&note, look.width.saturating_sub(4)) {
                let _ = writeln!(text, "{}", look.paint(Paint::Faint, &format!("    {line}")));
            }
        }
    }
    if tried.unchanged > 0 {
        let _ = writeln!(
            text,
            "  {} with edited texts or values: the same in every situation",
            policies(tried.unchanged)
        );
    }
    if tried.left_out > 0 {
        let _ = writeln!(text, "  {} not compared in whole: too many situations", policies(tried.left_out));
    }
    if text.is_empty() { "  no situation in which the verdict changes\n".to_owned() } else { text }
}

fn policies(number: usize) -> String {
    if number == 1 { "1 policy".to_owned() } else { format!("{number} policies") }
}

/// `desk: ports 1 (pixel-7), 2, 3 (tablet)`; of many the numbers alone: `desk: ports 1, 3–16`.
fn ports(policy: &Policy) -> String {
    let named = |named: &NamedPort| match &named.device {
        Some(device) => format!("{} ({})", named.port, plain(device)),
        None => named.port.to_string(),
    };
    let word = if policy.ports.len() == 1 { "port" } else { "ports" };
    let ports: Vec<String> = if policy.ports.len() > NAMED {
        let mut numbers: Vec<u16> = policy.ports.iter().map(|named| named.port.get()).collect();
        numbers.sort_unstable();
        runs(&numbers)
    } else {
        policy.ports.iter().map(named).collect()
    };
    format!("{}: {word} {}", policy.station, ports.join(", "))
}

/// Rising numbers, neighbours as `3–16`.
fn runs(numbers: &[u16]) -> Vec<String> {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let shown = |(from, to): (u16, u16)| if from == to { from.to_string() } else { format!("{from}–{to}") };
    runs.into_iter().map(shown).collect()
}

fn week(week: &Week, look: Look) -> String {
    let mut text = String::new();
    if !week.ports.is_empty() {
        let mut rows = vec![
            ["", "switches", "hours on", "hours over 80 %", "lowest", "at deadlines", "device"]
                .map(str::to_owned),
        ];
        rows.extend(week.ports.iter().map(row));
        let sides = [Side::Left, Side::Right, Side::Right, Side::Right, Side::Right, Side::Right, Side::Left];
        text +=
            &table(sides, &rows, look).lines().fold(String::new(), |text, line| text + "  " + line + "\n");
    }
    match (week.ports.len(), week.same) {
        (0, 0) => text += "  no port was simulated\n",
        (0, _) => text += "  the same for all ports\n",
        (_, 0) => {}
        (_, same) => {
            let _ = writeln!(text, "  the same for {}", count(same, "other port"));
        }
    }
    if week.left_out > 0 {
        let _ = writeln!(text, "  {} not simulated: there are too many", count(week.left_out, "port"));
    }
    text
}

fn row(port: &Port) -> [String; 7] {
    let both = |show: &dyn Fn(&Outlook) -> String| {
        let side = |outlook: &Option<Outlook>| outlook.as_ref().map_or_else(|| "–".to_owned(), show);
        let (before, after) = (side(&port.before), side(&port.after));
        if before == after { before } else { format!("{before} → {after}") }
    };
    [
        format!("{} {}", port.station, port.port),
        both(&|outlook| outlook.switches.to_string()),
        both(&|outlook| format!("{:.1}", outlook.hours_on)),
        both(&|outlook| format!("{:.1}", outlook.hours_above_80)),
        both(&|outlook| format!("{:.0} %", outlook.lowest)),
        both(&|outlook| {
            outlook.lowest_at_deadline.map_or_else(|| "–".to_owned(), |level| format!("{level:.0} %"))
        }),
        plain(&port.device),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { width: 100, colour: false };

    fn tried() -> Tried {
        let outlook = |switches: u32, over: f64| {
            serde_json::json!({
                "switches": switches, "hours_above_80": over, "hours_on": 20.0, "lowest": 19.6,
                "lowest_at_deadline": null, "deadlines": 0,
            })
        };
        serde_json::from_value(serde_json::json!({
            "before": "0f3a9c51d2e4", "after": "77aa0c51d2e4", "warnings": [],
            "stations": ["desk: port 7 is new"],
            "policies": [{
                "station": "desk",
                "ports": [{"port": 1, "device": "pixel-7"}, {"port": 2, "device": null}],
                "changes": [{"text": "level 21–25: nothing → charge"}],
                "rough": ["time of day to 30 min"],
            }],
            "unchanged": 1, "left_out": 0,
            "past": {
                "decisions": 1200, "differing": 20, "by_others": 3, "passed_over": 9, "left_out": 0,
                "reaches_to": "2026-11-15T14:05:00Z", "cut": false,
                "otherwise": [],
            },
            "week": {
                "days": 7, "same": 1, "left_out": 0,
                "ports": [{
                    "station": "desk", "port": 1, "device": "pixel-7",
                    "before": outlook(14, 3.0), "after": outlook(12, 0.0),
                }],
            },
        }))
        .unwrap()
    }

    #[test]
    fn an_answer_is_told_from_the_rules_to_the_week() {
        let text = text(&tried(), true, LOOK);
        assert_eq!(
            text.split("Decisions of the past").next().unwrap(),
            "0f3a9c51d2e4 → 77aa0c51d2e4

Beside the policies
  desk: port 7 is new

Situations
  desk: ports 1 (pixel-7), 2
    level 21–25: nothing → charge
    limits are not exact: time of day to 30 min
  1 policy with edited texts or values: the same in every situation

"
        );
        assert!(
            text.ends_with(
                "
The next 7 days, simulated
          switches  hours on  hours over 80 %  lowest  at deadlines  device
  desk 1   14 → 12      20.0        3.0 → 0.0    20 %             –  pixel-7
  the same for 1 other port
"
            ),
            "{text}"
        );
    }

    #[test]
    fn many_ports_are_told_by_their_numbers() {
        assert_eq!(runs(&[1, 3, 4, 5, 9, 10]), ["1", "3–5", "9–10"]);
    }

    #[test]
    fn the_same_files_are_one_line() {
        let mut tried = tried();
        tried.after.clone_from(&tried.before);
        assert!(text(&tried, true, LOOK).ends_with("the files are the same: nothing would change\n"));
    }
}
