//! What a device needs to be ready: how long it charges, and what may be in its way.

use jiff::Zoned;

use super::place::{Claim, Load, Place};
use crate::engine::state::{PortState, View};
use crate::model::{Deadline, FaultKind, HistoryFacts, Level, ModeKind, Planned, Power, Span, Timestamp};

/// Nobody begins a charge for fewer percent points than these: a level is told in whole ones, and a charge ends earlier with
/// many devices.
const NEAR: u8 = 3;

/// Of the time that is needed so much more is taken, to be sure: as long as only the file says how fast the device charges,
/// and once that is as well known as it gets. Ours: files are wrong by a quarter where cables and chargers differ; what was
/// learned is to be right within a tenth.
const UNSURE: f64 = 0.3;
const SURE: f64 = 0.1;
/// And so many minutes: a report may be so old, and a switch takes its time.
const ALWAYS: f64 = 5.0;

/// The deadline that counts for a port, and what stands in its way.
pub(super) struct Standing {
    deadline: Deadline,
    level: u8,
    minutes: f64,
    margin: f64,
    /// What is asked of the power supply; `None`: nothing.
    pub(super) claim: Option<Claim>,
    /// Why it does not charge, if it cannot.
    hindered: Option<String>,
    /// Why nothing is needed, if nothing is.
    ready: Option<&'static str>,
    /// When charging for this deadline began, if it has.
    begun: Option<Timestamp>,
    asked: bool,
}

/// Chooses the deadline that counts: the one for which charging is to begin first. `None`: nothing can be planned.
pub(super) fn standing(
    (view, port): (&View, &PortState),
    next: &[(Deadline, f64)],
    asked: bool,
    before: Option<&Planned>,
    now: Timestamp,
) -> Option<Standing> {
    if is_out(port, now) {
        return None;
    }
    let battery = port.memory.battery.as_ref()?;
    let level = battery.level.percent();
    let full = port.memory.full_at == Some(battery.measured_at);
    let begun = |deadline: &Deadline| {
        let same = before.filter(|before| has_begun(before, now) && before.deadline == *deadline);
        same.map(|before| before.start)
    };
    let needs = next.iter().map(|(deadline, spare)| {
        let (minutes, margin) = need(port, level, deadline);
        let near = deadline.level.percent().saturating_sub(level) < NEAR && begun(deadline).is_none();
        let minutes = if full || near { 0.0 } else { minutes };
        let whole = if minutes > 0.0 { minutes + margin.max(*spare) } else { 0.0 };
        let start = deadline.at.checked_sub(Span::try_from_secs_f64(whole * 60.0).unwrap_or_default());
        (start.unwrap_or(Timestamp::MIN), deadline, minutes, margin.max(*spare))
    });
    let (_, deadline, minutes, margin) = needs.min_by_key(|(start, deadline, ..)| (*start, deadline.at))?;
    let begun = begun(deadline);
    let missing = deadline.level.percent().saturating_sub(level);
    let ready = match missing {
        0 => Some("it has that already"),
        _ if full => Some("it gets no fuller"),
        missing if missing < NEAR && begun.is_none() => Some("that is near enough"),
        _ => None,
    };
    let (minutes, margin) = if ready.is_some() { (0.0, 0.0) } else { (minutes, margin) };
    let (from, hindered) = hindrance(view, port, deadline.level, now);
    let claim = Claim {
        port: port.plan.id,
        at: deadline.at,
        from,
        minutes,
        margin,
        level,
        watts: port.care().watts,
        begun,
    };
    let claim = Some(claim).filter(|_| asked && hindered.is_none() && ready.is_none());
    Some(Standing {
        deadline: deadline.clone(),
        level,
        minutes,
        margin,
        claim,
        hindered,
        ready,
        begun,
        asked,
    })
}

/// Whether charging has begun by this plan. Where nothing was needed it would begin with the deadline; of what was in its way
/// nobody can tell when it is ready.
fn has_begun(before: &Planned, now: Timestamp) -> bool {
    before.start <= now && before.start < before.deadline.at && before.ready_at.is_some()
}

/// Minutes to charge, and minutes more to be sure.
fn need(port: &PortState, level: u8, deadline: &Deadline) -> (f64, f64) {
    let (from, to) = (f64::from(level), f64::from(deadline.level.percent()));
    let (minutes, sure) = match port.memory.learned.minutes_to_charge(from, to) {
        Some(learned) if learned.minutes.is_finite() => (learned.minutes, learned.sure.clamp(0.0, 1.0)),
        _ => {
            let charge_per_hour = port.care().charge_per_hour;
            (HistoryFacts { charge_per_hour, ..HistoryFacts::default() }.minutes_to_charge(from, to), 0.0)
        }
    };
    (minutes.max(0.0), minutes.max(0.0) * (UNSURE + (SURE - UNSURE) * sure) + ALWAYS)
}

