//! The only door to a station.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::{mpsc, oneshot, watch};

use crate::engine::{
    Adjust, Bound, Candidate, Checked, Ending, NotAdjusted, NotCycled, NotTold, PortState, View,
};
use crate::model::{
    Author, Battery, BatteryReport, Decision, DeviceName, Level, Mode, PortId, ProbeFor, ReportRejected,
    ShadowTally, Signal, SignalName, Station, StationName,
};
use crate::rules::RuleSet;

/// Inputs that may wait for one station. A controller takes tens of thousands a second, so this is well under
/// a second of waiting; whoever comes later is told to come again.
const INBOX: usize = 4096;

/// Why a station did not do what it was asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The report was not taken.
    #[error(transparent)]
    Report(#[from] ReportRejected),
    /// There is no such port.
    #[error("station `{station}` has no port {port}")]
    UnknownPort {
        /// The station.
        station: StationName,
        /// The port that it does not have.
        port: PortId,
    },
    /// A name is in one place only: nobody could tell whose report it is.
    #[error(
        "`{device}` is in station `{station}`: give that port another name first, or choose another here"
    )]
    NameTaken {
        /// The name.
        device: DeviceName,
        /// The station that has it.
        station: StationName,
    },
    /// The hub shows a device elsewhere: nobody can say that it is here.
    #[error(
        "`{device}` is plugged into port {port}, as its serial number shows: plug it in where you want it, or choose another \
         name"
    )]
    ShownElsewhere {
        /// The device.
        device: DeviceName,
        /// The port of the same station that it is in.
        port: PortId,
    },
    /// The station's file names no such signal.
    #[error(
        "station `{station}` has no signal `{signal}`: name it in its file, signals: {{\"{signal}\": ()}}"
    )]
    UnknownSignal {
        /// The station.
        station: StationName,
        /// The signal that it does not have.
        signal: SignalName,
    },
    /// When devices are to be ready was not taken.
    #[error(transparent)]
    NotTold(#[from] NotTold),
    /// A parameter of a rule was not set.
    #[error(transparent)]
    NotAdjusted(#[from] NotAdjusted),
    /// A port was not cycled.
    #[error(transparent)]
    NotCycled(#[from] NotCycled),
    /// Too much is waiting already.
    #[error("the station is busy: try again in a second")]
    Busy,
    /// The station was stopped or removed.
    #[error("the station is stopping")]
    Stopped,
    /// It was done, but could not be written down.
    #[error("it is done, but could not be kept on disk ({0}): it will be lost when the service restarts")]
    NotKept(String),
}

impl Refused {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Report(rejected) => rejected.code(),
            Self::UnknownPort { .. } => "unknown_port",
            Self::NameTaken { .. } => "name_taken",
            Self::UnknownSignal { .. } => "unknown_signal",
            Self::NotTold(NotTold::UnknownTopic(_)) => "unknown_topic",
            Self::NotTold(NotTold::NoTime(_) | NotTold::Past { .. }) => "invalid_time",
            Self::ShownElsewhere { .. } => "device_elsewhere",
            Self::NotAdjusted(NotAdjusted::UnknownPort) => "unknown_port",
            Self::NotAdjusted(NotAdjusted::UnknownRule { .. }) => "unknown_rule",
            Self::NotAdjusted(NotAdjusted::UnknownParameter(_)) => "unknown_parameter",
            Self::NotAdjusted(NotAdjusted::WrongValue(_)) => "wrong_value",
            Self::NotAdjusted(NotAdjusted::TooMany) => "too_many_values",
            Self::NotCycled(refused) => refused.code(),
            Self::Busy => "busy",
            Self::Stopped => "stopped",
            Self::NotKept(_) => "not_kept",
        }
    }
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, Refused>>;

/// What may be asked of a station.
pub(super) enum Input {
    Report {
        report: BatteryReport,
        answer: Option<Answer<Arc<Decision>>>,
    },
    SetMode {
        port: PortId,
        mode: Mode,
        answer: Answer<Arc<PortState>>,
    },
    SetDeviceMode {
        device: DeviceName,
        mode: Mode,
        answer: Answer<Arc<PortState>>,
    },
    SetStationMode {
        mode: Mode,
        answer: Answer<View>,
    },
    NameDevice {
        port: PortId,
        name: Option<DeviceName>,
        by: Author,
        answer: Answer<Arc<PortState>>,
    },
    Adjust {
        port: PortId,
        wish: Adjust,
        checked: Option<Checked>,
        answer: Answer<Arc<PortState>>,
    },
    IntendProbe {
        port: PortId,
        probe: ProbeFor,
        answer: Answer<Arc<PortState>>,
    },
    Probe {
        port: PortId,
        probe: Option<ProbeFor>,
        answer: Answer<Arc<PortState>>,
    },
    IntendCycle {
        port: PortId,
        by: Author,
        answer: Answer<Arc<PortState>>,
    },
    Cycle {
        port: PortId,
        by: Author,
        answer: Answer<Arc<PortState>>,
    },
    Signal {
        name: SignalName,
        value: f64,
        kept: bool,
        answer: Option<Answer<Signal>>,
    },
    Deadline {
        topic: String,
        text: String,
        answer: Option<Answer<View>>,
    },
    Unplaced {
        device: DeviceName,
        battery: Battery,
    },
    Reload {
        station: Arc<Station>,
        rules: Arc<RuleSet>,
        done: oneshot::Sender<()>,
    },
    Shadow {
        candidate: Option<Arc<Candidate>>,
        tallies: BTreeMap<PortId, ShadowTally>,
        done: oneshot::Sender<()>,
    },
    Stop {
        ending: Ending,
    },
}

/// Asks one station, and reads its picture. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    inbox: mpsc::Sender<Input>,
    view: watch::Receiver<View>,
}

