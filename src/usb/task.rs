//! The task that owns the hubs of this host and serves the lines of all stations.
//!
//! Takes all requests that wait, keeps only the last order for each socket, has them done as one batch, and
//! answers every request, also those that a later one replaced. One answer, one place in the line's channel,
//! taken before the request: so an answer never waits, and a station that does not take its answers holds up
//! nobody but itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures_util::{
    FutureExt, StreamExt,
    stream::{BoxStream, SelectAll, unfold},
};
use tokio::sync::{
    mpsc::{self, OwnedPermit},
    watch,
};

use super::{Asked, Ordered, PowerSwitch, UsbSettings, hubs::Hubs, sysfs::Sysfs, uhubctl::Uhubctl};
use crate::model::{
    Ask, Driver, Order, PortId, Power, Reach, Seen, Socket, StationName, SwitchProblem, SwitchRequest, Tally,
};

/// Requests and answers of one line that may wait. A controller has one order per port in flight and one reading,
/// and puts the orders of one step into one request, so this is ample.
const LINE_CAPACITY: usize = 32;
/// Lines asked for before the task has run once: more stations than one host has hubs for.
const NEW_LINES: usize = 1024;
/// Requests of one batch. More would let a flood of requests put off its own answers.
const BATCH_MAX: usize = 256;

/// A station's way to the task. Drop `requests` to end it: what was sent is still done, and `outcomes` ends after the
/// last answer.
#[derive(Debug)]
pub struct Line {
    /// What the station asks. It must not wait for room here without taking `outcomes` meanwhile: use `try_send`, or
    /// select over both.
    pub requests: mpsc::Sender<SwitchRequest>,
    /// One answer per request, with one `Seen` per order or port of it. Readings may come after later switches.
    pub outcomes: mpsc::Receiver<Vec<Seen>>,
}

/// The handle of the task.
#[derive(Clone, Debug)]
pub struct Bus {
    lines: mpsc::Sender<Ends>,
}

/// The other ends of a line.
type Ends = (mpsc::Receiver<SwitchRequest>, mpsc::Sender<Vec<Seen>>);

/// A request and the place of its answer; without a place nobody listens any more, but the order stands.
struct Request {
    request: SwitchRequest,
    place: Option<OwnedPermit<Vec<Seen>>>,
}

/// What comes in on a line.
enum Incoming {
    /// It is a line of this station: told before its first request.
    Begun(StationName),
    Request(Request),
    /// A line of this station has ended: told after its last request.
    Ended(StationName),
}

impl Bus {
    /// A line for one station.
    pub fn line(&self) -> Line {
        let (requests, asked) = mpsc::channel(LINE_CAPACITY);
        let (answers, outcomes) = mpsc::channel(LINE_CAPACITY);
        if self.lines.try_send((asked, answers)).is_err() {
            // The station finds its line closed, as it does when the task has ended.
            tracing::error!(
                "a station has no line to the USB task: it has ended, or too many stations start"
            );
        }
        Line { requests, outcomes }
    }
}

/// Makes the one task of a driver on this host. It counts its calls in `tally`. The future is the task: it ends when
/// the last [`Bus`] is dropped and the `requests` of all lines are.
pub fn start(
    driver: Driver,
    settings: UsbSettings,
    tally: watch::Sender<Tally>,
) -> (Bus, impl Future<Output = ()> + Send + 'static) {
    let (lines, new_lines) = mpsc::channel(NEW_LINES);
    let task = async move {
        match driver {
            Driver::Uhubctl => run(Hubs::new(Uhubctl::new(settings, tally)), new_lines).await,
            Driver::Sysfs => run(Hubs::new(Sysfs::new(settings, tally)), new_lines).await,
        }
    };
    (Bus { lines }, task)
}

/// As [`start`], for any hub.
pub(super) fn serve<S: PowerSwitch + 'static>(switch: S) -> (Bus, impl Future<Output = ()> + Send + 'static) {
    let (lines, new_lines) = mpsc::channel(NEW_LINES);
    (Bus { lines }, run(switch, new_lines))
}

async fn run<S: PowerSwitch>(mut switch: S, mut new_lines: mpsc::Receiver<Ends>) {
    let mut lines: SelectAll<BoxStream<'static, Incoming>> = SelectAll::new();
    let mut stations = Stations::default();
    let mut more_lines = true;
    while more_lines || !lines.is_empty() {
        tokio::select! {
            line = new_lines.recv(), if more_lines => match line {
                Some((asked, answers)) => lines.push(requests(asked, answers)),
                None => more_lines = false,
            },
            first = lines.next(), if !lines.is_empty() => {
                let Some(first) = first else { continue };
                // What waits at lines that are new since the last batch goes with it.
                while let Ok((asked, answers)) = new_lines.try_recv() {
                    lines.push(requests(asked, answers));
                }
                let mut batch = vec![first];
                while batch.len() < BATCH_MAX
                    && let Some(Some(next)) = lines.next().now_or_never()
                {
                    batch.push(next);
                }
                let (requests, gone) = stations.sort(batch);
                perform(&mut switch, requests).await;
                gone.iter().for_each(|station| switch.forget(station));
            }
        }
    }
}

