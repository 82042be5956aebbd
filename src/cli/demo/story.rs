//! What happens in the demo, line by line.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    cli::look::{Look, Paint, Side, count, fit, wrap},
    model::{Diagnostic, Event, EventKind, Mode, PortId, Power, Timestamp},
};

/// Columns of time, port, level and what, with the blanks between all columns.
const OTHERS: usize = 5 + 2 + 4 + 2 + 2 + 5 + 2 + 6 + 2;

/// Columns before what a check found.
const FOUND: usize = 7;

/// Turns events into lines; remembers the levels that were reported, and which day it is.
pub(super) struct Story {
    zone: TimeZone,
    look: Look,
    /// Columns of the device.
    widest: usize,
    levels: BTreeMap<PortId, u8>,
    day: Option<Date>,
}

/// The part of a line that is not the time and the port.
struct Words<'a> {
    what: &'a str,
    paint: Paint,
    why: String,
}

impl Story {
    /// `widest` is the length of the longest device name.
    pub(super) fn new(zone: TimeZone, look: Look, widest: usize) -> Self {
        Self { zone, look, widest: widest.clamp(6, 16), levels: BTreeMap::new(), day: None }
    }

    /// The heading of the columns.
    pub(super) fn heading(&self) -> String {
        let line = format!(" time  port  {}  level  power   why", fit("phone", self.widest, Side::Left));
        self.look.paint(Paint::Faint, &line) + "\n"
    }

    /// The lines for an event of the device in a port; empty for what happens all the time. `found` is what a check of
    /// the files found, if the event is about them.
    pub(super) fn tell(&mut self, event: &Event, device: &str, found: &[Diagnostic]) -> String {
        if let (EventKind::Reported { level }, Some(port)) = (&event.kind, event.port) {
            self.levels.insert(port, *level);
        }
        let Some(words) = self.words(&event.kind, found.len()) else { return String::new() };
        self.line(event.at, event.port, device, &words) + self.found(found).as_str()
    }

    fn found(&self, found: &[Diagnostic]) -> String {
        let width = self.look.width.saturating_sub(FOUND).max(20);
        let mut text = String::new();
        for problem in found {
            for line in problem.to_string().lines() {
                let inner = line.len() - line.trim_start().len();
                for (n, part) in wrap(line, width.saturating_sub(inner + 2)).into_iter().enumerate() {
                    let indent = FOUND + inner + if n == 0 { 0 } else { 2 };
                    let _ = writeln!(text, "{:indent$}{}", "", self.look.paint(Paint::Yellow, &part));
                }
            }
        }
        text
    }

    /// A line about the phones themselves.
    pub(super) fn trouble(&mut self, at: Timestamp, port: PortId, device: &str, message: &str) -> String {
        let words = Words { what: "report", paint: Paint::Yellow, why: format!("not taken: {message}") };
        self.line(at, Some(port), device, &words)
    }

