//! One station's task.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until, timeout_at},
};

use super::{
    directory::Directory,
    handle::{Answer, Handle, Input, Refused},
    log,
};
use crate::engine::{Ending, Engine, NotAdjusted, Remembered, Step, View};
use crate::model::{
    Ask, BatteryReport, Decision, Event, EventKind, PortId, Power, Reach, Record, Seen, Span, Station,
    SwitchProblem, SwitchRequest, Timestamp,
};
use crate::rules::RuleSet;

/// Inputs taken in one go before the picture is published once for all of them.
const BATCH: usize = 64;
/// So long a stop waits until ports show their power again: calls of `uhubctl` at their longest limit of 30 s.
const RELEASE_LIMIT: Duration = Duration::from_secs(80);
/// So often it is tried in that time, and the pause before it is tried again.
const RELEASE_TRIES: u32 = 3;
const RELEASE_PAUSE: Duration = Duration::from_millis(500);
/// Lost records are told at most this often.
const TELL_LOST_EVERY: Duration = Duration::from_secs(10);

/// The time of the service: the world's, or for a demonstration a faster one.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Instant,
    start: Timestamp,
    speed: f64,
}

impl Clock {
    /// The world's time.
    pub fn real() -> Self {
        Self::faster(1.0)
    }

    /// Starts at the world's time and runs `speed` times as fast; `speed` is more than 0.
    pub fn faster(speed: f64) -> Self {
        Self::starting(Timestamp::now(), speed)
    }

    /// Starts at `start` and runs `speed` times as fast; `speed` is more than 0.
    pub fn starting(start: Timestamp, speed: f64) -> Self {
        Self { began: Instant::now(), start, speed }
    }