/// How many lines each station has that has asked: more than one while it is started anew.
#[derive(Default)]
struct Stations {
    lines: BTreeMap<StationName, usize>,
}

impl Stations {
    /// The requests of a batch, and the stations that have no line any more.
    fn sort(&mut self, batch: Vec<Incoming>) -> (Vec<Request>, Vec<StationName>) {
        let (mut requests, mut gone) = (Vec::new(), Vec::new());
        for incoming in batch {
            match incoming {
                Incoming::Begun(station) => *self.lines.entry(station).or_default() += 1,
                Incoming::Request(request) => requests.push(request),
                Incoming::Ended(station) => gone.push(station),
            }
        }
        for station in &gone {
            if let Some(lines) = self.lines.get_mut(station) {
                *lines = lines.saturating_sub(1);
            }
        }
        gone.retain(|station| self.lines.get(station) == Some(&0));
        self.lines.retain(|_, lines| *lines > 0);
        (requests, gone)
    }
}

/// The requests of one line, each with the place of its answer.
fn requests(
    asked: mpsc::Receiver<SwitchRequest>,
    answers: mpsc::Sender<Vec<Seen>>,
) -> BoxStream<'static, Incoming> {
    struct Open {
        asked: mpsc::Receiver<SwitchRequest>,
        answers: mpsc::Sender<Vec<Seen>>,
        station: Option<StationName>,
        /// The first request, told after the station.
        first: Option<Request>,
    }
    let open = Open { asked, answers, station: None, first: None };
    unfold(Some(open), |open| async {
        let mut open = open?;
        if let Some(first) = open.first.take() {
            return Some((Incoming::Request(first), Some(open)));
        }
        let place = open.answers.clone().reserve_owned().await.ok();
        let Some(request) = open.asked.recv().await else {
            return Some((Incoming::Ended(open.station?), None));
        };
        let station = request.reach.station.clone();
        let request = Request { request, place };
        if open.station.is_some() {
            return Some((Incoming::Request(request), Some(open)));
        }
        open.station = Some(station.clone());
        open.first = Some(request);
        Some((Incoming::Begun(station), Some(open)))
    })
    .boxed()
}

async fn perform<S: PowerSwitch>(switch: &mut S, batch: Vec<Request>) {
    let mut switches = Vec::new();
    let mut readings = Vec::new();
    // All requests of a station stand under what it may reach by the last of them.
    let mut reaches: BTreeMap<StationName, Arc<Reach>> = BTreeMap::new();
    for Request { request: SwitchRequest { reach, ask }, place } in batch {
        switch.meet(&reach);
        let station = reach.station.clone();
        reaches.insert(station.clone(), reach);
        match ask {
            Ask::Switch(orders) => switches.push((station, orders, place)),
            Ask::Read(ports) => readings.push((station, ports, place)),
        }
    }
    // Switches are answered before the reading begins: that takes as long again.
    let last = last_orders(&reaches, &switches);
    let seen = if last.is_empty() { Vec::new() } else { switch.switch(&last).await };
    let seen: BTreeMap<(&StationName, &Socket), (Power, &Seen)> = last
        .iter()
        .zip(&seen)
        .map(|(Ordered { reach, order }, seen)| ((&reach.station, &order.socket), (order.power, seen)))
        .collect();
    for (station, orders, place) in &mut switches {
        let answers =
            orders.iter().map(|order| answer(order, seen.get(&(&*station, &order.socket)))).collect();
        send(place.take(), answers);
    }
    let wanted: BTreeSet<(&StationName, &(PortId, Socket))> = readings
        .iter()
        .flat_map(|(station, ports, _)| ports.iter().map(move |port| (station, port)))
        .collect();
    let asked: Vec<Asked> = wanted
        .iter()
        .filter_map(|(station, (port, socket))| {
            let reach = Arc::clone(reaches.get(*station)?);
            Some(Asked { reach, port: *port, socket: socket.clone() })
        })
        .collect();
    let seen = if asked.is_empty() { Vec::new() } else { switch.read(&asked).await };
    let seen: BTreeMap<&(&StationName, &(PortId, Socket)), &Seen> = wanted.iter().zip(&seen).collect();
    let mut answers = Vec::new();
    for (station, ports, _) in &readings {
        let seen = |port| seen.get(&(station, port)).copied();
        answers.push(ports.iter().map(|port| reading(port, seen(port))).collect());
    }
    for ((.., place), answers) in readings.into_iter().zip(answers) {
        send(place, answers);
    }
}

/// What came in from one station: its orders and the place of the answer.
type Switches = (StationName, Vec<Order>, Option<OwnedPermit<Vec<Seen>>>);

/// The last order of each station for each socket.
fn last_orders(reaches: &BTreeMap<StationName, Arc<Reach>>, switches: &[Switches]) -> Vec<Ordered> {
    let orders = switches.iter().flat_map(|(station, orders, _)| orders.iter().map(move |o| (station, o)));
    let last: BTreeMap<(&StationName, &Socket), &Order> =
        orders.map(|(station, order)| ((station, &order.socket), order)).collect();
    last.into_iter()
        .filter_map(|((station, _), order)| {
            Some(Ordered { reach: Arc::clone(reaches.get(station)?), order: order.clone() })
        })
        .collect()
}

