//! What one use of a rule says in every situation that it can tell apart.
//!
//! Where the answers of neighbours differ, what lies between them is tried too, so that limits come out exact.

use std::{collections::HashMap, sync::Arc};

use super::{
    axis::{Axis, Kind, axes},
    situation::{Base, Situation},
};
use crate::{
    model::{RuleName, RuleUse, Verdict},
    rules::RuleSet,
};

/// Runs of one table: a quarter of a second for shipped rules. Axes with many values are tried more coarsely then.
const RUNS: usize = 40_000;
/// An axis on which the answers change more often than this has no limits to be found, but a slope.
const LIMITS: usize = 12;

/// What one rule says in one situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// No opinion.
    Nothing,
    /// It could not answer.
    Failed,
    /// A verb.
    Spoke(Verdict),
}

/// Asks one use of a rule, never twice in the same situation.
pub(super) struct Asked<'a> {
    rules: &'a RuleSet,
    usage: &'a RuleUse,
    base: &'a Base,
    /// The number of the rule, as the axis of the holder counts.
    own: i64,
    known: HashMap<Situation, Said>,
    pub(super) axes: Vec<Axis>,
}

/// The answers over a product of axes; the last axis changes fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The place of each of its axes among those of all tables.
    pub(super) axes: Vec<usize>,
    sizes: Vec<usize>,
    said: Vec<Said>,
}

impl<'a> Asked<'a> {
    /// Finds the axes and the limits on them. `numbers` has the rules in the order of the axis of the holder.
    pub(super) fn new(rules: &'a RuleSet, usage: &'a RuleUse, base: &'a Base, numbers: &[RuleName]) -> Self {
        let own = numbers.iter().position(|name| *name == usage.rule).and_then(|n| i64::try_from(n + 1).ok());
        let own = own.unwrap_or(i64::MAX);
        let mut axes = axes(&rules.reads(&usage.rule), usage);
        if let Some(holder) = axes.iter_mut().find(|axis| axis.kind == Kind::Holder) {
            holder.add(&[own]);
        }
        let mut asked = Self { rules, usage, base, own, known: HashMap::new(), axes };
        asked.fit();
        asked.find_limits();
        asked
    }

    /// Tries long axes more coarsely until all runs are within the limit.
    fn fit(&mut self) {
        while runs(&self.axes) > RUNS {
            let longest = self.axes.iter_mut().max_by_key(|axis| axis.values.len());
            // Firm values alone: a rule with so many numbers in it is tried as it is, the joint grid is bounded too.
            if !longest.is_some_and(Axis::thin) {
                break;
            }
        }
    }

    fn find_limits(&mut self) {
        // Halving the widest gap, a day, to a minute takes eleven rounds.
        for _ in 0..12 {
            let table = self.table(&self.axes.clone());
            let mut found = false;
            for n in 0..self.axes.len() {
                let between = self.axes.get(n).map(|axis| between(axis, &table, n)).unwrap_or_default();
                let more = runs(&self.axes) / self.axes.get(n).map_or(1, |axis| axis.values.len().max(1));
                let fits = runs(&self.axes) + more * between.len() <= 2 * RUNS;
                if let Some(axis) = self.axes.get_mut(n).filter(|_| fits && !between.is_empty()) {
                    axis.add(&between);
                    found = true;
                }
            }
            if !found {
                break;
            }
        }
    }

    /// The answers over these axes; those that the rule does not know are passed over.
    pub(super) fn table(&mut self, all: &[Axis]) -> Table {
        let own: Vec<usize> = (0..all.len())
            .filter(|n| all.get(*n).is_some_and(|axis| self.axes.iter().any(|own| own.kind == axis.kind)))
            .collect();
        let mine: Vec<&Axis> = own.iter().filter_map(|n| all.get(*n)).collect();
        let sizes: Vec<usize> = mine.iter().map(|axis| axis.values.len()).collect();
        let said = (0..sizes.iter().product()).map(|cell| {
            let mut situation = Situation::default();
            for (axis, place) in mine.iter().zip(places(cell, &sizes)) {
                if let Some(value) = axis.values.get(place) {
                    situation.set(&axis.kind, *value, self.own);
                }
            }
            self.ask(situation)
        });
        let said = said.collect();
        Table { axes: own, sizes, said }
    }

    fn ask(&mut self, situation: Situation) -> Said {
        if let Some(known) = self.known.get(&situation) {
            return *known;
        }
        let said = match situation.facts(&self.usage.rule, self.base) {
            None => Said::Failed,
            Some(facts) => match self.rules.ask(self.usage, &Arc::new(facts)) {
                Ok(None) => Said::Nothing,
                Ok(Some(opinion)) => Said::Spoke(opinion.verdict),
                Err(_) => Said::Failed,
            },
        };
        self.known.insert(situation, said);
        said
    }
}

fn runs(axes: &[Axis]) -> usize {
    axes.iter().fold(1, |product: usize, axis| product.saturating_mul(axis.values.len()))
}

/// The middles between neighbours whose answers differ; none when they differ too often.
fn between(axis: &Axis, table: &Table, n: usize) -> Vec<i64> {
    let Some(resolution) = axis.kind.resolution() else { return Vec::new() };
    let pairs = axis.values.iter().zip(axis.values.iter().skip(1)).enumerate();
    let differing: Vec<(i64, i64)> =
        pairs.filter(|(at, _)| table.differs(n, *at)).map(|(_, (a, b))| (*a, *b)).collect();
    if differing.len() > LIMITS {
        return Vec::new();
    }
    let apart = differing.into_iter().filter(|(a, b)| *a != super::axis::NONE && b - a > resolution);
    apart.map(|(a, b)| a + (b - a) / 2).collect()
}

/// The place on each axis of a cell.
pub(super) fn places(mut cell: usize, sizes: &[usize]) -> Vec<usize> {
    let mut places: Vec<usize> = sizes
        .iter()
        .rev()
        .map(|size| {
            let place = cell % size.max(&1);
            cell /= size.max(&1);
            place
        })
        .collect();
    places.reverse();
    places
}

impl Table {
    /// True when the answers at a place of its `n`th axis are not all those of the next place.
    pub(super) fn differs(&self, n: usize, at: usize) -> bool {
        let stride: usize = self.sizes.iter().skip(n + 1).product();
        let size = self.sizes.get(n).copied().unwrap_or(1);
        let block = stride * size;
        let slab = |at: usize| {
            (0..self.said.len() / block.max(1))
                .flat_map(move |outer| (0..stride).map(move |inner| outer * block + at * stride + inner))
                .map(|cell| self.said.get(cell))
        };
        !slab(at).eq(slab(at + 1))
    }

    /// The same for an axis among those of all tables; one that it does not have changes nothing.
    pub(super) fn differs_on(&self, axis: usize, at: usize) -> bool {
        self.axes.iter().position(|own| *own == axis).is_some_and(|n| self.differs(n, at))
    }

    /// The answer at these places of all axes.
    pub(super) fn at(&self, places: &[usize]) -> Said {
        let cell = self
            .axes
            .iter()
            .zip(&self.sizes)
            .fold(0, |cell, (axis, size)| cell * size + places.get(*axis).copied().unwrap_or_default());
        self.said.get(cell).copied().unwrap_or(Said::Failed)
    }
}
