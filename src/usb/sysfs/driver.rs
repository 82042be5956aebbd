//! The driver: one call at a time to each hub, to several hubs at once; counted.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use futures_util::future::join_all;
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, timeout},
};

use super::disable;
use crate::{
    model::{Driver, HubLocation, Power, Purpose, Socket, SwitchProblem, Tally},
    usb::{
        Access, SocketFound, Survey, UsbSettings,
        driver::{Extent, HubDriver, Look},
        glance::Glance,
        kernel::{self, Depth, Found, Reader, Roots},
        sequence::{Call, Sequence, Told},
    },
};

/// What each port of one side shows after a call.
pub(super) type Shown = BTreeMap<u8, Result<Power, SwitchProblem>>;

/// The hubs of this host, by the kernel's files.
pub(in crate::usb) struct Sysfs {
    settings: UsbSettings,
    tally: watch::Sender<Tally>,
    reader: Reader,
    /// How much is read of hubs that are asked for.
    depth: Depth,
    /// It was told once that hubs are kept awake.
    told: bool,
    /// Writing that hangs, by hub.
    writing: BTreeMap<HubLocation, JoinHandle<()>>,
}

/// What is needed to switch some hubs at the same time.
struct Writer<'a> {
    roots: &'a Arc<Roots>,
    limit: Duration,
    tally: &'a watch::Sender<Tally>,
    /// Hubs on which a call hangs from before.
    hanging: BTreeSet<HubLocation>,
}

impl Sysfs {
    pub(in crate::usb) fn new(settings: UsbSettings, tally: watch::Sender<Tally>) -> Self {
        let reader = Reader::new(&settings);
        Self { settings, tally, reader, depth: Depth::Awake, told: false, writing: BTreeMap::new() }
    }
    /// As [`Sysfs::new`], for somebody who only looks: hubs sleep as they did.
    pub(in crate::usb) fn looking(settings: UsbSettings, tally: watch::Sender<Tally>) -> Self {
        Self { depth: Depth::All, ..Self::new(settings, tally) }
    }

    /// Looks at these hubs, and at their other sides if those were not asked for.
    async fn both_sides(&mut self, hubs: Option<&BTreeSet<HubLocation>>) -> Result<Found, SwitchProblem> {
        // Where all hubs are is told without waking one.
        let Some(hubs) = hubs else { return self.reader.look(None, Depth::Things).await };
        let mut found = self.reader.look(Some(hubs), self.depth).await?;
        let twins = found.survey.hubs.values().filter_map(|hub| hub.twin.clone());
        let more: BTreeSet<HubLocation> = twins.filter(|twin| !hubs.contains(twin)).collect();
        if !more.is_empty() {
            let others = self.reader.look(Some(&more), self.depth).await?;
            found.survey.hubs.extend(others.survey.hubs);
            found.late.extend(others.late);
        }
        Ok(found)
    }

    /// Tells once that hubs are kept awake.
    fn tell(&mut self, survey: &Survey) {
        let sleepy = survey.hubs.values().any(|hub| hub.may_sleep == Some(true));
        if sleepy && self.depth == Depth::Awake && !self.told {
            self.told = true;
            tracing::info!("the hubs of stations are kept awake where this user may write `power/control`");
        }
    }
}

fn count(tally: &watch::Sender<Tally>, purpose: Purpose, started: Instant, done: bool, too_long: bool) {
    let took = started.elapsed();
    tracing::debug!(purpose = purpose.as_str(), microseconds = took.as_micros(), done, "kernel's files");
    tally.send_modify(|tally| {
        tally.entry((Driver::Sysfs, purpose)).or_default().add(took, done, too_long);
    });
}

