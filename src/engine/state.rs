//! What is known of each port, and the picture of the whole station that everybody may read.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use imbl::{OrdMap, ordmap::DiffItem};

use super::budget::allot::Rank;
use super::budget::standing::{Turn, Waits};
use super::layers::adjusting::Tuned;
use super::layers::shadow::{Candidate, PortShadow};
use crate::model::{
    Alarm, Battery, Care, Counts, Decision, DeviceName, Fault, FaultKind, HubLocation, Level, OrderId,
    Planned, Plugged, PortId, PortMemory, PortPlan, Power, Signal, Station, StationMemory, SwitchProblem,
    Thing, Timestamp, Unwell, Wish,
};
use crate::rules::RuleSet;

/// More devices than any station has ports for; what is beyond is not kept, so that nobody can fill the memory.
pub const UNPLACED_MAX: usize = 64;

/// A device that reports, and nobody knows which port it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Unplaced {
    /// Its last report.
    pub battery: Battery,
    /// When that came.
    pub heard_at: Timestamp,
}

/// An order on its way to the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InFlight {
    pub(super) id: OrderId,
    pub(super) power: Power,
    pub(super) at: Timestamp,
}

/// Everything known of one port.
#[derive(Clone, Debug, PartialEq)]
pub struct PortState {
    /// What its file says.
    pub plan: Arc<PortPlan>,
    /// What goes on after a restart: mode, wanted power, last report, …
    pub memory: PortMemory,
    /// The power as last seen on the hub; `None`: not known.
    pub actual: Option<Power>,
    /// Since when, if the change was seen.
    pub actual_since: Option<Timestamp>,
    /// The last decision.
    pub decision: Option<Arc<Decision>>,
    /// Since when verdict, layer and rule have been those of the last decision, as far as this life of the service knows.
    pub decided_since: Option<Timestamp>,
    /// The device has not reported for `silent_after`, or since it was last switched on to be heard.
    pub silent: bool,
    /// A level that the last report has taken back: it was no true one.
    pub(super) misread: Option<Level>,
    /// Why the port could not be switched or read, as long as that is so.
    pub problem: Option<SwitchProblem>,
    /// How often in a row it could not be switched.
    pub failures: u32,
    /// What is plugged in, as the hub showed last.
    pub plugged: Plugged,
    /// True when the hub shows right now that the device is this one; else it is assumed.
    pub device_seen: bool,
    /// Its power comes by one side of the hub only; that is mended unless the port is to be off.
    pub half: bool,
    /// Where the hub really is, when that is not where the file says.
    pub hub_at: Option<HubLocation>,
    /// What the device says against what the hub shows.
    pub fault: Option<Fault>,
    /// The device has power and does not gain.
    pub unwell: Option<Unwell>,
    /// When it had power last it did not charge: known beyond the fault, which ends with the power.
    pub(super) in_vain: bool,
    /// The port was given up until something changes.
    pub alarm: Option<Alarm>,
    /// It wants power and has to wait for it.
    pub waits: Option<Waits>,
    /// How strong its wish for power is.
    pub(super) rank: Rank,
    pub(super) turn: Turn,
    /// How a device is treated that belongs elsewhere by the file.
    pub(super) guest: Option<Arc<Care>>,
    /// The policy with the values that people set, where they set any.
    pub(super) tuned: Option<Box<Tuned>>,
    /// How the set of rules in shadow does here, while there is one.
    pub shadow: Option<Arc<PortShadow>>,
    /// When somebody else switched it of late.
    pub(super) drifts: Vec<Timestamp>,
    /// The hub of this port, while that is not there.
    pub(super) hub_missing: Option<HubLocation>,
    /// A report spoke against what the hub showed last; the next reading decides.
    pub(super) suspect: Option<FaultKind>,
    /// The steady state, by its beginning, in which it was told that the device does not charge because it is full.
    pub(super) full_told: Option<Timestamp>,
    /// The alarm is about others who switch this port.
    pub(super) contested: bool,
    /// Tried once an hour only, and quietly.
    pub(super) resting: bool,
    /// The present wish was met once, or the hub was away: mending that is no new switch and need not wait.
    pub(super) unheld: bool,
    /// The last thing that happened is a reading that failed.
    pub(super) unread: bool,
    /// The device that belongs here, by the file or by a name given at run time, is known not to be here.
    pub(super) moved_away: bool,
    /// It was told that nobody knows what is plugged in.
    pub(super) unknown_told: bool,
    /// Since when the port has shown nothing plugged in.
    pub(super) empty_since: Option<Timestamp>,
    /// What was wanted before the search that is at work; `None`: none is, at most an intent is noted.
    pub(super) before_search: Option<Box<Wish>>,
    /// A search has switched this port and it is not seen to be back yet: `min_hold` does not keep it from that.
    pub(super) searched: bool,
    /// The station's mode changed, and this port has not been decided about since.
    pub(super) mode_news: bool,
    pub(super) order: Option<InFlight>,
    pub(super) retry_at: Option<Timestamp>,
    pub(super) guard_failures: u32,
    pub(super) failing_rules: Vec<(String, String)>,
    pub(super) due: Timestamp,
}

