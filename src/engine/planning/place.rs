//! When each port charges, so that all are ready: as late as possible, under the limits of the power supply.
//!
//! Pure: claims in, places out. Earliest deadline first, then the lowest level; each takes the latest free time before its
//! deadline, in several pieces if need be, as turns are given. What does not fit begins at once and is late.

use std::collections::BTreeMap;

use crate::model::{Budget, PortId, Span, Timestamp};

/// Power is shared out in pieces of so many seconds.
const SLOT: i64 = 300;
/// So far ahead it is shared out: a week. Who is to be ready later has no limits yet.
const MOST_SLOTS: usize = 2016;

/// A port whose device is to be ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Which port.
    pub port: PortId,
    /// When it is to be ready.
    pub at: Timestamp,
    /// It cannot charge before.
    pub from: Timestamp,
    /// Minutes of charging that are needed.
    pub minutes: f64,
    /// Minutes more, to be sure.
    pub margin: f64,
    /// The level that it has: the lowest is served first.
    pub level: u8,
    /// What it takes, watts.
    pub watts: f64,
    /// It has begun, then.
    pub begun: Option<Timestamp>,
}

/// A port that has power whatever is planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Which port.
    pub port: PortId,
    /// What it takes, watts.
    pub watts: f64,
    /// Until when; `None`: for good.
    pub until: Option<Timestamp>,
}

/// When a claim is served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// When charging begins.
    pub start: Timestamp,
    /// When the level is reached.
    pub ready_at: Timestamp,
    /// Whether that is in time.
    pub in_time: bool,
    /// Minutes that it begins earlier because others need the power too.
    pub earlier: f64,
    /// It is late because others have the power.
    pub crowded: bool,
}

/// Places all claims; each gets one.
pub fn place(now: Timestamp, claims: &[Claim], loads: &[Load], budget: &Budget) -> BTreeMap<PortId, Place> {
    let mut order: Vec<&Claim> = claims.iter().collect();
    order.sort_by_key(|claim| (claim.at, claim.level, claim.port));
    let bound = order.iter().filter(|claim| budget.bound.contains_key(&claim.port));
    let last = bound.map(|claim| claim.at).max().unwrap_or(now);
    let mut grid = Grid::new(now, last, budget);
    for load in loads {
        grid.load(load, now);
    }
    order.into_iter().map(|claim| (claim.port, grid.place(claim, now))).collect()
}

/// What is given out so far, by limit and slot.
struct Grid<'b> {
    budget: &'b Budget,
    base: i64,
    slots: usize,
    used: Vec<(u32, f64)>,
}

/// A part of a slot that a claim may use: which slot, from when to when in seconds.
#[derive(Clone, Copy)]
struct Piece {
    slot: usize,
    from: i64,
    to: i64,
}

impl<'b> Grid<'b> {
    fn new(now: Timestamp, last: Timestamp, budget: &'b Budget) -> Self {
        let base = now.as_second() - now.as_second().rem_euclid(SLOT);
        let wanted = usize::try_from((last.as_second() - base + SLOT - 1) / SLOT).unwrap_or(0);
        let slots = wanted.min(MOST_SLOTS);
        Self { budget, base, slots, used: vec![(0, 0.0); slots * budget.limits.len()] }
    }

