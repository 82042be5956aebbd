//! Reads calendar files (iCalendar, RFC 5545) as far as they say when something begins: `VEVENT` with `DTSTART`, `RRULE`,
//! `RDATE`, `EXDATE`, `RECURRENCE-ID` and `STATUS`.
//!
//! What would be misread is an error with its line: an event that is silently missing is a device that is not ready. Bounded
//! by the size of a file and [`MOST_EVENTS`].

use std::{cell::RefCell, collections::BTreeMap, collections::BTreeSet, sync::Arc};

use jiff::{
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use super::{files::SourceFile, problems::Problems, problems::Wrong, recurrence, tokens::Place};
use crate::model::{CalendarEvent, CivilMoment, Diagnostic};

/// A calendar with more is a whole company's; each plan looks at all of them.
const MOST_EVENTS: usize = 1000;
/// Exceptions and further dates of one event.
const MOST_DATES: usize = 1000;

/// The calendar files, read.
#[derive(Default)]
pub(super) struct Calendars {
    read: BTreeMap<String, Arc<Vec<CalendarEvent>>>,
    broken: BTreeMap<String, Vec<Diagnostic>>,
    /// Broken ones that a station names: those are told.
    named: RefCell<BTreeSet<String>>,
}

impl Calendars {
    /// Reads all of them.
    pub(super) fn of(files: &[SourceFile]) -> Self {
        let mut calendars = Self::default();
        for file in files {
            match read(file) {
                Ok(events) => drop(calendars.read.insert(file.name.clone(), Arc::new(events))),
                Err(problems) => drop(calendars.broken.insert(file.name.clone(), problems)),
            }
        }
        calendars
    }

    /// The events of one, by its name without `.ics`; none of one that is broken, which is told once. `None`: there is none.
    pub(super) fn events(&self, name: &str) -> Option<Arc<Vec<CalendarEvent>>> {
        if self.broken.contains_key(name) {
            self.named.borrow_mut().insert(name.to_owned());
            return Some(Arc::default());
        }
        self.read.get(name).cloned()
    }

    /// The names of all.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.read.keys().chain(self.broken.keys()).map(String::as_str)
    }

    /// What is wrong with those that stations name.
    pub(super) fn problems(self) -> Vec<Diagnostic> {
        let named = self.named.into_inner();
        self.broken
            .into_iter()
            .filter(|(name, _)| named.contains(name))
            .flat_map(|(_, found)| found)
            .collect()
    }
}

/// One line of the file, its folded parts put together.
pub(super) struct Line<'a> {
    pub(super) at: Place,
    pub(super) name: String,
    parameters: Vec<(String, &'a str)>,
    pub(super) value: &'a str,
}

/// What stands in one `VEVENT`.
#[derive(Default)]
struct Draft {
    begins: Place,
    uid: String,
    start: Option<CivilMoment>,
    rule: Option<(Place, String)>,
    dates: Vec<CivilMoment>,
    except: Vec<CivilMoment>,
    replaces: Option<CivilMoment>,
    cancelled: bool,
    /// Something in it could not be read, which was told.
    broken: bool,
}

fn read(file: &SourceFile) -> Result<Vec<CalendarEvent>, Vec<Diagnostic>> {
    let mut problems = Problems::of(&file.path);
    let drafts = drafts(&file.text, &mut problems);
    let mut events = Vec::new();
    for draft in &drafts {
        // Moved and cancelled beginnings are left out of the event that they belong to.
        let moved = drafts.iter().filter(|other| !draft.uid.is_empty() && other.uid == draft.uid);
        let moved = moved.filter_map(|other| other.replaces.clone());
        if !draft.cancelled && !draft.broken {
            match finished(draft, moved.collect()) {
                Ok(own) => events.extend(own),
                Err((at, wrong)) => problems.add(at, wrong),
            }
        }
    }
    if events.len() > MOST_EVENTS {
        let message = format!("{} events are too many", events.len());
        problems.add(
            Place::default(),
            Wrong::new("too-large", message, format!("at most {MOST_EVENTS} in one calendar")),
        );
    }
    let found = problems.into_found();
    if found.is_empty() { Ok(events) } else { Err(found) }
}

