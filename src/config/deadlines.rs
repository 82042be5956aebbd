//! Reads when devices are to be ready.

use std::sync::Arc;

use super::{
    calendar::Calendars,
    document::{Item, Node},
    fields::{Fields, Lengths, integer, length, text},
    problems::{Problems, Wrong},
    signals::foreign,
    station::topic,
    words::{did_you_mean, list, shown},
};
use crate::{
    model::{DeadlinePlan, Due, Level, Span, StationName},
    rules,
};

/// Each is looked at on every report; who needs more keeps a calendar.
const MOST: usize = 16;
const FIELDS: &[&str] = &["at", "on", "calendar", "before", "topic", "level"];
const EXAMPLE: &str = "for example deadlines: [(at: \"07:30\", on: \"Mon-Fri\", level: 100)]";
const BEFORE: Lengths = Lengths { least: Span::ZERO, most: Span::from_hours(24), words: "0 s to 24 h" };

/// What other parts of the files say that a deadline may name.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// The calendar files.
    pub(super) calendars: &'a Calendars,
    /// Where the station's own topics begin.
    pub(super) root: Option<&'a str>,
}

/// A list of deadlines.
pub(super) fn deadlines(
    node: &Node,
    around: Surroundings<'_>,
    problems: &mut Problems<'_>,
) -> Arc<Vec<DeadlinePlan>> {
    let Item::List(items) = &node.item else {
        let message = format!("deadlines: a list is needed, this is {}", node.item.kind());
        problems.add(node.at, Wrong::new("wrong-type", message, EXAMPLE));
        return Arc::default();
    };
    if items.len() > MOST {
        let message = format!("{} deadlines are too many", items.len());
        let hint = format!("at most {MOST}; a calendar file may hold more");
        problems.add(node.at, Wrong::new("out-of-range", message, hint));
        return Arc::default();
    }
    Arc::new(items.iter().filter_map(|item| deadline(item, around, problems)).collect())
}

fn deadline(node: &Node, around: Surroundings<'_>, problems: &mut Problems<'_>) -> Option<DeadlinePlan> {
    let fields = Fields::open(node, "a deadline", FIELDS, problems)?;
    let level = fields.read("level", problems, |node| integer(node, 1..=100));
    let given: Vec<&str> =
        ["at", "calendar", "topic"].into_iter().filter(|name| fields.get(name).is_some()).collect();
    let due = match given.as_slice() {
        ["at"] => at(&fields, problems),
        ["calendar"] => calendar(&fields, around.calendars, problems),
        ["topic"] => {
            let read = |node| topic(node).and_then(|topic| foreign(topic, around.root));
            fields.read("topic", problems, read).map(Due::Topic)
        }
        _ => {
            let message = "a deadline needs one of `at`, `calendar` and `topic`";
            problems.add(node.at, Wrong::new("missing-field", message, EXAMPLE));
            None
        }
    };
    for (field, of) in [("on", "at"), ("before", "calendar")] {
        if let Some(node) = fields.get(field).filter(|_| !given.contains(&of)) {
            let message = format!("`{field}` says nothing without `{of}`");
            problems.add(node.at, Wrong::new("wrong-value", message, "leave it out"));
        }
    }
    let level = Level::new(level.unwrap_or(100)).ok()?;
    Some(DeadlinePlan { due: due?, level })
}

fn at(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Option<Due> {
    let days = fields.read("on", problems, |node| {
        let days = text(node)?;
        rules::check_days(days)
            .map(|()| days.to_owned())
            .map_err(|why| Wrong::new("wrong-value", why, EXAMPLE))
    });
    let due = fields.read("at", problems, |node| {
        let due = rules::due(text(node)?, "Mon-Sun");
        due.map_err(|why| Wrong::new("wrong-value", why, "a time of day, or a day and a time of day"))
    })?;
    match (due, days) {
        (Due::Weekly { at, .. }, Some(days)) => Some(Due::Weekly { at, days }),
        (Due::Once(_) | Due::Calendar { .. } | Due::Topic(_), Some(_)) => {
            let node = fields.get("on").unwrap_or(fields.node());
            let message = "`on` says nothing where `at` names the day";
            problems.add(node.at, Wrong::new("wrong-value", message, "leave it out"));
            None
        }
        (due, None) => Some(due),
    }
}

fn calendar(fields: &Fields<'_>, calendars: &Calendars, problems: &mut Problems<'_>) -> Option<Due> {
    let before = fields.read("before", problems, |node| length(node, &BEFORE));
    fields.read("calendar", problems, |node| {
        let file = text(node)?;
        let stem = file.strip_suffix(".ics").filter(|stem| StationName::new(stem).is_ok());
        let Some(stem) = stem else {
            let hint = "name a file beside this one, of a-z, 0-9, _ and -, for example \"exams.ics\"";
            return Err(Wrong::new("wrong-value", format!("`{}` is not a calendar file", shown(file)), hint));
        };
        let Some(events) = calendars.events(stem) else {
            let names: Vec<String> = calendars.names().map(|name| format!("{name}.ics")).collect();
            let names = || names.iter().map(String::as_str);
            let hint = did_you_mean(file, names()).unwrap_or_else(|| match names().next() {
                Some(_) => format!("there are: {}", list(names())),
                None => "put it beside this file".to_owned(),
            });
            return Err(Wrong::new(
                "unknown-calendar",
                format!("there is no file `{file}` beside this one"),
                hint,
            ));
        };
        Ok(Due::Calendar { file: file.to_owned(), before: before.unwrap_or(Span::ZERO), events })
    })
}
