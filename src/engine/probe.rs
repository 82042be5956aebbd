//! A port that is switched for a moment to find out what is plugged into it.

use jiff::tz::TimeZone;

use super::core::{Engine, Step, later};
use super::judge::Judgement;
use super::state::PortState;
use crate::model::{Layer, PortId, Power, Probe, Span, Timestamp, Verdict};

/// The longest search: a device that says within ten minutes that it stopped charging has been found by then, and one
/// that does not is not worth more.
pub(super) const LONGEST_PROBE: Span = Span::from_mins(10);

impl Engine {
    /// Notes the intent to search, and switches nothing yet: once it is on disk, a crash in the middle of the search gives
    /// the port its power back. `None` when there is no such port.
    pub fn intend_probe(&mut self, id: PortId, probe: Probe, now: Timestamp) -> Option<Step> {
        self.follow_clock(now);
        self.change(id, |port| port.memory.probe = within_limit(Some(probe), now))?;
        let mut step = Step::default();
        self.remember(id, &mut step);
        Some(step)
    }

    /// Switches a port until a moment, at most ten minutes ahead, or ends that. `None` when there is no such port.
    pub fn probe(&mut self, id: PortId, probe: Option<Probe>, now: Timestamp) -> Option<Step> {
        self.follow_clock(now);
        let probe = within_limit(probe, now);
        self.change(id, |port| {
            port.try_again();
            port.searched |= probe.is_some();
            port.probing = probe.is_some();
            match probe {
                Some(probe) => port.memory.probe = Some(probe),
                None => drop(port.memory.end_probe()),
            }
        })?;
        let mut step = Step::default();
        self.judge(id, now, true, &mut step);
        Some(step)
    }
}

fn within_limit(probe: Option<Probe>, now: Timestamp) -> Option<Probe> {
    let probe = probe.filter(|probe| probe.until > now)?;
    Some(Probe { until: probe.until.min(later(now, LONGEST_PROBE)), ..probe })
}

impl PortState {
    /// Ends the search if its time is over; true when it ended now.
    pub(super) fn end_search(&mut self, now: Timestamp) -> bool {
        match &self.memory.probe {
            Some(probe) if now < probe.until => false,
            // An intent that came to nothing.
            Some(_) if !std::mem::take(&mut self.probing) => {
                self.memory.probe = None;
                false
            }
            Some(_) => {
                self.try_again();
                self.memory.end_probe()
            }
            None => {
                // Until the port is seen to be back no hold time keeps it from going there.
                self.searched &= self.order.is_some() || self.actual != self.memory.wanted;
                false
            }
        }
    }

    /// Ends a search that nobody goes on with: after a restart, or because the port is another socket now.
    pub(super) fn drop_probe(&mut self) {
        self.probing = false;
        self.searched |= self.memory.end_probe();
    }
}

/// A search is above everybody else for its moment.
pub(super) fn by_search(port: &PortState, zone: &TimeZone) -> Option<Judgement> {
    let Probe { power, until } = port.memory.probe.as_ref().filter(|_| port.probing)?;
    let verdict = match power {
        Power::On => Verdict::Charge,
        Power::Off => Verdict::Rest,
    };
    let end = until.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string();
    Some(Judgement::plain(verdict, Layer::Mode, format!("searched for its device: {power} until {end}")))
}
