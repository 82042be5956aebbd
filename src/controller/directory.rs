//! All stations, by name and by device.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::{broadcast, mpsc, watch};

use super::handle::{Handle, Refused};
use crate::model::{DeviceName, Event, EventKind, PortId, Record, StationName};

/// Events that a listener may be behind. Whoever is further behind is given the picture again.
const EVENTS: usize = 1024;

/// The stations that run now. Cheap to clone; changes when files add or remove a station.
#[derive(Clone, Debug)]
pub struct Directory {
    stations: watch::Sender<Arc<BTreeMap<StationName, Handle>>>,
    events: broadcast::Sender<Arc<Event>>,
    journal: mpsc::Sender<Record>,
}

impl Directory {
    /// Begins without stations. Events of the service as a whole are written to `journal`.
    pub fn new(journal: mpsc::Sender<Record>) -> Self {
        let (stations, _) = watch::channel(Arc::new(BTreeMap::new()));
        let (events, _) = broadcast::channel(EVENTS);
        Self { stations, events, journal }
    }

    /// The stations of now.
    pub fn stations(&self) -> Arc<BTreeMap<StationName, Handle>> {
        Arc::clone(&self.stations.borrow())
    }

    /// One station.
    pub fn station(&self, name: &str) -> Option<Handle> {
        self.stations.borrow().get(name).cloned()
    }

    /// Tells when stations come and go.
    pub fn changed(&self) -> watch::Receiver<Arc<BTreeMap<StationName, Handle>>> {
        self.stations.subscribe()
    }

    /// Which station and port a device is in.
    pub fn find_device(&self, device: &DeviceName) -> Option<(Handle, PortId)> {
        let stations = self.stations.borrow();
        stations.values().find_map(|handle| {
            let port = handle.changed().borrow().devices.get(device).copied()?;
            Some((handle.clone(), port))
        })
    }

    /// Refuses a name for a device of `station` when another station has it. It looks at pictures, so of two stations
    /// that are given one name in the same millisecond both may get it.
    pub fn check_name(&self, station: &StationName, device: &DeviceName) -> Result<(), Refused> {
        let stations = self.stations.borrow();
        let taken = stations
            .iter()
            .find(|(name, other)| *name != station && other.changed().borrow().devices.contains_key(device));
        match taken {
            Some((other, _)) => Err(Refused::NameTaken { device: device.clone(), station: other.clone() }),
            None => Ok(()),
        }
    }

    /// All events of all stations from now on.
    pub fn events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    /// Tells everybody something, and writes it down where history does not know it otherwise. False when history's
    /// queue was full, so that it is not written down.
    pub fn tell(&self, event: Event) -> bool {
        let event = Arc::new(event);
        let written = has_a_table_of_its_own(&event.kind)
            || self.journal.try_send(Record::Event(Arc::clone(&event))).is_ok();
        // Nobody listening is fine.
        let _ = self.events.send(event);
        written
    }

    /// Puts another set of stations in place.
    pub fn replace(&self, stations: BTreeMap<StationName, Handle>) {
        self.stations.send_replace(Arc::new(stations));
    }
}

/// Reports, decisions and switches are rows of their own in history.
fn has_a_table_of_its_own(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Reported { .. } | EventKind::Decided { .. } | EventKind::Switched { .. })
}
