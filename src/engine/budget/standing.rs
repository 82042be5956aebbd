//! What a port is to the power budget: whether it may take power, and whether it can be told to wait.
//!
//! Not known counts as on, and an order to switch on counts from when it is given: what may have power is never forgotten.

use super::allot::Rank;
use crate::engine::core::later;
use crate::engine::state::PortState;
use crate::model::{Draw, ModeKind, Plugged, Power, Span, Timestamp};

/// The part of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Part {
    /// It wants no power and takes none, or nothing is plugged in.
    Out,
    /// It takes power, and nobody may or can cut that now.
    Fixed,
    /// It wants power.
    Claims(Rank),
    /// It wants power, and is or may be on whatever the budget says: it could not be switched off, or not be read.
    Stuck(Rank),
}

/// How a port stands to the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Standing {
    pub(in crate::engine) part: Part,
    /// What it takes or would take.
    pub(in crate::engine) draw: Draw,
    /// It counts as on.
    pub(in crate::engine) takes: bool,
    /// It is seen on.
    pub(in crate::engine) powered: bool,
}

impl Standing {
    /// What it takes on top of what is counted when it is switched on; an empty port takes nothing.
    pub(in crate::engine) fn needs(&self) -> Draw {
        if self.takes || self.part == Part::Out { Draw::default() } else { self.draw }
    }
}

/// A port that wants power and has no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Since when.
    pub since: Timestamp,
    /// The limit that keeps it waiting, as a place among those of the station's budget.
    pub limit: usize,
}

/// The turns of a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Turn {
    /// Places were given out since the start.
    pub(in crate::engine) known: bool,
    /// It has a place.
    pub(in crate::engine) placed: bool,
    /// Since when it has power at this place.
    pub(in crate::engine) began: Option<Timestamp>,
    /// How much of its turn it had before a higher rank took its place.
    pub(in crate::engine) had: Span,
    /// When it had power at a place last.
    pub(in crate::engine) last: Option<Timestamp>,
}

impl Turn {
    /// The place is gone. A turn that others cut short, by a higher rank, goes on later: it is first in the line again.
    pub(in crate::engine) fn leave(&mut self, now: Timestamp, was_over: bool) {
        let began = self.began.take();
        if was_over {
            self.last = began.map(|_| now).or(self.last);
            self.had = Span::ZERO;
        } else if let Some(began) = began {
            self.had = self.had.saturating_add(now.duration_since(began).max(Span::ZERO));
        }
        self.placed = false;
    }

    /// What it had at this place was no turn.
    pub(in crate::engine) fn forget_place(&mut self) {
        self.began = None;
        self.placed = false;
    }

    /// When the turn that goes on is over.
    pub(in crate::engine) fn ends(&self, turn: Span) -> Option<Timestamp> {
        self.began.map(|began| later(began, turn.saturating_sub(self.had)))
    }

    /// The clock was set back.
    pub(in crate::engine) fn not_later_than(&mut self, now: Timestamp) {
        self.began = self.began.map(|at| at.min(now));
        self.last = self.last.map(|at| at.min(now));
    }
}

impl PortState {
    /// What the port is to be now: what safety, people and rules want, or off while it waits for power.
    pub fn target(&self) -> Option<Power> {
        if self.waits.is_some() { Some(Power::Off) } else { self.memory.wanted }
    }

    /// What it counts as taking from the power budget; `None`: nothing.
    pub fn draw(&self) -> Option<Draw> {
        self.takes().then(|| Draw::of(self.care().watts))
    }

    pub(in crate::engine) fn standing(&self) -> Standing {
        Standing {
            part: self.part(),
            draw: Draw::of(self.care().watts),
            takes: self.takes(),
            powered: self.actual == Some(Power::On),
        }
    }

    fn takes(&self) -> bool {
        self.may_have_power() && self.holds_something()
    }

    /// Unless it is seen to have none, and none was ordered.
    fn may_have_power(&self) -> bool {
        let rising = self.order.as_ref().is_some_and(|order| order.power == Power::On);
        rising || self.actual != Some(Power::Off) || self.half || self.leaks()
    }

    /// A device that somebody named or that reports, a thing that the hub shows, or a person's wish. A port of which none of it
    /// is known is empty, as far as can be told.
    fn holds_something(&self) -> bool {
        let shown = match &self.plugged {
            Plugged::Thing(_) => true,
            Plugged::NotShown => self.memory.thing.is_some(),
            Plugged::Nothing => false,
        };
        shown || !self.is_nameless() || self.memory.mode.kind == ModeKind::On
    }

    /// Nobody has named what is in it, and it does not report.
    fn is_nameless(&self) -> bool {
        self.device().is_none() && self.memory.battery.is_none()
    }

    /// What nobody knows is not touched, and what has no battery is never cut.
    fn is_untouched(&self) -> bool {
        self.is_nameless() || self.unknown().is_some() || !self.care().battery
    }

    fn part(&self) -> Part {
        if !self.holds_something() {
            return Part::Out;
        }
        let takes = self.may_have_power();
        let wants = self.memory.wanted.map_or(takes, |wanted| wanted == Power::On);
        let falling = self.order.as_ref().is_some_and(|order| order.power == Power::Off);
        match (takes, wants) {
            (true, _) if self.is_untouched() || self.leaks() => Part::Fixed,
            (true, true) if self.is_stuck() => Part::Stuck(self.rank),
            (true, true) if self.actual.is_none() => Part::Fixed,
            (true, false) if !falling => Part::Fixed,
            (_, false) => Part::Out,
            (false, true) if self.is_untouched() => Part::Claims(Rank::Untouched),
            (false, true) if self.cannot_rise() => Part::Claims(Rank::GivenUp),
            (_, true) => Part::Claims(self.rank),
        }
    }

    /// It was told to wait and did not go off, or it is not known any more whether it did.
    fn is_stuck(&self) -> bool {
        (self.waits.is_some() && self.failures > 0) || (self.actual.is_none() && self.turn.known)
    }

    fn cannot_rise(&self) -> bool {
        self.resting || self.problem.as_ref().is_some_and(|problem| !problem.may_pass())
    }
}
