//! Facts that the outside may learn.

use serde::{Deserialize, Serialize};

use super::{
    Author, Celsius, DeviceName, FaultKind, HubLocation, Level, Mode, ModeEnd, PortId, Power, RuleName,
    ShadowEnd, StationName, Timestamp, Value, Verdict,
};

/// One fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Which station; `None` for the service as a whole.
    pub station: Option<StationName>,
    /// Which port, if one.
    pub port: Option<PortId>,
    /// What.
    pub kind: EventKind,
}

/// What happened. The serde form is `{"code": …, …}` with a stable code per variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EventKind {
    /// A report was taken.
    Reported {
        /// Percent.
        level: u8,
    },
    /// A report was not taken.
    ReportRejected {
        /// Why, in words.
        message: String,
    },
    /// A command was not taken.
    CommandRejected {
        /// Why, in words.
        message: String,
    },
    /// More commands come by MQTT for a port, or (without a port) for the station, than are carried out: perhaps two programs
    /// fight over it. The last one counts once they calm down. Told once until then.
    CommandsTooFast,
    /// The verdict, the layer or the rule changed.
    Decided {
        /// The new verdict.
        verdict: Verdict,
        /// Why.
        reason: String,
    },
    /// The port was switched, and it shows.
    Switched {
        /// What it is now.
        power: Power,
        /// Why.
        reason: String,
    },
    /// The port was not switched, or it does not show.
    SwitchFailed {
        /// What was wanted.
        wanted: Power,
        /// What went wrong and what to do.
        message: String,
        /// A stable code of what went wrong.
        problem: String,
        /// How often in a row.
        failures: u32,
    },
    /// Somebody else switched the port; it is mended if the service wants it otherwise.
    Drift {
        /// What it is now.
        seen: Power,
        /// What the service wants.
        wanted: Power,
        /// How often in the last ten minutes. Three times and more: another program is at work on this port.
        times: u32,
    },
    /// The state of the port could not be read.
    Unreadable {
        /// What went wrong and what to do.
        message: String,
    },
    /// A device has not reported for `silent_after`; it is charged.
    Silent,
    /// A silent device was charged for as long as it may be for that reason: its port is off, and on now and then.
    SilentChargeOver,
    /// The port of a silent device is on for a moment, to hear it.
    Woken,
    /// A device is too hot to be charged.
    TooHot {
        /// Its temperature.
        temperature: Celsius,
        /// From here on it is too hot.
        limit: Celsius,
    },
    /// A device that was too hot has cooled down, or tells no temperature any more.
    CooledDown {
        /// Its temperature; `None`: what it told is too old to count.
        temperature: Option<Celsius>,
    },
    /// A battery is under the floor: it is charged, whatever people and rules say.
    UnderFloor {
        /// Its level.
        level: Level,
        /// The floor.
        floor: Level,
    },
    /// A battery that was under the floor is far enough over it.
    OverFloor {
        /// Its level.
        level: Level,
    },
    /// The level is one that no battery can get to in that time. It counts, and is taken back if the next report does not
    /// bear it out.
    LevelJumped {
        /// The level before.
        from: Level,
        /// The level now.
        to: Level,
    },
    /// A level was a misreading: everything is as if it had not been reported.
    LevelMisread {
        /// The level that was wrong.
        level: Level,
    },
    /// The level jumps to and fro: two devices report for one port, or the gauge is broken. From here on the lower
    /// level counts.
    LevelsDisagree {
        /// The lower of the last two.
        low: Level,
        /// The higher of them.
        high: Level,
    },
    /// A silent device reports again.
    Heard,
    /// A person, or the end of a mode, changed the mode of a port, of a device, or (without a port) of the station.
    ModeChanged {
        /// The new mode.
        mode: Mode,
        /// The device whose mode it is; `None`: the port's, or the station's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceName>,
        /// Why the mode before it ended by itself, if it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<ModeEnd>,
    },
    /// A person set a parameter of a rule for the device in the port, or took that back.
    ParameterChanged {
        /// The rule.
        rule: RuleName,
        /// The parameter.
        parameter: String,
        /// The value; `None`: the file's value counts again.
        value: Option<Value>,
        /// Who set it.
        by: Author,
    },
    /// A value that a person set does not fit the files any more: it is kept, and not applied. Told once.
    ParameterUnfit {
        /// The rule.
        rule: RuleName,
        /// The parameter.
        parameter: String,
        /// Why it does not fit.
        message: String,
    },
    /// The device in a port got another name.
    DeviceNamed {
        /// The new name; `None`: nobody knows it.
        device: Option<DeviceName>,
        /// Who named it, or moved the name elsewhere.
        by: Author,
    },
    /// A device is plugged into another port than before; its rules go with it.
    DeviceMoved {
        /// The device.
        device: DeviceName,
        /// Where it was. Where it is now is the event's port.
        from: PortId,
    },
    /// Something that nobody knows is plugged in. It is not switched until somebody names it.
    DeviceUnknown {
        /// Its USB serial number.
        serial: String,
        /// What it says that it is, and which other ports show the same serial number, if any do.
        name: String,
    },
    /// A device reports, and nobody knows which port it is in. Told once until that is known.
    DeviceUnplaced {
        /// What it calls itself.
        device: DeviceName,
    },
    /// A hub is not there. The other hubs go on.
    HubMissing {
        /// Where the file says that it is.
        hub: HubLocation,
    },
    /// The hub is there again, first seen after it was missing, or no hub of the station any more.
    HubBack {
        /// Where the file says that it is.
        hub: HubLocation,
    },
    /// The hub is plugged in elsewhere, or the buses got other numbers, and was found there.
    HubMoved {
        /// Where the file says that it is.
        hub: HubLocation,
        /// Where it is.
        to: HubLocation,
    },
    /// The port is off, and the device goes on charging: the hub does not cut the power.
    PowerLeak {
        /// What it may come from and what to do.
        message: String,
    },
    /// The port is on, and the device does not charge.
    NotCharging {
        /// What it may come from and what to do.
        message: String,
    },
    /// A device has had power for two hours and has not gained a point.
    Unwell {
        /// What it may come from and what to do.
        message: String,
    },
    /// An unwell device gains again, or is full.
    Well,
    /// What the device says fits what the hub shows again.
    FaultOver {
        /// What was wrong.
        fault: FaultKind,
    },
    /// The port could not be brought to what is wanted, and is tried only now and then from here on. Told once.
    Alarm {
        /// What is wanted.
        wanted: Power,
        /// What went wrong last and what to do.
        message: String,
    },
    /// The port is as wanted again, or nothing else is wanted any more.
    AlarmOver,
    /// A device will not have the level that it is to have by its next deadline. Told once for each deadline.
    WillNotMakeIt {
        /// When it is to have it.
        deadline: Timestamp,
        /// The level, percent.
        level: u8,
        /// Who asks for it.
        source: String,
        /// When it will have it, as far as that can be told.
        ready_at: Option<Timestamp>,
        /// Why, in words.
        message: String,
    },
    /// It was told that a device would not make it, and now it will.
    WillMakeItAgain {
        /// When it is to be ready.
        deadline: Timestamp,
    },
    /// A rule could not answer. Told once until it answers again.
    RuleFailed {
        /// The rule.
        rule: String,
        /// What went wrong, with the line.
        message: String,
    },
    /// New files are at work.
    ConfigLoaded {
        /// Their version.
        version: String,
    },
    /// New files were not taken; the old plan works on.
    ConfigRejected {
        /// The first problem.
        message: String,
        /// How many problems.
        problems: usize,
    },
    /// A set of rules runs in shadow: asked beside the one at work, deciding nothing.
    ShadowStarted {
        /// The version of the files as they would be.
        version: String,
        /// Who started it.
        by: Author,
    },
    /// The files changed, and with them the changes of the shadow do not check any more: it waits until they do.
    ShadowWaits {
        /// The first problem.
        message: String,
        /// How many problems.
        problems: usize,
    },
    /// The set of rules in shadow has ended.
    ShadowEnded {
        /// How.
        how: ShadowEnd,
        /// Who ended it.
        by: Author,
    },
    /// History could not take or write something. Charging goes on.
    HistoryLost {
        /// What went wrong.
        message: String,
        /// How many records were lost since the last such event.
        records: u64,
    },
    /// History writes again.
    HistoryBack,
    /// The MQTT broker cannot be reached. Charging goes on.
    BrokerLost {
        /// What went wrong and what to do.
        message: String,
    },
    /// The MQTT broker is there again.
    BrokerBack,
}

