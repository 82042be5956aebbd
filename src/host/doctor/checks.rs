//! What is right, what should be known, and what is wrong: one line for each check. Pure.

use super::{access, facts::Facts, sockets};
use crate::{
    host::{
        hubs::{Lock, Unit, by_reason, unseen},
        words::count,
    },
    model::{Station, SwitchKind, SwitchProblem},
};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// As it should be.
    Fine,
    /// It works; somebody should know something.
    Note,
    /// It does not work.
    Wrong,
}

impl State {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// How it ended.
    pub(crate) state: State,
    /// What was checked, in a word.
    pub(crate) topic: String,
    /// What is so.
    pub(crate) text: String,
    /// What to do; may be empty.
    pub(crate) hint: String,
}

impl Line {
    pub(super) fn new(state: State, topic: &str, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { state, topic: topic.to_owned(), text: text.into(), hint: hint.into() }
    }
    pub(super) fn fine(topic: &str, text: impl Into<String>) -> Self {
        Self::new(State::Fine, topic, text, "")
    }
}

/// What to do about rights that are missing.
pub(super) const INSTALL_RULE: &str = "install the rule below";

/// Every check, in the order in which a person would go about it.
pub(crate) fn checks(facts: &Facts) -> Vec<Line> {
    let mut lines = vec![tool(facts), kernel(facts)];
    lines.extend(sources(facts));
    lines.extend(hubs(facts));
    for unit in &facts.hubs.units {
        lines.extend(access::lines(unit, facts));
    }
    lines.extend(sockets::lines(facts));
    lines.push(lock(facts));
    lines.push(user(facts));
    lines
}

/// True when some station is switched this way; without a station, the default counts.
pub(super) fn uses(facts: &Facts, kind: SwitchKind) -> bool {
    match &facts.stations {
        Ok(stations) => stations.iter().any(|station| station.switch == kind),
        Err(_) => kind == SwitchKind::Uhubctl,
    }
}

/// True when there are stations and none of them has a hub that one could touch.
fn all_simulated(facts: &Facts) -> bool {
    let is_simulated = |station: &Station| station.switch == SwitchKind::Simulated;
    facts.stations.as_ref().is_ok_and(|stations| stations.iter().all(|station| is_simulated(station)))
}

fn tool(facts: &Facts) -> Line {
    let topic = "uhubctl";
    let needed = if uses(facts, SwitchKind::Uhubctl) { State::Wrong } else { State::Note };
    let info = match &facts.tool {
        Ok(info) => info,
        Err(SwitchProblem::ToolMissing(why)) => {
            let hint = "sudo apt install uhubctl, or name its path in settings.ron: uhubctl: (path: \"…\")";
            return Line::new(needed, topic, why.clone(), hint);
        }
        Err(problem) => return Line::new(needed, topic, problem.to_string(), ""),
    };
    let text = format!("{} at {}", info.version, info.path.display());
    let pi_5 = facts.survey.board.as_deref().is_some_and(|board| board.starts_with("Raspberry Pi 5"));
    match numbers(&info.version) {
        Some(version) if pi_5 && version < (2, 6) => {
            let text = format!("{text}: too old for a Raspberry Pi 5, which needs 2.6");
            Line::new(needed, topic, text, "install a newer one, or build it from github.com/mvp/uhubctl")
        }
        Some(version) if version < (2, 5) => {
            let text = format!(
                "{text}: works, but ports that are off may come back by themselves, which 2.5 prevents"
            );
            Line::new(State::Note, topic, text, "install 2.5 or newer when you can")
        }
        _ => Line::fine(topic, text),
    }
}

fn kernel(facts: &Facts) -> Line {
    let topic = "kernel";
    let text = if facts.kernel.is_empty() { "its version is not known" } else { facts.kernel.as_str() };
    match numbers(&facts.kernel) {
        Some(version) if version >= (6, 0) => Line::fine(topic, text),
        _ if uses(facts, SwitchKind::Sysfs) => Line::new(
            State::Wrong,
            topic,
            format!("{text}: `switch: Sysfs()` needs Linux 6.0"),
            "write `switch: Uhubctl()` in the station file, or install a newer kernel",
        ),
        _ => Line::new(
            State::Note,
            topic,
            format!(
                "{text}: before 6.0 ports that are off may come back by themselves, and `switch: Sysfs()` does not work"
            ),
            "",
        ),
    }
}