/// The event, and one more for each further date of it.
fn finished(draft: &Draft, moved: Vec<CivilMoment>) -> Result<Vec<CalendarEvent>, (Place, Wrong)> {
    let Some(start) = draft.start.clone() else {
        let hint = "each VEVENT needs one, for example DTSTART;TZID=Europe/Berlin:20261124T080000";
        return Err((draft.begins, Wrong::new("missing-field", "this event has no DTSTART", hint)));
    };
    let is_single = draft.replaces.is_some();
    let again = match &draft.rule {
        Some((at, rule)) if !is_single => Some(recurrence::read(rule, &start).map_err(|wrong| (*at, wrong))?),
        _ => None,
    };
    let mut except = draft.except.clone();
    if !is_single {
        except.extend(moved);
    }
    let further = draft.dates.iter().filter(|_| !is_single);
    let further = further.map(|at| CalendarEvent { start: at.clone(), again: None, except: except.clone() });
    let further: Vec<CalendarEvent> = further.collect();
    Ok(std::iter::once(CalendarEvent { start, again, except: except.clone() }).chain(further).collect())
}

fn drafts(text: &str, problems: &mut Problems<'_>) -> Vec<Draft> {
    let unfolded = unfolded(text);
    let (mut drafts, mut open, mut depth) = (Vec::new(), None::<Draft>, Vec::<String>::new());
    let mut whole = false;
    for (number, line) in &unfolded {
        let at = Place { line: *number, column: 1 };
        if line.trim().is_empty() {
            continue;
        }
        let Some(line) = parted(at, line) else {
            let hint = "is this a calendar file? its lines are NAME:VALUE";
            problems.add(at, Wrong::new("wrong-value", "this line cannot be read", hint));
            continue;
        };
        match (line.name.as_str(), line.value.trim()) {
            ("BEGIN", what) => {
                whole |= what.eq_ignore_ascii_case("VCALENDAR");
                if what.eq_ignore_ascii_case("VEVENT") && open.is_none() {
                    open = Some(Draft { begins: at, ..Draft::default() });
                }
                depth.push(what.to_ascii_uppercase());
            }
            ("END", what) => {
                if depth.pop().as_deref() != Some(what.to_ascii_uppercase().as_str()) {
                    problems
                        .add(at, Wrong::new("wrong-value", "this END has no BEGIN", "is the file whole?"));
                    return drafts;
                }
                if depth.last().is_some_and(|outer| outer == "VCALENDAR") {
                    drafts.extend(open.take());
                }
            }
            // What stands in an alarm or in a description of a time zone is not of the event.
            _ if depth.last().is_some_and(|inner| inner == "VEVENT") => {
                let Some(draft) = open.as_mut() else { continue };
                if let Err(wrong) = draft.take(&line) {
                    draft.broken = true;
                    problems.add(line.at, wrong);
                }
            }
            _ => {}
        }
    }
    if !whole || !depth.is_empty() {
        let message = if whole { "the file ends in the middle" } else { "this is no calendar file" };
        let hint = "a calendar begins with BEGIN:VCALENDAR and ends with END:VCALENDAR";
        problems.add(Place { line: 1, column: 1 }, Wrong::new("wrong-value", message, hint));
    }
    drafts
}

impl Draft {
    fn take(&mut self, line: &Line<'_>) -> Result<(), Wrong> {
        match line.name.as_str() {
            "UID" => line.value.trim().clone_into(&mut self.uid),
            "DTSTART" => self.start = Some(line.moment(line.value)?),
            "RECURRENCE-ID" => self.replaces = Some(line.moment(line.value)?),
            "RRULE" => self.rule = Some((line.at, line.value.trim().to_owned())),
            "RDATE" => self.dates.append(&mut line.moments()?),
            "EXDATE" => self.except.append(&mut line.moments()?),
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
        if self.dates.len() > MOST_DATES || self.except.len() > MOST_DATES {
            let hint = format!("at most {MOST_DATES} of one event");
            return Err(Wrong::new("too-large", format!("{} lists too many dates", line.name), hint));
        }
        Ok(())
    }
}

/// Lines with the numbers of their first parts; a line that begins with a blank goes on the one before.
fn unfolded(text: &str) -> Vec<(u32, String)> {
    let mut lines: Vec<(u32, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, before))) => before.push_str(rest),
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

