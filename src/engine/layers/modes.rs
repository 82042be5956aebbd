//! What people decided: modes of ports, devices and the station, what they want, and how they end by themselves.
//!
//! Of several modes the port's counts first, then the device's, then the station's; `auto` asks the next. Safety stands
//! above all of them. Never ends a mode of a level by a report that was measured before it was set.

use super::judge::Judgement;
use crate::engine::core::{Engine, Step};
use crate::engine::devices::full::is_full;
use crate::engine::state::{PortState, View};
use crate::model::{
    DeviceName, EventKind, FaultKind, Layer, Mode, ModeEnd, ModeKind, ModeScope, Plugged, PortId, Power,
    Record, Span, Stay, Timestamp, Verdict,
};

/// `hold` charges again once the level is so many points below. A battery that rests loses 1 to 5 points an hour, so the port
/// is switched a few times a day at most; gauges are unsure by 1 to 3 points.
const BAND: u8 = 4;
/// Nothing shown for so long in a port that has power: a phone that starts again is back in half of it.
const GONE: Span = Span::from_mins(2);
/// From here on a device may stop charging by a limit of its own: then that says nothing of its cable.
const LIMIT: u8 = 80;
/// Points that a device at its limit loses when it is unplugged; those that hold their limit lose fewer.
const LOST: u8 = 3;

impl View {
    /// Who holds the switch of a port, and by which mode; `None`: the policy decides.
    pub fn held_by<'a>(&'a self, port: &'a PortState) -> Option<(ModeScope, &'a Mode)> {
        let station = Some(&self.memory.mode).filter(|mode| !port.was_served(mode));
        let modes = [
            (ModeScope::Port, Some(&port.memory.mode)),
            (ModeScope::Device, Some(&port.memory.device_mode)),
            (ModeScope::Station, station),
        ];
        modes.into_iter().find_map(|(scope, mode)| Some((scope, mode.filter(|mode| !mode.is_auto())?)))
    }

    /// What a person has switched a port to, and by which mode; `None` where the level decides, or nobody.
    pub(in crate::engine) fn switched_by_person<'a>(
        &'a self,
        port: &'a PortState,
    ) -> Option<(Power, &'a Mode)> {
        let (_, mode) = self.held_by(port)?;
        match mode.kind {
            ModeKind::On => Some((Power::On, mode)),
            ModeKind::Off => Some((Power::Off, mode)),
            ModeKind::Auto | ModeKind::Once | ModeKind::Hold => None,
        }
    }

    /// How many ports a person holds.
    pub fn manual_ports(&self) -> usize {
        self.ports.values().filter(|port| self.held_by(port).is_some()).count()
    }
}

impl Engine {
    /// A person takes the switch of a port, or gives it back. `None` when there is no such port.
    pub fn set_mode(&mut self, id: PortId, mode: Mode, now: Timestamp) -> Option<Step> {
        self.follow_clock(now);
        let mut step = Step::default();
        let mode = begun(mode, now);
        self.change(id, |port| {
            port.memory.stay = mode.unplugged.then(|| port.stay(now));
            port.memory.mode = mode.clone();
            // Who asks may have put in another cable.
            port.in_vain = false;
            port.try_again();
        })?;
        self.tell(&mut step, id, now, EventKind::ModeChanged { mode, device: None, ended: None });
        self.plan_port(id, now, &mut step);
        self.judge(id, now, true, &mut step);
        Some(step)
    }

    /// A person decides about a device, wherever it is or will be. Gives the port that it is in; `None` when it is in none.
    pub fn set_device_mode(
        &mut self,
        device: &DeviceName,
        mode: Mode,
        now: Timestamp,
    ) -> Option<(PortId, Step)> {
        self.follow_clock(now);
        let id = self.view.devices.get(device).copied()?;
        let mut step = Step::default();
        let mode = begun(mode, now);
        self.change(id, |port| {
            port.memory.device_stay = mode.unplugged.then(|| port.stay(now));
            port.memory.device_mode = mode.clone();
            port.try_again();
        })?;
        let device = Some(device.clone());
        self.tell(&mut step, id, now, EventKind::ModeChanged { mode, device, ended: None });
        self.plan_port(id, now, &mut step);
        self.judge(id, now, true, &mut step);
        Some((id, step))
    }