/// What is seen is told to every order of the socket. That a replaced order was not done is no problem of its own.
fn answer(order: &Order, last: Option<&(Power, &Seen)>) -> Seen {
    let Some((wanted, seen)) = last else {
        return Seen::new(order.port, Some(order.id), None, Some(unanswered(&order.socket)));
    };
    let as_wanted = *wanted == order.power || seen.power.is_none();
    let problem = seen.problem.clone().filter(|_| as_wanted);
    Seen { port: order.port, order: Some(order.id), problem, ..(*seen).clone() }
}

fn reading((port, socket): &(PortId, Socket), seen: Option<&Seen>) -> Seen {
    seen.cloned().unwrap_or_else(|| Seen::new(*port, None, None, Some(unanswered(socket))))
}

/// A hub that breaks its word to answer every port must not leave a station waiting.
fn unanswered(socket: &Socket) -> SwitchProblem {
    SwitchProblem::Unreadable(format!("{socket}: no answer"))
}

fn send(place: Option<OwnedPermit<Vec<Seen>>>, answers: Vec<Seen>) {
    if let Some(place) = place {
        place.send(answers);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::HubLocation;

    /// A hub on which nothing answers.
    struct Mute;

    impl PowerSwitch for Mute {
        async fn switch(&mut self, _: &[Ordered]) -> Vec<Seen> {
            Vec::new()
        }
        async fn read(&mut self, _: &[Asked]) -> Vec<Seen> {
            Vec::new()
        }
    }

    /// A request of a station that may reach what it asks for.
    pub(in crate::usb) fn asking(ask: Ask) -> SwitchRequest {
        let sockets = match &ask {
            Ask::Switch(orders) => orders.iter().map(|order| order.socket.clone()).collect(),
            Ask::Read(ports) => ports.iter().map(|(_, socket)| socket.clone()).collect(),
        };
        let station = StationName::new("desk").unwrap();
        SwitchRequest { reach: Arc::new(Reach { station, hub: None, sockets }), ask }
    }

    fn reading() -> SwitchRequest {
        let socket = Socket::new(HubLocation::new("1-1").unwrap(), 1).unwrap();
        asking(Ask::Read(vec![(PortId::new(1).unwrap(), socket)]))
    }

    #[tokio::test]
    async fn a_station_that_takes_no_answers_holds_up_nobody_else_and_loses_none() {
        let (bus, task) = serve(Mute);
        let task = tokio::spawn(task);
        let (mut deaf, mut other) = (bus.line(), bus.line());
        drop(bus);
        let mut sent = 0;
        while deaf.requests.try_send(reading()).is_ok() || deaf.outcomes.len() < LINE_CAPACITY {
            sent += 1;
            tokio::task::yield_now().await;
        }
        other.requests.send(reading()).await.unwrap();
        assert_eq!(other.outcomes.recv().await.map(|seen| seen.len()), Some(1));
        drop((deaf.requests, other.requests));
        let mut answered = 0;
        while let Some(seen) = deaf.outcomes.recv().await {
            assert!(seen.iter().all(|seen| seen.power.is_none() && seen.problem.is_some()));
            answered += 1;
        }
        assert!(answered >= 2 * LINE_CAPACITY && answered <= sent, "{answered} of {sent}");
        task.await.unwrap();
    }

    /// A hub that tells which stations were met and forgotten.
    struct Telling(mpsc::UnboundedSender<String>);

    impl PowerSwitch for Telling {
        fn meet(&mut self, reach: &Arc<Reach>) {
            let _ = self.0.send(format!("{} comes", reach.station));
        }
        async fn switch(&mut self, _: &[Ordered]) -> Vec<Seen> {
            Vec::new()
        }
        async fn read(&mut self, asked: &[Asked]) -> Vec<Seen> {
            let _ = self.0.send(format!("{} readings", asked.len()));
            Vec::new()
        }
        fn forget(&mut self, station: &StationName) {
            let _ = self.0.send(format!("{station} goes"));
        }
    }

    #[tokio::test]
    async fn a_station_is_forgotten_with_its_last_line_after_its_last_request() {
        let (tell, mut told) = mpsc::unbounded_channel();
        let (bus, task) = serve(Telling(tell));
        let (first, mut second) = (bus.line(), bus.line());
        drop(bus);
        first.requests.send(reading()).await.unwrap();
        second.requests.send(reading()).await.unwrap();
        drop(first);
        let task = tokio::spawn(task);
        second.outcomes.recv().await.unwrap();
        second.requests.send(reading()).await.unwrap();
        drop(second);
        task.await.unwrap();
        let mut all = Vec::new();
        while let Some(next) = told.recv().await {
            all.push(next);
        }
        assert_eq!(all.iter().filter(|line| *line == "desk comes").count(), 3, "{all:?}");
        assert_eq!(all.iter().position(|line| line == "desk goes"), Some(all.len() - 1), "{all:?}");
    }
}
