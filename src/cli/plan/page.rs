//! How the plan of a station looks in a terminal.

use jiff::{Zoned, tz::TimeZone};
use serde::Deserialize;

use crate::{
    cli::look::{Look, Paint, Side, plain, table, wrap},
    model::Timestamp,
};

/// Below this many columns the reason gets a line of its own.
const WIDE: usize = 90;

/// A port of `GET /api/v1/stations/{station}/plan`. Fields that other versions add do no harm.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    port: u16,
    device: Option<String>,
    level: Option<u8>,
    deadline: Option<Deadline>,
    start: Option<Timestamp>,
    minutes: Option<f64>,
    ready_at: Option<Timestamp>,
    in_time: Option<bool>,
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Deadline {
    at: Timestamp,
    level: u8,
    source: String,
}

/// The plan of one station.
pub(super) struct Page {
    name: String,
    ports: Vec<Row>,
    now: Zoned,
}

impl Page {
    pub(super) fn new(name: String, zone: &str, ports: Vec<Row>, now: Timestamp) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Self { name, ports, now: now.to_zoned(zone) }
    }

    /// The ports, as wide as the terminal.
    pub(super) fn text(&self, look: Look) -> String {
        let due = self.ports.iter().filter(|row| row.deadline.is_some()).count();
        let late = self.ports.iter().filter(|row| row.in_time == Some(false)).count();
        let late = if late > 0 { format!(", {late} will not make it") } else { String::new() };
        let head =
            format!("{} · {due} of {} ports are to be ready{late}", plain(&self.name), self.ports.len());
        let wide = look.width >= WIDE;
        let heading = ["port", "device", "level", "ready by", "begins", "ready", "why"].map(str::to_owned);
        let mut rows = vec![heading];
        let mut text = wrap(&head, look.width).join("\n") + "\n";
        for row in &self.ports {
            let cells = self.cells(row);
            if wide {
                rows.push(cells);
                continue;
            }
            let [port, device, level, due, begins, ready, why] = cells;
            let times = [("by", due), ("begins", begins), ("ready", ready)];
            let times = times.into_iter().filter(|(_, time)| !time.is_empty());
            let times: String = times.map(|(word, time)| format!(", {word} {time}")).collect();
            for line in wrap(&format!("{port} {device} {level}{times}"), look.width) {
                text += &format!("{line}\n");
            }
            for line in wrap(&why, look.width.saturating_sub(5).max(10)) {
                text += &format!("     {}\n", look.paint(Paint::Faint, &line));
            }
        }
        if wide {
            let sides =
                [Side::Right, Side::Left, Side::Right, Side::Left, Side::Left, Side::Left, Side::Left];
            text += &table(sides, &rows, look);
        }
        text
    }

    fn cells(&self, row: &Row) -> [String; 7] {
        let time = |at: Option<Timestamp>| at.map(|at| self.time(at)).unwrap_or_default();
        let due = row.deadline.as_ref();
        let needed = due.filter(|_| row.minutes.is_some_and(|minutes| minutes > 0.0));
        let why = match due {
            Some(due) => format!("{} ({})", plain(&row.reason), plain(&due.source)),
            None => plain(&row.reason).to_string(),
        };
        [
            row.port.to_string(),
            plain(row.device.as_deref().unwrap_or("–")).to_string(),
            row.level.map(|level| format!("{level} %")).unwrap_or_default(),
            due.map(|due| format!("{} {} %", self.time(due.at), due.level)).unwrap_or_default(),
            time(row.start.filter(|_| needed.is_some())),
            time(row.ready_at.filter(|_| needed.is_some())),
            if row.in_time == Some(false) { format!("! {why}") } else { why },
        ]
    }

    /// The time, and the day where it is not today.
    fn time(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.now.time_zone().clone());
        let format = if at.date() == self.now.date() { "%H:%M" } else { "%a %H:%M" };
        at.strftime(format).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let ports = serde_json::json!([
            {"port": 1, "device": "pixel-7", "level": 60, "start": "2026-11-24T03:30:00Z", "minutes": 103.0,
             "ready_at": "2026-11-24T05:13:00Z", "in_time": true, "reason": "begins at 04:30",
             "deadline": {"at": "2026-11-24T06:00:00Z", "level": 100, "source": "daily 07:00"}},
            {"port": 2, "device": "galaxy", "level": 10, "start": "2026-11-23T21:00:00Z", "minutes": 600.0,
             "ready_at": "2026-11-24T07:00:00Z", "in_time": false, "reason": "ready at 08:00 at the earliest",
             "deadline": {"at": "2026-11-24T06:00:00Z", "level": 100, "source": "daily 07:00"}},
            {"port": 3, "device": null, "level": null, "deadline": null, "start": null, "minutes": null,
             "ready_at": null, "in_time": null, "reason": "it is not to be ready at any time"}
        ]);
        let now = "2026-11-23T21:00:00Z".parse().unwrap();
        Page::new("desk".into(), "Europe/Berlin", serde_json::from_value(ports).unwrap(), now)
    }

    #[test]
    fn each_port_says_when_it_begins_and_why() {
        let text = page().text(Look { width: 120, colour: false });
        assert!(text.starts_with("desk · 2 of 3 ports are to be ready, 1 will not make it\n"), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].contains("Tue 07:00 100 %  Tue 04:30  Tue 06:13"), "{text}");
        assert!(lines[3].contains("22:00") && lines[3].contains("! ready at 08:00"), "{text}");
        assert!(lines[4].ends_with("it is not to be ready at any time"), "{text}");
    }

    #[test]
    fn on_a_narrow_terminal_nothing_is_lost() {
        let text = page().text(Look { width: 44, colour: false });
        assert!(text.lines().all(|line| line.chars().count() <= 44), "{text}");
        for word in ["pixel-7", "04:30", "! ready", "not to be ready"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}