impl Handle {
    pub(super) fn new(view: watch::Receiver<View>) -> (Self, mpsc::Receiver<Input>) {
        let (inbox, inputs) = mpsc::channel(INBOX);
        (Self { inbox, view }, inputs)
    }

    /// Hands a report in and waits for the decision.
    pub async fn report(&self, report: BatteryReport) -> Result<Arc<Decision>, Refused> {
        let (answer, decision) = oneshot::channel();
        self.send(Input::Report { report, answer: Some(answer) })?;
        decision.await.map_err(|_| Refused::Stopped)?
    }

    /// Hands a report in without waiting. A report that is then rejected is told as an event.
    pub fn try_report(&self, report: BatteryReport) -> Result<(), Refused> {
        self.send(Input::Report { report, answer: None })
    }

    /// Sets who holds the switch of a port. Answers once that is on disk.
    pub async fn set_mode(&self, port: PortId, mode: Mode) -> Result<Arc<PortState>, Refused> {
        let (answer, state) = oneshot::channel();
        self.send(Input::SetMode { port, mode, answer })?;
        state.await.map_err(|_| Refused::Stopped)?
    }

    /// Sets who holds the switch of a device's port, wherever that is. Answers once that is on disk, with the port.
    pub async fn set_device_mode(&self, device: DeviceName, mode: Mode) -> Result<Arc<PortState>, Refused> {
        let (answer, state) = oneshot::channel();
        self.send(Input::SetDeviceMode { device, mode, answer })?;
        state.await.map_err(|_| Refused::Stopped)?
    }

    /// Sets who holds the switches of all ports whose own mode and device's mode are `auto`. Answers once that is on disk;
    /// the ports follow in the next moments.
    pub async fn set_station_mode(&self, mode: Mode) -> Result<View, Refused> {
        let (answer, view) = oneshot::channel();
        self.send(Input::SetStationMode { mode, answer })?;
        view.await.map_err(|_| Refused::Stopped)?
    }

    /// Names the device in a port, on top of the file; `None` gives the file's name back. Answers once that is on disk.
    /// A name that another station has, or that another port shows to be there, is refused.
    pub async fn name_device(
        &self,
        port: PortId,
        name: Option<DeviceName>,
        by: Author,
    ) -> Result<Arc<PortState>, Refused> {
        let (answer, state) = oneshot::channel();
        self.send(Input::NameDevice { port, name, by, answer })?;
        state.await.map_err(|_| Refused::Stopped)?
    }

    /// Sets a parameter of a rule for the device in a port, over the file, or takes that back. Answers once that is on disk.
    pub async fn adjust(&self, port: PortId, wish: Adjust) -> Result<Arc<PortState>, Refused> {
        let view = self.view();
        let checked = match view.ports.get(&port).cloned() {
            Some(state) if wish.value.is_some() => {
                let wish = wish.clone();
                // The station's own task has no time for this; without an answer it looks itself.
                tokio::task::spawn_blocking(move || Checked::new(&view.rules, &state, &wish)).await.ok()
            }
            _ => None,
        };
        let (answer, state) = oneshot::channel();
        self.send(Input::Adjust { port, wish, checked, answer })?;
        state.await.map_err(|_| Refused::Stopped)?
    }

    /// Switches a port for a moment, to find out what is plugged into it; `None` ends that. It ends by itself in time, and
    /// at a restart; then what was wanted before is wanted again, and power after a restart. Answers once that is on
    /// disk; the time counts from when the intent is.
    pub async fn probe(&self, port: PortId, probe: Option<ProbeFor>) -> Result<Arc<PortState>, Refused> {
        if let Some(probe) = probe {
            let (answer, kept) = oneshot::channel();
            self.send(Input::IntendProbe { port, probe, answer })?;
            kept.await.map_err(|_| Refused::Stopped)??;
        }
        let (answer, state) = oneshot::channel();
        self.send(Input::Probe { port, probe, answer })?;
        state.await.map_err(|_| Refused::Stopped)?
    }

