//! How what was found looks. Pure.

use std::fmt::Write as _;

use super::drawing::{INDENT, draw};
use crate::{
    cli::look::{Look, Paint, cut, wrap},
    host::hubs::{Fixed, Hubs, Unit, by_reason, name_of, unseen},
    model::{Socket, SwitchProblem},
    usb::Survey,
};

/// Where people look up which hubs can switch.
const LIST: &str = "https://github.com/mvp/uhubctl#compatible-usb-hubs";

/// All hubs: first those that a station can use, then the others with the reason.
pub(super) fn hubs(hubs: &Hubs, survey: &Survey, look: Look) -> String {
    let mut text = String::new();
    for unit in &hubs.units {
        text.push_str(&one(unit, hubs, survey, look));
        text.push('\n');
    }
    if hubs.units.is_empty() {
        text.push_str(&nothing(hubs, survey, look));
    }
    text.push_str(&left_alone(hubs, look));
    text
}

fn one(unit: &Unit, all: &Hubs, survey: &Survey, look: Look) -> String {
    let mut text = String::new();
    put(&mut text, &capital(&unit.title()), "", None, look);
    put(&mut text, &sides(unit, survey), INDENT, Some(Paint::Faint), look);
    if let Some(owner) = unit.inside.as_ref().and_then(|socket| owner(socket, all)) {
        put(&mut text, &format!("plugged into {owner}"), INDENT, Some(Paint::Faint), look);
    }
    text.push_str(&draw(unit, survey, look));
    if unit.model.is_none() {
        let numbers = "No model fits it, so its sockets are numbered in their order inside. \
                       `scs identify` finds which is which on the housing.";
        put(&mut text, numbers, INDENT, Some(Paint::Faint), look);
    }
    if !unit.certain && unit.model.is_some() {
        let like = "Only its shape is that of this model, its chips are others. \
                    `scs identify` shows whether the numbers are right.";
        put(&mut text, like, INDENT, Some(Paint::Faint), look);
    }
    text.push_str(&contents(unit, survey, look));
    text.push_str(&doubts(unit, survey, look));
    for caution in &unit.cautions {
        warn(&mut text, caution, look);
    }
    text
}

/// The sides, as people can find them with `lsusb`.
fn sides(unit: &Unit, survey: &Survey) -> String {
    let side = |at| survey.hubs.get(at).map(|hub| (if hub.usb3 { "USB 3" } else { "USB 2" }, hub.id));
    let named = [Some(&unit.at), unit.other.as_ref()].into_iter().flatten().filter_map(|at| {
        let (word, id) = side(at)?;
        Some(format!("{word} side at {at} ({id})"))
    });
    named.collect::<Vec<_>>().join(", ")
}

/// What is plugged in, whole: the drawing has room for the start of a name only.
fn contents(unit: &Unit, survey: &Survey, look: Look) -> String {
    let mut text = String::new();
    for port in &unit.ports {
        let what = match (unit.guest(port, survey), port.thing(survey)) {
            (Some(hub), _) => format!("a hub, at {hub}: this port is never switched"),
            (None, Some(thing)) => {
                let serial = match thing.serial.as_deref().filter(|serial| !serial.is_empty()) {
                    Some(serial) => format!("serial {}", cut(serial, 40)),
                    None => "without a serial number".to_owned(),
                };
                format!("{}, {serial}", cut(&name_of(thing), 40))
            }
            (None, None) => continue,
        };
        let number = format!("{INDENT}{:>2}  ", port.number);
        let blank = " ".repeat(number.chars().count());
        for (n, line) in wrap(&what, look.width.saturating_sub(blank.len())).iter().enumerate() {
            let _ = writeln!(text, "{}{line}", if n == 0 { &number } else { &blank });
        }
    }
    text
}

/// What is not known of it.
fn doubts(unit: &Unit, survey: &Survey, look: Look) -> String {
    let mut text = String::new();
    if !unit.proven(survey) {
        let doubt = "whether it can switch its ports one by one is not known, because uhubctl could not look at it; \
                     `scs doctor` says why";
        warn(&mut text, doubt, look);
    }
    let power: Vec<_> = unit.ports.iter().map(|port| (port.number.get(), port.power(survey))).collect();
    let unknown = power.iter().filter_map(|(port, power)| Some((*port, power.as_ref().err()?.as_str())));
    for line in by_reason(unknown) {
        warn(&mut text, &format!("power not known, {line}"), look);
    }
    let known = unit.ports.iter().filter(|port| port.power(survey).is_ok());
    let troubles: Vec<(u16, String)> = known
        .flat_map(|port| unit.unread(port, survey).into_iter().map(|trouble| (port.number.get(), trouble)))
        .collect();
    for line in by_reason(troubles.iter().map(|(port, trouble)| (*port, trouble.as_str()))) {
        warn(&mut text, &line, look);
    }
    if let Some(half) = unit.half(survey) {
        warn(&mut text, &half, look);
    }
    text
}