    fn words<'a>(&self, kind: &EventKind, found: usize) -> Option<Words<'a>> {
        let words = |what, paint, why: String| Some(Words { what, paint, why });
        match kind {
            EventKind::Reported { .. } | EventKind::Decided { .. } => None,
            EventKind::ReportRejected { message } => {
                words("report", Paint::Yellow, format!("not taken: {message}"))
            }
            EventKind::CommandRejected { message } => {
                words("order", Paint::Yellow, format!("not taken: {message}"))
            }
            EventKind::Switched { power: Power::On, reason } => words("on", Paint::Green, reason.clone()),
            EventKind::Switched { power: Power::Off, reason } => words("off", Paint::Faint, reason.clone()),
            EventKind::SwitchFailed { wanted, message, failures, .. } => {
                words("failed", Paint::Red, format!("wanted {wanted}, attempt {failures}: {message}"))
            }
            EventKind::Drift { seen, wanted, .. } => {
                words("drift", Paint::Yellow, format!("somebody switched it {seen}, wanted is {wanted}"))
            }
            EventKind::Unreadable { message } => words("unread", Paint::Red, message.clone()),
            EventKind::ModeChanged { mode, ended, .. } => {
                let ended = ended.map(|ended| format!(": {}", ended.in_words())).unwrap_or_default();
                words("mode", Paint::Yellow, format!("{}{ended}", self.mode(mode)))
            }
            EventKind::ParameterChanged { rule, parameter, value, by } => {
                let value = value.as_ref().map_or_else(|| "as in the file".to_owned(), ToString::to_string);
                words("set", Paint::Yellow, format!("{parameter} of `{rule}`: {value}, by {by}"))
            }
            EventKind::ParameterUnfit { rule, parameter, message } => {
                words("unfit", Paint::Yellow, format!("{parameter} of `{rule}` is not applied: {message}"))
            }
            EventKind::DeviceNamed { device, .. } => {
                let name = device.as_ref().map_or("as in the file", |name| name.as_str());
                words("named", Paint::Yellow, name.to_owned())
            }
            EventKind::RuleFailed { rule, message } => {
                words("rule", Paint::Red, format!("`{rule}` failed: {message}"))
            }
            EventKind::ConfigLoaded { version } => {
                let (paint, warnings) = match found {
                    0 => (Paint::Green, String::new()),
                    some => (Paint::Yellow, format!(", with {}", count(some, "warning"))),
                };
                words("files", paint, format!("new files are at work{warnings} ({version})"))
            }
            EventKind::ConfigRejected { problems, .. } => {
                let problems = count(*problems, "problem");
                words("files", Paint::Red, format!("not taken, {problems}; the old ones go on"))
            }
            EventKind::HistoryLost { message, records } => {
                words("lost", Paint::Red, format!("history lost {records} records: {message}"))
            }
            EventKind::BrokerLost { message } => words("broker", Paint::Yellow, message.clone()),
            EventKind::BrokerBack => words("broker", Paint::Green, "MQTT works again".into()),
            EventKind::HistoryBack => words("back", Paint::Green, "history writes again".into()),
            kind => {
                of_hub(kind).or_else(|| of_safety(kind)).map(|(what, paint, why)| Words { what, paint, why })
            }
        }
    }

    fn mode(&self, mode: &Mode) -> String {
        let until =
            mode.until.map(|at| at.to_zoned(self.zone.clone()).strftime(" until %a %H:%M").to_string());
        format!("{}{}, by {}", mode.in_words(), until.unwrap_or_default(), mode.by)
    }

    fn line(&mut self, at: Timestamp, port: Option<PortId>, device: &str, words: &Words<'_>) -> String {
        let at = at.to_zoned(self.zone.clone());
        let mut text = String::new();
        if self.day != Some(at.date()) {
            self.day = Some(at.date());
            let day = at.strftime("%A, %-d %B %Y").to_string();
            let _ = writeln!(text, "{}", self.look.paint(Paint::Faint, &day));
        }
        let number = port.map(|port| port.to_string()).unwrap_or_default();
        let level = port.and_then(|port| self.levels.get(&port)).map(|level| format!("{level} %"));
        let _ = write!(
            text,
            "{}  {}  {}  {}  {}  ",
            at.strftime("%H:%M"),
            fit(&number, 4, Side::Right),
            fit(device, self.widest, Side::Left),
            fit(&level.unwrap_or_default(), 5, Side::Right),
            self.look.paint(words.paint, &fit(words.what, 6, Side::Left)),
        );
        let before = OTHERS + self.widest;
        let width = self.look.width.saturating_sub(before).max(20);
        for (n, part) in wrap(&words.why, width).into_iter().enumerate() {
            let indent = if n == 0 { 0 } else { before };
            let _ = writeln!(text, "{:indent$}{part}", "");
        }
        text
    }
}

