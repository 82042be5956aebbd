//! Everything that can be found out of the hubs of this host, for people who look at it; nothing is switched.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::sync::watch;

use super::{
    Survey, UsbSettings,
    driver::{HubDriver, Look},
    kernel::{Depth, Reader},
    listed,
    parser::Listing,
    runner::{Names, Runner},
    sides::twin,
    sysfs::Sysfs,
    uhubctl::Uhubctl,
};
use crate::model::{Driver, HubLocation, Purpose, Socket, SwitchProblem, Tally};

/// How long each way of switching takes to read the same ports once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// By `uhubctl`.
    pub uhubctl: Duration,
    /// By the kernel's files.
    pub sysfs: Duration,
}

/// All hubs, as the kernel's files and `uhubctl` show them: power by the kernel where it says it, else by `uhubctl`.
/// Answers in bounded time; what one of the two does not tell is missing.
pub async fn survey(settings: &UsbSettings) -> Survey {
    let kernel = match Reader::new(settings).look(None, Depth::All).await {
        Ok(found) => found.survey,
        Err(problem) => {
            tracing::debug!("the kernel's files show nothing: {problem}");
            Survey::default()
        }
    };
    let mut runner = Runner::new(settings.clone(), watch::Sender::new(Tally::new()));
    let mut whole = match list(&mut runner, &kernel).await {
        Ok((listing, names)) => join(&listing, names.as_ref(), &kernel),
        Err(problem) => Survey { without_uhubctl: Some(problem), ..kernel },
    };
    let twins: BTreeMap<HubLocation, HubLocation> =
        whole.hubs.keys().filter_map(|at| Some((at.clone(), twin(&whole, at)?))).collect();
    for (at, hub) in &mut whole.hubs {
        hub.twin = twins.get(at).cloned();
    }
    whole
}

/// What `uhubctl` lists, the hubs too that it would not switch singly; and the same with the names of devices, if there
/// are hubs that the kernel does not show.
async fn list(runner: &mut Runner, kernel: &Survey) -> Result<(Listing, Option<Listing>), SwitchProblem> {
    let listing = match runner.call(Purpose::Read, Names::Without, &["-f"]).await {
        Ok(answer) => answer.listing,
        // It is there and has found nothing.
        Err(SwitchProblem::Missing(_)) => Listing::default(),
        Err(problem) => return Err(problem),
    };
    let stranger = listing.blocks.keys().any(|(_, at)| !kernel.hubs.contains_key(at));
    let names = if stranger && runner.leaves_out_names() {
        runner.call(Purpose::Read, Names::With, &["-f"]).await.ok().map(|answer| answer.listing)
    } else {
        None
    };
    Ok((listing, names))
}

fn join(listing: &Listing, names: Option<&Listing>, kernel: &Survey) -> Survey {
    let (mut whole, _) = listed::survey(listing, names, kernel);
    for (at, hub) in &mut whole.hubs {
        let Some(known) = kernel.hubs.get(at) else { continue };
        for (port, socket) in &mut hub.sockets {
            if let Some(Ok(power)) = known.sockets.get(port).map(|socket| &socket.power) {
                socket.power = Ok(*power);
            }
        }
    }
    whole
}

/// Reads the hubs of these sockets once by `uhubctl` and once by the kernel's files; `None`: one of them does not show the
/// power of all.
pub async fn measure(settings: &UsbSettings, sockets: &BTreeSet<Socket>) -> Option<Pace> {
    let mut hubs: BTreeSet<HubLocation> = sockets.iter().map(|socket| socket.hub().clone()).collect();
    let found = Reader::new(settings).look(Some(&hubs), Depth::Things).await.ok()?;
    hubs.extend(found.survey.hubs.into_values().filter_map(|hub| hub.twin));
    let (sysfs, uhubctl) = (watch::Sender::new(Tally::new()), watch::Sender::new(Tally::new()));
    let by_sysfs = Sysfs::looking(settings.clone(), sysfs.clone()).look(Some(&hubs)).await.ok()?;
    // Nobody waits for the slow way where the other one does not work.
    let shown = |look: &Look| sockets.iter().all(|socket| shows(look, socket));
    if sockets.is_empty() || !shown(&by_sysfs) {
        return None;
    }
    let by_uhubctl = Uhubctl::new(settings.clone(), uhubctl.clone()).look(Some(&hubs)).await.ok()?;
    let took = |tally: &watch::Sender<Tally>, driver| {
        let calls = tally.borrow().get(&(driver, Purpose::Read)).copied()?;
        Duration::try_from_secs_f64(calls.seconds).ok()
    };
    let pace = Pace { uhubctl: took(&uhubctl, Driver::Uhubctl)?, sysfs: took(&sysfs, Driver::Sysfs)? };
    shown(&by_uhubctl).then_some(pace)
}

fn shows(look: &Look, socket: &Socket) -> bool {
    let hub = look.survey.hubs.get(socket.hub()).filter(|_| !look.unread.contains_key(socket.hub()));
    hub.and_then(|hub| hub.sockets.get(&socket.port())).is_some_and(|socket| socket.power.is_ok())
}
