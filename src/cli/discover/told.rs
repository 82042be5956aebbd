//! The station files that were made, and what to do next. Pure.

use std::{fmt::Write as _, path::PathBuf};

use super::shelf::{Kept, Made};
use crate::{
    cli::{
        failure::Exit,
        look::{Look, Paint, plain, wrap},
    },
    host::hubs::{Fixed, Hubs, Place, Unit, UnitPort},
    model::{Station, StationName},
    usb::Survey,
};

/// Everything that is said behind the drawing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    /// The hubs.
    pub(super) hubs: Hubs,
    /// One file for each hub that no station has.
    pub(super) made: Vec<Made>,
    /// The hubs that have a station already, and which.
    pub(super) described: Vec<Described>,
    /// What is to be said of stations whose hub is not where their file says.
    pub(super) elsewhere: Vec<String>,
    /// Where the shipped rules were put, if there were none, or why not.
    pub(super) rules: Option<Result<PathBuf, String>>,
    /// The stations that `settings.ron` lists; empty: all are run.
    pub(super) listed: Vec<StationName>,
    /// Whether files were to be written.
    pub(super) asked_to_write: bool,
    /// True when a name was given for a file, and every hub has one already.
    pub(super) refused: bool,
}

/// A hub that a station has already.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Described {
    /// What people call it.
    pub(super) hub: String,
    /// Which station.
    pub(super) station: String,
    /// What is wrong about it, and what to do; empty: nothing.
    pub(super) wrong: String,
}

impl Described {
    /// A hub and the station that has it.
    pub(super) fn of(unit: &Unit, station: &Station, place: &Place) -> Self {
        let told = station.hub.as_ref().filter(|_| !place.is_found()).and_then(|plan| place.misplaced(plan));
        let wrong = told.map(|told| format!("{}; {}", told.text, told.hint)).unwrap_or_default();
        Self { hub: unit.the(), station: station.name.to_string(), wrong }
    }

    /// A hub that a file names which is not right.
    pub(super) fn broken(unit: &Unit, station: &str) -> Self {
        let wrong = "its file is broken; `scs check` says where".to_owned();
        Self { hub: unit.the(), station: station.to_owned(), wrong }
    }
}

impl Told {
    /// True when there is no hub, or when a file that was wanted is not written.
    pub(super) fn failed(&self) -> bool {
        let missing = |made: &Made| made.state != Kept::Written;
        self.hubs.units.is_empty()
            || self.refused
            || (self.asked_to_write && self.made.iter().any(missing))
            || matches!(self.rules, Some(Err(_)))
    }

    /// What the shell learns of a failure.
    pub(super) fn exit(&self) -> Exit {
        let nothing = self.hubs.units.is_empty() || (self.refused && !self.asked_to_write);
        if nothing { Exit::Failed } else { Exit::CannotCreate }
    }

    /// The files, and what to do next.
    pub(super) fn text(&self, look: Look) -> String {
        let mut text = String::new();
        for Described { hub, station, wrong } in &self.described {
            let line = format!("The station {station} has {hub} already, so no file is made for it.");
            lines(&mut text, &line, None, look);
            if !wrong.is_empty() {
                lines(&mut text, &format!("! {wrong}"), Some(Paint::Yellow), look);
            }
        }
        for line in &self.elsewhere {
            lines(&mut text, line, Some(Paint::Yellow), look);
        }
        for made in &self.made {
            text.push('\n');
            text.push_str(&made.told(look));
        }
        match &self.rules {
            Some(Ok(folder)) => {
                let line = format!("Written: {}/, with the rules that the station uses.", folder.display());
                lines(&mut text, &line, Some(Paint::Green), look);
            }
            Some(Err(why)) => {
                lines(&mut text, &format!("The rules were not written ({why})."), Some(Paint::Red), look);
            }
            None => {}
        }
        let steps = self.next();
        if !steps.is_empty() {
            let widest = steps.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
            text.push_str("\nNext:\n");
            for (command, what) in steps {
                let _ = writeln!(text, "  {command:widest$}  {}", look.paint(Paint::Faint, &what));
            }
        }
        text
    }

    /// Commands, and what each is for, in the order in which a person needs them.
    fn next(&self) -> Vec<(String, String)> {
        let step = |command: &str, what: &str| (command.to_owned(), what.to_owned());
        if self.hubs.units.is_empty() {
            return Vec::new();
        }
        let mut steps = Vec::new();
        if self.made.iter().any(|made| made.state == Kept::Shown) {
            let name = self.made.first().map(|made| made.name.as_str()).filter(|name| *name != "desk");
            let station = name.map(|name| format!(" --station {name}")).unwrap_or_default();
            let files = if self.made.len() == 1 { "the file above" } else { "the files above" };
            steps.push((format!("scs discover --write{station}"), format!("writes {files}")));
        }
        for made in &self.made {
            if let Kept::Taken(free) = &made.state {
                let command = format!("scs discover --write --station {free}");
                steps.push((
                    command,
                    format!("writes it as {}", made.path.with_file_name(format!("{free}.ron")).display()),
                ));
            }
        }
        let unlisted = |name: &&StationName| !self.listed.is_empty() && !self.listed.contains(name);
        let written = self.made.iter().filter(|made| made.state == Kept::Written).map(|made| &made.name);
        for name in written.filter(unlisted) {
            steps.push((
                format!("stations: [… \"{name}\"]"),
                "add it in settings.ron, else `scs run` leaves it out".to_owned(),
            ));
        }
        steps.push(step("scs doctor", "may you switch this hub? If not: what to type"));
        if steps.len() == 1 || self.asked_to_write {
            steps.push(step("scs identify", "which device is in which port"));
            steps.push(step("scs run", "the service"));
        }
        steps
    }

