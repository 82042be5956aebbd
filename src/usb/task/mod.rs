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
use tokio::{
    sync::{
        mpsc::{self, OwnedPermit},
        watch,
    },
    time::{Instant, timeout_at},
};

use super::{Asked, Ordered, PowerSwitch, UsbSettings, hubs::Hubs, sysfs::Sysfs, uhubctl::Uhubctl};
use crate::model::{
    Ask, Driver, Order, PortId, Power, Reach, Seen, Socket, StationName, SwitchProblem, SwitchRequest, Tally,
};

/// Requests and answers of one line that may wait. A controller has one order per port in flight and one reading,
/// and puts the orders of one step into one request, so this is ample.
const LINE_CAPACITY: usize = 32;
/// News told before the task has run once: more stations than one host has hubs for.
const NEWS_MAX: usize = 1024;
/// Requests of one batch. More would let a flood of requests put off its own answers.
const BATCH_MAX: usize = 256;
/// A batch is waited for at most so many times as long as for its next request.
const GATHERINGS: u32 = 10;

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
    news: mpsc::Sender<News>,
}

/// What the task is told beside requests.
struct News {
    /// What a station may have switched from now on.
    reach: Arc<Reach>,
    /// The other ends of its line, if it is new.
    line: Option<(mpsc::Receiver<SwitchRequest>, mpsc::Sender<Vec<Seen>>)>,
}

/// A request and the place of its answer; without a place nobody listens any more, but the order stands.
struct Request {
    request: SwitchRequest,
    place: Option<OwnedPermit<Vec<Seen>>>,
}

/// What comes in on a line.
enum Incoming {
    Request(Request),
    /// A line of this station has ended, after its last request.
    Ended(StationName),
}

impl Incoming {
    fn switches(&self) -> bool {
        matches!(self, Self::Request(Request { request, .. }) if matches!(request.ask, Ask::Switch(_)))
    }
}

impl Bus {
    /// A line for a station that has this reach. Lines and reaches are known before what is asked on any line afterwards:
    /// who makes all lines first keeps one station from taking what is another one's.
    pub fn line(&self, reach: Arc<Reach>) -> Line {
        let (requests, asked) = mpsc::channel(LINE_CAPACITY);
        let (answers, outcomes) = mpsc::channel(LINE_CAPACITY);
        self.tell(News { reach, line: Some((asked, answers)) });
        Line { requests, outcomes }
    }

    /// A station that has a line is about to have this reach.
    pub fn expect(&self, reach: Arc<Reach>) {
        self.tell(News { reach, line: None });
    }

    fn tell(&self, news: News) {
        if let Err(error) = self.news.try_send(news) {
            // A new station finds its line closed, as it does when the task has ended.
            let (mpsc::error::TrySendError::Full(News { reach, .. })
            | mpsc::error::TrySendError::Closed(News { reach, .. })) = error;
            let station = &reach.station;
            tracing::error!(%station, "the USB task is not told of it: it has ended, or too many stations start");
        }
    }
}

/// Makes the one task of a driver on this host. It counts its calls in `tally`. The future is the task: it ends when
/// the last [`Bus`] is dropped and the `requests` of all lines are.
pub fn start(
    driver: Driver,
    settings: UsbSettings,
    tally: watch::Sender<Tally>,
) -> (Bus, impl Future<Output = ()> + Send + 'static) {
    let (sender, news) = mpsc::channel(NEWS_MAX);
    let task = async move {
        match driver {
            Driver::Uhubctl => run(Hubs::new(Uhubctl::new(settings, tally)), news).await,
            Driver::Sysfs => run(Hubs::new(Sysfs::new(settings, tally)), news).await,
        }
    };
    (Bus { news: sender }, task)
}

/// As [`start`], for any hub.
pub(super) fn serve<S: PowerSwitch + 'static>(switch: S) -> (Bus, impl Future<Output = ()> + Send + 'static) {
    let (sender, news) = mpsc::channel(NEWS_MAX);
    (Bus { news: sender }, run(switch, news))
}

async fn run<S: PowerSwitch>(switch: S, mut news: mpsc::Receiver<News>) {
    let mut lines = Lines { switch, open: SelectAll::new(), stations: BTreeMap::new() };
    let mut more_news = true;
    while more_news || !lines.open.is_empty() {
        tokio::select! {
            told = news.recv(), if more_news => match told {
                Some(told) => lines.learn(told),
                None => more_news = false,
            },
            first = lines.open.next(), if !lines.open.is_empty() => {
                let Some(first) = first else { continue };
                // What was told before this was asked stands before it, and what waits at new lines goes with it.
                while let Ok(told) = news.try_recv() {
                    lines.learn(told);
                }
                let batch = lines.gather(first).await;
                let (requests, gone) = lines.sort(batch);
                perform(&mut lines.switch, requests).await;
                gone.iter().for_each(|station| lines.switch.forget(station));
            }
        }
    }
}

/// The lines of all stations, and whom they lead to.
struct Lines<S> {
    switch: S,
    open: SelectAll<BoxStream<'static, Incoming>>,
    /// How many lines each station has: more than one while it is started anew.
    stations: BTreeMap<StationName, usize>,
}

impl<S: PowerSwitch> Lines<S> {
    /// All requests that wait, and those that come within moments where a call takes long: each call saved is worth many
    /// times that.
    async fn gather(&mut self, first: Incoming) -> Vec<Incoming> {
        let end = Instant::now() + S::GATHERS * GATHERINGS;
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX {
            let next = match self.open.next().now_or_never() {
                None if !S::GATHERS.is_zero() && batch.iter().any(Incoming::switches) => {
                    let patience = end.min(Instant::now() + S::GATHERS);
                    timeout_at(patience, self.open.next()).await.ok().flatten()
                }
                next => next.flatten(),
            };
            let Some(next) = next else { break };
            batch.push(next);
        }
        batch
    }

    fn learn(&mut self, News { reach, line }: News) {
        let station = &reach.station;
        if let Some((asked, answers)) = line {
            *self.stations.entry(station.clone()).or_default() += 1;
            self.open.push(requests(station.clone(), asked, answers));
        }
        // Who has gone by now is forgotten already.
        if self.stations.contains_key(station) {
            self.switch.meet(&reach);
        }
    }

    /// The requests of a batch, and the stations that have no line any more.
    fn sort(&mut self, batch: Vec<Incoming>) -> (Vec<Request>, Vec<StationName>) {
        let (mut requests, mut gone) = (Vec::new(), Vec::new());
        for incoming in batch {
            match incoming {
                Incoming::Request(request) => requests.push(request),
                Incoming::Ended(station) => gone.push(station),
            }
        }
        for station in &gone {
            if let Some(lines) = self.stations.get_mut(station) {
                *lines = lines.saturating_sub(1);
            }
        }
        gone.retain(|station| self.stations.get(station) == Some(&0));
        self.stations.retain(|_, lines| *lines > 0);
        (requests, gone)
    }
}

/// The requests of one line, each with the place of its answer.
fn requests(
    station: StationName,
    asked: mpsc::Receiver<SwitchRequest>,
    answers: mpsc::Sender<Vec<Seen>>,
) -> BoxStream<'static, Incoming> {
    unfold(Some((station, asked, answers)), |line| async {
        let (station, mut asked, answers) = line?;
        let place = answers.clone().reserve_owned().await.ok();
        match asked.recv().await {
            Some(request) => {
                Some((Incoming::Request(Request { request, place }), Some((station, asked, answers))))
            }
            None => Some((Incoming::Ended(station), None)),
        }
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
pub(super) mod tests;
