//! The stations that run: started, changed and stopped as plans come.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};

use super::tasks::Tasks;
use crate::{
    config::Plan,
    controller::{self, Candidate, Clock, Directory, Ending, Handle, Remembered, Wiring},
    history::{Health, ReadError, Reader},
    model::{
        Driver, Event, EventKind, PortId, Power, Record, ShadowId, ShadowTallies, Station, StationName,
        SwitchKind, Tally,
    },
    settings::Settings,
    usb::{self, Bus, Line, UsbSettings},
};

/// What is remembered is asked for so often before a station starts without it: a busy disk passes.
const MEMORY_READINGS: u32 = 5;
/// A station that gets another kind of hub gives the ports of the old one back first.
const HUB_CHANGE: Duration = Duration::from_secs(85);
/// Between two askings.
const MEMORY_PAUSE: Duration = Duration::from_secs(1);
/// A disk that comes and goes is told at most this often.
const TELL_HEALTH_EVERY: Duration = Duration::from_secs(5);

type Powers = watch::Receiver<BTreeMap<PortId, Power>>;

struct Running {
    handle: Handle,
    switch: SwitchKind,
    powers: Option<Powers>,
}

/// All stations of the service.
pub(super) struct Stations {
    directory: Directory,
    journal: mpsc::Sender<Record>,
    reader: Reader,
    clock: Clock,
    usb: UsbSettings,
    tally: watch::Sender<Tally>,
    /// The one task of each driver on this host, from the first station on that needs it.
    buses: BTreeMap<Driver, Bus>,
    running: BTreeMap<StationName, Running>,
}

impl Stations {
    pub(super) fn new(
        directory: Directory,
        journal: mpsc::Sender<Record>,
        reader: Reader,
        clock: Clock,
        settings: &Settings,
        tally: watch::Sender<Tally>,
    ) -> Self {
        let usb = settings.usb.clone();
        Self {
            directory,
            journal,
            reader,
            clock,
            usb,
            tally,
            buses: BTreeMap::new(),
            running: BTreeMap::new(),
        }
    }

    /// Makes the running stations those of the plan.
    pub(super) async fn apply(&mut self, plan: &Plan, tasks: &mut Tasks) {
        let gone: Vec<StationName> = self
            .running
            .iter()
            .filter(|(name, running)| plan.stations.get(*name).is_none_or(|s| s.switch != running.switch))
            .map(|(name, _)| name.clone())
            .collect();
        // Who serves a station that ends looks up whether it will be back.
        self.show(|name| plan.stations.contains_key(name));
        for name in gone {
            self.remove(&name, Ending::Removed, tasks).await;
            if plan.stations.contains_key(&name) {
                // Its next life must not read the hub before the last one has let go of it.
                tasks.end(&task_name(&name), HUB_CHANGE).await;
            }
        }
        // Who reaches what is told for all of them before any asks: none takes what is another one's.
        let mut lines = Vec::new();
        for (name, station) in &plan.stations {
            match (driver(station.switch), self.running.contains_key(name)) {
                (Some(driver), true) => self.bus(driver, tasks).expect(Arc::new(station.reach())),
                (None, true) => {}
                (_, false) => lines.push((station, self.line(station, tasks))),
            }
        }
        for (name, running) in &self.running {
            let Some(station) = plan.stations.get(name) else { continue };
            // A station that has ended is told by its task.
            let _ = running.handle.reload(Arc::clone(station), Arc::clone(&plan.rules)).await;
        }
        for (station, (line, powers)) in lines {
            self.start(station, line, powers, plan, tasks).await;
        }
        self.show(|_| true);
    }

    /// Puts the running stations that stay into the directory.
    fn show(&self, stays: impl Fn(&StationName) -> bool) {
        let running = self.running.iter().filter(|(name, _)| stays(name));
        let handles = running.map(|(name, running)| (name.clone(), running.handle.clone()));
        self.directory.replace(handles.collect());
    }

