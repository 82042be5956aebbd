//! A server in a process of its own, and what the kernel says of it.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command},
    time::{Duration, Instant},
};

use super::client;

/// A running server; ended when dropped.
pub(crate) struct Server {
    name: &'static str,
    pub(crate) ports: u16,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) start: Duration,
    child: Child,
}

impl Server {
    pub(crate) async fn start(name: &'static str, ports: u16) -> Self {
        let address = free_address();
        let program = std::env::current_exe().expect("this program");
        let begin = Instant::now();
        let child = Command::new(program)
            .args(["--serve", name, &ports.to_string(), &address.to_string()])
            .spawn()
            .expect("this program starts again");
        client::first_answer(address).await;
        Self { name, ports, address, start: begin.elapsed(), child }
    }

    pub(crate) fn title(&self) -> String {
        if self.name == "scs" { format!("scs, {} ports", self.ports) } else { format!("bare {}", self.name) }
    }

    /// User and system time of the process so far, in the kernel's ticks of 10 ms.
    pub(crate) fn cpu(&self) -> Duration {
        let text =
            std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("a running process");
        let (_, rest) = text.rsplit_once(") ").expect("the name in parentheses");
        let ticks: u64 = rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }

    pub(crate) fn resident_megabytes(&self) -> f64 {
        let text =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a running process");
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a resident size");
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kilobytes / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}