    /// A person decides about all ports whose own mode and device's mode are `auto`. They are looked at at once, so many
    /// in each tick. A station is not unplugged: that end does not count.
    pub fn set_station_mode(&mut self, mode: Mode, now: Timestamp) -> Step {
        self.follow_clock(now);
        let mut step = Step::default();
        let mode = begun(Mode { unplugged: false, ..mode }, now);
        self.put_station_mode(mode, None, now, &mut step);
        step
    }

    fn put_station_mode(&mut self, mode: Mode, ended: Option<ModeEnd>, now: Timestamp, step: &mut Step) {
        self.view.memory.mode = mode.clone();
        self.tell_all(step, now, EventKind::ModeChanged { mode, device: None, ended });
        let memory = Box::new(self.view.memory.clone());
        step.records.push(Record::StationMemory { station: self.view.station.name.clone(), memory });
        for id in self.view.ports.keys().copied().collect::<Vec<_>>() {
            let follows = self.change(id, |port| {
                let follows = port.memory.mode.is_auto() && port.memory.device_mode.is_auto();
                if follows {
                    port.mode_news = true;
                    port.try_again();
                }
                follows
            });
            if follows == Some(true) {
                self.schedule(id, now);
            }
        }
    }

    /// When the station's mode ends by time.
    pub(in crate::engine) fn station_mode_due(&self) -> Option<Timestamp> {
        let mode = &self.view.memory.mode;
        mode.until.filter(|_| !mode.is_auto())
    }

    /// Ends the station's mode when its time is over.
    pub(in crate::engine) fn end_station_mode(&mut self, now: Timestamp, step: &mut Step) {
        if self.station_mode_due().is_some_and(|until| until <= now) {
            self.put_station_mode(Mode::default(), Some(ModeEnd::Time), now, step);
        }
    }

    /// Ends modes and a search that are over. True when the port needs a decision anew.
    pub(in crate::engine) fn end_what_is_over(
        &mut self,
        id: PortId,
        now: Timestamp,
        step: &mut Step,
    ) -> bool {
        self.end_station_mode(now, step);
        self.change(id, PortState::note_shown);
        let gone_after = GONE.max(self.view.station.poll.saturating_mul(2));
        let Some(port) = self.view.ports.get(&id) else { return false };
        let memory = &port.memory;
        let over = [
            (ModeScope::Port, port.end_of(&memory.mode, memory.stay.as_ref(), gone_after, now)),
            (
                ModeScope::Device,
                port.end_of(&memory.device_mode, memory.device_stay.as_ref(), gone_after, now),
            ),
        ];
        for (scope, ended) in over {
            if let Some(ended) = ended {
                self.end_mode(id, scope, ended, now, step);
            }
        }
        self.serve_once(id, now, step);
        let news = |port: &mut PortState| std::mem::take(&mut port.mode_news) | port.end_search_in_time(now);
        self.change(id, news).unwrap_or_default()
    }

    fn end_mode(&mut self, id: PortId, scope: ModeScope, ended: ModeEnd, now: Timestamp, step: &mut Step) {
        let device = self.change(id, |port| {
            let (mode, stay) = match scope {
                ModeScope::Device => (&mut port.memory.device_mode, &mut port.memory.device_stay),
                ModeScope::Port | ModeScope::Station => (&mut port.memory.mode, &mut port.memory.stay),
            };
            *mode = Mode::default();
            *stay = None;
            port.device().filter(|_| scope == ModeScope::Device).cloned()
        });
        let (mode, device) = (Mode::default(), device.flatten());
        self.tell(step, id, now, EventKind::ModeChanged { mode, device, ended: Some(ended) });
        self.remember(id, step);
    }

