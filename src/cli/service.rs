//! Runs the service in this process until somebody asks it to stop.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{oneshot, watch},
    time::{Instant, sleep},
};

use super::failure::{Exit, Failure};
use crate::{
    app::{self, Failed, Options, Running},
    controller::Clock,
    http::Stage,
    settings::Settings,
};

/// Requests that come within this are one: `timeout`, shells and supervisors signal a process and its group, so that
/// the same wish arrives twice.
const SAME: Duration = Duration::from_secs(2);

/// Runs the service until Ctrl-C or SIGTERM, or for so long once it runs. It then stops in order; asked again later it ends at
/// once. `stop` tells everybody who listens to it that the end begins.
pub(super) async fn serve(
    settings: Settings,
    clock: Clock,
    stage: Stage,
    ready: oneshot::Sender<Running>,
    stop: watch::Sender<bool>,
    lasting: Option<Duration>,
) -> Result<(), Failure> {
    let mut requests = Requests::listen().map_err(Failure::signals)?;
    let stopped = stop.subscribe();
    let (begun, beginning) = oneshot::channel();
    let mut service = Box::pin(app::run(Options { settings, clock, stage, stop: stopped, ready: begun }));
    tokio::select! {
        ended = &mut service => return ended.map_err(Failure::from),
        () = requests.next() => {}
        () = lasted(beginning, ready, lasting) => {}
    }
    tracing::info!("stopping; ask again after {} s to end at once", SAME.as_secs());
    // The service holds the receiver until it has ended.
    let _ = stop.send(true);
    tokio::select! {
        ended = service => ended.map_err(Failure::from),
        () = insisted(async || requests.next().await) => {
            Err(Failure::new(Exit::Failed, "ended at once: ports may have been left without power", ""))
        }
    }
}

/// Where a service that listens so is reached from this machine.
pub(super) fn reachable(listening: SocketAddr) -> String {
    match listening.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{}", listening.port()),
        _ => format!("http://{listening}"),
    }
}

/// Says that the service runs, and waits for so long from then on: on a small computer it takes seconds to begin.
async fn lasted(
    beginning: oneshot::Receiver<Running>,
    ready: oneshot::Sender<Running>,
    lasting: Option<Duration>,
) {
    if let Ok(running) = beginning.await {
        let _ = ready.send(running);
        if let Some(lasting) = lasting {
            return sleep(lasting).await;
        }
    }
    std::future::pending().await
}

/// Waits for a request that is not the same as the one that has just come.
async fn insisted(mut request: impl AsyncFnMut()) {
    let first = Instant::now();
    loop {
        request().await;
        if first.elapsed() >= SAME {
            return;
        }
    }
}

/// Requests to stop: Ctrl-C and SIGTERM.
pub(super) struct Requests {
    interrupt: Signal,
    terminate: Signal,
}

impl Requests {
    /// Listens from now on.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        let exit = match failed.exit_code() {
            69 => Exit::Unavailable,
            70 => Exit::Defect,
            73 => Exit::CannotCreate,
            77 => Exit::Denied,
            78 => Exit::Configuration,
            _ => Exit::Failed,
        };
        let hint = match exit {
            Exit::Unavailable => {
                "stop what listens there, or take another address: `http: (listen: …)` in settings.ron, --listen of the demo"
            }
            _ => "",
        };
        match failed {
            Failed::Config(problems) => Self::files(problems),
            other => Self::new(exit, other.to_string(), hint),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_later_request_insists() {
        let began = Instant::now();
        let mut requests = 0;
        insisted(async || {
            sleep(SAME * 2 / 5).await;
            requests += 1;
        })
        .await;
        assert_eq!((requests, began.elapsed()), (3, SAME * 6 / 5));
    }
}
