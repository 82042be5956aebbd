//! What people ask of a station: done at once, and answered once it is on disk.
//!
//! Never waits for the disk itself: the answer travels with the record, and history gives it.

use std::sync::Arc;

use super::{
    handle::{Answer, Refused},
    task::Controller,
};
use crate::engine::{NotCycled, NotNamed, PortState, Step, View};
use crate::model::{
    Author, DeviceName, Event, EventKind, Mode, PortId, Record, ReportRejected, Signal, SignalName, Timestamp,
};

/// Why an answer says that nothing was kept.
const FULL: &str = "too much is waiting to be written";

impl Controller {
    pub(super) fn set_device_mode(
        &mut self,
        device: DeviceName,
        mode: Mode,
        answer: Answer<Arc<PortState>>,
        now: Timestamp,
    ) {
        match self.engine.set_device_mode(&device, mode, now) {
            Some((port, step)) => self.answer_when_kept(port, Some(step), answer),
            // It may have left since the edge looked.
            None => drop(answer.send(Err(Refused::Report(ReportRejected::UnknownDevice(device))))),
        }
    }

    pub(super) fn set_station_mode(&mut self, mode: Mode, answer: Answer<View>, now: Timestamp) {
        let step = self.engine.set_station_mode(mode, now);
        let view = self.engine.view().clone();
        self.keep(step, view, answer);
    }

    pub(super) fn name_device(
        &mut self,
        port: PortId,
        name: Option<DeviceName>,
        by: &Author,
        answer: Answer<Arc<PortState>>,
        now: Timestamp,
    ) {
        if let Some(name) = &name {
            let station = &self.engine.view().station.name;
            if let Err(taken) = self.wiring.directory.check_name(station, name) {
                drop(answer.send(Err(taken)));
                return;
            }
        }
        match self.engine.name_device(port, name, by, now) {
            Err(NotNamed::ShownElsewhere { device, port }) => {
                drop(answer.send(Err(Refused::ShownElsewhere { device, port })));
            }
            Err(NotNamed::UnknownPort) => self.answer_when_kept(port, None, answer),
            Ok(step) => self.answer_when_kept(port, Some(step), answer),
        }
    }

    /// When devices are to be ready, as others say it.
    pub(super) fn deadline(&mut self, topic: &str, text: &str, answer: Option<Answer<View>>, now: Timestamp) {
        match (self.engine.deadline(topic, text, now), answer) {
            (Ok(step), None) => self.act(step),
            (Ok(step), Some(answer)) => {
                let view = self.engine.view().clone();
                self.keep(step, view, answer);
            }
            (Err(refused), Some(answer)) => drop(answer.send(Err(refused.into()))),
            (Err(refused), None) => {
                let station = Some(self.engine.view().station.name.clone());
                let kind = EventKind::CommandRejected { message: refused.to_string() };
                self.events.push(Event { at: now, station, port: None, kind });
            }
        }
    }

    pub(super) fn answer_cycle(
        &mut self,
        port: PortId,
        step: Result<Step, NotCycled>,
        answer: Answer<Arc<PortState>>,
    ) {
        match step {
            Ok(step) => self.answer_when_kept(port, Some(step), answer),
            Err(NotCycled::UnknownPort) => self.answer_when_kept(port, None, answer),
            Err(refused) => drop(answer.send(Err(refused.into()))),
        }
    }

    /// A person is answered only once what was asked for is on disk, or with the news that it is not.
    pub(super) fn answer_when_kept(
        &mut self,
        port: PortId,
        step: Option<Step>,
        answer: Answer<Arc<PortState>>,
    ) {
        let state = self.engine.view().ports.get(&port).cloned();
        let (Some(step), Some(state)) = (step, state) else {
            let station = self.engine.view().station.name.clone();
            drop(answer.send(Err(Refused::UnknownPort { station, port })));
            return;
        };
        self.keep(step, state, answer);
    }

    fn keep<T: Send + 'static>(&mut self, step: Step, state: T, answer: Answer<T>) {
        let lost_before = self.lost;
        self.act(step);
        if self.lost > lost_before {
            drop(answer.send(Err(Refused::NotKept(FULL.to_owned()))));
            return;
        }
        let kept = Box::new(move |result: Result<(), String>| {
            drop(answer.send(result.map(|()| state).map_err(Refused::NotKept)));
        });
        if let Err(error) = self.wiring.journal.try_send(Record::Keep(kept))
            && let Record::Keep(kept) = error.into_inner()
        {
            kept(Err(FULL.to_owned()));
        }
    }

    /// A number from elsewhere.
    pub(super) fn signal(
        &mut self,
        name: SignalName,
        value: f64,
        kept: bool,
        answer: Option<Answer<Signal>>,
        now: Timestamp,
    ) {
        let taken = self.engine.signal(&name, value, kept, now);
        let Some(answer) = answer else { return };
        let station = self.engine.view().station.name.clone();
        let taken = taken.ok_or(Refused::UnknownSignal { station, signal: name });
        // Whoever asked may have gone away.
        self.waiting.push(Box::new(move || drop(answer.send(taken))));
    }
}