/// What is told of hubs and of what is plugged into them.
fn of_hub(kind: &EventKind) -> Option<(&'static str, Paint, String)> {
    let said = |what, paint, why: String| Some((what, paint, why));
    match kind {
        EventKind::DeviceMoved { device, from } => {
            said("moved", Paint::Yellow, format!("{device} was in port {from} and is here now"))
        }
        EventKind::DeviceUnknown { serial, name } => {
            said("unknown", Paint::Yellow, format!("{name} with the serial number {serial}: give it a name"))
        }
        EventKind::DeviceUnplaced { device } => {
            said("unplaced", Paint::Yellow, format!("{device} reports, but its port is not known"))
        }
        EventKind::HubMissing { hub } => said("hub", Paint::Red, format!("the hub at {hub} is not there")),
        EventKind::HubBack { hub } => said("hub", Paint::Green, format!("the hub at {hub} is there again")),
        EventKind::HubMoved { hub, to } => said("hub", Paint::Yellow, format!("the hub of {hub} is at {to}")),
        EventKind::PowerLeak { message } => said("leak", Paint::Red, message.clone()),
        EventKind::NotCharging { message } => said("no gain", Paint::Yellow, message.clone()),
        EventKind::Unwell { message } => said("unwell", Paint::Yellow, message.clone()),
        EventKind::Well => said("over", Paint::Green, "it gains again".into()),
        EventKind::FaultOver { fault } => {
            said("over", Paint::Green, format!("{} is over", fault.code().replace('_', " ")))
        }
        EventKind::Alarm { wanted, message } => {
            said("alarm", Paint::Red, format!("cannot be switched {wanted}: {message}"))
        }
        EventKind::AlarmOver => said("over", Paint::Green, "it is as wanted again".into()),
        EventKind::WillNotMakeIt { message, .. } => said("late", Paint::Yellow, message.clone()),
        EventKind::WillMakeItAgain { .. } => said("on time", Paint::Green, "it will be ready in time".into()),
        EventKind::ShadowStarted { by, .. } => {
            said("shadow", Paint::Yellow, format!("rules run in shadow, started by {by}"))
        }
        EventKind::ShadowWaits { message, .. } => {
            said("shadow", Paint::Yellow, format!("waits, it does not check any more: {message}"))
        }
        EventKind::ShadowEnded { how, by } => {
            said("shadow", Paint::Yellow, format!("{} by {by}", how.as_str()))
        }
        _ => None,
    }
}

