//! The power budget at work: it lies over what safety, people and rules want.
//!
//! Never lets a port rise before all its limits have room for it, whatever the hub answers or does not answer; whoever
//! has to go is switched off first. Knows who counts from `standing`, and who comes first from `allot`.

use std::{collections::BTreeSet, sync::Arc};

use super::allot::{Claim, Given, Rank, allot};
use super::standing::{Part, Standing, Waits};
use crate::engine::core::{Engine, Step, later};
use crate::engine::layers::judge::Judgement;
use crate::engine::state::{PortState, View};
use crate::model::{
    Budget, Circuit, Draw, FaultKind, Layer, Limit, PortId, Power, Safeguard, Span, Timestamp, Verdict,
};

/// What the engine keeps of the budget between two inputs.
#[derive(Debug, Default)]
pub(in crate::engine) struct Supply {
    /// There is a budget.
    limited: bool,
    /// Places have to be given out anew.
    dirty: bool,
    /// What counts as on.
    given: Given,
    /// Ports with a place, the strongest first.
    line: Vec<PortId>,
    /// Ports with a place that could not be switched on yet.
    blocked: BTreeSet<PortId>,
    /// When the next turn is over that somebody waits for.
    turn_due: Option<Timestamp>,
    /// The port that was ordered on last.
    rising: Option<PortId>,
    /// When that was, or when it was answered.
    rose_at: Option<Timestamp>,
}

impl Supply {
    fn moved(&mut self, budget: &Budget, id: PortId, before: Standing, after: Standing) {
        let limits = budget.limits_of(id);
        if before.takes {
            self.given.take_back(limits, before.draw);
        }
        if after.takes {
            self.given.give(limits, after.draw);
        }
        self.dirty |= Standing { takes: before.takes, ..after } != before;
    }
}

impl Engine {
    /// All changes of ports go by here, so that none is missed in what is given away.
    pub(in crate::engine) fn change<T>(
        &mut self,
        id: PortId,
        change: impl FnOnce(&mut PortState) -> T,
    ) -> Option<T> {
        let port = Arc::make_mut(self.view.ports.get_mut(&id)?);
        if !self.supply.limited {
            return Some(change(port));
        }
        let before = port.standing();
        let done = change(port);
        let after = port.standing();
        if before != after {
            self.supply.moved(&self.view.station.budget, id, before, after);
        }
        Some(done)
    }

    /// Counts anew: at the start, and after new files.
    pub(in crate::engine) fn begin_supply(&mut self) {
        let budget = Arc::clone(&self.view.station.budget);
        let was_limited = self.supply.limited;
        self.supply.limited = !budget.limits.is_empty() || budget.stagger.is_positive();
        self.supply.given = Given::nothing(&budget);
        for (id, port) in &self.view.ports {
            if let Some(draw) = port.draw() {
                self.supply.given.give(budget.limits_of(*id), draw);
            }
        }
        self.supply.dirty = self.supply.limited || was_limited;
    }

    /// When places have to be given out, or a port may be switched on.
    pub(in crate::engine) fn supply_due(&self) -> Option<Timestamp> {
        if self.supply.dirty {
            return Some(self.last_now);
        }
        let stagger = self.view.station.budget.stagger;
        let free = self.supply.rose_at.map(|at| later(at, stagger)).filter(|at| *at > self.last_now);
        let rise = free.filter(|_| !self.supply.blocked.is_empty());
        [rise, self.supply.turn_due].into_iter().flatten().min()
    }