/// From when on it can charge, and why it cannot at all.
fn hindrance(view: &View, port: &PortState, level: Level, now: Timestamp) -> (Timestamp, Option<String>) {
    if port.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::NotCharging) {
        return (now, Some("it does not charge although its port is on".to_owned()));
    }
    if port.alarm.as_ref().is_some_and(|alarm| alarm.wanted == Power::On) {
        return (now, Some("its port cannot be switched on".to_owned()));
    }
    if port.unwell.is_some() {
        return (now, Some("it has had power for two hours and has not gained".to_owned()));
    }
    let Some((_, mode)) = view.held_by(port) else { return (now, None) };
    let why = match mode.kind {
        ModeKind::Off => format!("switched off by {}", mode.by),
        ModeKind::Hold if mode.goal().is_some_and(|goal| goal < level) => {
            format!("{} by {}", mode.in_words(), mode.by)
        }
        ModeKind::Auto | ModeKind::On | ModeKind::Once | ModeKind::Hold => return (now, None),
    };
    match mode.until {
        Some(until) => (until.max(now), None),
        None => (now, Some(why)),
    }
}

/// True when there is no device that could be ready. A port that shows nothing may have one on a cable that only charges.
fn is_out(port: &PortState, now: Timestamp) -> bool {
    !port.care().battery || port.unknown().is_some() || port.moved_away || port.is_gone(now)
}

/// Why a port that has deadlines has no plan.
pub(super) fn unplanned(port: &PortState) -> &'static str {
    if !port.care().battery {
        "its device has no battery"
    } else if port.unknown().is_some() {
        "nobody knows what is plugged in"
    } else if is_out(port, Timestamp::MAX) {
        "its device is away"
    } else if port.memory.battery.is_none() && port.device().is_none() {
        "no device is named for it"
    } else if port.memory.battery.is_none() {
        "its device has not reported yet"
    } else {
        "all its deadlines are over"
    }
}

/// The power that a port takes whatever is planned.
pub(super) fn load(view: &View, port: &PortState) -> Option<Load> {
    let until = match view.switched_by_person(port) {
        Some((Power::On, mode)) => mode.until,
        _ if port.leaks() || !port.care().battery || port.unknown().is_some() => None,
        _ => return None,
    };
    Some(Load { port: port.plan.id, watts: port.care().watts, until })
}

/// The plan of a port, in the words of people too.
pub(super) fn planned(standing: &Standing, place: Option<&Place>, view: &View, now: Timestamp) -> Planned {
    let deadline = standing.deadline.clone();
    let zone = &view.station.zone;
    let clock = |at: Timestamp| short(&at.to_zoned(zone.clone()), &now.to_zoned(zone.clone()));
    let (level, target) = (standing.level, deadline.level.percent());
    let plan = |start, ready_at, in_time, reason| Planned {
        deadline: deadline.clone(),
        start,
        minutes: standing.minutes,
        ready_at,
        in_time,
        reason,
    };
    if let Some(ready) = standing.ready {
        let begun = standing.begun.filter(|_| standing.asked);
        let kept = if begun.is_some() { ", and is kept so" } else { "" };
        let reason = format!("{level}% of {target}%: {ready}{kept}");
        return plan(begun.unwrap_or(deadline.at), Some(now), true, reason);
    }
    if let Some(hindered) = &standing.hindered {
        return plan(now, None, false, format!("{level}%, to have {target}%: {hindered}"));
    }
    let (need, spare) = (standing.minutes.ceil(), standing.margin.ceil());
    let way = format!("{level}% to {target}% takes about {need} min");
    let Some(place) = place.filter(|_| standing.asked) else {
        let start =
            deadline.at.checked_sub(Span::try_from_secs_f64((need + spare) * 60.0).unwrap_or_default());
        let reason = format!("{way}; no rule of this port begins by deadlines: add `ready-by`");
        return plan(start.unwrap_or(now), None, true, reason);
    };
    let reason = if place.in_time {
        let shared = match place.earlier.ceil() {
            earlier if earlier > 0.0 => format!(", {earlier} min earlier as others need the power too"),
            _ => String::new(),
        };
        format!("{way}, {spare} more to be sure{shared}: begins at {}", clock(place.start))
    } else {
        let why = if place.crowded { "others have the power before, " } else { "" };
        format!("{way}: {why}ready at {} at the earliest", clock(place.ready_at))
    };
    plan(place.start, Some(place.ready_at), place.in_time, reason)
}

/// The time, and the day where it is not today.
fn short(at: &Zoned, now: &Zoned) -> String {
    let format = if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.strftime(format).to_string()
}