fn of_safety(kind: &EventKind) -> Option<(&'static str, Paint, String)> {
    let said = |what, paint, why: String| Some((what, paint, why));
    match kind {
        EventKind::Silent => said("silent", Paint::Yellow, "no report for too long: it is charged".into()),
        EventKind::Heard => said("heard", Paint::Green, "it reports again".into()),
        EventKind::SilentChargeOver => said(
            "silent",
            Paint::Yellow,
            "charged for long enough without a report: now and then only".into(),
        ),
        EventKind::Woken => said("woken", Paint::Yellow, "switched on to be heard".into()),
        EventKind::TooHot { temperature, limit } => {
            let (degrees, limit) = (temperature.degrees(), limit.degrees());
            said("hot", Paint::Red, format!("{degrees} °C, and {limit} °C is too hot to be charged"))
        }
        EventKind::CooledDown { temperature } => {
            let degrees =
                temperature.map(|temperature| format!("it is down to {} °C", temperature.degrees()));
            said("cool", Paint::Green, degrees.unwrap_or_else(|| "it tells no temperature any more".into()))
        }
        EventKind::UnderFloor { level, floor } => {
            said("low", Paint::Red, format!("{level}% is under the floor of {floor}%"))
        }
        EventKind::OverFloor { level } => said("over", Paint::Green, format!("it is at {level}% again")),
        EventKind::LevelJumped { from, to } => {
            said("jump", Paint::Yellow, format!("from {from}% to {to}%, which no battery does"))
        }
        EventKind::LevelMisread { level } => {
            said("misread", Paint::Yellow, format!("the {level}% before was none"))
        }
        EventKind::LevelsDisagree { low, high } => {
            said("misread", Paint::Yellow, format!("{low}% and {high}% in turn: do two devices report here?"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Author, ModeKind, Severity};

    const TABLET: &str = "Mäxchens altes Tablet";

    fn story(width: usize) -> Story {
        Story::new(TimeZone::get("Europe/Berlin").unwrap(), Look { width, colour: false }, TABLET.len())
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-11-23T{time}:00Z").parse().unwrap()
    }

    fn event(time: &str, port: u16, kind: EventKind) -> Event {
        Event { at: at(time), station: None, port: PortId::new(port).ok(), kind }
    }

    fn switched(power: Power, reason: &str) -> EventKind {
        EventKind::Switched { power, reason: reason.into() }
    }

    #[test]
    fn a_day_at_the_station() {
        let mut story = story(90);
        let mut page = story.heading();
        let until = Some("2026-11-23T21:30:00Z".parse().unwrap());
        let mode = Mode { kind: ModeKind::Off, until, by: Author::Rest(None), ..Mode::default() };
        let loop_ = "too many operations in line 3: rules may do 50000 steps";
        for event in [
            event("07:03", 1, EventKind::Reported { level: 80 }),
            event("07:03", 1, switched(Power::Off, "80% is at or over 80%")),
            event("07:09", 12, switched(Power::On, "19% is at or under 20%")),
            event("07:12", 12, EventKind::Silent),
            event("07:15", 1, EventKind::ModeChanged { mode, device: None, ended: None }),
            event("07:20", 0, EventKind::ConfigLoaded { version: "3fa2c01b99aa".into() }),
            event("23:05", 1, EventKind::RuleFailed { rule: "ready-by".into(), message: loop_.into() }),
        ] {
            let device = match event.port.map(PortId::get) {
                Some(12) => TABLET,
                Some(_) => "pixel-7",
                None => "",
            };
            page += &story.tell(&event, device, &[]);
        }
        assert_eq!(
            page,
            "\u{20}time  port  phone             level  power   why
Monday, 23 November 2026
08:03     1  pixel-7            80 %  off     80% is at or over 80%
08:09    12  Mäxchens altes…          on      19% is at or under 20%
08:12    12  Mäxchens altes…          silent  no report for too long: it is charged
08:15     1  pixel-7            80 %  mode    off until Mon 22:30, by REST
08:20                                 files   new files are at work (3fa2c01b99aa)
Tuesday, 24 November 2026
00:05     1  pixel-7            80 %  rule    `ready-by` failed: too many operations in
                                              line 3: rules may do 50000 steps
"
        );
    }

    #[test]
    fn a_narrow_terminal_and_a_hostile_reason_do_no_harm() {
        let line =
            story(10).tell(&event("07:00", 1, switched(Power::On, &"x\x1b[2J".repeat(50))), "a\x07b", &[]);
        assert!(!line.contains(['\x1b', '\x07']));
        assert!(line.lines().all(|l| l.chars().count() <= OTHERS + 16 + 20), "{line}");
    }

    #[test]
    fn what_was_found_in_new_files_is_told_below_broken_between_words() {
        let warning = Diagnostic {
            file: "rules/keep-between.test.ron".into(),
            line: 12,
            column: 1,
            length: 0,
            severity: Severity::Warning,
            code: "test-failed".into(),
            message: "the test `between the levels it goes on` expects keep, got rest".into(),
            hint: "change the rule, or what the test expects".into(),
        };
        let mut story = story(66);
        let loaded = event("07:20", 0, EventKind::ConfigLoaded { version: "3fa2c01b99aa".into() });
        let told = story.tell(&loaded, "", std::slice::from_ref(&warning));
        let told = told.split_once('\n').unwrap().1;
        assert_eq!(
            told,
            "08:20                                 files   new files are at
                                              work, with 1 warning
                                              (3fa2c01b99aa)
       rules/keep-between.test.ron:12:1: warning[test-failed]:
         the test `between the levels it goes on` expects keep,
         got rest
           hint: change the rule, or what the test expects
"
        );
    }
}
