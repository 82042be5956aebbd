//! Sends orders to hubs that were found, and says what came of each.
//!
//! Off comes before on. Before a hub loses power it is glanced at once more: one that is not what is known of it gets
//! nothing, and the order is aimed and sent once more after a look.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Ordered,
    driver::HubDriver,
    glance,
    hubs::Hubs,
    outcome::{Found, Said, Target, after, units},
    sequence::{Sequence, Unit},
};
use crate::model::{HubLocation, Power, Socket, SwitchProblem};

/// What each side said, with `true` if it was told to be on.
type Answers = BTreeMap<(bool, Socket), Said>;

impl<D: HubDriver> Hubs<D> {
    /// Sends all orders, and says what came of each. `fresh`: the hubs were looked at for them just now.
    pub(super) async fn perform(&mut self, orders: &[&Ordered], fresh: bool) -> Vec<Found> {
        let aims = self.aims(orders, fresh).await;
        let targets = orders.iter().zip(&aims).filter_map(|(ordered, aim)| {
            let aim = aim.as_ref().ok()?;
            Some(Target { sides: &aim.sides, hub: aim.hub.clone(), power: ordered.order.power })
        });
        let units = units(targets);
        let answers = self.send(units).await;
        let found = orders.iter().zip(&aims).map(|(ordered, aim)| match aim {
            Err(problem) => Found::Settled(None, Some(problem.clone())),
            Ok(aim) => {
                let power = ordered.order.power;
                let said = |side: &Socket| answers.get(&(power == Power::On, side.clone())).cloned();
                let said: Vec<_> = aim.sides.iter().map(|(_, side)| said(side)).collect();
                after(power, &said)
            }
        });
        found.collect()
    }

    /// Looks for the hubs of orders of which nothing was sent, and sends those once more.
    pub(super) async fn once_more(&mut self, orders: &[Ordered], found: &mut [Found]) {
        let unsent = |found: &Found| matches!(found, Found::Unsent(_));
        let again = orders.iter().zip(found.iter()).filter(|(_, found)| unsent(found));
        let again: Vec<&Ordered> = again.map(|(ordered, _)| ordered).collect();
        if again.is_empty() {
            return;
        }
        let sockets = again.iter().map(|ordered| (&*ordered.reach, &ordered.order.socket));
        let results = match self.look(sockets).await {
            Ok(()) => self.perform(&again, true).await,
            Err(problem) => again.iter().map(|_| Found::Settled(None, Some(problem.clone()))).collect(),
        };
        for (found, result) in found.iter_mut().filter(|found| unsent(found)).zip(results) {
            *found = result;
        }
    }

    /// Sends everything and says what each side showed.
    async fn send(&mut self, mut units: Vec<Unit>) -> Answers {
        if let Some(hung) = self.hung_at.take() {
            units.sort_by_key(|unit| (unit.power == Power::On, unit.hub <= hung));
        }
        let mut answers = Answers::new();
        let mut stop: Option<SwitchProblem> = None;
        for mut batch in batches(units, D::AT_ONCE) {
            if let Some(problem) = &stop {
                batch.iter_mut().for_each(|hub| hub.give_up(problem));
            } else {
                self.hold_back(&mut batch).await;
                self.driver.set_all(&mut batch).await;
            }
            for hub in batch {
                if let Some(problem) = hub.trouble() {
                    if matches!(problem, SwitchProblem::Timeout(_)) {
                        self.hung_at = Some(hub.hub().clone());
                    }
                    // Where hubs are switched at the same time, one that hangs holds up nobody.
                    stop = stop.or_else(|| (!D::AT_ONCE).then(|| not_tried(hub.hub(), problem)));
                }
                hub.missing().iter().for_each(|side| self.topology.lost(side));
                let on = hub.power() == Power::On;
                answers.extend(hub.said().into_iter().map(|(socket, said)| ((on, socket), said)));
            }
        }
        answers
    }

    /// Keeps off from hubs that are not what they were when they were looked at.
    async fn hold_back(&mut self, batch: &mut [Sequence]) {
        let off = |hub: &&mut Sequence| hub.power() == Power::Off;
        let calls = batch.iter().filter(|hub| hub.power() == Power::Off).flat_map(Sequence::to_do);
        let sides: BTreeSet<HubLocation> = calls.map(|call| call.side.clone()).collect();
        if sides.is_empty() {
            return;
        }
        let now = self.driver.glance(&sides).await;
        for hub in batch.iter_mut().filter(off) {
            if let Some(changed) = glance::changed(&self.topology, hub.to_do(), &now) {
                tracing::info!(hub = %changed, "the hub is not what it was a moment ago: it is looked at first");
                hub.give_up(&SwitchProblem::HubMissing(changed));
            }
        }
    }
}

/// What is done at the same time: all hubs in one direction, or one hub.
fn batches(units: Vec<Unit>, at_once: bool) -> Vec<Vec<Sequence>> {
    let mut batches: Vec<Vec<Sequence>> = Vec::new();
    for unit in units {
        match batches.last_mut() {
            Some(batch) if at_once && batch.iter().all(|hub| hub.power() == unit.power) => {
                batch.push(Sequence::new(unit));
            }
            _ => batches.push(vec![Sequence::new(unit)]),
        }
    }
    batches
}

/// Why the hubs after one in trouble were not tried.
fn not_tried(hub: &HubLocation, problem: &SwitchProblem) -> SwitchProblem {
    match problem {
        SwitchProblem::Timeout(_) => SwitchProblem::NotTried(hub.clone()),
        other => other.clone(),
    }
}
