//! A station as its file describes it, checked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    Budget, DeadlinePlan, DeviceName, Due, HubPlan, PortId, Reach, ReportPlan, RuleName, Safety, SignalName,
    Socket, Span, StationName, Version,
};

/// The value of a rule's parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
}

impl Value {
    /// The kind in words, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "whole number",
            Self::Float(_) => "number",
            Self::Text(_) => "text",
            Self::Bool(_) => "true or false",
        }
    }
}

impl fmt::Display for Value {
    /// As one writes it in a station file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => write!(f, "{number:?}"),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Bool(answer) => answer.fmt(f),
        }
    }
}

/// A rule as a policy uses it: the rule's name, and values for some of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleUse {
    /// The rule.
    pub rule: RuleName,
    /// Parameter values; the others keep the rule's own defaults.
    pub with: BTreeMap<String, Value>,
}

/// Who is asked for one port, in order: guards, then rules. The first opinion wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Asked first.
    pub guards: Vec<RuleUse>,
    /// Asked when no guard had an opinion.
    pub rules: Vec<RuleUse>,
}

/// How a device is treated. It goes with the device when that is plugged in elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Care {
    /// What kind of thing it is, for rules; may be empty.
    pub kind: String,
    /// Words for rules to tell devices apart.
    pub tags: Vec<String>,
    /// How fast the device charges, percent points per hour, more than 0, until that is learned.
    pub charge_per_hour: f64,
    /// False for a device that has no battery: its power is never cut.
    pub battery: bool,
    /// What it takes while it charges, watts.
    pub watts: f64,
    /// When it is to be ready, besides what the rules of its policy say.
    pub deadlines: Arc<Vec<DeadlinePlan>>,
    /// Who is asked.
    pub policy: Arc<Policy>,
}

/// How a station's ports are switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchKind {
    /// By the program `uhubctl`.
    Uhubctl,
    /// By the files of the kernel, Linux 6.0 and later.
    Sysfs,
    /// By nothing: a hub that does not exist, for trying things out.
    Simulated,
}

/// What a stop of the service does to the ports that it had switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnExit {
    /// Switches them on, so that no device is left to die.
    On,
    /// Leaves them as they are.
    Keep,
}

/// One port of a station.
#[derive(Clone, Debug, PartialEq)]
pub struct PortPlan {
    /// Its number on the housing.
    pub id: PortId,
    /// Where `uhubctl` finds it.
    pub socket: Socket,
    /// The device that the file names.
    pub device: Option<DeviceName>,
    /// The device's USB serial number, if the file names it.
    pub serial: Option<String>,
    /// How the device that the file puts here is treated, or one that nobody knows better.
    pub care: Arc<Care>,
}

/// A number from elsewhere that the rules of a station may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignalPlan {
    /// The MQTT topic on which others publish it; without one it comes over the API.
    pub topic: Option<String>,
}

/// A station: everything that its file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// The file's name without `.ron`.
    pub name: StationName,
    /// What people call it.
    pub title: String,
    /// Time zone for `clock` and for what people read.
    pub zone: TimeZone,
    /// Root of its MQTT topics.
    pub topic: String,
    /// How ports are switched.
    pub switch: SwitchKind,
    /// The hub, if the file names its model.
    pub hub: Option<Arc<HubPlan>>,
    /// A rule may switch a port only every so often.
    pub min_hold: Span,
    /// A device that has not reported for so long is charged.
    pub silent_after: Span,
    /// The state of all ports is read this often.
    pub poll: Span,
    /// So long after a switch a device's report must agree with it: not charging where power is off, charging where it is
    /// on.
    pub verify_after: Span,
    /// What a stop does.
    pub on_exit: OnExit,
    /// What keeps its devices from harm.
    pub safety: Safety,
    /// How much power it may give at once.
    pub budget: Arc<Budget>,
    /// Numbers from elsewhere that its rules may ask for.
    pub signals: BTreeMap<SignalName, SignalPlan>,
    /// Topics of others that tell of the batteries of its devices.
    pub reports: Arc<Vec<ReportPlan>>,
    /// The ports, by number.
    pub ports: BTreeMap<PortId, Arc<PortPlan>>,
    /// Version of the files.
    pub version: Version,
}

impl Default for Care {
    /// An ordinary device of which nobody has said anything, for which no rule is asked.
    fn default() -> Self {
        Self {
            kind: String::new(),
            tags: Vec::new(),
            charge_per_hour: 40.0,
            battery: true,
            watts: Self::WATTS,
            deadlines: Arc::default(),
            policy: Arc::default(),
        }
    }
}

impl Care {
    /// What a port of most hubs gives without being asked, watts: 5 V at 1.5 A (USB Battery Charging 1.2).
    pub const WATTS: f64 = 7.5;
}

impl Station {
    /// What a file makes that says nothing but how ports are switched: without ports, in UTC.
    pub fn new(name: StationName, switch: SwitchKind) -> Self {
        Self {
            title: name.to_string(),
            topic: format!("smartcharger/{name}"),
            name,
            zone: TimeZone::UTC,
            switch,
            hub: None,
            min_hold: Span::from_mins(3),
            silent_after: Span::from_mins(45),
            poll: Span::from_secs(60),
            verify_after: Span::from_mins(3),
            on_exit: OnExit::On,
            safety: Safety::default(),
            budget: Arc::default(),
            signals: BTreeMap::new(),
            reports: Arc::default(),
            ports: BTreeMap::new(),
            version: Version::new("000000000000"),
        }
    }

    /// The topics on which others say when devices are to be ready.
    pub fn deadline_topics(&self) -> BTreeSet<&str> {
        let plans = self.ports.values().flat_map(|port| port.care.deadlines.iter());
        plans
            .filter_map(|plan| if let Due::Topic(topic) = &plan.due { Some(topic.as_str()) } else { None })
            .collect()
    }

    /// All that it may have switched.
    pub fn reach(&self) -> Reach {
        Reach {
            station: self.name.clone(),
            hub: self.hub.clone(),
            sockets: self.ports.values().map(|port| port.socket.clone()).collect(),
        }
    }
}