    /// Has all stations ask another plan in shadow, or none. `tallies` are its counts from before.
    pub(super) async fn shadow(&self, plan: Option<(ShadowId, &Plan)>, tallies: &ShadowTallies) {
        for (name, running) in &self.running {
            let station = plan.and_then(|(id, plan)| Some((id, plan, plan.stations.get(name)?)));
            let candidate = station.map(|(id, plan, station)| {
                Arc::new(Candidate::new(id, Arc::clone(station), Arc::clone(&plan.rules)))
            });
            let own = tallies.iter().filter(|((station, _), _)| station == name);
            let own = own.map(|((_, port), tally)| (*port, *tally)).collect();
            // A station that has ended is told by its task.
            let _ = running.handle.shadow(candidate, own).await;
        }
    }

    /// The line of a new station to its hub, and what shows the powers of a hub that does not exist.
    fn line(&mut self, station: &Station, tasks: &mut Tasks) -> (Line, Option<Powers>) {
        let reach = Arc::new(station.reach());
        let Some(driver) = driver(station.switch) else {
            let (line, task, powers) = usb::simulated(reach, station.ports.keys().copied());
            let name = format!("hub of {}", station.name);
            tasks.spawn(&name, task);
            // It ends with its station.
            tasks.may_end(&name);
            return (line, Some(powers));
        };
        (self.bus(driver, tasks).line(reach), None)
    }

    async fn start(
        &mut self,
        station: &Arc<Station>,
        line: Line,
        powers: Option<Powers>,
        plan: &Plan,
        tasks: &mut Tasks,
    ) {
        let remembered = self.remembered(&station.name).await;
        let Line { requests, outcomes } = line;
        let wiring = Wiring {
            requests,
            outcomes,
            journal: self.journal.clone(),
            directory: self.directory.clone(),
            clock: self.clock,
        };
        let (handle, task) =
            controller::start(Arc::clone(station), Arc::clone(&plan.rules), remembered, wiring);
        tasks.spawn(&task_name(&station.name), task);
        self.running.insert(station.name.clone(), Running { handle, switch: station.switch, powers });
    }

    /// What is remembered. A station starts without it rather than not at all: its devices must be charged.
    async fn remembered(&self, station: &StationName) -> Option<Remembered> {
        // What another life of this station wrote last may still be waiting.
        let _ = self.reader.flush().await;
        for attempt in 1.. {
            match self.read_remembered(station).await {
                Ok(remembered) => return Some(remembered),
                Err(error) if attempt >= MEMORY_READINGS => {
                    tracing::error!(%station, "starts without its modes and wishes, they could not be read: {error}");
                    break;
                }
                Err(_) => sleep(MEMORY_PAUSE).await,
            }
        }
        None
    }

    async fn read_remembered(&self, station: &StationName) -> Result<Remembered, ReadError> {
        let ports = self.reader.memory(station).await?;
        let last_decision = self.reader.last_decision(station).await?.unwrap_or_default();
        let memory = self.reader.station_memory(station).await?;
        Ok(Remembered { ports, station: memory, last_decision })
    }

    fn bus(&mut self, driver: Driver, tasks: &mut Tasks) -> &Bus {
        let (usb, tally) = (&self.usb, &self.tally);
        self.buses.entry(driver).or_insert_with(|| {
            let (bus, task) = usb::start(driver, usb.clone(), tally.clone());
            tasks.spawn(driver.as_str(), task);
            bus
        })
    }

    async fn remove(&mut self, name: &StationName, ending: Ending, tasks: &mut Tasks) {
        let Some(running) = self.running.remove(name) else { return };
        tasks.may_end(&task_name(name));
        running.handle.stop(ending).await;
    }

    /// The powers of the hubs that do not exist.
    pub(super) fn simulated(&self) -> BTreeMap<StationName, Powers> {
        self.running
            .iter()
            .filter_map(|(name, running)| Some((name.clone(), running.powers.clone()?)))
            .collect()
    }