    /// The same for programs.
    pub(super) fn json(&self, survey: &Survey) -> serde_json::Value {
        let fixed = self.hubs.fixed.iter().map(|Fixed { at, other, title, reason, .. }| {
            serde_json::json!({ "title": title, "at": at.as_str(), "other_side": other.as_ref().map(|o| o.as_str()), "reason": reason })
        });
        serde_json::json!({
            "ok": !self.failed(),
            "board": survey.board,
            "uhubctl": survey.without_uhubctl.as_ref().map(ToString::to_string),
            "hubs": self.hubs.units.iter().map(|unit| hub_json(unit, survey)).collect::<Vec<_>>(),
            "never_switched": fixed.collect::<Vec<_>>(),
            "described": self.described.iter().map(Described::json).collect::<Vec<_>>(),
            "stations": self.made.iter().map(Made::json).collect::<Vec<_>>(),
        })
    }
}

impl Described {
    fn json(&self) -> serde_json::Value {
        let problem = Some(&self.wrong).filter(|wrong| !wrong.is_empty());
        serde_json::json!({ "hub": self.hub, "station": self.station, "problem": problem })
    }
}

impl Made {
    fn told(&self, look: Look) -> String {
        let path = self.path.display();
        let mut text = String::new();
        match &self.state {
            Kept::Shown => text.push_str(&self.shown(look)),
            Kept::Written => {
                let line = format!("Written: {path}. Read it: its comments say what can be changed.");
                lines(&mut text, &line, Some(Paint::Green), look);
            }
            Kept::Taken(free) => {
                let line = format!(
                    "There is a file {path} already, and it stays as it is. `{free}` is a free name."
                );
                text.push_str(&self.shown(look));
                text.push('\n');
                lines(&mut text, &line, Some(Paint::Yellow), look);
            }
            Kept::Failed(why) => {
                let line = format!(
                    "{path} is not written ({why}). The folder of the stations is named in settings.ron."
                );
                lines(&mut text, &line, Some(Paint::Red), look);
            }
        }
        text
    }

    fn shown(&self, look: Look) -> String {
        let head = format!("The station file, {}:", self.path.display());
        format!("{}\n\n{}", look.paint(Paint::Faint, &head), self.text)
    }

    fn json(&self) -> serde_json::Value {
        let (free, problem) = match &self.state {
            Kept::Taken(free) => (Some(free.as_str()), Some("there is a file of this name".to_owned())),
            Kept::Failed(why) => (None, Some(why.clone())),
            Kept::Shown | Kept::Written => (None, None),
        };
        serde_json::json!({
            "name": self.name.as_str(),
            "file": self.path.display().to_string(),
            "text": self.text,
            "written": self.state == Kept::Written,
            "problem": problem,
            "free_name": free,
        })
    }
}

fn hub_json(unit: &Unit, survey: &Survey) -> serde_json::Value {
    serde_json::json!({
        "title": unit.title(),
        "model": unit.model.as_ref().map(|model| model.name.as_str()),
        "at": unit.at.as_str(),
        "other_side": unit.other.as_ref().map(|other| other.as_str()),
        "ids": unit.ids(survey).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "plugged_into": unit.inside.as_ref().map(ToString::to_string),
        "cautions": unit.cautions,
        "ports": unit.ports.iter().map(|port| port_json(unit, port, survey)).collect::<Vec<_>>(),
    })
}

fn port_json(unit: &Unit, port: &UnitPort, survey: &Survey) -> serde_json::Value {
    let power = port.power(survey);
    let thing = port.thing(survey);
    let sides =
        port.sides.iter().map(|side| serde_json::json!({ "hub": side.hub().as_str(), "port": side.port() }));
    serde_json::json!({
        "port": port.number.get(),
        "sockets": sides.collect::<Vec<_>>(),
        "power": power.as_ref().ok().map(|power| power.as_str()),
        "problem": power.as_ref().err(),
        "device": thing.map(|thing| serde_json::json!({ "name": plain(&thing.name), "serial": thing.serial, "id": thing.id.to_string() })),
        "hub": unit.guest(port, survey).map(|hub| hub.to_string()),
    })
}

fn lines(text: &mut String, line: &str, paint: Option<Paint>, look: Look) {
    for part in wrap(line, look.width) {
        let _ = writeln!(text, "{}", paint.map_or_else(|| part.clone(), |paint| look.paint(paint, &part)));
    }
}
