//! Lets connections in, and cuts those that waste a place.
//!
//! poem has no limit on connections, none on slow ones, and tries a failed accept again at once. So the limits are
//! here, below HTTP: a bounded number of connections, `TCP_NODELAY`, a pause after a failed accept, and a deadline on
//! every connection. Must never wait for one client while others could be served.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Weak},
    time::Duration,
};

use poem::{
    Addr,
    http::uri::Scheme,
    listener::Acceptor,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore},
};

use super::guarded::{Guarded, Line};

/// A home has a dozen clients and a lab some hundred; each place costs a file and some 20 KB.
const PLACES: usize = 1_024;
/// At least so many, also where files are scarce.
const FEWEST_PLACES: usize = 16;
/// How long a full house waits for a place before it looks again for somebody to cut.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The first pause after a failed accept; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// Out of files is over when a connection ends, which `guarded` forces within seconds.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The listener with its limits.
pub(super) struct Gate {
    listener: TcpListener,
    address: SocketAddr,
    places: Arc<Semaphore>,
    lines: VecDeque<Weak<Line>>,
    pause: Duration,
}

impl Gate {
    /// Takes a bound listener.
    pub(super) fn new(listener: TcpListener, address: SocketAddr) -> Self {
        let places = places(std::fs::read_to_string("/proc/self/limits").ok().as_deref());
        Self {
            listener,
            address,
            places: Arc::new(Semaphore::new(places)),
            lines: VecDeque::new(),
            pause: FIRST_PAUSE,
        }
    }

    /// Waits for a free place; in a full house the connection that has waited longest for a request is cut.
    async fn place(&mut self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
                return place;
            }
            self.cut_one();
            let free = Arc::clone(&self.places).acquire_owned();
            if let Ok(Ok(place)) = tokio::time::timeout(LOOK_AGAIN, free).await {
                return place;
            }
        }
    }

    /// Cuts the oldest connection that never sent a request, else the oldest that is idle. Those at work stay.
    fn cut_one(&mut self) {
        let open = || self.lines.iter().filter_map(Weak::upgrade);
        let line = open().find(|l| l.is_new()).or_else(|| open().find(|l| l.is_idle()));
        if let Some(line) = line {
            line.cut();
        }
    }

    fn remember(&mut self, line: &Arc<Line>) {
        // Swept only when it has doubled, so that the cost per connection is constant.
        if self.lines.len() >= PLACES * 2 {
            self.lines.retain(|line| line.strong_count() > 0);
        }
        self.lines.push_back(Arc::downgrade(line));
    }
}

impl Acceptor for Gate {
    type Io = Guarded;

    fn local_addr(&self) -> Vec<LocalAddr> {
        vec![LocalAddr(Addr::SocketAddr(self.address))]
    }

    async fn accept(&mut self) -> io::Result<(Guarded, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    self.pause = FIRST_PAUSE;
                    let place = self.place().await;
                    // Answers are small and whole: waiting to fill a packet only adds 40 ms.
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%error, %peer, "no TCP_NODELAY");
                    }
                    let line = Arc::new(Line::default());
                    self.remember(&line);
                    return Ok((
                        Guarded::new(stream, line, place),
                        LocalAddr(Addr::SocketAddr(self.address)),
                        RemoteAddr(Addr::SocketAddr(peer)),
                        Scheme::HTTP,
                    ));
                }
                Err(error) => {
                    tracing::warn!(%error, pause = ?self.pause, "a connection could not be accepted");
                    tokio::time::sleep(self.pause).await;
                    self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}

/// How many connections are let in: a quarter of the process's files stays free for history, `uhubctl` and the broker.
fn places(limits: Option<&str>) -> usize {
    let files = limits
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix("Max open files")))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok());
    files.map_or(PLACES, |files| (files - files / 4).clamp(FEWEST_PLACES, PLACES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_leave_files_for_the_others() {
        let limits = |soft: &str| {
            format!("Max processes   3  4  processes\nMax open files            {soft}  1048576  files\n")
        };
        assert_eq!(places(Some(&limits("1024"))), 768);
        assert_eq!(places(Some(&limits("65536"))), 1_024);
        assert_eq!(places(Some(&limits("8"))), 16);
        assert_eq!(places(Some(&limits("unlimited"))), 1_024);
        assert_eq!(places(None), 1_024);
    }
}
