//! Ports, devices, and what may be asked of them.

use poem_openapi::{Object, types::Example};
use serde::{Deserialize, Serialize};

use super::super::{fields, wire::Time};
use super::{
    AdjustedOut, DecisionOut, HeldOut, ModeOut,
    hub::{AlarmOut, FaultOut, ProbeOut, ShowsOut, ThingOut, UnknownOut, UnwellOut},
};
use crate::{
    controller::{Bounds, PortState, View},
    model::{Battery, Celsius, DeviceName, Level, PortId, Power, RuleName, StationName, SwitchProblem},
};

/// The last report of a device.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Battery")]
pub(in crate::http) struct BatteryOut {
    /// State of charge in percent.
    level: Level,
    /// Whether the device said that it charges.
    #[oai(nullable)]
    charging: Option<bool>,
    /// Battery temperature in degrees Celsius.
    #[oai(nullable)]
    temperature: Option<Celsius>,
    /// When it was measured.
    measured_at: Time,
}

impl From<&Battery> for BatteryOut {
    fn from(battery: &Battery) -> Self {
        Self {
            level: battery.level,
            charging: battery.charging,
            temperature: battery.temperature,
            measured_at: battery.measured_at.into(),
        }
    }
}

/// Why a port could not be switched or read.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "SwitchProblem")]
pub(in crate::http) struct ProblemOut {
    /// A stable code, for example `uhubctl_missing`.
    code: String,
    /// What went wrong and what to do.
    message: String,
    /// How often in a row switching failed.
    failures: u32,
}

/// Where `uhubctl` finds the port.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Socket")]
pub(in crate::http) struct SocketOut {
    /// The hub.
    hub: String,
    /// The number on the hub.
    port: u8,
}

/// The parameters that are the two levels of a port.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Levels")]
pub(in crate::http) struct LevelsOut {
    /// The rule whose parameters they are.
    rule: RuleName,
    /// The parameter behind `low`; null: the rule charges to one level only.
    #[oai(nullable)]
    low: Option<String>,
    /// The parameter behind `high`.
    high: String,
}

impl From<&Bounds> for LevelsOut {
    fn from(bounds: &Bounds) -> Self {
        Self {
            rule: bounds.rule.clone(),
            low: bounds.low.as_ref().map(|low| low.parameter.to_owned()),
            high: bounds.high.parameter.to_owned(),
        }
    }
}

/// Everything known of one port.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Port")]
pub(in crate::http) struct PortOut {
    /// The station.
    station: StationName,
    /// The number on the housing.
    port: PortId,
    /// The device in it.
    #[oai(nullable)]
    device: Option<DeviceName>,
    /// True when the hub does not show right now that the device is this one: it was the last known to be here.
    device_assumed: bool,
    /// The device that the station file names for this port.
    #[oai(nullable)]
    file_device: Option<DeviceName>,
    /// The USB serial number of the device that the station file names.
    #[oai(nullable)]
    serial: Option<String>,
    /// True when the device that belongs to this port was named at run time, on top of the file.
    named_at_run_time: bool,
    /// Where `uhubctl` finds it.
    socket: SocketOut,
    /// Where the hub really is, when that is not where the file says.
    #[oai(nullable)]
    hub_at: Option<String>,
    /// What the hub shows in the port.
    shows: ShowsOut,
    /// The USB device in the port, when the hub shows one.
    #[oai(nullable)]
    plugged: Option<ThingOut>,
    /// The USB device in the port, when it has a serial number that nobody knows. It is not switched by rules.
    #[oai(nullable)]
    unknown_device: Option<UnknownOut>,
    /// The power as last seen on the hub; null: not known.
    #[oai(nullable)]
    power: Option<Power>,
    /// Since when, if the change was seen.
    #[oai(nullable)]
    power_since: Option<Time>,
    /// What the power should be; null: nobody decided yet.
    #[oai(nullable)]
    wanted: Option<Power>,
    /// Since when it waits for power, while it wants some and the power budget has no place for it; null: it does not.
    #[oai(nullable)]
    waits_since: Option<Time>,
    /// True while an order is on its way to the hub.
    switching: bool,
    /// The mode of the port itself.
    mode: ModeOut,
    /// Who holds the switch: the first mode of port, device and station that is not `auto`; null: the rules decide.
    #[oai(nullable)]
    held_by: Option<HeldOut>,
    /// The last report.
    #[oai(nullable)]
    battery: Option<BatteryOut>,
    /// The level at which its rules charge it, per cent; null: there is no such level.
    #[oai(nullable)]
    low: Option<Level>,
    /// The level at which its rules let it rest, per cent; null: there is no such level.
    #[oai(nullable)]
    high: Option<Level>,
    /// The parameters behind `low` and `high`; null: no rule has such parameters, or there is no battery.
    #[oai(nullable)]
    levels: Option<LevelsOut>,
    /// True when the device has reported and is not silent.
    online: bool,
    /// The last decision.
    #[oai(nullable)]
    decision: Option<DecisionOut>,
    /// Why the port could not be switched or read, as long as that is so.
    #[oai(nullable)]
    problem: Option<ProblemOut>,
    /// What the device says against what the hub shows, as long as that is so.
    #[oai(nullable)]
    fault: Option<FaultOut>,
    /// Set while the device has power and does not gain.
    #[oai(nullable)]
    unwell: Option<UnwellOut>,
    /// Set while the port is given up because it could not be brought to what is wanted.
    #[oai(nullable)]
    alarm: Option<AlarmOut>,
    /// Set while the port is switched to find out what is plugged into it.
    #[oai(nullable)]
    probe: Option<ProbeOut>,
    /// The guards that are asked first, in order.
    guards: Vec<RuleName>,
    /// The rules that are asked then, in order; the first opinion wins.
    rules: Vec<RuleName>,
    /// Parameters that people set at run time, over the station file.
    adjusted: Vec<AdjustedOut>,
}

