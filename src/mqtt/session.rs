//! What happens during one connection: everything is said once, then every change; what others say is heard.
//!
//! Never waits for the broker or for the station: both are asked without waiting, and who is slow is tried again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use imbl::{OrdMap, ordmap::DiffItem};
use rumqttc::Publish;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    bridge::{Caller, Command, Ears, until_stopped},
    connection::{Connection, Ended, Heard},
    inbound::{self, Inbound, Message, Reading, Unheard},
    publisher::{Publisher, Round},
    status::Link,
    topics::{self, Field, Payload, Shown, Topic},
};
use crate::{
    controller::{PortState, View},
    model::{Battery, BatteryReport, DeviceName, PortId, ReportRejected, SignalName, SignalPlan, Station},
};

/// Changes that come closer together than this are published together.
const GATHER: Duration = Duration::from_millis(1);
/// A broker that takes nothing for so long is left and connected to again.
const STUCK: Duration = Duration::from_secs(40);

/// Why a session is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// We were told to stop, or the station has ended.
    Stopped,
    /// The station's file has another topic now.
    Moved,
    /// The connection ended.
    Ended(Ended),
}

/// One connection and what was said on it.
pub(super) struct Session<'c> {
    caller: &'c mut Caller,
    connection: Connection,
    publisher: Publisher,
    pictures: watch::Receiver<View>,
    said: OrdMap<PortId, Arc<PortState>>,
    root: String,
    signals: BTreeMap<SignalName, SignalPlan>,
    /// Topics on which others say when devices are to be ready.
    deadlines: BTreeSet<String>,
    /// The file that all this was read from.
    station: Arc<Station>,
    connected: bool,
    ears: Ears,
    /// Since when the broker has taken nothing, if something waits.
    full_since: Option<Instant>,
    next_round: Option<Instant>,
    next_look: Instant,
}

impl<'c> Session<'c> {
    /// Starts to connect.
    pub(super) fn new(caller: &'c mut Caller, root: String, ears: Ears) -> Self {
        let pictures = caller.bridge.handle.changed();
        let station = Arc::clone(&pictures.borrow().station);
        let (signals, deadlines) = (station.signals.clone(), deadlines(&station));
        // Several signals may have one topic.
        let topics: BTreeSet<String> = signals.values().filter_map(|plan| plan.topic.clone()).collect();
        let topics = topics.union(&deadlines).cloned().collect();
        let connection = Connection::open(&caller.bridge.settings, &caller.client_id, &root, topics);
        Self {
            caller,
            connection,
            publisher: Publisher::default(),
            pictures,
            said: OrdMap::new(),
            root,
            signals,
            deadlines,
            station,
            connected: false,
            ears,
            full_since: None,
            next_round: None,
            next_look: Instant::now(),
        }
    }

    /// Runs until the connection, the station or the service ends.
    pub(super) async fn run(mut self) -> Over {
        let room = self.connection.room();
        let mut stop = self.caller.bridge.stop.clone();
        loop {
            tokio::select! {
                heard = self.connection.next() => match heard {
                    Ok(heard) => self.heard(heard),
                    Err(ended) => return Over::Ended(ended),
                },
                () = until_stopped(&mut stop) => return self.close(Over::Stopped).await,
                alive = next_picture(&mut self.pictures, self.next_look), if self.connected => {
                    if !alive {
                        return self.close(Over::Stopped).await;
                    }
                    if !self.look() {
                        return self.close(Over::Moved).await;
                    }
                }
                Some(answered) = self.caller.answered.recv() => match answered {
                    Some(port) => {
                        self.publisher.insist(Topic::Port(port, Field::State));
                        self.publisher.insist(Topic::Port(port, Field::Mode));
                    }
                    None => self.publisher.insist(Topic::Mode),
                },
                () = room.notified(), if self.full_since.is_some() => {}
                () = until(self.next_round) => {}
                () = until(self.full_since.map(|since| since + STUCK)) => {
                    return Over::Ended(Ended::Lost("the broker takes nothing any more: is it overloaded".to_owned()));
                }
                () = until(self.ears.closed_until()), if self.connected => self.subscribe(),
            }
            if self.connected {
                self.publish();
            }
        }
    }