    /// Sets the lower or the upper of the two levels between which a port is kept: a parameter of the rule that has them.
    /// Answers as [`Self::adjust`].
    pub async fn set_bound(
        &self,
        port: PortId,
        bound: Bound,
        level: Level,
        by: Author,
    ) -> Result<Arc<PortState>, Refused> {
        let view = self.view();
        let Some(state) = view.ports.get(&port) else {
            return Err(Refused::UnknownPort { station: view.station.name.clone(), port });
        };
        let wish = state.bound_wish(&view.rules, bound, level, by)?;
        self.adjust(port, wish).await
    }

    /// Takes the power of a port for a few seconds, so that what is in it starts anew; then what was wanted before is wanted
    /// again. Answers once that is on disk and has begun.
    pub async fn cycle(&self, port: PortId, by: Author) -> Result<Arc<PortState>, Refused> {
        let (answer, kept) = oneshot::channel();
        self.send(Input::IntendCycle { port, by: by.clone(), answer })?;
        kept.await.map_err(|_| Refused::Stopped)??;
        let (answer, state) = oneshot::channel();
        self.send(Input::Cycle { port, by, answer })?;
        state.await.map_err(|_| Refused::Stopped)?
    }

    /// Hands in what a device says of its battery that is in no port as far as anybody knows. Does not wait.
    pub fn hear_unplaced(&self, device: DeviceName, battery: Battery) -> Result<(), Refused> {
        self.send(Input::Unplaced { device, battery })
    }

    /// Tells a number from elsewhere that the station's file names; it must be finite. Waits until it is taken.
    pub async fn signal(&self, name: SignalName, value: f64) -> Result<Signal, Refused> {
        let (answer, taken) = oneshot::channel();
        self.send(Input::Signal { name, value, kept: false, answer: Some(answer) })?;
        taken.await.map_err(|_| Refused::Stopped)?
    }

    /// Tells a number from elsewhere without waiting; `kept` marks one that is handed out again and again.
    pub fn try_signal(&self, name: SignalName, value: f64, kept: bool) -> Result<(), Refused> {
        self.send(Input::Signal { name, value, kept, answer: None })
    }

    /// Tells when devices are to be ready, on a topic that the station's file names; an empty text takes it back. Answers
    /// with the picture in which that is planned, once it is on disk.
    pub async fn deadline(&self, topic: String, text: String) -> Result<View, Refused> {
        let (answer, taken) = oneshot::channel();
        self.send(Input::Deadline { topic, text, answer: Some(answer) })?;
        taken.await.map_err(|_| Refused::Stopped)?
    }

    /// As [`Self::deadline`], without waiting. What is then refused is told as an event.
    pub fn try_deadline(&self, topic: String, text: String) -> Result<(), Refused> {
        self.send(Input::Deadline { topic, text, answer: None })
    }

    /// Gives the station new files, and waits until they are at work; order is kept with other inputs.
    pub async fn reload(&self, station: Arc<Station>, rules: Arc<RuleSet>) -> Result<(), Refused> {
        let (done, at_work) = oneshot::channel();
        let input = Input::Reload { station, rules, done };
        self.inbox.send(input).await.map_err(|_| Refused::Stopped)?;
        at_work.await.map_err(|_| Refused::Stopped)
    }

    /// Gives the station a set of rules to ask in shadow, or none, and waits until it does. `tallies` are counts from
    /// before, for ports of which it has none.
    pub async fn shadow(
        &self,
        candidate: Option<Arc<Candidate>>,
        tallies: BTreeMap<PortId, ShadowTally>,
    ) -> Result<(), Refused> {
        let (done, at_work) = oneshot::channel();
        let input = Input::Shadow { candidate, tallies, done };
        self.inbox.send(input).await.map_err(|_| Refused::Stopped)?;
        at_work.await.map_err(|_| Refused::Stopped)
    }

    /// Ends the station's task; ports are first given their power back.
    pub async fn stop(&self, ending: Ending) {
        // A closed inbox means that the task has ended already.
        let _ = self.inbox.send(Input::Stop { ending }).await;
    }

    /// The picture of now.
    pub fn view(&self) -> View {
        self.view.borrow().clone()
    }

    /// Tells of every new picture.
    pub fn changed(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    fn send(&self, input: Input) -> Result<(), Refused> {
        self.inbox.try_send(input).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refused::Busy,
            mpsc::error::TrySendError::Closed(_) => Refused::Stopped,
        })
    }
}
