//! What rules see of a port, and the decision that holds, as of now: for judging, and for people who ask why.

use std::sync::Arc;

use super::state::{PortState, View};
use crate::model::{
    DeadlineFacts, Decision, DeviceFacts, DeviceName, Facts, HistoryFacts, PortFacts, PortId, Power,
    StationFacts, Timestamp,
};

impl View {
    /// The last decision of a port as if it were made now: by the files at work, with the facts of this moment and the
    /// values that people have set. Who decided, and why, stays as it was. `None` before the first one.
    pub fn present(&self, id: PortId, now: Timestamp) -> Option<Decision> {
        let port = self.ports.get(&id)?;
        let last = port.decision.as_deref()?;
        Some(Decision {
            at: now,
            device: port.device().cloned(),
            version: self.station.version.clone(),
            facts: self.facts_of(port, now),
            adjusted: port.applied(),
            ..last.clone()
        })
    }

    /// What rules see of a port at this moment; `None` as long as its device has not reported.
    pub(super) fn facts_of(&self, port: &PortState, now: Timestamp) -> Option<Arc<Facts>> {
        let memory = &port.memory;
        let battery = memory.battery.clone()?;
        let station = &self.station;
        Some(Arc::new(Facts {
            at: now,
            zone: station.zone.clone(),
            station: StationFacts { name: station.name.clone(), ports_on: self.ports_on },
            port: PortFacts {
                number: port.plan.id,
                on: port.leaks() || port.actual.or(memory.wanted).unwrap_or(Power::On) == Power::On,
                since: port.actual_since.or(memory.switched_at).filter(|_| !port.leaks()),
            },
            device: DeviceFacts {
                name: port.device().cloned().unwrap_or_else(|| DeviceName::anonymous(port.plan.id)),
                kind: port.care().kind.clone(),
                tags: port.care().tags.clone(),
            },
            battery,
            holder: memory.holder.clone(),
            history: HistoryFacts {
                charge_per_hour: port.care().charge_per_hour,
                paces: memory.learned.paces(),
                sure: memory.learned.percent_sure(),
                drain_per_hour: memory.learned.drain_per_hour().map(|drain| (drain * 100.0).round() / 100.0),
                level: memory.level.clone(),
                temperature: memory.temperature.clone(),
                full_at: memory.full_at,
            },
            signals: (*self.signals).clone(),
            deadline: self.plan.get(&port.plan.id).map(|planned| DeadlineFacts {
                at: planned.deadline.at,
                level: planned.deadline.level,
                start: planned.start,
                in_time: planned.in_time,
                source: Arc::clone(&planned.deadline.source),
            }),
        }))
    }
}
