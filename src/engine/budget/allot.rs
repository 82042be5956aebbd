//! Who has a place in the power budget. Pure arithmetic on claims; knows no port, no time and no hub.
//!
//! A claim is a port that wants power. Those of higher rank come first. Of the same rank, those come first whose turn is not
//! over; then those whose turn was cut short; then who has been without a turn for longest; then the lowest level. Nobody is passed by for ever: a claim that does
//! not fit keeps the room that it waits for from all that stand behind it, so each of the others is served before it once
//! at most.

use crate::model::{Budget, Circuit, Draw, PortId, Timestamp};

/// How strong a claim is. The order of the variants is the order of precedence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Rank {
    /// What is never cut, and a search for a device.
    Untouched,
    /// The battery is under the floor.
    Floor,
    /// A person wants it.
    Person,
    /// The start of charging for a deadline has come; the earliest deadline first.
    Deadline(Timestamp),
    /// It is switched on for a moment to be heard. That is no turn.
    Wake,
    /// All others.
    #[default]
    Turn,
    /// Nothing is heard of the device: it may not even be there. Who has a place keeps it.
    Silent,
    /// The port cannot be switched on: it has what nobody else needs.
    GivenUp,
}

/// A port that wants power.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::engine) struct Claim {
    pub(in crate::engine) port: PortId,
    pub(in crate::engine) rank: Rank,
    pub(in crate::engine) draw: Draw,
    /// It has a place, and its turn is not over.
    pub(in crate::engine) in_turn: bool,
    /// It lost its place to a higher rank, and its turn was not over.
    pub(in crate::engine) cut: bool,
    /// It has power that could not be cut, which is counted already.
    pub(in crate::engine) stuck: bool,
    /// The end of its last turn; `None`: it had none yet.
    pub(in crate::engine) last_turn: Option<Timestamp>,
    /// Percent; 0 where it is not known.
    pub(in crate::engine) level: u8,
}

/// What the limits of a budget have given away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct Given(Vec<Draw>);

impl Given {
    pub(in crate::engine) fn nothing(budget: &Budget) -> Self {
        Self(vec![Draw::default(); budget.limits.len()])
    }

    pub(in crate::engine) fn of(&self, limit: usize) -> Draw {
        self.0.get(limit).copied().unwrap_or_default()
    }

    pub(in crate::engine) fn give(&mut self, limits: &[usize], draw: Draw) {
        for limit in limits {
            if let Some(given) = self.0.get_mut(*limit) {
                *given = given.and(draw);
            }
        }
    }

    pub(in crate::engine) fn take_back(&mut self, limits: &[usize], draw: Draw) {
        for limit in limits {
            if let Some(given) = self.0.get_mut(*limit) {
                *given = given.without(draw);
            }
        }
    }

    /// The innermost of these limits that does not allow so much more.
    pub(in crate::engine) fn refuses(&self, budget: &Budget, limits: &[usize], draw: Draw) -> Option<usize> {
        limits.iter().copied().rfind(|at| !self.allows(budget, *at, draw))
    }

    fn allows(&self, budget: &Budget, at: usize, draw: Draw) -> bool {
        budget.limits.get(at).is_none_or(|limit| limit.allows(self.of(at).and(draw)))
    }
}

/// Gives out places; `fixed` is what ports take that nobody can cut. For each claim the limit that refuses it, if one does. The
/// claims are brought into their order.
pub(in crate::engine) fn allot(budget: &Budget, fixed: &Given, claims: &mut [Claim]) -> Vec<Option<usize>> {
    let mut given = fixed.clone();
    claims.iter().for_each(|claim| given.give(budget.limits_of(claim.port), claim.needs()));
    let all = 0..budget.limits.len();
    if all.clone().all(|at| given.allows(budget, at, Draw::default())) {
        return vec![None; claims.len()];
    }
    claims.sort_by_key(|claim| {
        (claim.rank, !claim.in_turn, !claim.cut, claim.last_turn, claim.level, claim.port)
    });
    let mut given = fixed.clone();
    let mut lacking = Vec::new();
    let place = |claim: &Claim| {
        let limits = budget.limits_of(claim.port);
        // What cannot be cut may have what a stronger one lacks: then it is to go as soon as it can.
        let takes_away = |at: &usize| claim.stuck && lacking.contains(at);
        let refused = given.refuses(budget, limits, claim.needs());
        let refused = refused.or_else(|| limits.iter().copied().rfind(takes_away));
        match refused {
            None => given.give(limits, claim.needs()),
            Some(_) => {
                if !claim.stuck && claim.rank != Rank::GivenUp {
                    lacking.extend(limits.iter().filter(|at| !given.allows(budget, **at, claim.draw)));
                }
                keep_room(budget, fixed, &mut given, claim);
            }
        }
        refused
    };
    claims.iter().map(place).collect()
}

