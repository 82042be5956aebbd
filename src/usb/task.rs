//! The task that owns the hubs of this host and serves the lines of all stations.
//!
//! Takes all requests that wait, keeps only the last order for each socket, has them done as one batch, and
//! answers every request, also those that a later one replaced. One answer, one place in the line's channel,
//! taken before the request: so an answer never waits, and a station that does not take its answers holds up
//! nobody but itself.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{
    FutureExt, StreamExt,
    stream::{BoxStream, SelectAll, unfold},
};
use tokio::sync::{
    mpsc::{self, OwnedPermit},
    watch,
};

use super::{PowerSwitch, UsbSettings, uhubctl::Uhubctl};
use crate::model::{Ask, Driver, Order, PortId, Power, Seen, Socket, SwitchProblem, SwitchRequest, Tally};

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
struct Asked {
    request: SwitchRequest,
    place: Option<OwnedPermit<Vec<Seen>>>,
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

/// Makes the one task of a driver on this host. It counts its calls in `tally`. The future is the task: it ends when the last [`Bus`] is dropped
/// and the `requests` of all lines are.
pub fn start(
    driver: Driver,
    settings: UsbSettings,
    tally: watch::Sender<Tally>,
) -> (Bus, impl Future<Output = ()> + Send + 'static) {
    let _ = (driver, tally);
    serve(Uhubctl::new(settings))
}

/// As [`start`], for any hub.
pub(super) fn serve<S: PowerSwitch + 'static>(switch: S) -> (Bus, impl Future<Output = ()> + Send + 'static) {
    let (lines, new_lines) = mpsc::channel(NEW_LINES);
    (Bus { lines }, run(switch, new_lines))
}

async fn run<S: PowerSwitch>(mut switch: S, mut new_lines: mpsc::Receiver<Ends>) {
    let mut lines: SelectAll<BoxStream<'static, Asked>> = SelectAll::new();
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
                perform(&mut switch, batch).await;
            }
        }
    }
}

/// The requests of one line, each with the place of its answer.
fn requests(
    asked: mpsc::Receiver<SwitchRequest>,
    answers: mpsc::Sender<Vec<Seen>>,
) -> BoxStream<'static, Asked> {
    unfold((asked, answers), |(mut asked, answers)| async {
        let place = answers.clone().reserve_owned().await.ok();
        let request = asked.recv().await?;
        Some((Asked { request, place }, (asked, answers)))
    })
    .boxed()
}

async fn perform<S: PowerSwitch>(switch: &mut S, batch: Vec<Asked>) {
    let mut switches = Vec::new();
    let mut readings = Vec::new();
    for Asked { request, place } in batch {
        match request.ask {
            Ask::Switch(orders) => switches.push((orders, place)),
            Ask::Read(ports) => readings.push((ports, place)),
        }
    }
    // Switches are answered before the reading begins: that takes as long again.
    let last = last_orders(switches.iter().flat_map(|(orders, _)| orders));
    let seen = if last.is_empty() { Vec::new() } else { switch.switch(&last).await };
    let seen: BTreeMap<&Socket, (Power, &Seen)> =
        last.iter().zip(&seen).map(|(order, seen)| (&order.socket, (order.power, seen))).collect();
    for (orders, place) in &mut switches {
        let answers = orders.iter().map(|order| answer(order, seen.get(&order.socket))).collect();
        send(place.take(), answers);
    }
    let wanted: BTreeSet<&(PortId, Socket)> = readings.iter().flat_map(|(ports, _)| ports).collect();
    let wanted: Vec<(PortId, Socket)> = wanted.into_iter().cloned().collect();
    let seen = if wanted.is_empty() { Vec::new() } else { switch.read(&wanted).await };
    let seen: BTreeMap<&(PortId, Socket), &Seen> = wanted.iter().zip(&seen).collect();
    for (ports, place) in readings {
        send(place, ports.iter().map(|port| reading(port, seen.get(port).copied())).collect());
    }
}

/// The last order for each socket, whoever gave it.
fn last_orders<'a>(orders: impl Iterator<Item = &'a Order>) -> Vec<Order> {
    let last: BTreeMap<&Socket, &Order> = orders.map(|order| (&order.socket, order)).collect();
    last.into_values().cloned().collect()
}

/// What is seen is told to every order of the socket. That a replaced order was not done is no problem of its own.
fn answer(order: &Order, last: Option<&(Power, &Seen)>) -> Seen {
    let (power, problem) = match last {
        Some((wanted, seen)) if *wanted == order.power || seen.power.is_none() => {
            (seen.power, seen.problem.clone())
        }
        Some((_, seen)) => (seen.power, None),
        None => (None, Some(unanswered(&order.socket))),
    };
    Seen::new(order.port, Some(order.id), power, problem)
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
    use std::sync::Arc;

    use super::*;
    use crate::model::{HubLocation, Reach, StationName};

    /// A hub on which nothing answers.
    struct Mute;

    impl PowerSwitch for Mute {
        async fn switch(&mut self, _: &[Order]) -> Vec<Seen> {
            Vec::new()
        }
        async fn read(&mut self, _: &[(PortId, Socket)]) -> Vec<Seen> {
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
}
