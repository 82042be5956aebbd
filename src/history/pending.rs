//! What waits to be written. Pure: values only.

use std::collections::{BTreeMap, VecDeque};

use crate::model::{Kept, PortId, PortMemory, Record, ShadowId, ShadowTally, StationMemory, StationName};

/// So many rows are kept while the disk does not take them: at about 1 kB with its facts, 8 MB at most.
pub(super) const BUFFER: usize = 8_192;

/// Rows in order, the newest memory of each port, and who waits for the disk.
#[derive(Default)]
pub(super) struct Pending {
    /// Number of the first row; the others follow without a gap.
    base: i64,
    rows: VecDeque<Record>,
    memories: BTreeMap<(StationName, PortId), Box<PortMemory>>,
    stations: BTreeMap<StationName, Box<StationMemory>>,
    tallies: BTreeMap<(ShadowId, StationName, PortId), ShadowTally>,
    kept: Vec<Kept>,
}

impl Pending {
    /// Takes a record; gives back how many rows had to be dropped for it, the oldest first.
    pub(super) fn take(&mut self, record: Record) -> u64 {
        match record {
            Record::Memory { station, port, memory } => {
                self.memories.insert((station, port), memory);
            }
            Record::StationMemory { station, memory } => {
                self.stations.insert(station, memory);
            }
            Record::ShadowTally { shadow, station, port, tally } => {
                self.tallies.insert((shadow, station, port), tally);
            }
            Record::Keep(kept) => self.kept.push(kept),
            row @ (Record::Report { .. }
            | Record::Decision(_)
            | Record::ShadowDecision(_)
            | Record::Switch { .. }
            | Record::Session(_)
            | Record::Event(_)) => {
                self.rows.push_back(row);
            }
        }
        let mut dropped = 0;
        while self.rows.len() > BUFFER {
            self.rows.pop_front();
            self.base = self.base.saturating_add(1);
            dropped += 1;
        }
        dropped
    }

    /// Row numbers go on from here, unless they are further already.
    pub(super) fn number_from(&mut self, next: i64) {
        self.base = self.base.max(next);
    }

    /// The rows with their numbers. A row has the same number at every try, so that it is never written twice.
    pub(super) fn rows(&self) -> impl Iterator<Item = (i64, &Record)> {
        (self.base..).zip(&self.rows)
    }

    /// The newest memory of each port that is not written yet.
    pub(super) fn memories(&self) -> &BTreeMap<(StationName, PortId), Box<PortMemory>> {
        &self.memories
    }

    /// The newest memory of each station that is not written yet.
    pub(super) fn stations(&self) -> &BTreeMap<StationName, Box<StationMemory>> {
        &self.stations
    }

    /// The newest counts of a shadow at each port that are not written yet.
    pub(super) fn tallies(&self) -> &BTreeMap<(ShadowId, StationName, PortId), ShadowTally> {
        &self.tallies
    }

    /// How much there is to write.
    pub(super) fn len(&self) -> usize {
        self.rows.len() + self.memories.len() + self.stations.len() + self.tallies.len()
    }

    /// True when there is nothing to write and nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0 && self.kept.is_empty()
    }

    /// True when somebody waits for the disk.
    pub(super) fn is_awaited(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Everything is written: forgets it.
    pub(super) fn written(&mut self) {
        self.base = self.base.saturating_add(i64::try_from(self.rows.len()).unwrap_or(i64::MAX));
        self.rows.clear();
        self.memories.clear();
        self.stations.clear();
        self.tallies.clear();
    }

    /// Those who wait for the disk, to be answered now.
    pub(super) fn answer(&mut self) -> Vec<Kept> {
        std::mem::take(&mut self.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, EventKind, Timestamp};
    use std::sync::Arc;

    fn event() -> Record {
        let at = Timestamp::UNIX_EPOCH;
        Record::Event(Arc::new(Event { at, station: None, port: None, kind: EventKind::HistoryBack }))
    }

    fn memory(port: u16, at: i64) -> Record {
        let memory = PortMemory { heard_at: Timestamp::from_second(at).ok(), ..PortMemory::default() };
        Record::Memory {
            station: StationName::new("desk").unwrap(),
            port: PortId::new(port).unwrap(),
            memory: Box::new(memory),
        }
    }

    #[test]
    fn the_oldest_rows_go_first_and_are_counted() {
        let mut pending = Pending::default();
        pending.number_from(7);
        let dropped: u64 = (0..BUFFER + 10).map(|_| pending.take(event())).sum();
        assert_eq!(dropped, 10);
        assert_eq!(pending.len(), BUFFER);
        assert_eq!(pending.rows().next().unwrap().0, 17);
    }

    #[test]
    fn the_newest_memory_of_every_port_outlives_a_flood() {
        let mut pending = Pending::default();
        pending.take(memory(1, 1));
        pending.take(memory(2, 1));
        pending.take(memory(1, 2));
        for _ in 0..2 * BUFFER {
            pending.take(event());
        }
        let heard: Vec<_> =
            pending.memories().values().map(|memory| memory.heard_at.unwrap().as_second()).collect();
        assert_eq!(heard, [2, 1]);
    }

    #[test]
    fn numbers_go_on_after_a_write() {
        let mut pending = Pending::default();
        pending.number_from(1);
        pending.take(event());
        pending.take(event());
        pending.written();
        assert!(pending.is_empty());
        pending.take(event());
        assert_eq!(pending.rows().next().unwrap().0, 3);
    }
}