impl PortState {
    pub(super) fn new(plan: Arc<PortPlan>, memory: PortMemory, now: Timestamp) -> Self {
        Self {
            silent: memory.safe.silence.is_some(),
            plan,
            memory,
            actual: None,
            actual_since: None,
            decision: None,
            decided_since: None,
            misread: None,
            problem: None,
            failures: 0,
            plugged: Plugged::NotShown,
            device_seen: false,
            half: false,
            hub_at: None,
            fault: None,
            unwell: None,
            in_vain: false,
            alarm: None,
            waits: None,
            rank: Rank::default(),
            turn: Turn::default(),
            guest: None,
            tuned: None,
            shadow: None,
            drifts: Vec::new(),
            hub_missing: None,
            suspect: None,
            full_told: None,
            contested: false,
            resting: false,
            unheld: false,
            unread: false,
            moved_away: false,
            unknown_told: false,
            empty_since: None,
            before_search: None,
            searched: false,
            mode_news: false,
            order: None,
            retry_at: None,
            guard_failures: 0,
            failing_rules: Vec::new(),
            due: now,
        }
    }

    /// The device in the port: the one whose serial number was shown here last, else the one that belongs here unless
    /// it is known not to be here.
    pub fn device(&self) -> Option<&DeviceName> {
        let resident = self.resident().filter(|_| !self.moved_away);
        self.memory.visitor.as_ref().or(resident)
    }

    /// The device that belongs here: as named at run time, else as the file names it.
    pub(super) fn resident(&self) -> Option<&DeviceName> {
        self.memory.named.as_ref().or(self.plan.device.as_ref())
    }

    /// What is plugged in, or was when the hub last showed something.
    pub fn thing(&self) -> Option<&Thing> {
        match &self.plugged {
            Plugged::Thing(thing) => Some(thing),
            Plugged::NotShown | Plugged::Nothing => self.memory.thing.as_deref(),
        }
    }

    /// What is plugged in, shown or assumed, if it has a serial number and nobody knows it.
    pub fn unknown(&self) -> Option<&Thing> {
        let thing = self.memory.thing.as_deref()?;
        // A file may give a serial number to a port whose device it does not name.
        let by_file = self.plan.device.is_none() && thing.serial == self.plan.serial;
        (thing.serial.is_some() && !by_file && self.device().is_none()).then_some(thing)
    }

    /// How the device in the port is treated.
    pub fn care(&self) -> &Arc<Care> {
        self.guest.as_ref().unwrap_or(&self.plan.care)
    }

    /// True when the port has power as far as can be told: the hub shows it, or the device goes on charging although the
    /// hub shows none.
    pub fn has_power(&self) -> bool {
        self.actual == Some(Power::On) || self.leaks()
    }

    /// True when the hub does not cut the power of this port although it shows that it does.
    pub fn leaks(&self) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::PowerLeak)
    }

    /// True while an order is on its way.
    pub fn is_switching(&self) -> bool {
        self.order.is_some()
    }

    /// True when the device has reported and is not silent.
    pub fn is_online(&self) -> bool {
        self.memory.battery.is_some() && !self.silent
    }
}

/// The whole picture of one station right now. Cheap to clone: it shares what has not changed.
#[derive(Clone, Debug)]
pub struct View {
    /// What its file says.
    pub station: Arc<Station>,
    /// What goes on after a restart and is of no port.
    pub memory: StationMemory,
    /// The rules at work.
    pub rules: Arc<RuleSet>,
    /// The set of rules in shadow, while there is one.
    pub shadow: Option<Arc<Candidate>>,
    /// The ports, by number.
    pub ports: OrdMap<PortId, Arc<PortState>>,
    /// Which device is in which port.
    pub devices: OrdMap<DeviceName, PortId>,
    /// How many ports have power, see [`PortState::has_power`].
    pub ports_on: u32,
    /// Hubs of this station that are not there, where the file says that they are, and since when.
    pub hubs_missing: OrdMap<HubLocation, Timestamp>,
    /// What devices say that nobody has placed yet, at most [`UNPLACED_MAX`] of them.
    pub unplaced: OrdMap<DeviceName, Unplaced>,
    /// When each port charges for its next deadline; ports without one are not in it.
    pub plan: OrdMap<PortId, Arc<Planned>>,
    /// What was seen since the start.
    pub counts: Counts,
    /// Numbers from elsewhere, as far as they were received.
    pub signals: Arc<BTreeMap<String, Signal>>,
    /// When the engine began.
    pub started_at: Timestamp,
}

impl View {
    /// The ports of which something may have changed since an earlier picture of the same station; `None`: any of them,
    /// because what shows at all ports has changed.
    pub fn ports_changed_since(&self, before: &Self) -> Option<BTreeSet<PortId>> {
        let is_same = Arc::ptr_eq(&before.station, &self.station)
            && Arc::ptr_eq(&before.rules, &self.rules)
            && before.memory.mode == self.memory.mode;
        if !is_same {
            return None;
        }
        // The same file has the same ports. To compare what they hold would take longer than to tell one of them.
        let ports = before.ports.values().zip(&self.ports);
        let ports = ports.filter(|(old, (_, new))| !Arc::ptr_eq(old, new)).map(|(_, (port, _))| *port);
        let plans = before.plan.diff(&self.plan).map(|change| match change {
            DiffItem::Add(port, _) | DiffItem::Remove(port, _) | DiffItem::Update { new: (port, _), .. } => {
                *port
            }
        });
        Some(ports.chain(plans).collect())
    }
}