/// Whose port a socket is, if it is that of a hub that people see.
fn owner(socket: &Socket, all: &Hubs) -> Option<String> {
    let port =
        |unit: &Unit| unit.ports.iter().find(|port| port.sides.contains(socket)).map(|port| port.number);
    all.units.iter().find_map(|unit| Some(format!("port {} of {}", port(unit)?, unit.the())))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn left_alone(hubs: &Hubs, look: Look) -> String {
    let mut text = String::new();
    if !hubs.fixed.is_empty() {
        put(&mut text, "Left alone, because their ports cannot be switched one by one:", "", None, look);
        for Fixed { at, title, reason, .. } in &hubs.fixed {
            put(&mut text, &format!("{} at {at}: {reason}", cut(title, 60)), INDENT, None, look);
        }
    }
    if hubs.roots > 0 {
        let line = "The sockets of the computer itself are never switched.";
        put(&mut text, line, "", Some(Paint::Faint), look);
    }
    text
}

/// What to look at when there is no hub, the likely first.
fn nothing(hubs: &Hubs, survey: &Survey, look: Look) -> String {
    let mut text = String::new();
    if let (Some(why), true) = (unseen(survey), hubs.fixed.is_empty()) {
        return blind(&why, survey, look);
    }
    let head = "No hub was found whose ports can be switched. What to look at, in this order:";
    put(&mut text, head, "", Some(Paint::Yellow), look);
    let mut steps = Vec::new();
    match &survey.without_uhubctl {
        None | Some(SwitchProblem::Missing(_)) => {}
        Some(problem) => steps.push(format!("{problem}.")),
    }
    if hubs.fixed.is_empty() {
        steps.push(
            "Is the hub plugged in, and does it have its own power supply? Then `lsusb` lists it.".to_owned(),
        );
    }
    steps.push(format!("Can this hub switch its ports one by one? Few can: {LIST}"));
    steps.push("May you use it? `scs doctor` says so, and what to type if not.".to_owned());
    for (n, step) in steps.iter().enumerate() {
        put_after(&mut text, &format!("{INDENT}{}. ", n + 1), step, look);
    }
    text.push('\n');
    text
}

/// What to say where nothing could be looked at, so that nobody knows whether a hub is there.
fn blind(why: &str, survey: &Survey, look: Look) -> String {
    let mut text = String::new();
    let head = "Nothing could be looked at, so whether a hub is plugged in is not known:";
    put(&mut text, head, "", Some(Paint::Yellow), look);
    put(&mut text, &format!("{why}."), INDENT, None, look);
    if !survey.from_kernel {
        let hand_in = "This system shows no USB devices at all. In a container or a virtual machine, hand in /sys, \
                       /dev/bus/usb and the hub.";
        put(&mut text, hand_in, INDENT, None, look);
    }
    put(&mut text, "Mend that first; `scs doctor` says more.", "", None, look);
    text.push('\n');
    text
}

fn put(text: &mut String, line: &str, indent: &str, paint: Option<Paint>, look: Look) {
    for part in wrap(line, look.width.saturating_sub(indent.len())) {
        let part = paint.map_or_else(|| part.clone(), |paint| look.paint(paint, &part));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{indent}{part}");
    }
}

fn warn(text: &mut String, line: &str, look: Look) {
    for (n, part) in wrap(line, look.width.saturating_sub(4)).iter().enumerate() {
        let mark = if n == 0 { "!" } else { " " };
        let _ = writeln!(text, "{INDENT}{}", look.paint(Paint::Yellow, &format!("{mark} {part}")));
    }
}

fn put_after(text: &mut String, first: &str, line: &str, look: Look) {
    let blank = " ".repeat(first.chars().count());
    for (n, part) in wrap(line, look.width.saturating_sub(blank.len())).iter().enumerate() {
        let _ = writeln!(text, "{}{part}", if n == 0 { first } else { &blank });
    }
}