    /// Ends all stations; their ports get their power back as `on_exit` says.
    pub(super) async fn stop(&mut self, tasks: &mut Tasks, limit: Duration) {
        let names: Vec<StationName> = self.running.keys().cloned().collect();
        for name in &names {
            self.remove(name, Ending::Exit, tasks).await;
        }
        self.directory.replace(BTreeMap::new());
        for name in &names {
            tasks.end(&task_name(name), limit).await;
        }
        for driver in std::mem::take(&mut self.buses).into_keys() {
            tasks.end(driver.as_str(), limit).await;
        }
    }
}

/// How the hub of a station is switched; `None`: there is none.
fn driver(switch: SwitchKind) -> Option<Driver> {
    match switch {
        SwitchKind::Uhubctl => Some(Driver::Uhubctl),
        SwitchKind::Sysfs => Some(Driver::Sysfs),
        SwitchKind::Simulated => None,
    }
}

fn task_name(station: &StationName) -> String {
    format!("station {station}")
}

/// Tells everybody when history cannot write, and when it can again.
pub(super) async fn tell_history_health(
    mut health: watch::Receiver<Health>,
    directory: Directory,
    clock: Clock,
) {
    let mut told = Health::default();
    loop {
        let now = health.borrow_and_update().clone();
        let kinds = news(&told, &now);
        if !kinds.is_empty() {
            told = now;
        }
        for kind in kinds {
            tracing::warn!(lost = told.lost, "{}: {}", kind.code(), told.message);
            directory.tell(Event { at: clock.now(), station: None, port: None, kind });
        }
        sleep(TELL_HEALTH_EVERY).await;
        if health.changed().await.is_err() {
            // The writer has ended; the program watches that elsewhere.
            std::future::pending::<()>().await;
        }
    }
}

/// What is to be told when it was told last how history fared, and how it fares now. Trouble is told when it begins and
/// when it is over, with what it cost: this event is a record itself, so telling every loss would cause the next.
fn news(told: &Health, now: &Health) -> Vec<EventKind> {
    if !told.ok && !now.ok && now.moved_aside == told.moved_aside {
        return Vec::new();
    }
    let records = now.lost.saturating_sub(told.lost);
    let lost = records > 0 || now.moved_aside != told.moved_aside;
    let mut news = Vec::new();
    if lost || (told.ok && !now.ok) {
        let message = match now.message.as_str() {
            "" => "records could not be written for a while".to_owned(),
            message => message.to_owned(),
        };
        news.push(EventKind::HistoryLost { message, records });
    }
    if now.ok && (lost || !told.ok) {
        news.push(EventKind::HistoryBack);
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(ok: bool, message: &str, lost: u64) -> Health {
        Health { ok, message: message.to_owned(), lost, moved_aside: None }
    }

    fn codes(told: &Health, now: &Health) -> Vec<&'static str> {
        news(told, now).iter().map(EventKind::code).collect()
    }

    #[test]
    fn a_disk_that_is_full_for_a_while_is_told_at_its_begin_and_end() {
        let (fine, full) = (health(true, "", 0), health(false, "full", 0));
        assert_eq!(codes(&fine, &fine), [""; 0]);
        assert_eq!(codes(&fine, &full), ["history_lost"]);
        assert_eq!(codes(&full, &health(false, "full", 7)), [""; 0]);
        assert_eq!(codes(&full, &fine), ["history_back"]);
    }

    #[test]
    fn what_was_lost_before_it_writes_again_does_not_hide_that_it_does() {
        let again = health(true, "", 7);
        let events = news(&health(false, "full", 0), &again);
        let message = "records could not be written for a while".to_owned();
        assert_eq!(events, [EventKind::HistoryLost { message, records: 7 }, EventKind::HistoryBack]);
        assert_eq!(codes(&health(true, "", 0), &again), ["history_lost", "history_back"]);
    }
}