impl PortOut {
    /// Shows one port of a station.
    pub(in crate::http) fn new(view: &View, state: &PortState) -> Self {
        let plan = &state.plan;
        let bounds = state.bounds(&view.rules);
        let names = |uses: &[crate::model::RuleUse]| uses.iter().map(|u| u.rule.clone()).collect();
        Self {
            station: view.station.name.clone(),
            port: plan.id,
            device: state.device().cloned(),
            device_assumed: state.device().is_some() && !state.device_seen,
            file_device: plan.device.clone(),
            serial: plan.serial.clone(),
            named_at_run_time: state.memory.named.is_some(),
            socket: SocketOut { hub: plan.socket.hub().as_str().to_owned(), port: plan.socket.port() },
            hub_at: state.hub_at.as_ref().map(ToString::to_string),
            shows: ShowsOut::from(&state.plugged),
            plugged: ThingOut::of(&state.plugged),
            unknown_device: UnknownOut::of(state),
            power: state.actual,
            power_since: state.actual_since.map(Time),
            wanted: state.memory.wanted,
            waits_since: state.waits.map(|waits| Time(waits.since)),
            switching: state.is_switching(),
            mode: (&state.memory.mode).into(),
            held_by: HeldOut::of(view, state),
            battery: state.memory.battery.as_ref().map(BatteryOut::from),
            low: bounds.as_ref().and_then(|bounds| bounds.low.as_ref()).map(|low| low.level),
            high: bounds.as_ref().map(|bounds| bounds.high.level),
            levels: bounds.as_ref().map(LevelsOut::from),
            online: state.is_online(),
            decision: state.decision.as_deref().map(DecisionOut::from),
            problem: state.problem.as_ref().map(|problem| problem_of(problem, state.failures)),
            fault: state.fault.as_ref().map(FaultOut::from),
            unwell: state.unwell.as_ref().map(UnwellOut::from),
            alarm: state.alarm.as_ref().map(AlarmOut::from),
            probe: state.search().map(ProbeOut::from),
            guards: names(&state.care().policy.guards),
            rules: names(&state.care().policy.rules),
            adjusted: AdjustedOut::all(state),
        }
    }
}

fn problem_of(problem: &SwitchProblem, failures: u32) -> ProblemOut {
    ProblemOut { code: problem.code().to_owned(), message: problem.to_string(), failures }
}

/// A device and where it is.
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Device")]
pub(in crate::http) struct DeviceOut {
    /// Its name.
    device: DeviceName,
    /// The station that it is in.
    station: StationName,
    /// The port that it is in.
    port: PortId,
    /// What kind of thing it is, from the station file; may be empty.
    kind: String,
    /// Its tags, from the station file.
    tags: Vec<String>,
    /// True when it has reported and is not silent.
    online: bool,
    /// Its last report.
    #[oai(nullable)]
    battery: Option<BatteryOut>,
    /// When it was last heard.
    #[oai(nullable)]
    heard_at: Option<Time>,
    /// The power of its port as last seen.
    #[oai(nullable)]
    power: Option<Power>,
    /// The mode of the device itself, which goes with it.
    mode: ModeOut,
    /// Who holds the switch of its port; null: the rules decide.
    #[oai(nullable)]
    held_by: Option<HeldOut>,
    /// The last decision about it.
    #[oai(nullable)]
    decision: Option<DecisionOut>,
}

impl DeviceOut {
    /// Shows the device in a port, if there is one.
    pub(in crate::http) fn new(view: &View, state: &PortState) -> Option<Self> {
        Some(Self {
            device: state.device()?.clone(),
            station: view.station.name.clone(),
            port: state.plan.id,
            kind: state.care().kind.clone(),
            tags: state.care().tags.clone(),
            online: state.is_online(),
            battery: state.memory.battery.as_ref().map(BatteryOut::from),
            heard_at: state.memory.heard_at.map(Time),
            power: state.actual,
            mode: (&state.memory.device_mode).into(),
            held_by: HeldOut::of(view, state),
            decision: state.decision.as_deref().map(DecisionOut::from),
        })
    }
}

/// What a port is switched to for a moment.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"power\": \"off\", \"for\": \"5 s\"}")]
#[oai(rename = "ProbeWish", example)]
pub(in crate::http) struct ProbeIn {
    /// `off`, or `on` for a port that has no power.
    #[serde(deserialize_with = "fields::power")]
    pub(in crate::http) power: Power,
    /// How long, in words: `1 s` to `10 min`. Then it ends by itself.
    #[serde(rename = "for", deserialize_with = "fields::needed_length")]
    #[oai(rename = "for")]
    pub(in crate::http) length: String,
}

impl Example for ProbeIn {
    fn example() -> Self {
        Self { power: Power::Off, length: "5 s".to_owned() }
    }
}

/// Which device is in a port.
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields, expecting = "a JSON object such as {\"device\": \"pixel-7\"}")]
#[oai(rename = "DeviceWish", example)]
pub(in crate::http) struct DeviceIn {
    /// The device's name; null gives the name in the station file back.
    #[serde(deserialize_with = "fields::device")]
    #[oai(nullable)]
    pub(in crate::http) device: Option<DeviceName>,
}

impl Example for DeviceIn {
    fn example() -> Self {
        Self { device: DeviceName::new("pixel-7").ok() }
    }
}
