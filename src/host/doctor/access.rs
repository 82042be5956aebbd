//! Whether this user may switch a hub, on both of its sides, and whether it stays awake. Pure.

use std::collections::BTreeSet;

use super::{
    checks::{INSTALL_RULE, Line, State, numbers, uses},
    facts::Facts,
    rule::Permit,
};
use crate::{
    host::hubs::{Unit, is_unlisted},
    model::{ChipId, HubLocation, SwitchKind},
    usb::{Access, HubFound, Survey},
};

const TOPIC: &str = "rights";

/// The checks of one hub.
pub(super) fn lines(unit: &Unit, facts: &Facts) -> Vec<Line> {
    if !facts.survey.from_kernel {
        return Vec::new();
    }
    let mut lines: Vec<Line> =
        [device_files(unit, facts), disable_files(unit, facts)].into_iter().flatten().collect();
    let unread = unit.ports.iter().any(|port| !unit.unread(port, &facts.survey).is_empty());
    if lines.is_empty() && !unread {
        let sides = match unit.half(&facts.survey) {
            Some(_) => "the side that is seen of ",
            None if unit.other.is_some() => "both sides of ",
            None => "",
        };
        lines.push(Line::fine(TOPIC, format!("{} may switch {sides}{}", facts.who.name, unit.the())));
    }
    lines.extend(sleep(unit, facts));
    lines
}

/// The rule that this host needs, when a hub is there that this user cannot switch or that may sleep, or when it is asked
/// for. It takes the place of the one before, so it is for all hubs, also for those that work by that one.
pub(crate) fn permit(facts: &Facts, asked: bool) -> Option<Permit> {
    let wanted = asked || facts.hubs.units.iter().any(|unit| lacks(unit, &facts.survey));
    let hubs = if wanted { permitted(facts) } else { Vec::new() };
    let (who, group) = (&facts.who, facts.who.group());
    let joins = !who.root && !who.groups.contains(group) && !who.enlisted.contains(group);
    (!hubs.is_empty()).then(|| Permit {
        hubs,
        group: group.to_owned(),
        new_group: !who.known.contains(group),
        join: joins.then(|| who.name.clone()),
    })
}

/// All hubs that are there, and those of stations; each with the numbers that its model knows too: a hub may be unplugged
/// just now, or show one of its sides only, as a USB 3 hub does on a USB 2 cable.
fn permitted(facts: &Facts) -> Vec<(String, BTreeSet<ChipId>)> {
    let mut hubs: Vec<(String, BTreeSet<ChipId>)> = Vec::new();
    let mut add = |title: &str, ids: BTreeSet<ChipId>| match hubs.iter_mut().find(|(known, _)| known == title)
    {
        Some((_, known)) => known.extend(ids),
        None => hubs.push((title.to_owned(), ids)),
    };
    for unit in &facts.hubs.units {
        let by_model = unit.model.iter().filter(|_| unit.certain).flat_map(|model| model.ids.iter().copied());
        add(&unit.title(), unit.ids(&facts.survey).into_iter().chain(by_model).collect());
    }
    let stations = facts.stations.iter().flatten().filter(|station| station.switch != SwitchKind::Simulated);
    for plan in stations.filter_map(|station| station.hub.as_ref()).filter(|plan| !plan.model.ids.is_empty())
    {
        add(&plan.model.title, plan.model.ids.iter().copied().collect());
    }
    hubs
}

fn lacks(unit: &Unit, survey: &Survey) -> bool {
    let disabled = |hub: &HubFound| hub.sockets.values().any(|socket| socket.disable_file == Access::No);
    unit.found(survey)
        .any(|(_, hub)| hub.device_file == Access::No || hub.may_sleep == Some(true) || disabled(hub))
}

