//! A port that is switched for a moment to find out what is plugged into it.

use jiff::tz::TimeZone;

use crate::engine::core::{Engine, Step, later};
use crate::engine::layers::judge::Judgement;
use crate::engine::state::PortState;
use crate::model::{Layer, PortId, Power, Probe, ProbeFor, Span, Timestamp, Verdict, Wish};

/// The longest search: a device that says within ten minutes that it stopped charging has been found by then, and one
/// that does not is not worth more. Also the time in which an intent is to get onto the disk.
pub(in crate::engine) const LONGEST_PROBE: Span = Span::from_mins(10);

impl Engine {
    /// Notes the intent to search, and switches nothing yet: once it is on disk, a crash in the middle of the search gives
    /// the port its power back. A search that is at work goes on as it is. `None` when there is no such port.
    pub fn intend_probe(&mut self, id: PortId, probe: ProbeFor, now: Timestamp) -> Option<Step> {
        self.follow_clock(now);
        self.change(id, |port| {
            if port.before_search.is_none() && probe.length.is_positive() {
                let until = later(now, LONGEST_PROBE);
                port.memory.probe = Some(Probe { power: probe.power, until, cycled_by: None });
            }
        })?;
        let mut step = Step::default();
        self.remember(id, &mut step);
        Some(step)
    }

    /// Switches a port for a time from now on, at most ten minutes, or ends that; without a search there is nothing to
    /// end. `None` when there is no such port.
    pub fn probe(&mut self, id: PortId, probe: Option<ProbeFor>, now: Timestamp) -> Option<Step> {
        self.follow_clock(now);
        let probe = probe.filter(|probe| probe.length.is_positive());
        let news = self.change(id, |port| match probe {
            Some(ProbeFor { power, length }) => {
                let until = later(now, length.min(LONGEST_PROBE));
                port.begin_search(Probe { power, until, cycled_by: None });
                true
            }
            None => port.end_search(),
        })?;
        let mut step = Step::default();
        if news {
            self.judge(id, now, true, &mut step);
        }
        Some(step)
    }
}

impl PortState {
    /// The search that is at work.
    pub fn search(&self) -> Option<&Probe> {
        self.memory.probe.as_ref().filter(|_| self.before_search.is_some())
    }

    /// A second search takes the place of the first; what was wanted before both is what is wanted after them.
    pub(in crate::engine) fn begin_search(&mut self, probe: Probe) {
        self.try_again();
        self.searched = true;
        let wish = Wish::of(&self.memory);
        self.before_search.get_or_insert_with(|| Box::new(wish));
        self.memory.probe = Some(probe);
    }

    /// Ends the search or forgets the intent to search; true when a search ended. What was wanted before it is wanted
    /// again, and power where nothing was.
    fn end_search(&mut self) -> bool {
        let Some(before) = self.before_search.take() else {
            self.memory.probe = None;
            return false;
        };
        self.try_again();
        self.memory.end_probe();
        before.restore(&mut self.memory);
        true
    }

    /// Ends the search if its time is over; true when it ended now.
    pub(in crate::engine) fn end_search_in_time(&mut self, now: Timestamp) -> bool {
        match &self.memory.probe {
            Some(probe) if now < probe.until => false,
            Some(_) => self.end_search(),
            None => {
                // Until the port is seen to be back no hold time keeps it from going there.
                self.searched &= self.order.is_some() || self.actual != self.target();
                false
            }
        }
    }

    /// Ends a search that nobody goes on with: after a restart, or because the port is another socket now.
    pub(in crate::engine) fn drop_probe(&mut self) {
        self.before_search = None;
        self.searched |= self.memory.end_probe();
    }
}

/// A search is above everybody else for its moment.
pub(in crate::engine) fn by_search(port: &PortState, zone: &TimeZone) -> Option<Judgement> {
    let Probe { power, until, cycled_by } = port.search()?;
    let verdict = match power {
        Power::On => Verdict::Charge,
        Power::Off => Verdict::Rest,
    };
    let end = until.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    let reason = match cycled_by {
        Some(by) => format!("power cycle by {by}: {power} until {end}"),
        None => format!("searched for its device: {power} until {end}"),
    };
    Some(Judgement::plain(verdict, Layer::Mode, reason))
}
