//! What a session hears: commands, reports, signals and deadlines, each to whom it concerns.

use tokio::{sync::mpsc, time::Instant};

use super::{
    super::{
        connection::Received,
        inbound::{self, Inbound, Message, Reading, Unheard},
        notices::too_many,
        pace::Turn,
        status::Link,
        wishes::{Command, Target},
    },
    Ears, Session,
};
use crate::controller::Refused;
use crate::model::{Battery, BatteryReport, DeviceName, ReportRejected, SignalPlan};

impl Session<'_> {
    pub(super) fn message(&mut self, message: &Received) {
        let message =
            Message { topic: &message.topic, payload: &message.payload, retained: message.retained };
        if self.is_of_discovery(&message) {
            return;
        }
        if self.deadlines.contains(message.topic) {
            self.deadline(&message);
        }
        let was_mapped = self.mapped(&message);
        let from_there = |plan: &SignalPlan| plan.topic.as_deref() == Some(message.topic);
        let parsed = if self.signals.values().any(from_there) {
            inbound::number(&message).map(Inbound::Number)
        } else if was_mapped || self.deadlines.contains(message.topic) {
            return;
        } else {
            inbound::parse(&self.root, &message)
        };
        match parsed {
            Ok(Inbound::Number(value)) => self.signal(&message, value),
            Ok(Inbound::Command(command)) => self.command(command),
            Ok(Inbound::Report(device, reading)) => self.report(&device, &reading),
            Err(Unheard::Report(text)) => self.caller.bridge.notices.report(&text),
            Err(Unheard::Command(target, text)) => {
                self.caller.bridge.notices.command(&text);
                self.answer(target);
            }
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
            told.map_err(|refused| Unheard::Command(None, format!("`{}`: {refused}", message.topic)))
        });
        if let Err(Unheard::Command(_, text)) = told {
            self.caller.bridge.notices.command(&text);
        }
    }

    fn command(&mut self, command: Command) {
        let port = command.target.port;
        if let Some(port) = port.filter(|port| !self.pictures.borrow().ports.contains_key(port)) {
            let refused = Refused::UnknownPort { station: self.caller.bridge.name.clone(), port };
            return self.caller.bridge.notices.command(&format!("{command}: {refused}"));
        }
        let target = command.target;
        match self.pace.came(command, Instant::now()) {
            Turn::Now(command) => self.hand_over(command),
            Turn::Waits { first } => {
                if first {
                    self.caller.bridge.notices.too_fast(port);
                    self.show_link();
                }
                self.answer(Some(target));
            }
        }
    }

    /// Carries out the last wishes of those who have calmed down.
    pub(super) fn calm_down(&mut self) {
        for command in self.pace.calm(Instant::now()) {
            self.hand_over(command);
        }
        self.show_link();
    }

    fn hand_over(&mut self, command: Command) {
        let (target, shown) = (command.target, command.to_string());
        let refused = match self.caller.commands.try_send(command) {
            Ok(()) => return,
            Err(mpsc::error::TrySendError::Full(_)) => "too many commands are waiting: send fewer",
            Err(mpsc::error::TrySendError::Closed(_)) => "the station is stopping",
        };
        self.caller.bridge.notices.command(&format!("{shown}: {refused}"));
        self.answer(Some(target));
    }

    /// Says again what is so, for somebody who sent a command and waits.
    pub(super) fn answer(&mut self, target: Option<Target>) {
        let now = Instant::now();
        for topic in target.into_iter().flat_map(Target::answers) {
            self.publisher.insist(topic, now);
        }
    }

    /// Shows that the connection is well, or who sends too many commands.
    pub(super) fn show_link(&mut self) {
        if self.ears != Ears::Open || self.is_denied || self.again.is_some() {
            return;
        }
        let mut crowded = self.pace.crowded().peekable();
        let link = match crowded.peek() {
            None => Link::Connected,
            Some(_) => Link::Crowded { reason: too_many(crowded) },
        };
        self.caller.bridge.line.set(&link);
    }

    pub(super) fn report(&mut self, device: &DeviceName, reading: &Reading) {
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