    fn limits(&self, port: PortId) -> &'b [usize] {
        self.budget.bound.get(&port).map_or(&[], Vec::as_slice)
    }

    fn fits(&self, port: PortId, watts: f64, slot: usize) -> bool {
        self.limits(port).iter().all(|index| {
            let Some(limit) = self.budget.limits.get(*index) else { return true };
            let (on, taken) = self.used.get(index * self.slots + slot).copied().unwrap_or_default();
            limit.max_on.is_none_or(|most| on < most)
                && limit.watts.is_none_or(|most| taken + watts <= most + 1e-6)
        })
    }

    fn take(&mut self, port: PortId, watts: f64, slot: usize) {
        for index in self.limits(port) {
            if let Some((on, taken)) = self.used.get_mut(index * self.slots + slot) {
                *on += 1;
                *taken += watts;
            }
        }
    }

    fn load(&mut self, load: &Load, now: Timestamp) {
        for piece in self.pieces(now, load.until.unwrap_or(Timestamp::MAX)) {
            self.take(load.port, load.watts, piece.slot);
        }
    }

    /// The slots between two moments, in order.
    fn pieces(&self, from: Timestamp, to: Timestamp) -> impl DoubleEndedIterator<Item = Piece> + use<> {
        let (base, from, to) = (self.base, from.as_second(), to.as_second());
        let slot = |seconds: i64| usize::try_from(seconds / SLOT).unwrap_or(0);
        let first = slot(from - base);
        let end = slot((to - base).saturating_add(SLOT - 1)).min(self.slots);
        (first..end).filter_map(move |slot| {
            let begin = base + i64::try_from(slot).ok()? * SLOT;
            Some(Piece { slot, from: begin.max(from), to: (begin + SLOT).min(to) })
        })
    }

    fn place(&mut self, claim: &Claim, now: Timestamp) -> Place {
        if claim.minutes <= 0.0 {
            return Place { start: claim.at, ready_at: now, in_time: true, earlier: 0.0, crowded: false };
        }
        let from = claim.from.max(now);
        let wanted = seconds(claim.minutes + claim.margin);
        let latest = before(claim.at, wanted).max(from);
        let horizon = self.base.saturating_add(i64::try_from(self.slots).unwrap_or(0) * SLOT);
        if self.limits(claim.port).is_empty() || latest.as_second() >= horizon {
            return alone(claim, from, latest);
        }
        let whole = self.pieces(latest, claim.at);
        if claim.begun.is_none() && before(claim.at, wanted) >= from {
            let pieces: Vec<Piece> = whole.collect();
            if pieces.iter().all(|piece| self.fits(claim.port, claim.watts, piece.slot)) {
                for piece in pieces {
                    self.take(claim.port, claim.watts, piece.slot);
                }
                return alone(claim, from, latest);
            }
        }
        let (mut pieces, left) = self.fill(claim, from, wanted);
        pieces.sort_unstable_by_key(|piece| piece.from);
        let start = match (claim.begun, pieces.first()) {
            (Some(begun), _) => begun.min(from),
            // What does not fit cannot begin early enough.
            (None, Some(first)) if left == 0 => at(first.from),
            (None, _) => from,
        };
        let need = seconds(claim.minutes);
        let (mut got, mut ready) = (0, None);
        for piece in &pieces {
            let length = piece.to - piece.from;
            if got + length >= need {
                ready = Some(piece.from + need - got);
                break;
            }
            got += length;
        }
        let ready_at = ready.map_or_else(|| after(claim.at, need - got), at);
        let earlier = latest.duration_since(start).as_secs_f64().max(0.0) / 60.0;
        let earlier = if claim.begun.is_some() { 0.0 } else { earlier };
        let crowded = ready.is_none() && after(from, need) <= claim.at;
        Place { start, ready_at, in_time: ready.is_some(), earlier, crowded }
    }

    /// Takes free time: the latest before the deadline, or the next of all for one that has begun. Gives what was taken, and
    /// how many seconds are missing.
    fn fill(&mut self, claim: &Claim, from: Timestamp, wanted: i64) -> (Vec<Piece>, i64) {
        let (mut taken, mut left) = (Vec::new(), wanted);
        let mut pieces = self.pieces(from, claim.at);
        let begun = claim.begun.is_some();
        while left > 0 {
            let Some(mut piece) = (if begun { pieces.next() } else { pieces.next_back() }) else { break };
            if piece.from >= piece.to || !self.fits(claim.port, claim.watts, piece.slot) {
                continue;
            }
            self.take(claim.port, claim.watts, piece.slot);
            let over = (piece.to - piece.from - left).max(0);
            left -= piece.to - piece.from - over;
            if begun {
                piece.to -= over;
            } else {
                piece.from += over;
            }
            taken.push(piece);
        }
        (taken, left)
    }
}

/// One that nobody stands in the way of.
fn alone(claim: &Claim, from: Timestamp, latest: Timestamp) -> Place {
    let start = claim.begun.map_or(latest, |begun| begun.min(from));
    let ready_at = after(start.max(from), seconds(claim.minutes));
    Place { start, ready_at, in_time: ready_at <= claim.at, earlier: 0.0, crowded: false }
}

/// Whole seconds; a year at most, which no device needs.
fn seconds(minutes: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a year")]
    let seconds = (minutes * 60.0).ceil().clamp(0.0, 31_536_000.0) as i64;
    seconds
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

fn before(moment: Timestamp, seconds: i64) -> Timestamp {
    moment.checked_sub(Span::from_secs(seconds)).unwrap_or(Timestamp::MIN)
}

fn after(moment: Timestamp, seconds: i64) -> Timestamp {
    moment.checked_add(Span::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