/// Where the picture of the hubs comes from, if a part of it is missing.
fn sources(facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    if !facts.survey.from_kernel {
        let text = format!(
            "the kernel's list of devices is not at {}: which device is where, and which sides belong together, is known less well",
            facts.sysfs.join("bus/usb/devices").display()
        );
        lines.push(Line::new(State::Note, "devices", text, "in a container, hand in /sys of the host"));
    }
    match &facts.survey.without_uhubctl {
        // That it is not there has been told; that it finds no hub is told next.
        None | Some(SwitchProblem::ToolMissing(_) | SwitchProblem::Missing(_)) => {}
        Some(problem) if facts.tool.is_ok() => {
            let state = if uses(facts, SwitchKind::Uhubctl) { State::Wrong } else { State::Note };
            lines.push(Line::new(state, "listing", problem.to_string(), ""));
        }
        Some(_) => {}
    }
    lines
}

fn hubs(facts: &Facts) -> Vec<Line> {
    let topic = "hub";
    if facts.hubs.units.is_empty() && all_simulated(facts) {
        let text = "none that can switch its ports, and none is needed: all stations are simulated";
        return vec![Line::fine(topic, text)];
    }
    if facts.hubs.units.is_empty() {
        if let (Some(why), 0) = (unseen(&facts.survey), facts.hubs.fixed.len()) {
            let text =
                format!("nothing could be looked at, so whether one is plugged in is not known: {why}");
            return vec![Line::new(State::Wrong, topic, text, "mend that first, then run this again")];
        }
        let text = match facts.hubs.fixed.len() {
            0 => "none is plugged in".to_owned(),
            some => format!("none that can switch its ports ({} that cannot)", count(some, "hub")),
        };
        return vec![Line::new(State::Wrong, topic, text, "`scs discover` says what to look at")];
    }
    let mut lines = Vec::new();
    for unit in &facts.hubs.units {
        let text = match &unit.other {
            Some(other) => format!("{}: USB 2 side at {}, USB 3 side at {other}", unit.title(), unit.at),
            None => format!("{} at {}, one side", unit.title(), unit.at),
        };
        lines.push(Line::fine(topic, text));
        if let Some(half) = unit.half(&facts.survey) {
            let usb3 = facts.survey.hubs.get(&unit.at).is_some_and(|hub| hub.usb3);
            let state = if usb3 { State::Wrong } else { State::Note };
            let hint = "a port of a hub that shows both sides keeps its power until both are off";
            lines.push(Line::new(state, topic, format!("{}: {half}", unit.the()), hint));
        }
        lines.extend(unread(unit, facts));
        if !unit.proven(&facts.survey) {
            let text = format!(
                "whether {} can switch its ports one by one is not known: uhubctl could not look at it",
                unit.the()
            );
            lines.push(Line::new(State::Note, topic, text, "mend what is wrong here, then run this again"));
        }
        lines.extend(unit.cautions.iter().map(|caution| Line::new(State::Note, topic, caution, "")));
    }
    lines
}

/// The sides of ports that cannot be read. Where nobody could ask for them that has been told.
fn unread(unit: &Unit, facts: &Facts) -> Vec<Line> {
    let survey = &facts.survey;
    let ports =
        unit.ports.iter().filter(|port| survey.without_uhubctl.is_none() || port.power(survey).is_ok());
    let troubles: Vec<(u16, String)> = ports
        .flat_map(|port| unit.unread(port, survey).into_iter().map(|trouble| (port.number.get(), trouble)))
        .collect();
    let texts = by_reason(troubles.iter().map(|(port, trouble)| (*port, trouble.as_str())));
    let hint = "look at what is wrong here; else unplug the hub, wait, and plug it in again";
    texts
        .into_iter()
        .map(|text| Line::new(State::Wrong, "hub", format!("{}, {text}", unit.the()), hint))
        .collect()
}

fn lock(facts: &Facts) -> Line {
    let (path, lock) = &facts.lock;
    let path = path.display();
    match lock {
        Lock::Free => Line::fine("lock", "no other program is switching"),
        Lock::Held => Line::new(
            State::Note,
            "lock",
            format!("another program is switching just now (it holds {path})"),
            "run this again when it is done; a service that runs does so for a moment at a time",
        ),
        Lock::Denied(why) => Line::new(
            State::Wrong,
            "lock",
            format!("the file {path} cannot be used ({why})"),
            "let this user read it, or name another in settings.ron: uhubctl: (lock: \"…\")",
        ),
    }
}

fn user(facts: &Facts) -> Line {
    let who = &facts.who;
    if who.root {
        let text = "root: may do everything, so what is said here is not true of other users";
        return Line::new(State::Note, "user", text, "run this as the user that runs the service");
    }
    let group = who.group();
    if !who.groups.contains(group) && who.enlisted.contains(group) {
        let text = format!("{}, who is in the group {group} only from the next login on", who.name);
        return Line::new(State::Note, "user", text, "log out and in again");
    }
    let groups: Vec<&str> = who.groups.iter().map(String::as_str).collect();
    Line::fine("user", format!("{}, in the groups {}", who.name, groups.join(", ")))
}

/// The first two numbers of a version.
pub(super) fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