/// Keeps the room that a claim waits for from those behind it. What fixed loads take away is not waited for: it may never be
/// free.
fn keep_room(budget: &Budget, fixed: &Given, given: &mut Given, claim: &Claim) {
    let limits = budget.limits_of(claim.port);
    if claim.rank == Rank::GivenUp || claim.stuck || fixed.refuses(budget, limits, claim.draw).is_some() {
        return;
    }
    // Where limits do not lie one in the other, room at one of them could go each time another one is free.
    let of = |is: fn(&Circuit) -> bool| {
        limits.iter().any(|at| budget.limits.get(*at).is_some_and(|limit| is(&limit.circuit)))
    };
    let crossing = of(|circuit| matches!(circuit, Circuit::Hub(_)))
        && of(|circuit| matches!(circuit, Circuit::Group(_)));
    let full: Vec<usize> =
        limits.iter().copied().filter(|at| crossing || !given.allows(budget, *at, claim.draw)).collect();
    given.give(&full, claim.draw);
}

impl Claim {
    /// What it takes on top of what is counted already.
    fn needs(&self) -> Draw {
        if self.stuck { Draw::default() } else { self.draw }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limit;

    fn budget(limits: &[(Option<u32>, Option<f64>)], bound: &[(u16, &[usize])]) -> Budget {
        let limit = |(max_on, watts): &(Option<u32>, Option<f64>)| Limit {
            circuit: Circuit::Station,
            max_on: *max_on,
            watts: *watts,
        };
        let bound = bound.iter().map(|(port, limits)| (PortId::new(*port).unwrap(), limits.to_vec()));
        Budget { limits: limits.iter().map(limit).collect(), bound: bound.collect(), ..Budget::default() }
    }

    fn claim(port: u16, rank: Rank, level: u8) -> Claim {
        let port = PortId::new(port).unwrap();
        let (draw, in_turn, cut, stuck) = (Draw::of(10.0), false, false, false);
        Claim { port, rank, draw, in_turn, cut, stuck, last_turn: None, level }
    }

    /// The ports that get power, in the order of the line.
    fn placed(budget: &Budget, fixed: &Given, mut claims: Vec<Claim>) -> Vec<u16> {
        let refused = allot(budget, fixed, &mut claims);
        let placed = claims.iter().zip(refused).filter(|(_, refused)| refused.is_none());
        placed.map(|(claim, _)| claim.port.get()).collect()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn floor_then_people_then_the_earliest_deadline_then_the_others_by_turns() {
        let all: &[(u16, &[usize])] =
            &[(1, &[0]), (2, &[0]), (3, &[0]), (4, &[0]), (5, &[0]), (6, &[0]), (7, &[0])];
        let claims = vec![
            claim(1, Rank::GivenUp, 1),
            claim(2, Rank::Turn, 1),
            claim(3, Rank::Deadline(at(9)), 50),
            claim(4, Rank::Deadline(at(5)), 60),
            claim(5, Rank::Person, 99),
            claim(6, Rank::Floor, 9),
            claim(7, Rank::Wake, 70),
        ];
        let courses = [
            (7, vec![1, 2, 3, 4, 5, 6, 7]),
            (5, vec![6, 5, 4, 3, 7]),
            (4, vec![6, 5, 4, 3]),
            (2, vec![6, 5]),
        ];
        for (most, expected) in courses {
            let budget = budget(&[(Some(most), None)], all);
            assert_eq!(placed(&budget, &Given::nothing(&budget), claims.clone()), expected);
        }
    }

    #[test]
    fn a_turn_is_not_cut_short_and_then_goes_to_who_had_none_for_longest() {
        let budget = budget(&[(Some(1), None)], &[(1, &[0]), (2, &[0]), (3, &[0])]);
        let had = |port, second| Claim { last_turn: Some(at(second)), ..claim(port, Rank::Turn, 50) };
        let in_turn = Claim { in_turn: true, ..had(1, 9) };
        assert_eq!(placed(&budget, &Given::nothing(&budget), vec![in_turn, had(2, 5), had(3, 4)]), [1]);
        assert_eq!(placed(&budget, &Given::nothing(&budget), vec![had(1, 9), had(2, 5), had(3, 4)]), [3]);
        let cut = Claim { cut: true, ..had(1, 9) };
        assert_eq!(placed(&budget, &Given::nothing(&budget), vec![cut, had(2, 5), had(3, 4)]), [1]);
        let in_turn = Claim { in_turn: true, ..had(2, 10) };
        assert_eq!(placed(&budget, &Given::nothing(&budget), vec![cut, in_turn, had(3, 4)]), [2]);
        let lower = Claim { level: 20, ..had(2, 4) };
        assert_eq!(placed(&budget, &Given::nothing(&budget), vec![had(1, 9), lower, had(3, 4)]), [2]);
    }

    #[test]
    fn a_heavy_one_is_not_passed_by_by_light_ones_for_ever() {
        let budget = budget(&[(None, Some(30.0))], &[(1, &[0]), (2, &[0]), (3, &[0]), (4, &[0])]);
        let in_turn = |port| Claim { in_turn: true, ..claim(port, Rank::Turn, 90) };
        let heavy = Claim { draw: Draw::of(25.0), ..claim(3, Rank::Turn, 10) };
        let light = claim(4, Rank::Turn, 20);
        let claims = vec![in_turn(1), in_turn(2), heavy, light];
        assert_eq!(
            placed(&budget, &Given::nothing(&budget), claims),
            [1, 2],
            "10 W are kept for the heavy one"
        );
        // What can never fit keeps nobody else away.
        let mut fixed = Given::nothing(&budget);
        fixed.give(&[0], Draw::of(10.0));
        assert_eq!(placed(&budget, &fixed, vec![heavy, light]), [4]);
    }

    #[test]
    fn what_cannot_be_cut_has_no_place_as_long_as_a_stronger_one_lacks_it() {
        let budget = budget(&[(Some(2), None)], &[(1, &[0]), (2, &[0]), (3, &[0])]);
        let stuck = Claim { stuck: true, in_turn: true, ..claim(3, Rank::Turn, 10) };
        let mut fixed = Given::nothing(&budget);
        for _ in 0..2 {
            fixed.give(&[0], stuck.draw);
        }
        assert_eq!(placed(&budget, &fixed, vec![claim(1, Rank::Person, 50), stuck]), [0; 0]);
        assert_eq!(placed(&budget, &fixed, vec![claim(1, Rank::Turn, 5), stuck]), [3], "a weaker one");
        assert_eq!(placed(&budget, &fixed, vec![claim(1, Rank::GivenUp, 5), stuck]), [3]);
    }

    #[test]
    fn every_limit_of_the_tree_counts_and_a_full_group_leaves_the_rest_to_others() {
        let budget =
            budget(&[(Some(3), None), (Some(1), None)], &[(1, &[0, 1]), (2, &[0, 1]), (3, &[0]), (4, &[0])]);
        let claims = vec![
            claim(1, Rank::Turn, 1),
            claim(2, Rank::Turn, 2),
            claim(3, Rank::Turn, 3),
            claim(4, Rank::Turn, 4),
        ];
        assert_eq!(placed(&budget, &Given::nothing(&budget), claims), [1, 3, 4]);
    }

    #[test]
    fn fixed_loads_come_off_first() {
        let budget = budget(&[(Some(2), None)], &[(1, &[0]), (2, &[0])]);
        let mut fixed = Given::nothing(&budget);
        fixed.give(&[0], Draw::of(5.0));
        let claims = vec![claim(1, Rank::Turn, 50), claim(2, Rank::Turn, 40)];
        assert_eq!(placed(&budget, &fixed, claims.clone()), [2]);
        fixed.give(&[0], Draw::of(5.0));
        fixed.give(&[0], Draw::of(5.0));
        assert_eq!(placed(&budget, &fixed, claims), [0; 0]);
    }
}