/// The files that `uhubctl` opens.
fn device_files(unit: &Unit, facts: &Facts) -> Option<Line> {
    // What uhubctl lists, it could open, whatever the file looks like.
    let asked = facts.survey.without_uhubctl.is_none();
    let closed = |hub: &HubFound| !asked || is_unlisted(hub, &facts.survey);
    let with = |access| chips(unit, &facts.survey, |hub| hub.device_file == access && closed(hub));
    let state = if uses(facts, SwitchKind::Uhubctl) { State::Wrong } else { State::Note };
    let (no, absent, read_only) = (with(Access::No), with(Access::Absent), with(Access::ReadOnly));
    let name = &facts.who.name;
    if !no.is_empty() {
        let text = match one_side(&no, unit, &facts.survey) {
            Some(side) => format!(
                "{name} may not open {side} of {}, only the other: ports that are off would keep their power",
                unit.the()
            ),
            None => format!("{name} may not open {}, so that uhubctl does not find it", unit.the()),
        };
        return Some(Line::new(state, TOPIC, text, INSTALL_RULE));
    }
    let of = |chips: &[_]| match one_side(chips, unit, &facts.survey) {
        Some(side) => format!("{side} of {}", unit.the()),
        None => unit.the(),
    };
    let hint = "in a container, hand in /dev/bus/usb of the host, writable";
    if !absent.is_empty() {
        return Some(Line::new(state, TOPIC, format!("/dev/bus/usb has no file for {}", of(&absent)), hint));
    }
    if !read_only.is_empty() {
        let text = format!("/dev/bus/usb is read-only, also for {}", of(&read_only));
        return Some(Line::new(state, TOPIC, text, hint));
    }
    let unlisted = chips(unit, &facts.survey, |hub| is_unlisted(hub, &facts.survey));
    (!unlisted.is_empty()).then(|| {
        let text = format!(
            "uhubctl does not list {}, which the kernel shows: {name} may not open it, or it does not answer",
            of(&unlisted)
        );
        Line::new(
            state,
            TOPIC,
            text,
            "unplug the hub and plug it in again; in a container, hand in /dev/bus/usb",
        )
    })
}

/// The files that the kernel has for switching; `uhubctl` uses them as well, if it may.
fn disable_files(unit: &Unit, facts: &Facts) -> Option<Line> {
    let with = |access| {
        chips(unit, &facts.survey, |hub| hub.sockets.values().any(|socket| socket.disable_file == access))
    };
    let (no, absent, read_only) = (with(Access::No), with(Access::Absent), with(Access::ReadOnly));
    let by_files = uses(facts, SwitchKind::Sysfs);
    let come_back = "ports that are off may come back by themselves";
    if !read_only.is_empty() {
        let state = if by_files { State::Wrong } else { State::Note };
        let text = format!(
            "{} is read-only, as in a container: {come_back}, and `switch: Sysfs()` does not work",
            facts.sysfs.display()
        );
        let hint = "hand in /sys of the host writable, for example a privileged container";
        return Some(Line::new(state, TOPIC, text, hint));
    }
    if !no.is_empty() {
        let side = one_side(&no, unit, &facts.survey).map(|side| format!("{side} of ")).unwrap_or_default();
        let (state, so) = if by_files {
            (State::Wrong, "`switch: Sysfs()` does not work".to_owned())
        } else {
            (State::Note, format!("uhubctl switches without the kernel, and {come_back}"))
        };
        let text =
            format!("{} may not write the `disable` files of {side}{}: {so}", facts.who.name, unit.the());
        return Some(Line::new(state, TOPIC, text, INSTALL_RULE));
    }
    let old = numbers(&facts.kernel).is_none_or(|version| version < (6, 0));
    (!absent.is_empty() && by_files && !old).then(|| {
        let text = format!("the kernel has no `disable` files for {}", unit.the());
        Line::new(State::Wrong, TOPIC, text, "write `switch: Uhubctl()` in the station file")
    })
}

fn sleep(unit: &Unit, facts: &Facts) -> Option<Line> {
    let sleepy = chips(unit, &facts.survey, |hub| hub.may_sleep == Some(true));
    (!sleepy.is_empty()).then(|| {
        let text =
            format!("the kernel may put {} to sleep, and ports that are off can come back then", unit.the());
        Line::new(State::Note, "sleep", text, format!("{INSTALL_RULE}: it keeps the hub awake"))
    })
}

fn chips<'s>(
    unit: &'s Unit,
    survey: &'s Survey,
    which: impl Fn(&HubFound) -> bool,
) -> Vec<(&'s HubLocation, &'s HubFound)> {
    unit.found(survey).filter(|(_, hub)| which(hub)).collect()
}

/// The side that these chips are, if all are of one side and the hub has two; otherwise nothing.
fn one_side(chips: &[(&HubLocation, &HubFound)], unit: &Unit, survey: &Survey) -> Option<String> {
    let (_, first) = chips.first()?;
    let same = chips.iter().all(|(_, hub)| hub.usb3 == first.usb3);
    let two = unit.found(survey).any(|(_, hub)| hub.usb3 != first.usb3);
    let at = if first.usb3 { unit.other.as_ref()? } else { &unit.at };
    (same && two).then(|| format!("the USB {} side ({at}, {})", if first.usb3 { 3 } else { 2 }, first.id))
}
