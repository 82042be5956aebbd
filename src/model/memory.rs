//! What is remembered of a port over a restart.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Adjustments, Author, Battery, DeviceName, Learned, Level, Mode, PortId, Power, RuleName, Safekeeping,
    Span, Spells, Stretch, Thing, Timestamp, Told,
};

/// A port that is switched for a moment to find out what is plugged into it, or to start that anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// What it is switched to.
    pub power: Power,
    /// Until when.
    pub until: Timestamp,
    /// Who asked for a power cycle; `None`: it is a search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycled_by: Option<Author>,
}

/// What a person asks for who searches: to switch a port for so long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProbeFor {
    /// What it is switched to.
    pub power: Power,
    /// For how long, counted from when the intent is on disk; more than nothing.
    pub length: Span,
}

/// A device that was named where the hub showed its serial number, or had shown it, unknown, before the power of the port
/// went: known by that number wherever it is plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// Its USB serial number.
    pub serial: String,
    /// Its name.
    pub device: DeviceName,
}

/// Since when a port has been seen in one state, and which device was in it: what its reports are held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steady {
    /// The power as last seen on the hub.
    pub power: Power,
    /// Since when it has been seen so, or since when this device is in the port, whichever is later.
    pub since: Timestamp,
    /// The level at that time, or the first that was measured since then.
    pub level: Option<Level>,
    /// The device.
    pub device: Option<DeviceName>,
    /// Its USB serial number, where the hub showed it.
    pub serial: Option<String>,
}

/// Who is in a port while a mode that ends at unplugging is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// The port.
    pub port: PortId,
    /// The device, if it has a name.
    pub device: Option<DeviceName>,
    /// Its USB serial number, where the hub showed it.
    pub serial: Option<String>,
    /// True once the hub has shown something in the port since the mode was set: then showing nothing means something.
    pub shown: bool,
    /// When the mode was set.
    pub since: Timestamp,
}

/// The part of a port's state that goes on after a restart. Unknown and missing fields are harmless, so that
/// another version of the service can read it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PortMemory {
    /// What a person decided of the port; `auto`: the device's mode counts, then the station's, then the policy.
    pub mode: Mode,
    /// Who is in the port, while `mode` ends at unplugging.
    pub stay: Option<Stay>,
    /// What a person decided of the device, wherever it is.
    pub device_mode: Mode,
    /// The same for `device_mode`.
    pub device_stay: Option<Stay>,
    /// When the station's `once` began that is done at this port.
    pub served: Option<Timestamp>,
    /// A name given at run time, on top of the file.
    pub named: Option<DeviceName>,
    /// The device that is here although file and name say otherwise: the hub showed its serial number here last.
    pub visitor: Option<DeviceName>,
    /// Devices that were named in this port together with their serial numbers, the oldest first.
    pub bound: Arc<Vec<Bound>>,
    /// What the port should be.
    pub wanted: Option<Power>,
    /// Why, in the words of the decision that wanted it.
    pub because: String,
    /// When the port was last switched by this service: `min_hold` counts from here.
    pub switched_at: Option<Timestamp>,
    /// Since when the port has been seen in its state. A time in which it could not be read changes nothing.
    pub steady: Option<Steady>,
    /// The rule that brought the port into this state.
    pub holder: Option<RuleName>,
    /// A search for the device in this port. A restart ends it, and gives the port its power.
    pub probe: Option<Probe>,
    /// What was plugged in when the hub last showed something.
    pub thing: Option<Arc<Thing>>,
    /// The last report.
    pub battery: Option<Battery>,
    /// When the device was last heard, or put here: `silent_after` counts from here.
    pub heard_at: Option<Timestamp>,
    /// For `history.minutes_above("level", …)`.
    pub level: Spells,
    /// For `history.minutes_above("temp", …)`.
    pub temperature: Spells,
    /// When the device was last full: at 100 %, or as full as it gets.
    pub full_at: Option<Timestamp>,
    /// The values of parameters that people set over the files.
    pub adjusted: Arc<Adjustments>,
    /// How fast the device charges and drains.
    pub learned: Arc<Learned>,
    /// Since when what is in the port has been there, if the hub showed it come.
    pub plugged_at: Option<Timestamp>,
    /// The stretch of charging that goes on.
    pub stretch: Option<Box<Stretch>>,
    /// What keeps it from harm.
    pub safe: Safekeeping,
}

/// The part of a station's state that goes on after a restart and is of no port. Unknown and missing fields are harmless.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StationMemory {
    /// What a person decided of all ports whose own mode and device's mode are `auto`.
    pub mode: Mode,
    /// What others said on the topics of deadlines, by topic.
    pub told: BTreeMap<String, Told>,
}

impl PortMemory {
    /// True when it holds something that a person asked for.
    pub fn is_asked_for(&self) -> bool {
        self.named.is_some()
            || !self.bound.is_empty()
            || self.probe.is_some()
            || !self.adjusted.is_empty()
            || !self.mode.is_auto()
            || !self.device_mode.is_auto()
    }

    /// Ends a search: the port is wanted on until somebody decides otherwise. False when there was none.
    pub fn end_probe(&mut self) -> bool {
        let Some(probe) = self.probe.take() else { return false };
        self.wanted = Some(Power::On);
        self.holder = None;
        let over = if probe.cycled_by.is_some() {
            "the power cycle is over"
        } else {
            "the search for its device is over"
        };
        over.clone_into(&mut self.because);
        true
    }
}
