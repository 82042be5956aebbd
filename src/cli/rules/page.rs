//! How what runs in shadow looks in a terminal.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::{
    cli::look::{Look, Paint, Side, count, plain, table, wrap},
    model::{FileKind, ShadowTally, Timestamp},
};

/// The part of the service's answer that is shown. Fields that other versions add do no harm.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    started_at: Timestamp,
    by: String,
    over: String,
    version: Option<String>,
    problems: Vec<Problem>,
    overtaken: Vec<String>,
    edits: Vec<Edit>,
    total: ShadowTally,
    ports: Vec<Port>,
    decisions: Vec<Decision>,
}

#[derive(Debug, Deserialize)]
struct Problem {
    file: String,
    line: Option<u32>,
    message: String,
}

#[derive(Debug, Deserialize)]
struct Edit {
    kind: FileKind,
    name: String,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Port {
    station: String,
    port: u16,
    device: Option<String>,
    tally: ShadowTally,
    failure: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Decision {
    at: Timestamp,
    station: String,
    port: u16,
    device: Option<String>,
    active: Opinion,
    shadow: Opinion,
    switches: bool,
}

#[derive(Debug, Deserialize)]
struct Opinion {
    verdict: String,
    reason: String,
    rule: Option<String>,
    line: Option<u32>,
}

impl Opinion {
    fn words(&self) -> String {
        let place = match (&self.rule, self.line) {
            (Some(rule), Some(line)) => format!(" ({rule}:{line})"),
            (Some(rule), None) => format!(" ({rule})"),
            (None, _) => String::new(),
        };
        plain(&format!("{}: {}{place}", self.verdict, self.reason))
    }
}

/// The page, as wide as the terminal, in the time of this place.
pub(super) fn page(shadow: &Page, zone: &TimeZone, look: Look) -> String {
    let mut text = head(shadow, zone, look);
    if shadow.total.compared > 0 {
        let _ = write!(text, "\n{}", ports(shadow, zone, look));
    }
    for port in shadow.ports.iter().filter(|port| port.failure.is_some()) {
        let failure = plain(port.failure.as_deref().unwrap_or_default());
        let line = format!("! {} port {}: {failure}", port.station, port.port);
        let _ = writeln!(text, "{}", look.paint(Paint::Red, &line));
    }
    for decision in &shadow.decisions {
        let who = decision.device.as_deref().map(|name| format!(" {}", plain(name))).unwrap_or_default();
        let switches = if decision.switches { ", another power" } else { "" };
        let at = minute(decision.at, zone);
        let _ = writeln!(text, "\n{at}  {} port {}{who}{switches}", decision.station, decision.port);
        let sides =
            [("at work", Paint::Faint, &decision.active), ("shadow ", Paint::Yellow, &decision.shadow)];
        for (side, paint, opinion) in sides {
            for (n, part) in wrap(&opinion.words(), look.width.saturating_sub(11).max(20)).iter().enumerate()
            {
                let side = if n == 0 { look.paint(paint, side) } else { " ".repeat(7) };
                let _ = writeln!(text, "  {side}  {part}");
            }
        }
    }
    text
}

fn minute(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn head(shadow: &Page, zone: &TimeZone, look: Look) -> String {
    let mut text = String::new();
    let file = |edit: &Edit| {
        let name = plain(&edit.name);
        let name = match edit.kind {
            FileKind::Rule => format!("{name}.rhai"),
            FileKind::Test => format!("{name}.test.ron"),
            FileKind::Library => format!("lib/{name}.rhai"),
            FileKind::Station => format!("station {name}"),
            FileKind::Hub => format!("hub {name}"),
            FileKind::Calendar => format!("{name}.ics"),
        };
        if edit.text.is_some() { name } else { format!("without {name}") }
    };
    let files: Vec<String> = shadow.edits.iter().map(file).collect();
    let started = minute(shadow.started_at, zone);
    let first = format!("in shadow: {}, since {started}, by {}", files.join(", "), plain(&shadow.by));
    let mut lines = wrap(&first, look.width);
    match &shadow.version {
        Some(version) => {
            let was = format!("version {version} beside {}", shadow.over);
            lines.extend(wrap(&was, look.width));
        }
        None => {
            let what = format!(
                "it waits: over the files as they are now it does not check ({})",
                count(shadow.problems.len(), "problem")
            );
            lines.extend(wrap(&what, look.width));
            for problem in &shadow.problems {
                let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
                lines.extend(wrap(
                    &format!("{}{line}: {}", problem.file, plain(&problem.message)),
                    look.width,
                ));
            }
        }
    }
    if !shadow.overtaken.is_empty() {
        let files = shadow.overtaken.join(", ");
        let what = format!("somebody has changed {files} meanwhile: it cannot be promoted, start it again");
        lines.extend(wrap(&what, look.width));
    }
    let total = shadow.total;
    let sum = match (total.compared, total.differences) {
        (0, _) => "not asked yet: it is when a device reports, and once a minute".to_owned(),
        (asked, 0) => format!("asked {asked} times, always of the same mind"),
        (asked, times) => format!(
            "asked {asked} times, differed {} times, began to differ {times} times, {} of them with another power",
            total.differed, total.switches
        ),
    };
    lines.extend(wrap(&sum, look.width));
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn ports(shadow: &Page, zone: &TimeZone, look: Look) -> String {
    let heading = ["station", "port", "device", "asked", "differed", "times", "power", "last"];
    let rows = shadow.ports.iter().filter(|port| port.tally.compared > 0).map(|port| {
        let tally = port.tally;
        [
            port.station.clone(),
            port.port.to_string(),
            plain(port.device.as_deref().unwrap_or("–")),
            tally.compared.to_string(),
            tally.differed.to_string(),
            tally.differences.to_string(),
            tally.switches.to_string(),
            tally.last.map(|at| minute(at, zone)).unwrap_or_default(),
        ]
    });
    let rows: Vec<_> = std::iter::once(heading.map(str::to_owned)).chain(rows).collect();
    let sides =
        [Side::Left, Side::Right, Side::Left, Side::Right, Side::Right, Side::Right, Side::Right, Side::Left];
    table(sides, &rows, look)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PLAIN: Look = Look { width: 90, colour: false };

    #[test]
    fn what_differs_is_seen_at_a_glance() {
        let tally = json!({"compared": 120, "differed": 14, "differences": 2, "switches": 1, "failures": 0,
            "last": "2026-11-22T14:05:00Z"});
        let shadow = json!({
            "id": 1, "started_at": "2026-11-21T09:00:00Z", "by": "REST", "over": "0f3a9c51d2e4", "version": "1c2d3e4f5a6b",
            "problems": [], "overtaken": [], "total": tally,
            "edits": [{"kind": "rule", "name": "keep-between", "text": "x"}, {"kind": "station", "name": "lab", "text": null}],
            "ports": [{"station": "desk", "port": 1, "device": "pixel-7", "tally": tally, "differs": null, "failure": null},
                      {"station": "desk", "port": 2, "device": null, "differs": null, "failure": "keep-between: took longer",
                       "tally": {"compared": 0, "last": null}}],
            "decisions": [{"at": "2026-11-22T14:05:00Z", "station": "desk", "port": 1, "device": "pixel-7", "switches": true,
                "active": {"verdict": "keep", "reason": "no rule has an opinion", "by": "nobody", "rule": null, "line": null},
                "shadow": {"verdict": "charge", "reason": "25% is at or under 25%", "by": "policy", "rule": "keep-between", "line": 4}}],
        });
        assert_eq!(
            page(&serde_json::from_value(shadow).unwrap(), &TimeZone::UTC, PLAIN),
            "in shadow: keep-between.rhai, without station lab, since 2026-11-21 09:00, by REST
version 1c2d3e4f5a6b beside 0f3a9c51d2e4
asked 120 times, differed 14 times, began to differ 2 times, 1 of them with another power

station  port  device   asked  differed  times  power  last
desk        1  pixel-7    120        14      2      1  2026-11-22 14:05
! desk port 2: keep-between: took longer

2026-11-22 14:05  desk port 1 pixel-7, another power
  at work  keep: no rule has an opinion
  shadow   charge: 25% is at or under 25% (keep-between:4)
"
        );
    }

    #[test]
    fn a_shadow_that_waits_says_why() {
        let shadow = json!({
            "id": 1, "started_at": "2026-11-21T09:00:00Z", "by": "REST", "over": "0f3a9c51d2e4", "version": null,
            "problems": [{"file": "stations/desk.ron", "line": 4, "message": "there is no rule `x`"}],
            "overtaken": ["rules/x.rhai"], "total": {}, "edits": [], "ports": [], "decisions": [],
        });
        let text = page(&serde_json::from_value(shadow).unwrap(), &TimeZone::UTC, PLAIN);
        assert!(
            text.contains("it waits: over the files as they are now it does not check (1 problem)"),
            "{text}"
        );
        assert!(text.contains("stations/desk.ron:4: there is no rule `x`"), "{text}");
        assert!(text.contains("cannot be promoted") && text.contains("not asked yet"), "{text}");
    }
}
