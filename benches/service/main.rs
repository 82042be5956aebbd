//! What a report costs over real HTTP, beside a bare poem handler and a bare poem-openapi handler with the same types.
//!
//! The servers are processes of their own (this program, started again with a role), measured in turn within each
//! round by the same client over keep-alive connections, so that the ratios hold on a machine whose speed drifts.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]
#![expect(clippy::expect_used, clippy::panic, reason = "a bench that cannot set up has nothing to measure")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are small"
)]

mod client;
mod process;
mod server;
mod service;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use process::Server;
use support::{Table, median, spread};

const ROUNDS: usize = 7;
const RUN: Duration = Duration::from_millis(1500);
const CONNECTIONS: [usize; 3] = [1, 16, 64];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, role, name, ports, address] = arguments.as_slice()
        && role == "--serve"
    {
        server::serve(name, ports.parse().expect("a number"), address.parse().expect("an address"));
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        requests().await;
        sizes().await;
    });
}

/// What one server showed in all rounds.
#[derive(Default)]
struct Rounds {
    per_second: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
    cpu: Vec<f64>,
}

impl Rounds {
    async fn measure(&mut self, server: &Server, connections: usize) {
        let before = server.cpu();
        let measured = client::run(server.address, connections, server.ports, RUN).await;
        self.per_second.push(measured.per_second);
        self.p50.push(measured.p50);
        self.p99.push(measured.p99);
        self.cpu.push((server.cpu() - before).as_secs_f64() * 1e6 / measured.requests as f64);
    }
}

async fn requests() {
    let roles = [("poem", 16), ("poem-openapi", 16), ("scs", 16), ("scs", 1_000), ("scs", 16_000)];
    println!(
        "POST /api/v1/reports, three rules, history and events on; medians of {ROUNDS} rounds in turn\n"
    );
    let mut table = Table::new(&[
        "server",
        "connections",
        "requests/s",
        "to poem",
        "to poem-openapi",
        "p50 µs",
        "p99 µs",
        "p99 to poem-openapi",
        "CPU µs/request",
        "spread",
    ]);
    let mut servers = Vec::new();
    for (name, ports) in roles {
        servers.push(Server::start(name, ports).await);
    }
    for connections in CONNECTIONS {
        let mut rounds: Vec<Rounds> = servers.iter().map(|_| Rounds::default()).collect();
        for _ in 0..ROUNDS {
            for (server, rounds) in servers.iter().zip(&mut rounds) {
                rounds.measure(server, connections).await;
            }
        }
        let [poem, openapi, ..] = rounds.as_slice() else { panic!("five servers") };
        for (server, own) in servers.iter().zip(&rounds) {
            table.row(&[
                server.title(),
                connections.to_string(),
                format!("{:.0}", median(&own.per_second)),
                format!("{:.2}", ratio(&own.per_second, &poem.per_second)),
                format!("{:.2}", ratio(&own.per_second, &openapi.per_second)),
                format!("{:.0}", median(&own.p50)),
                format!("{:.0}", median(&own.p99)),
                format!("{:.2}", ratio(&own.p99, &openapi.p99)),
                format!("{:.1}", median(&own.cpu)),
                spread(&own.per_second),
            ]);
        }
    }
    table.print();
}

/// Median of the ratios, paired by round.
fn ratio(a: &[f64], b: &[f64]) -> f64 {
    let pairs: Vec<f64> = a.iter().zip(b).map(|(a, b)| a / b).collect();
    median(&pairs)
}

async fn sizes() {
    println!("\nMemory and start, in turn\n");
    let mut table =
        Table::new(&["server", "resident idle MB", "start to first answer ms", "spread of the start"]);
    for (name, ports) in [("poem", 16), ("poem-openapi", 16), ("scs", 16), ("scs", 1_000), ("scs", 16_000)] {
        let mut starts = Vec::new();
        let mut resident = Vec::new();
        let mut title = String::new();
        for _ in 0..ROUNDS {
            let server = Server::start(name, ports).await;
            starts.push(server.start.as_secs_f64() * 1e3);
            resident.push(server.resident_megabytes());
            title = server.title();
        }
        table.row(&[
            title,
            format!("{:.1}", median(&resident)),
            format!("{:.0}", median(&starts)),
            spread(&starts),
        ]);
    }
    table.print();
}