    /// The station's `once` is done at a port whose device has reached the level, and over once it is done wherever a device
    /// reports.
    fn serve_once(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let mode = &self.view.memory.mode;
        let Some(since) = mode.since.filter(|_| mode.kind == ModeKind::Once) else { return };
        let Some(port) = self.view.ports.get(&id) else { return };
        let held = self.view.held_by(port).is_some_and(|(scope, _)| scope == ModeScope::Station);
        match held.then(|| port.has_reached(mode)).flatten() {
            Some(_) => {
                self.change(id, |port| port.memory.served = Some(since));
                self.remember(id, step);
            }
            // Nobody waits for a device that does not report.
            None if port.silent => {}
            None => return,
        }
        let mode = &self.view.memory.mode;
        let waits = |port: &PortState| {
            let held = self.view.held_by(port).is_some_and(|(scope, _)| scope == ModeScope::Station);
            held && port.memory.battery.is_some() && !port.silent
        };
        let served = self.view.ports.values().any(|port| port.was_served(mode));
        if served && !self.view.ports.values().any(|port| waits(port)) {
            self.put_station_mode(Mode::default(), Some(ModeEnd::Reached), now, step);
        }
    }

    /// What a person wants of this port. A device that does not report has no level to charge to or to hold: then the
    /// engine's own care for silent devices counts.
    pub(in crate::engine) fn by_person(&self, port: &PortState, _now: Timestamp) -> Option<Judgement> {
        let (scope, mode) = self.view.held_by(port)?;
        let (by, end) = (&mode.by, mode.end_in_words(&self.view.station.zone));
        let of = match scope {
            ModeScope::Port => String::new(),
            ModeScope::Device => " for this device".to_owned(),
            ModeScope::Station => " for the whole station".to_owned(),
        };
        let (verdict, reason) = match (mode.kind, mode.goal()) {
            (ModeKind::On, _) => (Verdict::Charge, format!("switched on{of} by {by} {end}")),
            (ModeKind::Off, _) => (Verdict::Rest, format!("switched off{of} by {by} {end}")),
            (_, Some(_)) if port.silent => return None,
            (ModeKind::Once, Some(level)) => {
                let has_end = mode.until.is_some() || mode.unplugged;
                let end = if has_end { format!(", {end}") } else { String::new() };
                (Verdict::Charge, format!("charged once to {level}%{of} by {by}{end}"))
            }
            (_, Some(goal)) => {
                let (verdict, now) = port.hold(goal.percent());
                (verdict, format!("held at {goal}%{of} by {by} {end}: {now}"))
            }
            (_, None) => return None,
        };
        Some(Judgement::plain(verdict, Layer::Mode, reason))
    }
}

impl PortState {
    /// True when the station's mode is a `once` that is done at this port.
    fn was_served(&self, mode: &Mode) -> bool {
        mode.kind == ModeKind::Once && mode.since.is_some() && self.memory.served == mode.since
    }

    /// Keeps a level, percent: charges up to it, and again once it is some points below. Also says so.
    fn hold(&self, goal: u8) -> (Verdict, String) {
        let Some(battery) = &self.memory.battery else {
            return (Verdict::Charge, "charged until its level is known".to_owned());
        };
        let (level, again) = (battery.level.percent(), goal.saturating_sub(BAND));
        let charges = level < goal && (level <= again || self.memory.wanted == Some(Power::On));
        if charges {
            (Verdict::Charge, format!("charged from {level}%"))
        } else {
            (Verdict::Rest, format!("{level}% rests down to {again}%"))
        }
    }

    fn stay(&self, now: Timestamp) -> Stay {
        Stay {
            port: self.plan.id,
            device: self.device().cloned(),
            serial: self.last_serial().map(str::to_owned),
            shown: matches!(self.plugged, Plugged::Thing(_)),
            since: now,
        }
    }

