//! What MQTT costs, with a real mosquitto as it comes: a report until its state is published, beside the broker's own
//! round trip; a thousand ports announced; and what an idle station sends.
//!
//! The service is a process of its own. Round trips and reports are measured in turn, one of each at a time, by one
//! client, so that the ratio holds on a machine whose speed drifts.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::expect_used, reason = "a bench that cannot set up has nothing to measure")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small"
)]

mod broker;
mod client;
mod proxy;
mod service;
#[path = "../support/mod.rs"]
mod support;

use std::{
    future::pending,
    time::{Duration, Instant},
};

use broker::Broker;
use client::Client;
use proxy::Proxy;
use service::Service;
use support::{Table, median, spread};
use tokio::time::timeout;

const ROUNDS: usize = 7;
const PORTS: u16 = 1_000;
/// So many of them report once in each round: enough for a p99, few enough to be done in some seconds.
const REPORTING: u16 = 250;
/// A level is published at most once a second.
const PACE: Duration = Duration::from_millis(1_100);
/// Longer than two keep-alives of 15 s each.
const IDLE: Duration = Duration::from_secs(40);
/// What follows a start has been said by then: changes are gathered for a second at most.
const SETTLED: Duration = Duration::from_secs(5);
/// The station's root of topics.
const ROOT: &str = "smartcharger/bench";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        reports(16, 16, 8).await;
        println!();
        reports(PORTS, REPORTING, 1).await;
        announcing().await;
        idle().await;
    });
}

/// `reporting` of the ports report, `passes` times in each round.
async fn reports(ports: u16, reporting: u16, passes: u16) {
    println!(
        "A report by MQTT until its level is published: {reporting} of {ports} ports, {passes} times in each of \
         {ROUNDS} rounds, a round trip and a report in turn\n"
    );
    let broker = Broker::start();
    let mut client = Client::connect(broker.port).await;
    let _service = Service::start(ports, broker.port);
    client.until(&format!("{ROOT}/status"), "online").await;
    let mut rounds = [Round::default(), Round::default()];
    for _ in 0..ROUNDS {
        let (mut trips, mut reports) = (Vec::new(), Vec::new());
        for pass in 0..passes {
            let begin = Instant::now();
            // Never the level of the pass before: only a change is published.
            let level = 40 + (pass + 1) % 2 + 2 * (rounds[0].p50.len() % 2) as u16;
            for port in 1..=reporting {
                trips.push(client.trip("bench/probe", "bench/probe", &format!("{level}-{port}")).await);
                let topic = format!("{ROOT}/report/device-{port}");
                let shown = format!("{ROOT}/port/{port}/batterylevel");
                reports.push(client.trip(&topic, &shown, &level.to_string()).await);
            }
            drop(timeout(PACE.saturating_sub(begin.elapsed()), pending::<()>()).await);
        }
        rounds[0].take(trips);
        rounds[1].take(reports);
    }
    let mut table =
        Table::new(&["way", "p50 µs", "p99 µs", "p50 to round trip", "p99 to round trip", "spread of p50"]);
    let [trip, _] = &rounds;
    for (name, round) in ["broker's own round trip", "report to published level"].iter().zip(&rounds) {
        table.row(&[
            (*name).to_owned(),
            format!("{:.0}", median(&round.p50)),
            format!("{:.0}", median(&round.p99)),
            format!("{:.2}", ratio(&round.p50, &trip.p50)),
            format!("{:.2}", ratio(&round.p99, &trip.p99)),
            spread(&round.p50),
        ]);
    }
    table.print();
}

/// Percentiles of each round, microseconds.
#[derive(Default)]
struct Round {
    p50: Vec<f64>,
    p99: Vec<f64>,
}

impl Round {
    fn take(&mut self, mut took: Vec<Duration>) {
        took.sort_unstable();
        let at = |part: f64| {
            let index = (took.len() as f64 * part) as usize;
            took.get(index).map_or(f64::NAN, |one| one.as_secs_f64() * 1e6)
        };
        let (p50, p99) = (at(0.5), at(0.99));
        self.p50.push(p50);
        self.p99.push(p99);
    }
}

/// Median of the ratios, paired by round.
fn ratio(a: &[f64], b: &[f64]) -> f64 {
    let pairs: Vec<f64> = a.iter().zip(b).map(|(a, b)| a / b).collect();
    median(&pairs)
}

async fn announcing() {
    println!(
        "\nA station's first words, from its first message to `status` `online`, {ROUNDS} starts, \
         0.3 s of each spent listening to what the broker keeps\n"
    );
    let mut table = Table::new(&["ports", "messages", "kB", "ms", "spread"]);
    for ports in [16, PORTS] {
        let (mut took, mut messages, mut bytes) = (Vec::new(), 0, 0);
        for _ in 0..ROUNDS {
            let broker = Broker::start();
            let mut client = Client::connect(broker.port).await;
            let _service = Service::start(ports, broker.port);
            let said = client.until(&format!("{ROOT}/status"), "online").await;
            took.push(said.took.as_secs_f64() * 1e3);
            (messages, bytes) = (said.messages, said.bytes);
        }
        table.row(&[
            ports.to_string(),
            messages.to_string(),
            format!("{:.0}", bytes as f64 / 1e3),
            format!("{:.0}", median(&took)),
            spread(&took),
        ]);
    }
    table.print();
}

async fn idle() {
    println!(
        "\nAn idle station of 16 ports, {} s, bytes on the wire with those of keeping alive\n",
        IDLE.as_secs()
    );
    let broker = Broker::start();
    let mut client = Client::connect(broker.port).await;
    let proxy = Proxy::before(broker.port).await;
    let _service = Service::start(16, proxy.port);
    client.until(&format!("{ROOT}/status"), "online").await;
    drop(timeout(SETTLED, pending::<()>()).await);
    client.forget();
    let before = proxy.bytes();
    drop(timeout(IDLE, pending::<()>()).await);
    let after = proxy.bytes();
    let mut table = Table::new(&["bytes sent", "bytes received", "messages published"]);
    let published = client.forget().to_string();
    table.row(&[(after.0 - before.0).to_string(), (after.1 - before.1).to_string(), published]);
    table.print();
}