impl Writer<'_> {
    /// Makes all calls to one hub; what hangs afterwards.
    async fn follow(&self, hub: &mut Sequence) -> Vec<(HubLocation, JoinHandle<()>)> {
        let mut hanging = Vec::new();
        while let Some(call) = hub.next_call() {
            let started = Instant::now();
            let told = self.write(&call, &mut hanging).await;
            let done = told.as_ref().is_ok_and(|told| told.values().all(|one| *one == Ok(call.power)));
            let too_long = matches!(told, Err(SwitchProblem::Timeout(_)));
            count(self.tally, Purpose::Switch, started, done, too_long);
            hub.take(&call, &told);
        }
        hanging
    }

    async fn write(&self, call: &Call, hanging: &mut Vec<(HubLocation, JoinHandle<()>)>) -> Told {
        let Call { side, ports, power } = call.clone();
        if self.hanging.contains(&side) {
            return Err(SwitchProblem::Timeout(self.limit.as_secs()));
        }
        let (answer, answered) = oneshot::channel();
        let (roots, hub) = (Arc::clone(self.roots), side.clone());
        let thread = kernel::spawn(move || {
            let shown = disable::set(&roots, &hub, &ports, power, || !answer.is_closed());
            // Nobody may be waiting any more.
            let _ = answer.send(shown);
        })?;
        match timeout(self.limit, answered).await {
            Ok(Ok(shown)) => shown,
            Ok(Err(_)) => Err(SwitchProblem::Unreadable("writing the kernel's files broke off".to_owned())),
            Err(_) => {
                tracing::warn!(hub = %side, %power, "writing the kernel's files of a hub hangs");
                hanging.push((side, thread));
                Err(SwitchProblem::Timeout(self.limit.as_secs()))
            }
        }
    }
}

impl HubDriver for Sysfs {
    const AT_ONCE: bool = true;

    async fn look(&mut self, hubs: Option<&BTreeSet<HubLocation>>) -> Result<Look, SwitchProblem> {
        let started = Instant::now();
        let found = self.both_sides(hubs).await;
        let too_long = match &found {
            Ok(found) => !found.late.is_empty(),
            Err(problem) => matches!(problem, SwitchProblem::Timeout(_)),
        };
        count(&self.tally, Purpose::Read, started, found.is_ok() && !too_long, too_long);
        let Found { survey, late } = found?;
        if hubs.is_some() {
            self.tell(&survey);
        }
        let timeout = SwitchProblem::Timeout(self.settings.time_limit.unsigned_abs().as_secs());
        let without = survey.hubs.iter().filter(|(_, hub)| {
            !hub.sockets.is_empty()
                && hub.sockets.values().all(|socket| socket.disable_file == Access::Absent)
        });
        let mut unread: BTreeMap<_, _> =
            without.map(|(at, _)| (at.clone(), disable::without_files(at))).collect();
        unread.extend(late.into_iter().map(|hub| (hub, timeout.clone())));
        let extent = if hubs.is_none() { Extent::Places } else { Extent::Asked };
        Ok(Look { survey, extent, unread })
    }

    async fn glance(&mut self, hubs: &BTreeSet<HubLocation>) -> Glance {
        let Ok(Found { mut survey, late }) = self.reader.look(Some(hubs), Depth::Shape).await else {
            return Glance::new();
        };
        let told = hubs.iter().filter(|hub| !late.contains(*hub));
        told.map(|hub| (hub.clone(), survey.hubs.remove(hub))).collect()
    }

    async fn set_all(&mut self, hubs: &mut [Sequence]) {
        self.writing.retain(|_, thread| !thread.is_finished());
        let sides: BTreeSet<HubLocation> =
            hubs.iter().flat_map(Sequence::to_do).map(|call| call.side.clone()).collect();
        let hanging =
            sides.into_iter().filter(|side| self.writing.contains_key(side) || self.reader.hangs(side));
        let hanging = hanging.collect();
        let limit = self.settings.time_limit.unsigned_abs();
        let writer = Writer { roots: self.reader.roots(), limit, tally: &self.tally, hanging };
        let ended = join_all(hubs.iter_mut().map(|hub| writer.follow(hub))).await;
        self.writing.extend(ended.into_iter().flatten());
    }

    fn refuses(&self, side: &Socket, found: &SocketFound) -> Option<SwitchProblem> {
        disable::refused(self.reader.roots(), side, found.disable_file)
    }
}
