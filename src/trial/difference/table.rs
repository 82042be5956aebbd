//! What one use of a rule says in every situation that it can tell apart.
//!
//! Where the answers of neighbours differ, what lies between them is tried too, so that limits come out exact.

use std::{collections::HashMap, sync::Arc};

use super::{
    axis::{Axis, Kind, axes, fit, situations},
    situation::{Base, Situation},
};
use crate::{
    model::{RuleName, RuleUse, Verdict},
    rules::RuleSet,
};

/// How much may be asked.
#[derive(Clone, Copy)]
pub(super) struct Limits<'a> {
    /// Runs of one use of a rule. Axes with many values are tried more coarsely then.
    pub(super) runs: usize,
    /// False when nobody waits for the answer any more: what is said then means nothing.
    pub(super) wanted: &'a dyn Fn() -> bool,
}

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
    limits: Limits<'a>,
    /// The number of the rule, as the axis of the holder counts.
    own: i64,
    known: HashMap<Situation, Said>,
    pub(super) axes: Vec<Axis>,
    /// Situations were left out that might matter.
    pub(super) cut: bool,
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
    pub(super) fn new(
        rules: &'a RuleSet,
        usage: &'a RuleUse,
        base: &'a Base,
        numbers: &[RuleName],
        limits: Limits<'a>,
    ) -> Self {
        let own = numbers.iter().position(|name| *name == usage.rule).and_then(|n| i64::try_from(n + 1).ok());
        let own = own.unwrap_or(i64::MAX);
        let mut axes = axes(&rules.reads(&usage.rule), usage);
        if let Some(holder) = axes.iter_mut().find(|axis| axis.kind == Kind::Holder) {
            holder.add(&[own]);
        }
        let cut = fit(&mut axes, &|_| true, limits.runs);
        let mut asked = Self { rules, usage, base, limits, own, known: HashMap::new(), axes, cut };
        asked.find_limits();
        asked.hold_limits();
        asked
    }

    /// So many times the rule was run.
    pub(super) fn runs(&self) -> usize {
        self.known.len()
    }

    fn find_limits(&mut self) {
        // Halving the widest gap, a day, to a minute takes eleven rounds.
        for _ in 0..12 {
            let table = self.table(&self.axes.clone());
            let mut found = false;
            for n in 0..self.axes.len() {
                let between = self.axes.get(n).map(|axis| between(axis, &table, n)).unwrap_or_default();
                let now = situations(&self.axes);
                let more = now / self.axes.get(n).map_or(1, |axis| axis.values.len().max(1));
                let fits = now + more * between.len() <= 2 * self.limits.runs;
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

    /// The values on both sides of a limit are not left out when the rule is tried together with others.
    fn hold_limits(&mut self) {
        let table = self.table(&self.axes.clone());
        for (n, axis) in self.axes.iter_mut().enumerate() {
            let beside: Vec<i64> = limits(axis, &table, n).into_iter().flat_map(|(a, b)| [a, b]).collect();
            axis.add(&beside);
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
        if !(self.limits.wanted)() {
            return Said::Failed;
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

/// The middles between neighbours whose answers differ; none when they differ too often.
fn between(axis: &Axis, table: &Table, n: usize) -> Vec<i64> {
    let Some(resolution) = axis.kind.resolution() else { return Vec::new() };
    let apart =
        limits(axis, table, n).into_iter().filter(|(a, b)| *a != super::axis::NONE && b - a > resolution);
    apart.map(|(a, b)| a + (b - a) / 2).collect()
}

/// Neighbours whose answers differ; none when they differ too often.
fn limits(axis: &Axis, table: &Table, n: usize) -> Vec<(i64, i64)> {
    let pairs = axis.values.iter().zip(axis.values.iter().skip(1)).enumerate();
    let differing: Vec<(i64, i64)> =
        pairs.filter(|(at, _)| table.differs(n, *at)).map(|(_, (a, b))| (*a, *b)).collect();
    if differing.len() > LIMITS { Vec::new() } else { differing }
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

/// The axes of all rules, each once, with the values of all; fewer when some rule would have to be run too often.
pub(super) fn joined(asked: &[Asked<'_>], runs: usize) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for axis in asked.iter().flat_map(|asked| &asked.axes) {
        match axes.iter_mut().find(|known| known.kind == axis.kind) {
            Some(known) => *known = known.clone().joined(axis),
            None => axes.push(axis.clone()),
        }
    }
    axes.sort_by(|a, b| a.kind.cmp(&b.kind));
    for one in asked {
        fit(&mut axes, &|axis| one.axes.iter().any(|own| own.kind == axis.kind), 4 * runs);
    }
    axes
}

/// Neighbours that no table tells apart, as the first and how many.
pub(super) fn classes(n: usize, axes: &[Axis], tables: &[Table]) -> Vec<(usize, usize)> {
    let mut classes: Vec<(usize, usize)> = Vec::new();
    for at in 0..axes.get(n).map_or(0, |axis| axis.values.len()) {
        let new = at == 0 || tables.iter().any(|table| table.differs_on(n, at - 1));
        match classes.last_mut() {
            Some((_, values)) if !new => *values += 1,
            _ => classes.push((at, 1)),
        }
    }
    classes
}