impl EventKind {
    /// The stable code, the same as in the serde form.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Reported { .. } => "reported",
            Self::ReportRejected { .. } => "report_rejected",
            Self::CommandRejected { .. } => "command_rejected",
            Self::CommandsTooFast => "commands_too_fast",
            Self::Decided { .. } => "decided",
            Self::Switched { .. } => "switched",
            Self::SwitchFailed { .. } => "switch_failed",
            Self::Drift { .. } => "drift",
            Self::Unreadable { .. } => "unreadable",
            Self::Silent => "silent",
            Self::Heard => "heard",
            Self::SilentChargeOver => "silent_charge_over",
            Self::Woken => "woken",
            Self::TooHot { .. } => "too_hot",
            Self::CooledDown { .. } => "cooled_down",
            Self::UnderFloor { .. } => "under_floor",
            Self::OverFloor { .. } => "over_floor",
            Self::LevelJumped { .. } => "level_jumped",
            Self::LevelMisread { .. } => "level_misread",
            Self::LevelsDisagree { .. } => "levels_disagree",
            Self::ModeChanged { .. } => "mode_changed",
            Self::ParameterChanged { .. } => "parameter_changed",
            Self::ParameterUnfit { .. } => "parameter_unfit",
            Self::DeviceNamed { .. } => "device_named",
            Self::DeviceMoved { .. } => "device_moved",
            Self::DeviceUnknown { .. } => "device_unknown",
            Self::DeviceUnplaced { .. } => "device_unplaced",
            Self::HubMissing { .. } => "hub_missing",
            Self::HubBack { .. } => "hub_back",
            Self::HubMoved { .. } => "hub_moved",
            Self::PowerLeak { .. } => "power_leak",
            Self::NotCharging { .. } => "not_charging",
            Self::Unwell { .. } => "unwell",
            Self::Well => "well",
            Self::FaultOver { .. } => "fault_over",
            Self::Alarm { .. } => "alarm",
            Self::AlarmOver => "alarm_over",
            Self::WillNotMakeIt { .. } => "will_not_make_it",
            Self::WillMakeItAgain { .. } => "will_make_it_again",
            Self::RuleFailed { .. } => "rule_failed",
            Self::ConfigLoaded { .. } => "config_loaded",
            Self::ConfigRejected { .. } => "config_rejected",
            Self::ShadowStarted { .. } => "shadow_started",
            Self::ShadowWaits { .. } => "shadow_waits",
            Self::ShadowEnded { .. } => "shadow_ended",
            Self::HistoryLost { .. } => "history_lost",
            Self::HistoryBack => "history_back",
            Self::BrokerLost { .. } => "broker_lost",
            Self::BrokerBack => "broker_back",
        }
    }
}