    /// How strong the wish of this judgement is.
    pub(in crate::engine) fn rank(&mut self, id: PortId, judgement: &Judgement, now: Timestamp) {
        if !self.supply.limited {
            return;
        }
        let Some(port) = self.view.ports.get(&id) else { return };
        let deadline = self.view.plan.get(&id).filter(|plan| plan.start <= now && now < plan.deadline.at);
        let broken = port.fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::NotCharging);
        let gains_nothing = broken || port.in_vain || port.unwell.is_some();
        // Who fell silent under the floor is empty by now, if it is there.
        let low = port.memory.safe.low_since.is_some();
        let rank = match (judgement.by, judgement.safeguard, deadline) {
            (_, Some(Safeguard::NoBattery), _) => Rank::Untouched,
            _ if port.search().is_some() => Rank::Untouched,
            _ if gains_nothing => Rank::Turn,
            (Layer::Safety, Some(Safeguard::Floor), _) => Rank::Floor,
            (Layer::Safety, Some(Safeguard::Silent), _) if low => Rank::Floor,
            (Layer::Mode, _, _) => Rank::Person,
            (_, _, Some(plan)) => Rank::Deadline(plan.deadline.at),
            (Layer::Safety, Some(Safeguard::Silent), None) => Rank::Silent,
            (Layer::Safety, Some(Safeguard::Wake), None) => Rank::Wake,
            (Layer::Safety | Layer::Policy | Layer::Budget | Layer::Nobody, _, None) => Rank::Turn,
        };
        if port.rank != rank {
            self.change(id, |port| {
                if port.rank == Rank::Wake {
                    port.turn.forget_place();
                }
                port.rank = rank;
            });
        }
    }

    /// Gives out the places, where anything has changed. Whoever got or lost one is decided about at once.
    pub(in crate::engine) fn allot(&mut self, now: Timestamp) {
        if !self.supply.dirty && self.supply.turn_due.is_none_or(|due| now < due) {
            return;
        }
        self.supply.dirty = false;
        let budget = Arc::clone(&self.view.station.budget);
        let mut fixed = Given::nothing(&budget);
        let (mut claims, mut out) = (Vec::new(), Vec::new());
        for (id, port) in &self.view.ports {
            let Standing { part, draw, .. } = port.standing();
            if matches!(part, Part::Fixed | Part::Stuck(_)) {
                fixed.give(budget.limits_of(*id), draw);
            }
            match part {
                Part::Claims(rank) => claims.push(port.claim(rank, budget.turn, now)),
                Part::Stuck(rank) => {
                    claims.push(Claim { stuck: true, ..port.claim(rank, budget.turn, now) });
                }
                Part::Fixed | Part::Out if port.waits.is_some() || port.turn.placed => out.push(*id),
                Part::Fixed | Part::Out => {}
            }
        }
        let refused = allot(&budget, &fixed, &mut claims);
        for id in out {
            self.leave(id, now);
        }
        let (mut line, mut turn_ends) = (Vec::new(), Vec::new());
        for (claim, refused) in claims.iter().zip(&refused) {
            match refused {
                Some(limit) => self.make_wait(claim, *limit, now),
                None => {
                    self.give_place(claim.port, now);
                    line.push(claim.port);
                    let end = self.view.ports.get(&claim.port).and_then(|port| port.turn.ends(budget.turn));
                    turn_ends.extend(end.filter(|end| *end > now));
                }
            }
        }
        self.supply.line = line;
        let waited_for = refused.iter().any(Option::is_some);
        self.supply.turn_due = turn_ends.into_iter().min().filter(|_| waited_for);
    }

    fn leave(&mut self, id: PortId, now: Timestamp) {
        let waited = self.change(id, |port| {
            port.turn.leave(now, true);
            port.waits.take().is_some()
        });
        if waited == Some(true) {
            self.flipped(id, now);
        }
    }

    fn give_place(&mut self, id: PortId, now: Timestamp) {
        let Some(port) = self.view.ports.get(&id) else { return };
        let powered = port.actual == Some(Power::On);
        if port.waits.is_none() && port.turn.placed && (port.turn.began.is_some() || !powered) {
            return;
        }
        let waited = self.change(id, |port| {
            if powered && port.turn.began.is_none() {
                port.turn.began = Some(port.turn_at_start().unwrap_or(now));
            }
            port.turn.placed = true;
            port.turn.known = true;
            port.waits.take().is_some()
        });
        if waited == Some(true) {
            self.flipped(id, now);
        }
    }

    fn make_wait(&mut self, claim: &Claim, limit: usize, now: Timestamp) {
        let Some(port) = self.view.ports.get(&claim.port) else { return };
        if port.waits.is_some_and(|waits| waits.limit == limit) {
            return;
        }
        let is_over = port.turn_is_over(self.view.station.budget.turn, now);
        let news = self.change(claim.port, |port| {
            port.turn.leave(now, is_over);
            port.turn.known = true;
            if port.memory.wanted.is_none() {
                // It had power, and nobody wants otherwise: it is to have it again when its turn comes.
                port.memory.wanted = Some(Power::On);
                "it had power, and nobody wants otherwise".clone_into(&mut port.memory.because);
            }
            let since = port.waits.map(|waits| waits.since);
            port.waits = Some(Waits { since: since.unwrap_or(now), limit });
            since.is_none()
        });
        if news == Some(true) {
            self.flipped(claim.port, now);
        }
    }

    /// It is to be something else now: tried at once unless it was given up, not held, and decided about.
    fn flipped(&mut self, id: PortId, now: Timestamp) {
        self.change(id, |port| {
            if !port.resting {
                port.try_again();
            }
            port.unheld = true;
        });
        self.schedule(id, now);
    }

    /// What becomes of a wish while the port waits for power.
    pub(in crate::engine) fn gate(&self, id: PortId, wish: Judgement) -> Judgement {
        let port = self.view.ports.get(&id);
        let Some(waits) = port.and_then(|port| self.waits_for(port)) else { return wish };
        let reason = format!("waits for power: {waits} ({})", wish.reason);
        Judgement { verdict: Verdict::Rest, by: Layer::Budget, reason, ..wish }
    }

    /// What a port waits for, in words; `None` when it does not.
    fn waits_for(&self, port: &PortState) -> Option<String> {
        let at = port.waits?.limit;
        let limit = self.view.station.budget.limits.get(at)?;
        let (on, more) = (self.supply.given.of(at), Draw::of(port.care().watts));
        let of = match &limit.circuit {
            Circuit::Station => String::new(),
            circuit @ (Circuit::Hub(_) | Circuit::Group(_)) => format!(" of {circuit}"),
        };
        let full = on.and(more);
        Some(match (limit.max_on, limit.watts) {
            (Some(most), _) if full.ports > i64::from(most) => {
                let ports = if most == 1 { "port" } else { "ports" };
                let are = if on.ports == 1 { "is" } else { "are" };
                format!("{} of at most {most} {ports}{of} {are} on", on.ports)
            }
            (_, Some(most)) if !limit.allows(full) => {
                let (taken, needs) = (on.watts(), more.watts());
                format!("{taken} of at most {most} W{of} are taken, it needs {needs}")
            }
            _ => format!("others{of} come first"),
        })
    }

    /// True when all limits have room for this port now, and no other one has just been switched on.
    pub(in crate::engine) fn may_rise(&self, port: &PortState, now: Timestamp) -> bool {
        if !self.supply.limited {
            return true;
        }
        let budget = &self.view.station.budget;
        if budget.stagger.is_positive() {
            let rising = self
                .supply
                .rising
                .and_then(|id| self.view.ports.get(&id))
                .is_some_and(|port| port.order.as_ref().is_some_and(|order| order.power == Power::On));
            if rising || self.supply.rose_at.is_some_and(|at| now < later(at, budget.stagger)) {
                return false;
            }
        }
        let standing = port.standing();
        let limits = budget.limits_of(port.plan.id);
        standing.part == Part::Out || self.supply.given.refuses(budget, limits, standing.needs()).is_none()
    }

    /// It has to wait until there is room.
    pub(in crate::engine) fn block(&mut self, id: PortId) {
        self.supply.blocked.insert(id);
    }

    /// The port is ordered on, or that was answered.
    pub(in crate::engine) fn rises(&mut self, id: PortId, now: Timestamp) {
        self.supply.rising = Some(id);
        self.supply.rose_at = Some(now);
    }

    /// Switches on what has a place and had to wait for it to be free, the strongest first.
    pub(in crate::engine) fn serve(&mut self, now: Timestamp, step: &mut Step) {
        let blocked = std::mem::take(&mut self.supply.blocked);
        if blocked.is_empty() {
            return;
        }
        let line: Vec<PortId> = self.supply.line.iter().copied().filter(|id| blocked.contains(id)).collect();
        for id in &line {
            self.pursue(*id, now, step);
        }
        // What takes nothing has no place: empty ports that wait for their moment.
        for id in blocked.into_iter().filter(|id| !line.contains(id)) {
            self.pursue(id, now, step);
        }
    }

    /// The sockets of these ports that may be switched on together beside those that are on, the lowest level first.
    pub(in crate::engine) fn fitting(&self, mut ports: Vec<PortId>) -> Vec<PortId> {
        let budget = &self.view.station.budget;
        let level = |id: &PortId| self.view.ports.get(id).map_or(0, |port| port.level());
        ports.sort_by_key(|id| (level(id), *id));
        let mut given = self.supply.given.clone();
        ports.retain(|id| {
            let Some(standing) = self.view.ports.get(id).map(|port| port.standing()) else { return true };
            let (limits, needs) = (budget.limits_of(*id), standing.needs());
            let fits = standing.part == Part::Out || given.refuses(budget, limits, needs).is_none();
            if fits {
                given.give(limits, needs);
            }
            fits
        });
        ports
    }

    /// The clock was set back.
    pub(in crate::engine) fn supply_not_later_than(&mut self, now: Timestamp) {
        self.supply.rose_at = self.supply.rose_at.map(|at| at.min(now));
        self.supply.dirty |= self.supply.limited;
    }
}