    /// What the hub shows now is remembered by those who wait for it to go.
    fn note_shown(&mut self) {
        if !matches!(self.plugged, Plugged::Thing(_)) {
            return;
        }
        for stay in [&mut self.memory.stay, &mut self.memory.device_stay].into_iter().flatten() {
            stay.shown = true;
        }
    }

    /// Whether a mode is over, and why.
    fn end_of(&self, mode: &Mode, stay: Option<&Stay>, gone_after: Span, now: Timestamp) -> Option<ModeEnd> {
        if mode.is_auto() {
            return None;
        }
        if mode.until.is_some_and(|until| until <= now) {
            return Some(ModeEnd::Time);
        }
        if mode.unplugged && stay.is_none_or(|stay| self.has_left(stay, gone_after, now)) {
            return Some(ModeEnd::Unplugged);
        }
        self.has_reached(mode)
    }

    /// Whether the device says, since the mode was set, that it is at the level of `once`, or as full as it gets.
    fn has_reached(&self, mode: &Mode) -> Option<ModeEnd> {
        let goal = mode.goal().filter(|_| mode.kind == ModeKind::Once)?;
        let battery = self.memory.battery.as_ref().filter(|_| !self.silent)?;
        if mode.since.is_some_and(|since| battery.measured_at < since) {
            return None;
        }
        if battery.level >= goal {
            return Some(ModeEnd::Reached);
        }
        is_full(battery, &self.memory).then_some(ModeEnd::Full)
    }

    /// True when another device is in the port than was, or none: the hub shows nothing where it showed something; or,
    /// where it never showed anything, the device says that it does not charge although the port is on.
    fn has_left(&self, stay: &Stay, gone_after: Span, now: Timestamp) -> bool {
        let another_serial = match (stay.serial.as_deref(), self.last_serial()) {
            (Some(before), Some(now)) => before != now,
            (None, _) | (_, None) => false,
        };
        let another_name = stay.device.is_some() && stay.device.as_ref() != self.device();
        if stay.port != self.plan.id || another_serial || another_name {
            return true;
        }
        if stay.shown {
            let empty = self.empty_since.is_some_and(|at| now.duration_since(at) >= gone_after);
            return empty && self.plugged == Plugged::Nothing && self.actual == Some(Power::On);
        }
        let fault = self.fault.as_ref().filter(|fault| fault.kind == FaultKind::NotCharging);
        fault.is_some_and(|fault| fault.since >= stay.since) && !self.is_at_its_limit()
    }

    /// True when a device that does not charge may do so by a limit of its own.
    fn is_at_its_limit(&self) -> bool {
        let level = self.memory.battery.as_ref().map_or(0, |battery| battery.level.percent());
        let began = self.memory.steady.as_ref().and_then(|steady| steady.level);
        level >= LIMIT && began.is_none_or(|began| level.saturating_add(LOST) > began.percent())
    }

    /// The clock was set back: what began later than now began now.
    pub(in crate::engine) fn modes_not_later_than(&mut self, now: Timestamp) {
        let memory = &mut self.memory;
        memory.mode.not_later_than(now);
        memory.device_mode.not_later_than(now);
        memory.served = memory.served.map(|at| at.min(now));
        for stay in [&mut memory.stay, &mut memory.device_stay].into_iter().flatten() {
            stay.since = stay.since.min(now);
        }
    }

    /// When the first of its own modes ends by time.
    pub(in crate::engine) fn modes_due(&self) -> Option<Timestamp> {
        let modes = [&self.memory.mode, &self.memory.device_mode].into_iter();
        modes.filter(|mode| !mode.is_auto()).filter_map(|mode| mode.until).min()
    }
}

fn begun(mode: Mode, now: Timestamp) -> Mode {
    Mode { since: (!mode.is_auto()).then_some(now), ..mode }
}