    /// Now. The world's own clock is asked when this one runs as fast, so that it follows corrections.
    pub fn now(&self) -> Timestamp {
        if self.is_real() {
            return Timestamp::now();
        }
        let passed =
            Span::try_from_secs_f64(self.began.elapsed().as_secs_f64() * self.speed).unwrap_or(Span::MAX);
        self.start.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// How many times as fast as the world's it runs.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// How long to wait, in the world's time, until `at`.
    pub fn until(&self, at: Timestamp) -> Duration {
        let span = at.duration_since(self.now()).as_secs_f64().max(0.0) / self.speed;
        Duration::try_from_secs_f64(span).unwrap_or(Duration::MAX)
    }

    #[expect(clippy::float_cmp, reason = "1.0 is the value that `real` sets, not a result of arithmetic")]
    fn is_real(&self) -> bool {
        self.speed == 1.0
    }
}

/// What a station's task is connected to.
#[derive(Debug)]
pub struct Wiring {
    /// To the usb task.
    pub requests: mpsc::Sender<SwitchRequest>,
    /// From the usb task.
    pub outcomes: mpsc::Receiver<Vec<Seen>>,
    /// To history.
    pub journal: mpsc::Sender<Record>,
    /// To everybody who listens.
    pub directory: Directory,
    /// The time.
    pub clock: Clock,
}

/// Makes a station: its handle, and the task to run until [`Handle::stop`] or until all handles are gone.
///
/// `remembered` is `None` when it could not be read: then nothing overwrites it but what people ask for.
pub fn start(
    station: Arc<Station>,
    rules: Arc<RuleSet>,
    remembered: Option<Remembered>,
    wiring: Wiring,
) -> (Handle, impl Future<Output = ()> + Send) {
    let remembers = remembered.is_some();
    let reach = Arc::new(station.reach());
    let engine = Engine::new(station, rules, remembered.unwrap_or_default(), wiring.clock.now());
    let (publish, view) = watch::channel(engine.view().clone());
    let (handle, inputs) = Handle::new(view);
    let controller = Controller {
        engine,
        reach,
        publish,
        wiring,
        remembers,
        events: Vec::new(),
        waiting: Vec::new(),
        lost: 0,
        told_lost: None,
    };
    (handle, controller.run(inputs))
}

pub(super) struct Controller {
    pub(super) engine: Engine,
    reach: Arc<Reach>,
    publish: watch::Sender<View>,
    pub(super) wiring: Wiring,
    /// False when it is not known what stands on disk.
    remembers: bool,
    /// What has happened; told once the picture is published, so that who hears of it finds it done.
    pub(super) events: Vec<Event>,
    /// Answers that go out once the picture that they belong to is published.
    pub(super) waiting: Vec<Box<dyn FnOnce() + Send>>,
    pub(super) lost: u64,
    told_lost: Option<Instant>,
}

impl Controller {
    async fn run(mut self, mut inputs: mpsc::Receiver<Input>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let due = Instant::now().checked_add(self.wiring.clock.until(self.engine.next_due()));
            let due = due.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                seen = self.wiring.outcomes.recv() => match seen {
                    Some(seen) => {
                        let step = self.engine.seen(&seen, self.wiring.clock.now());
                        self.act(step);
                    }
                    // The usb task has ended: the program is ending too.
                    None => break,
                },
                count = inputs.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    if let Some(ending) = self.take(&mut batch) {
                        self.publish();
                        self.release(ending).await;
                        break;
                    }
                }
                () = sleep_until(due) => {
                    let step = self.engine.tick(self.wiring.clock.now());
                    self.act(step);
                }
            }
            self.publish();
        }
    }

    /// Takes a batch of inputs; says whether to stop, and why.
    fn take(&mut self, batch: &mut Vec<Input>) -> Option<Ending> {
        let mut stop = None;
        for input in batch.drain(..) {
            let now = self.wiring.clock.now();
            match input {
                Input::Report { report, answer } => self.report(&report, answer, now),
                Input::SetMode { port, mode, answer } => {
                    let step = self.engine.set_mode(port, mode, now);
                    self.answer_when_kept(port, step, answer);
                }
                Input::SetDeviceMode { device, mode, answer } => {
                    self.set_device_mode(device, mode, answer, now)
                }
                Input::SetStationMode { mode, answer } => self.set_station_mode(mode, answer, now),
                Input::NameDevice { port, name, by, answer } => {
                    self.name_device(port, name, &by, answer, now)
                }
                Input::Adjust { port, wish, checked, answer } => {
                    match self.engine.adjust(port, &wish, checked, now) {
                        Ok(step) => self.answer_when_kept(port, Some(step), answer),
                        Err(NotAdjusted::UnknownPort) => self.answer_when_kept(port, None, answer),
                        Err(refused) => drop(answer.send(Err(refused.into()))),
                    }
                }
                Input::IntendProbe { port, probe, answer } => {
                    let step = self.engine.intend_probe(port, probe, now);
                    self.answer_when_kept(port, step, answer);
                }
                Input::Probe { port, probe, answer } => {
                    let step = self.engine.probe(port, probe, now);
                    self.answer_when_kept(port, step, answer);
                }
                Input::IntendCycle { port, by, answer } => {
                    let step = self.engine.intend_cycle(port, &by, now);
                    self.answer_cycle(port, step, answer);
                }
                Input::Cycle { port, by, answer } => {
                    let step = self.engine.cycle(port, &by, now);
                    self.answer_cycle(port, step, answer);
                }
                Input::Signal { name, value, kept, answer } => self.signal(name, value, kept, answer, now),
                Input::Deadline { topic, text, answer } => self.deadline(&topic, &text, answer, now),
                Input::Unplaced { device, battery } => {
                    let step = self.engine.hear_unplaced(device, battery, now);
                    self.act(step);
                }
                Input::Reload { station, rules, done } => {
                    self.reach = Arc::new(station.reach());
                    let step = self.engine.reload(station, rules, now);
                    self.act(step);
                    // Whoever asked may have gone away.
                    self.waiting.push(Box::new(move || done.send(()).unwrap_or_default()));
                }
                Input::Shadow { candidate, tallies, done } => {
                    let step = self.engine.shadow(candidate, tallies, now);
                    self.act(step);
                    self.waiting.push(Box::new(move || done.send(()).unwrap_or_default()));
                }
                Input::Stop { ending } => stop = Some(ending),
            }
        }
        stop
    }

    fn report(&mut self, report: &BatteryReport, answer: Option<Answer<Arc<Decision>>>, now: Timestamp) {
        let result = match self.engine.report(report, now) {
            Ok(step) => {
                let decision = step.decision.clone();
                self.act(step);
                decision.ok_or(Refused::Stopped)
            }
            Err(rejected) => {
                if answer.is_none() {
                    self.tell_rejected(report.port, rejected.to_string(), now);
                }
                Err(rejected.into())
            }
        };
        if let Some(answer) = answer {
            // Whoever asked may have gone away.
            self.waiting.push(Box::new(move || drop(answer.send(result))));
        }
    }

    fn tell_rejected(&mut self, port: PortId, message: String, at: Timestamp) {
        let station = Some(self.engine.view().station.name.clone());
        let kind = EventKind::ReportRejected { message };
        self.events.push(Event { at, station, port: Some(port), kind });
    }

    /// Does what a step says, without waiting for anybody.
    pub(super) fn act(&mut self, step: Step) {
        if !step.orders.is_empty() {
            self.request(Ask::Switch(step.orders));
        }
        if !step.read.is_empty() {
            self.request(Ask::Read(step.read));
        }
        for record in step.records {
            self.write(record);
        }
        log::events(&step.events);
        self.events.extend(step.events);
    }

    fn tell_events(&mut self) {
        for event in self.events.drain(..) {
            if !self.wiring.directory.tell(event) {
                self.lost += 1;
            }
        }
    }

    fn request(&mut self, ask: Ask) {
        let request = SwitchRequest { reach: Arc::clone(&self.reach), ask };
        // A full line means that the usb task is far behind; the engine asks again when no answer comes.
        if self.wiring.requests.try_send(request).is_err() {
            tracing::warn!(station = %self.engine.view().station.name, "the usb task takes no more requests");
        }
    }

    fn write(&mut self, record: Record) {
        if let Record::Memory { memory, .. } = &record
            && !self.remembers
            && !memory.is_asked_for()
        {
            return;
        }
        if self.wiring.journal.try_send(record).is_err() {
            self.lost += 1;
        }
    }

    fn publish(&mut self) {
        self.publish.send_replace(self.engine.view().clone());
        self.tell_events();
        for answer in self.waiting.drain(..) {
            answer();
        }
        let quiet = self.told_lost.is_none_or(|at| at.elapsed() > TELL_LOST_EVERY);
        if self.lost > 0 && quiet {
            let records = std::mem::take(&mut self.lost);
            self.told_lost = Some(Instant::now());
            let station = Some(self.engine.view().station.name.clone());
            let message = "the queue to history was full".to_owned();
            let kind = EventKind::HistoryLost { message, records };
            self.wiring.directory.tell(Event { at: self.wiring.clock.now(), station, port: None, kind });
        }
    }

    /// Gives ports their power back and waits, within a bound, until they are seen to have it. What may pass, such as
    /// another program that uses `uhubctl`, is tried again.
    async fn release(&mut self, ending: Ending) {
        let end = Instant::now() + RELEASE_LIMIT;
        let mut last = self.engine.stop(ending);
        let mut open = std::mem::take(&mut last.orders);
        self.act(last);
        self.tell_events();
        for attempt in 0..RELEASE_TRIES {
            if open.is_empty() {
                return;
            }
            if attempt > 0 {
                sleep(RELEASE_PAUSE).await;
            }
            let ask = Ask::Switch(open.clone());
            let request = SwitchRequest { reach: Arc::clone(&self.reach), ask };
            if timeout_at(end, self.wiring.requests.send(request)).await.is_err() {
                break;
            }
            let mut unanswered = open.len();
            while unanswered > 0 {
                let Ok(Some(seen)) = timeout_at(end, self.wiring.outcomes.recv()).await else { break };
                for one in &seen {
                    if !open.iter().any(|order| one.order == Some(order.id)) {
                        continue;
                    }
                    unanswered = unanswered.saturating_sub(1);
                    let passes = one.problem.as_ref().is_none_or(SwitchProblem::may_pass);
                    if one.power == Some(Power::On) || !passes {
                        open.retain(|order| one.order != Some(order.id));
                    }
                }
            }
        }
        for order in &open {
            tracing::warn!(port = %order.port, socket = %order.socket, "was not seen to have power again before the stop");
        }
    }
}