    async fn close(self, over: Over) -> Over {
        // Without a connection there is nobody to say good-bye to.
        if self.connected {
            self.connection.close().await;
        }
        over
    }

    fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Connected => {
                self.connected = true;
                self.caller.connected();
                match &self.ears {
                    Ears::Open => self.subscribe(),
                    Ears::Closed(_, reason) => {
                        self.caller.bridge.line.set(&Link::Deaf { reason: reason.clone() })
                    }
                }
                self.publisher.set(Topic::Status, topics::availability(true), Instant::now());
                self.look();
            }
            Heard::Message(message) => self.message(&message),
            Heard::Unsubscribed => {
                let reason = format!(
                    "the broker does not let us listen to all of `{}`: allow reading them in its access list",
                    self.connection.filters().join("`, `")
                );
                tracing::warn!(station = %self.caller.bridge.name, "{reason}");
                self.caller.bridge.line.set(&Link::Deaf { reason });
            }
        }
    }

    fn subscribe(&mut self) {
        if self.connection.subscribe() {
            self.ears = Ears::Open;
            self.caller.bridge.line.set(&Link::Connected);
        } else {
            // The queue is full of states just now.
            self.ears = Ears::Closed(Instant::now() + GATHER, "the broker is slow".to_owned());
        }
    }

    /// Takes note of what changed since the last look. False when the station's topics are others now.
    fn look(&mut self) -> bool {
        let view = self.pictures.borrow_and_update().clone();
        if !Arc::ptr_eq(&view.station, &self.station) {
            let station = &view.station;
            if station.topic != self.root
                || station.signals != self.signals
                || deadlines(station) != self.deadlines
            {
                return false;
            }
            self.station = Arc::clone(station);
        }
        let now = Instant::now();
        self.next_look = now + GATHER;
        self.publisher.set(Topic::Mode, Payload::Borrowed(view.memory.mode.kind.upper()), now);
        for change in self.said.diff(&view.ports) {
            match change {
                DiffItem::Add(port, state) | DiffItem::Update { new: (port, state), .. } => {
                    for (field, payload) in shown(state).payloads() {
                        self.publisher.set(Topic::Port(*port, field), payload, now);
                    }
                }
                DiffItem::Remove(port, _) => {
                    for (field, payload) in topics::gone() {
                        self.publisher.set(Topic::Port(*port, field), payload, now);
                    }
                }
            }
        }
        self.said = view.ports;
        true
    }

    fn publish(&mut self) {
        let now = Instant::now();
        let mut taken = false;
        let round = self.publisher.round(now, |topic, payload| {
            let has_room = self.connection.publish(topic, payload);
            taken |= has_room;
            has_room
        });
        (self.full_since, self.next_round) = match round {
            Round::Done(next) => (None, next),
            Round::Full if taken => (Some(now), None),
            Round::Full => (self.full_since.or(Some(now)), None),
        };
    }

    fn message(&mut self, message: &Publish) {
        let message = Message { topic: &message.topic, payload: &message.payload, retained: message.retain };
        if self.deadlines.contains(message.topic) {
            self.deadline(&message);
        }
        let from_there = |plan: &SignalPlan| plan.topic.as_deref() == Some(message.topic);
        let parsed = if self.signals.values().any(from_there) {
            inbound::number(&message).map(Inbound::Number)
        } else if self.deadlines.contains(message.topic) {
            return;
        } else {
            inbound::parse(&self.root, &message)
        };
        match parsed {
            Ok(Inbound::Number(value)) => self.signal(&message, value),
            Ok(Inbound::Mode(port, wish)) => self.command(Command { port, wish }),
            Ok(Inbound::Report(device, reading)) => self.report(&device, &reading),
            Err(Unheard::Report(text)) => self.caller.bridge.notices.report(&text),
            Err(Unheard::Command(text)) => self.caller.bridge.notices.command(&text),
            Err(Unheard::Ignored(why)) => {
                tracing::debug!(topic = inbound::printable(message.topic), why, "MQTT message ignored");
            }
        }
    }

    /// A number from elsewhere. A retained one is the present value of its topic, but nobody knows how old it is: handed
    /// out again, it does not count as new.
    fn signal(&mut self, message: &Message<'_>, value: f64) {
        let named = self.signals.iter().filter(|(_, plan)| plan.topic.as_deref() == Some(message.topic));
        for (name, _) in named {
            let told = self.caller.bridge.handle.try_signal(name.clone(), value, message.retained);
            if let Err(refused) = told {
                self.caller.bridge.notices.report(&format!("signal `{name}`: {refused}"));
            }
        }
    }

    /// When devices are to be ready. Handed out again it says the same, so a retained one counts as well.
    fn deadline(&mut self, message: &Message<'_>) {
        let told = inbound::time(message).and_then(|text| {
            let told = self.caller.bridge.handle.try_deadline(message.topic.to_owned(), text);
            told.map_err(|refused| Unheard::Command(format!("`{}`: {refused}", message.topic)))
        });
        if let Err(Unheard::Command(text)) = told {
            self.caller.bridge.notices.command(&text);
        }
    }

    fn command(&mut self, command: Command) {
        let refused = match self.caller.commands.try_send(command) {
            Ok(()) => return,
            Err(mpsc::error::TrySendError::Full(_)) => "too many commands are waiting: send fewer",
            Err(mpsc::error::TrySendError::Closed(_)) => "the station is stopping",
        };
        self.caller.bridge.notices.command(&format!("{command}: {refused}"));
    }

    fn report(&mut self, device: &DeviceName, reading: &Reading) {
        let port = self.pictures.borrow().devices.get(device).copied();
        let Some(port) = port else {
            let message = self.strange(device, reading);
            return self.caller.bridge.notices.report(&message);
        };
        let report = BatteryReport {
            device: Some(device.clone()),
            port,
            level: reading.level,
            charging: reading.charging,
            temperature: reading.temperature,
            measured_at: reading.measured_at,
        };
        tracing::debug!(station = %self.caller.bridge.name, %port, level = %report.level, "report by MQTT");
        // The controller tells by itself when it rejects a report that it has taken in.
        if let Err(refused) = self.caller.bridge.handle.try_report(report) {
            self.caller.bridge.notices.report(&format!("report of `{device}`: {refused}"));
        }
    }

    /// Why a report of a device that is in none of this station's ports is not taken. One that is in none of any station
    /// waits for a place from now on.
    fn strange(&self, device: &DeviceName, reading: &Reading) -> String {
        match self.caller.bridge.directory.find_device(device) {
            Some((other, _)) => {
                let station = other.view().station;
                format!(
                    "`{device}` is in station `{}`: report to `{}/report/{device}`",
                    station.name, station.topic
                )
            }
            None => {
                let now = self.caller.bridge.notices.now();
                let battery = Battery {
                    level: reading.level,
                    charging: reading.charging,
                    temperature: reading.temperature,
                    measured_at: reading.measured_at.map_or(now, |at| at.min(now)),
                };
                match self.caller.bridge.handle.hear_unplaced(device.clone(), battery) {
                    Ok(()) => ReportRejected::Unplaced(device.clone()).to_string(),
                    Err(refused) => format!("report of `{device}`: {refused}"),
                }
            }
        }
    }
}

fn deadlines(station: &Station) -> BTreeSet<String> {
    station.deadline_topics().into_iter().map(str::to_owned).collect()
}

fn shown(state: &PortState) -> Shown<'_> {
    Shown {
        power: state.actual,
        mode: state.memory.mode.kind,
        device: state.device(),
        battery: state.memory.battery.as_ref(),
        silent: state.silent,
        reason: state.decision.as_ref().map(|decision| decision.reason.as_str()),
        fault: state.fault.as_ref().map(|fault| fault.kind),
        unwell: state.unwell.is_some(),
        alarm: state.alarm.is_some(),
    }
}

/// Waits for the next picture, but not before `from`. False when the station has ended.
async fn next_picture(pictures: &mut watch::Receiver<View>, from: Instant) -> bool {
    sleep_until(from).await;
    pictures.changed().await.is_ok()
}

/// Waits until a moment, or for ever.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
