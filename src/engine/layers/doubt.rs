//! Levels that no battery can get to in that time: 90, 3, 91 percent in a quarter of an hour.
//!
//! Such a report counts at once, for a battery that is nearly empty must not wait. If the next one is where the one before
//! it was, everything is as if it had not been: no rule goes on charging to 80 % for a level that never was. Where that
//! happens again and again two devices report for one port, or the gauge is broken: the lower level counts from then on.

use crate::engine::core::{Engine, Step};
use crate::engine::state::PortState;
use crate::model::{Battery, Doubt, EventKind, Level, PortId, Span, Timestamp, Wish};

/// A level may be another one by so many points at any time: gauges correct themselves, mostly after a restart.
const CORRECTED: f64 = 20.0;
/// And by so many more per minute: the fastest phones charge by a little over one.
const PER_MINUTE: f64 = 2.0;
/// A report that is as near as this to the one before last, and a point more per minute, bears that out.
const NEAR: f64 = 5.0;
/// So often within a day of each other is no chance: a worn gauge that is wrong now and then is not wrong so often.
const AGAIN: u8 = 6;
const DAY: Span = Span::from_hours(24);
/// Misreadings nearer to each other than this are one: whoever tries a station out by hand sends any levels, but hardly for an hour.
const APART: Span = Span::from_mins(10);

/// What a new level is, beside the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Weighed {
    /// A level like any other.
    Plain,
    /// It counts, and may be taken back.
    Jumped {
        /// The level before.
        from: Level,
    },
    /// It counts, and takes back what the report before it had said.
    TakenBack {
        /// What that had said.
        level: Level,
        /// That has happened so often that from now on only the lower level counts.
        again: bool,
    },
    /// It does not count unless the next report agrees.
    SetAside,
}

impl Weighed {
    /// A level that may be taken back proves nothing of the power; what a device says of its charging does.
    pub(in crate::engine) fn proves(self, charging: Option<bool>) -> bool {
        match self {
            Self::Plain | Self::TakenBack { .. } => true,
            Self::Jumped { .. } => charging.is_some(),
            Self::SetAside => false,
        }
    }

    /// Of a level that may be taken back nobody learns how fast a device charges.
    pub(in crate::engine) fn teaches(self) -> bool {
        matches!(self, Self::Plain | Self::TakenBack { .. })
    }
}

impl Engine {
    /// Tells what was found out about a new level.
    pub(in crate::engine) fn tell_weighed(
        &self,
        id: PortId,
        weighed: Weighed,
        level: Level,
        now: Timestamp,
        step: &mut Step,
    ) {
        match weighed {
            Weighed::Plain | Weighed::SetAside => {}
            Weighed::Jumped { from } => self.tell(step, id, now, EventKind::LevelJumped { from, to: level }),
            Weighed::TakenBack { level: wrong, again } => {
                self.tell(step, id, now, EventKind::LevelMisread { level: wrong });
                if again {
                    let (low, high) = (level.min(wrong), level.max(wrong));
                    self.tell(step, id, now, EventKind::LevelsDisagree { low, high });
                }
            }
        }
    }
}

impl PortState {
    /// Weighs a new report against the last one, and undoes what that had done where it is taken back.
    pub(in crate::engine) fn weigh(&mut self, new: &Battery, now: Timestamp) -> Weighed {
        self.misread = None;
        let doubt = self.memory.safe.doubt.take();
        let aside = self.memory.safe.set_aside.take();
        let Some(last) = self.memory.battery.clone() else { return Weighed::Plain };
        if !jumps(last.level, last.measured_at, new) {
            return Weighed::Plain;
        }
        if let Some(doubt) = doubt.filter(|doubt| is_near(&doubt.before, new)) {
            let again = self.take_back(*doubt, &last, now);
            return Weighed::TakenBack { level: last.level, again };
        }
        let memory = &mut self.memory;
        let recent = memory.safe.misread_at.is_some_and(|at| now.duration_since(at) < DAY);
        if !recent || memory.safe.misreadings < AGAIN {
            memory.safe.doubt = Some(Box::new(Doubt {
                level: memory.level.clone(),
                full_at: memory.full_at,
                wish: Wish::of(memory),
                before: last.clone(),
            }));
            return Weighed::Jumped { from: last.level };
        }
        if new.level < last.level {
            return Weighed::Plain;
        }
        if aside.is_some_and(|(level, at)| !jumps(level, at, new)) {
            memory.safe.misreadings = 0;
            return Weighed::Plain;
        }
        memory.safe.set_aside = Some((new.level, new.measured_at));
        Weighed::SetAside
    }

    /// True when this has happened too often.
    fn take_back(&mut self, doubt: Doubt, wrong: &Battery, now: Timestamp) -> bool {
        self.misread = Some(wrong.level);
        self.wish_again(doubt.wish);
        let memory = &mut self.memory;
        memory.level = doubt.level;
        memory.full_at = doubt.full_at;
        if let Some(steady) = memory.steady.as_mut().filter(|steady| steady.level == Some(wrong.level)) {
            steady.level = None;
        }
        let since = memory.safe.misread_at.map(|at| now.duration_since(at)).filter(|since| *since < DAY);
        if since.is_some_and(|since| since < APART) {
            return false;
        }
        memory.safe.misreadings = if since.is_some() { memory.safe.misreadings.saturating_add(1) } else { 1 };
        memory.safe.misread_at = Some(now);
        memory.safe.misreadings == AGAIN
    }

    /// What whoever reads a decision has to know of the reports that it was made by.
    pub(in crate::engine) fn doubted(&self) -> Option<String> {
        let safe = &self.memory.safe;
        if let Some((level, _)) = safe.set_aside {
            return Some(format!(
                "{level}% is set aside: the levels of this port jump to and fro, as if two devices reported for it, and \
                 the lower one counts"
            ));
        }
        if let Some(doubt) = &safe.doubt {
            let before = doubt.before.level;
            return Some(format!(
                "the level jumped from {before}%, which no battery does: taken back if the next report is near {before}% \
                 again"
            ));
        }
        self.misread.map(|level| format!("the {level}% reported before was a misreading and is taken back"))
    }
}

/// True when the level in the middle cannot be, beside the one before it and the one after it.
pub fn is_misread(before: &Battery, between: &Battery, after: &Battery) -> bool {
    jumps(before.level, before.measured_at, between)
        && jumps(between.level, between.measured_at, after)
        && is_near(before, after)
}

fn jumps(level: Level, at: Timestamp, new: &Battery) -> bool {
    distance(level, new.level) > CORRECTED + PER_MINUTE * minutes(at, new.measured_at)
}

fn is_near(before: &Battery, new: &Battery) -> bool {
    distance(before.level, new.level) <= NEAR + minutes(before.measured_at, new.measured_at)
}

fn distance(one: Level, other: Level) -> f64 {
    f64::from(one.percent().abs_diff(other.percent()))
}

fn minutes(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0) / 60.0
}