impl PortState {
    fn claim(&self, rank: Rank, turn: Span, now: Timestamp) -> Claim {
        let is_over = self.turn_is_over(turn, now);
        let started = self.turn_at_start().is_some_and(|began| now < later(began, turn));
        Claim {
            port: self.plan.id,
            rank,
            draw: Draw::of(self.care().watts),
            in_turn: (self.turn.placed && (!is_over || rank == Rank::Silent)) || started,
            cut: !self.turn.placed && self.turn.had > Span::ZERO,
            stuck: false,
            last_turn: if is_over { Some(now) } else { self.turn.last },
            level: self.level(),
        }
    }

    /// It has had power at its place for a turn or longer.
    fn turn_is_over(&self, turn: Span, now: Timestamp) -> bool {
        self.turn.ends(turn).is_some_and(|end| end <= now)
    }

    /// Since when the port had power when the service began: a turn goes on over a restart.
    fn turn_at_start(&self) -> Option<Timestamp> {
        let steady = self.memory.steady.as_ref().filter(|_| !self.turn.known);
        steady.filter(|steady| steady.power == Power::On).map(|steady| steady.since)
    }

    /// Percent; 0 where it is not known, for then it may be that low.
    pub(in crate::engine) fn level(&self) -> u8 {
        self.memory.battery.as_ref().map_or(0, |battery| battery.level.percent())
    }
}

impl View {
    /// The limits of the power budget, and what counts as on under each.
    pub fn circuits(&self) -> Vec<(&Limit, Draw)> {
        let budget = &self.station.budget;
        let mut given = vec![Draw::default(); budget.limits.len()];
        for (id, port) in &self.ports {
            let Some(draw) = port.draw() else { continue };
            for at in budget.limits_of(*id) {
                if let Some(sum) = given.get_mut(*at) {
                    *sum = sum.and(draw);
                }
            }
        }
        budget.limits.iter().zip(given).collect()
    }

    /// The ports that want power and have to wait for it.
    pub fn waiting(&self) -> impl Iterator<Item = PortId> {
        self.ports.values().filter(|port| port.waits.is_some()).map(|port| port.plan.id)
    }
}