/// `NAME;PARAMETER=VALUE;…:VALUE`.
fn parted(at: Place, line: &str) -> Option<Line<'_>> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, letter)| {
        quoted ^= *letter == '"';
        *letter == ':' && !quoted
    });
    let (head, value) = (line.get(..colon?.0)?, line.get(colon?.0 + 1..)?);
    let mut parts = head.split(';');
    let name = parts.next()?.trim().to_ascii_uppercase();
    let parameters = parts.filter_map(|part| part.split_once('='));
    let parameters = parameters.map(|(name, value)| (name.to_ascii_uppercase(), value.trim_matches('"')));
    (!name.is_empty()).then(|| Line { at, name, parameters: parameters.collect(), value })
}

impl Line<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    fn moments(&self) -> Result<Vec<CivilMoment>, Wrong> {
        // Of a span only its beginning counts.
        self.value.split(',').map(|one| self.moment(one.split('/').next().unwrap_or(one))).collect()
    }

    fn moment(&self, text: &str) -> Result<CivilMoment, Wrong> {
        let moment = moment(text).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            let hint = "write 20261124T080000, with Z behind it for UTC, or 20261124 for a whole day";
            Wrong::new("wrong-value", format!("{}: `{shown}` is not a time", self.name), hint)
        })?;
        match self.parameter("TZID") {
            Some(name) if moment.zone.is_none() => Ok(CivilMoment { zone: Some(zone(name)?), ..moment }),
            _ => Ok(moment),
        }
    }
}

/// `20261124T080000`, `20261124T070000Z` or `20261124`, which begins at midnight.
pub(super) fn moment(text: &str) -> Option<CivilMoment> {
    let text = text.trim();
    let (date, rest) = (text.get(..8)?, text.get(8..)?);
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i16>().ok()).flatten();
    let small = |text: Option<&str>| number(text?).and_then(|number| i8::try_from(number).ok());
    let date = Date::new(number(date.get(..4)?)?, small(date.get(4..6))?, small(date.get(6..8))?).ok()?;
    let (time, utc) = match rest.strip_prefix('T') {
        None if rest.is_empty() => {
            return Some(CivilMoment { at: DateTime::from_parts(date, Time::midnight()), zone: None });
        }
        None => return None,
        Some(time) => time.strip_suffix('Z').map_or((time, false), |time| (time, true)),
    };
    if time.len() != 6 {
        return None;
    }
    // A leap second is the last one of its minute.
    let second = small(time.get(4..6))?.min(59);
    let time = Time::new(small(time.get(..2))?, small(time.get(2..4))?, second, 0).ok()?;
    Some(CivilMoment { at: date.to_datetime(time), zone: utc.then_some(TimeZone::UTC) })
}

/// A zone by its IANA name, which some programs write behind a path of their own.
fn zone(name: &str) -> Result<TimeZone, Wrong> {
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
    let from = |count: usize| parts.get(parts.len().saturating_sub(count)..).map(|parts| parts.join("/"));
    let names = [Some(name.to_owned()), from(3), from(2), from(1)];
    names.into_iter().flatten().find_map(|name| TimeZone::get(&name).ok()).ok_or_else(|| {
        let shown: String = name.chars().take(60).collect();
        let hint =
            "let the calendar name zones as the IANA list does, for example TZID=Europe/Berlin, or write UTC";
        Wrong::new("unknown-zone", format!("`{shown}` is not a time zone"), hint)
    })
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
