//! The driver: one call at a time, counted.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    thread::JoinHandle,
};

use tokio::{
    sync::{oneshot, watch},
    time::{Instant, timeout},
};

use super::disable;
use crate::{
    model::{Driver, HubLocation, Power, Purpose, SwitchProblem, Tally},
    usb::{
        Access, UsbSettings,
        driver::{Extent, HubDriver, Look},
        kernel::{self, Depth, Found, Reader},
    },
};

/// What each port of one side shows after a call.
pub(super) type Shown = BTreeMap<u8, Result<Power, SwitchProblem>>;

/// The hubs of this host, by the kernel's files.
pub(in crate::usb) struct Sysfs {
    settings: UsbSettings,
    tally: watch::Sender<Tally>,
    reader: Reader,
    /// Writing that hangs, by hub.
    writing: BTreeMap<HubLocation, JoinHandle<()>>,
}

impl Sysfs {
    pub(in crate::usb) fn new(settings: UsbSettings, tally: watch::Sender<Tally>) -> Self {
        let reader = Reader::new(&settings);
        Self { settings, tally, reader, writing: BTreeMap::new() }
    }

    async fn write(
        &mut self,
        side: &HubLocation,
        ports: &BTreeSet<u8>,
        power: Power,
    ) -> Result<Shown, SwitchProblem> {
        let limit = self.settings.time_limit.unsigned_abs();
        self.writing.retain(|_, thread| !thread.is_finished());
        if self.writing.contains_key(side) || self.reader.hangs(side) {
            return Err(SwitchProblem::Timeout(limit.as_secs()));
        }
        let (answer, answered) = oneshot::channel();
        let (roots, hub, ports) = (Arc::clone(self.reader.roots()), side.clone(), ports.clone());
        let thread = kernel::spawn(move || {
            let shown = disable::set(&roots, &hub, &ports, power, || !answer.is_closed());
            // Nobody may be waiting any more.
            let _ = answer.send(shown);
        })?;
        match timeout(limit, answered).await {
            Ok(Ok(shown)) => shown,
            Ok(Err(_)) => Err(SwitchProblem::Unreadable("writing the kernel's files broke off".to_owned())),
            Err(_) => {
                tracing::warn!(hub = %side, %power, "writing the kernel's files of a hub hangs");
                self.writing.insert(side.clone(), thread);
                Err(SwitchProblem::Timeout(limit.as_secs()))
            }
        }
    }

    /// Looks at these hubs, and at their other sides if those were not asked for.
    async fn both_sides(&mut self, hubs: Option<&BTreeSet<HubLocation>>) -> Result<Found, SwitchProblem> {
        let mut found = self.reader.look(hubs, Depth::All).await?;
        let Some(hubs) = hubs else { return Ok(found) };
        let twins = found.survey.hubs.values().filter_map(|hub| hub.twin.clone());
        let more: BTreeSet<HubLocation> = twins.filter(|twin| !hubs.contains(twin)).collect();
        if !more.is_empty() {
            let others = self.reader.look(Some(&more), Depth::All).await?;
            found.survey.hubs.extend(others.survey.hubs);
            found.late.extend(others.late);
        }
        Ok(found)
    }

    fn count(&self, purpose: Purpose, started: Instant, done: bool, too_long: bool) {
        let took = started.elapsed();
        tracing::debug!(purpose = purpose.as_str(), microseconds = took.as_micros(), done, "kernel's files");
        self.tally.send_modify(|tally| {
            tally.entry((Driver::Sysfs, purpose)).or_default().add(took, done, too_long);
        });
    }
}

impl HubDriver for Sysfs {
    async fn look(&mut self, hubs: Option<&BTreeSet<HubLocation>>) -> Result<Look, SwitchProblem> {
        let started = Instant::now();
        let found = self.both_sides(hubs).await;
        let too_long = match &found {
            Ok(found) => !found.late.is_empty(),
            Err(problem) => matches!(problem, SwitchProblem::Timeout(_)),
        };
        self.count(Purpose::Read, started, found.is_ok() && !too_long, too_long);
        let Found { survey, late } = found?;
        let timeout = SwitchProblem::Timeout(self.settings.time_limit.unsigned_abs().as_secs());
        let without = survey.hubs.iter().filter(|(_, hub)| {
            !hub.sockets.is_empty()
                && hub.sockets.values().all(|socket| socket.disable_file == Access::Absent)
        });
        let mut unread: BTreeMap<_, _> =
            without.map(|(at, _)| (at.clone(), disable::without_files(at))).collect();
        unread.extend(late.into_iter().map(|hub| (hub, timeout.clone())));
        let extent = if hubs.is_none() { Extent::All } else { Extent::Asked };
        Ok(Look { survey, extent, unread })
    }

    async fn set(
        &mut self,
        side: &HubLocation,
        ports: &BTreeSet<u8>,
        power: Power,
    ) -> Result<Shown, SwitchProblem> {
        let started = Instant::now();
        let shown = self.write(side, ports, power).await;
        let done = shown.as_ref().is_ok_and(|shown| shown.values().all(|one| *one == Ok(power)));
        self.count(Purpose::Switch, started, done, matches!(shown, Err(SwitchProblem::Timeout(_))));
        shown
    }
}
