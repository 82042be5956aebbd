//! Whether more has power than the power supply can give, at every instant.

use std::{collections::BTreeMap, sync::Arc};

use crate::model::{PortId, Power, Span, Station, Timestamp};

/// Watts are sums of numbers with fractions; less than this is no excess.
const TINY: f64 = 1e-6;

/// Watches the power of all ports against the station's limits.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    station: Arc<Station>,
    power: BTreeMap<PortId, Power>,
    /// Since when too much is on.
    since: Option<Timestamp>,
    over: Span,
    times: u32,
}

impl Meter {
    /// All ports have this power.
    pub(super) fn new(station: &Arc<Station>, power: Power, now: Timestamp) -> Self {
        let power = station.ports.keys().map(|id| (*id, power)).collect();
        let mut meter = Self { station: Arc::clone(station), power, since: None, over: Span::ZERO, times: 0 };
        meter.look(now);
        meter
    }

    /// A port changes its power.
    pub(super) fn change(&mut self, port: PortId, power: Power, now: Timestamp) {
        if self.power.insert(port, power) != Some(power) {
            self.look(now);
        }
    }

    /// The power of a port as the hub gives it.
    pub(super) fn power(&self, port: PortId) -> Power {
        self.power.get(&port).copied().unwrap_or(Power::On)
    }

    /// The power of all ports.
    pub(super) fn powers(&self) -> &BTreeMap<PortId, Power> {
        &self.power
    }

    /// For how long too much was on until now, and how often that began.
    pub(super) fn over(&self, now: Timestamp) -> (Span, u32) {
        let running = self.since.map_or(Span::ZERO, |since| now.duration_since(since));
        (self.over.saturating_add(running), self.times)
    }

    fn look(&mut self, now: Timestamp) {
        match (self.is_over(), self.since) {
            (true, None) => {
                self.since = Some(now);
                self.times = self.times.saturating_add(1);
            }
            (false, Some(since)) => {
                self.over = self.over.saturating_add(now.duration_since(since));
                self.since = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    /// Every port that has power counts where a device belongs to it, also while that is away: it may come back at any time.
    fn is_over(&self) -> bool {
        let budget = &self.station.budget;
        budget.limits.iter().enumerate().any(|(place, limit)| {
            let (mut on, mut watts) = (0_u32, 0.0);
            for (id, plan) in &self.station.ports {
                let bound = budget.bound.get(id).is_some_and(|limits| limits.contains(&place));
                if bound && plan.device.is_some() && self.power(*id) == Power::On {
                    on += 1;
                    watts += plan.care.watts;
                }
            }
            limit.max_on.is_some_and(|most| on > most) || limit.watts.is_some_and(|most| watts > most + TINY)
        })
    }
}
