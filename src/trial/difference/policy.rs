//! One policy beside the other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Outcome, VerdictChange,
    axis::{Axis, NONE},
    cover::{Cell, Extent, Grid, Part},
    said::{told, unless},
    situation::Base,
    table::{Asked, Limits, Said, Table, classes, joined, places},
};
use crate::{
    model::{Policy, RuleName, RuleUse, Verdict},
    rules::RuleSet,
};

/// Sentences about one kind of change; when they are not enough, the change has no simple limits and is told as a whole.
const SENTENCES: usize = 6;
/// Examples of a change without simple limits.
const EXAMPLES: usize = 3;
/// Situations that can be told apart: comparing them takes about 0.1 s.
const CELLS: usize = 200_000;
/// Runs of one use of a rule: an eighth of a second for shipped rules.
const RUNS: usize = 20_000;
/// Runs of all uses of one policy before limits are looked for: long policies are tried more coarsely.
const ALL_RUNS: usize = 400_000;

/// A policy, the rules that it names, and what its port is like.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) policy: &'a Policy,
    pub(super) base: &'a Base,
}

impl<'a> Asking<'a> {
    fn asked(self, usage: &'a RuleUse, names: &[RuleName], limits: Limits<'a>) -> Asked<'a> {
        Asked::new(self.rules, usage, self.base, names, limits)
    }
}

/// What changes between two policies.
pub(super) struct Compared {
    pub(super) changes: Vec<VerdictChange>,
    pub(super) rough: Vec<String>,
    /// Not all situations that might matter were tried.
    pub(super) cut: bool,
    /// So many times rules were run.
    pub(super) runs: usize,
}

/// One use of a rule among the tables.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Step {
    table: usize,
    guard: bool,
}

/// Everything tabled.
struct Comparison {
    names: Vec<RuleName>,
    axes: Vec<Axis>,
    tables: Vec<Table>,
    /// The rule of each table.
    rules: Vec<RuleName>,
    before: Vec<Step>,
    after: Vec<Step>,
    /// So many steps at the beginning are the same before and after.
    shared: usize,
    /// For each axis: values that nothing tells apart, as the first and how many.
    classes: Vec<Vec<(usize, usize)>>,
    /// Axes of which some classes were joined, as there are too many situations.
    thinned: BTreeSet<usize>,
    runs: usize,
    /// Not all situations that might matter were tried.
    cut: bool,
}

/// What changes; `None` when both are made of the same rules with the same values.
pub(super) fn compare(before: Asking<'_>, after: Asking<'_>, wanted: &dyn Fn() -> bool) -> Option<Compared> {
    let comparison = Comparison::new(before, after, wanted)?;
    Some(comparison.answer())
}

fn in_order(policy: &Policy) -> impl Iterator<Item = (&RuleUse, bool)> {
    let guards = policy.guards.iter().map(|usage| (usage, true));
    guards.chain(policy.rules.iter().map(|usage| (usage, false)))
}

/// True when the rule sees the same and is the same text with the same values.
fn same(one: (&Asking<'_>, &RuleUse), other: (&Asking<'_>, &RuleUse)) -> bool {
    let hash = |asking: &Asking<'_>, usage: &RuleUse| {
        asking.rules.rule(usage.rule.as_str()).map(|info| info.hash.clone())
    };
    let reads = other.0.rules.reads(&other.1.rule);
    let asks = |names: &[&str]| names.iter().any(|name| reads.names.contains(*name));
    let (a, b) = (one.0.base, other.0.base);
    let sees_the_same = (!asks(&["kind"]) || a.care.kind == b.care.kind)
        && (!asks(&["tags"]) || a.care.tags == b.care.tags)
        && (!asks(&["name"]) || (&a.device, &a.station) == (&b.device, &b.station))
        && (!asks(&["number"]) || a.port == b.port)
        && (!asks(&["charge_per_hour", "minutes_to_charge"])
            || a.care.charge_per_hour.total_cmp(&b.care.charge_per_hour).is_eq());
    // The text of functions that rules share is not part of the rule's hash.
    let one_set = std::ptr::eq(one.0.rules, other.0.rules);
    let one_text = one_set || (!reads.shared && hash(one.0, one.1) == hash(other.0, other.1));
    one.1 == other.1 && one_text && sees_the_same
}

impl Comparison {
    fn new(before: Asking<'_>, after: Asking<'_>, wanted: &dyn Fn() -> bool) -> Option<Self> {
        let uses = |asking: Asking<'_>| -> Vec<(RuleUse, bool)> {
            in_order(asking.policy).map(|(usage, guard)| (usage.clone(), guard)).collect()
        };
        let (old, new) = (uses(before), uses(after));
        let unchanged = old.len() == new.len()
            && old.iter().zip(&new).all(|(a, b)| a.1 == b.1 && same((&before, &a.0), (&after, &b.0)));
        if unchanged {
            return None;
        }
        let mut names: Vec<RuleName> = old.iter().chain(&new).map(|(usage, _)| usage.rule.clone()).collect();
        names.sort();
        names.dedup();
        let limits = Limits { runs: RUNS.min(ALL_RUNS / (old.len() + new.len()).max(1)), wanted };
        let mut asked: Vec<Asked<'_>> =
            old.iter().map(|(usage, _)| before.asked(usage, &names, limits)).collect();
        let mut rules: Vec<RuleName> = old.iter().map(|(usage, _)| usage.rule.clone()).collect();
        let first: Vec<Step> =
            old.iter().enumerate().map(|(table, (_, guard))| Step { table, guard: *guard }).collect();
        let mut second = Vec::new();
        for (usage, guard) in &new {
            let known = old.iter().position(|(other, _)| same((&before, other), (&after, usage)));
            let table = known.unwrap_or_else(|| {
                asked.push(after.asked(usage, &names, limits));
                rules.push(usage.rule.clone());
                asked.len() - 1
            });
            second.push(Step { table, guard: *guard });
        }
        let axes = joined(&asked, limits.runs);
        let tables: Vec<Table> = asked.iter_mut().map(|asked| asked.table(&axes)).collect();
        let classes = (0..axes.len()).map(|n| classes(n, &axes, &tables)).collect();
        let runs = asked.iter().map(Asked::runs).sum();
        let cut = asked.iter().any(|asked| asked.cut);
        let (before, after) = (first, second);
        let thinned = BTreeSet::new();
        let mut comparison =
            Self { names, axes, tables, rules, before, after, shared: 0, classes, thinned, runs, cut };
        comparison.merge();
        comparison.thin();
        Some(comparison)
    }

    /// Takes rules that say the same everywhere for one, and counts how many steps are the same.
    fn merge(&mut self) {
        for step in self.before.iter_mut().chain(&mut self.after) {
            let table = self.tables.get(step.table);
            step.table = self.tables.iter().position(|other| Some(other) == table).unwrap_or(step.table);
        }
        self.shared = self.before.iter().zip(&self.after).take_while(|(a, b)| a == b).count();
    }

    /// Passes over some of the situations when there are too many to be compared.
    fn thin(&mut self) {
        while self.sizes().into_iter().fold(1, usize::saturating_mul) > CELLS {
            let ordered = self
                .axes
                .iter()
                .zip(&mut self.classes)
                .enumerate()
                .filter(|(_, (axis, _))| axis.kind.ordered());
            let longest =
                ordered.map(|(n, (_, classes))| (n, classes)).max_by_key(|(_, classes)| classes.len());
            let Some((n, longest)) = longest.filter(|(_, classes)| classes.len() > 2) else { return };
            // The first stays by itself: it may be a value that is missing.
            let halved = longest.iter().skip(1).collect::<Vec<_>>();
            let halved = halved.chunks(2).filter_map(|pair| {
                let (first, _) = pair.first()?;
                Some((*first, pair.iter().map(|(_, values)| values).sum()))
            });
            *longest = longest.iter().take(1).copied().chain(halved).collect();
            self.thinned.insert(n);
        }
    }

    fn sizes(&self) -> Vec<usize> {
        self.classes.iter().map(Vec::len).collect()
    }

    /// The places on the axes of a cell of the grid of classes.
    fn situation(&self, cell: usize, sizes: &[usize]) -> Vec<usize> {
        let classes = places(cell, sizes).into_iter().zip(&self.classes);
        classes.map(|(class, classes)| classes.get(class).map_or(0, |(first, _)| *first)).collect()
    }

    /// What these steps come to at these places.
    fn outcome(&self, steps: &[Step], places: &[usize]) -> Outcome {
        for step in steps {
            let said = self.tables.get(step.table).map_or(Said::Nothing, |table| table.at(places));
            match said {
                Said::Spoke(Verdict::Charge) => return Outcome::Charge,
                Said::Spoke(Verdict::Rest) => return Outcome::Rest,
                Said::Spoke(Verdict::Keep) => return Outcome::Keep,
                Said::Failed if step.guard => return Outcome::GuardFails,
                Said::Failed | Said::Nothing => {}
            }
        }
        Outcome::Nothing
    }

    fn answer(&self) -> Compared {
        let sizes = self.sizes();
        let count: usize = sizes.iter().product();
        let weight = |cell: usize| -> u64 {
            let classes = places(cell, &sizes).into_iter().zip(&self.classes);
            let values = classes.map(|(class, classes)| classes.get(class).map_or(1, |(_, values)| *values));
            values.map(|values| u64::try_from(values).unwrap_or(u64::MAX)).fold(1, u64::saturating_mul)
        };
        let (mut kinds, mut cells): (Vec<(Outcome, Outcome)>, Vec<Cell>) = (Vec::new(), Vec::new());
        for cell in 0..count {
            cells.push(self.cell(&self.situation(cell, &sizes), &mut kinds));
        }
        let extents: Vec<Extent> =
            self.axes.iter().zip(&sizes).map(|(axis, size)| extent(axis, *size)).collect();
        let grid = Grid { sides: &extents, cells: &cells };
        let (mut changes, mut named) = (Vec::new(), BTreeMap::new());
        for (n, kind) in kinds.iter().enumerate() {
            let Ok(number) = u8::try_from(n) else { break };
            let (parts, left) = grid.cover(number, SENTENCES);
            if left.is_empty() {
                changes.extend(parts.iter().map(|part| {
                    let inside = grid.within(part).into_iter();
                    let changed = inside.filter(|cell| cells.get(*cell) == Some(&Cell::Changed(number)));
                    let change = told(*kind, self.words(part, &mut named), self.hiding(&grid, part));
                    (changed.map(weight).fold(0, u64::saturating_add), change)
                }));
            } else {
                let changed = (0..count).filter(|cell| cells.get(*cell) == Some(&Cell::Changed(number)));
                let all = changed.map(weight).fold(0, u64::saturating_add);
                changes.push((all, self.slope(&grid, number, *kind, &mut named)));
            }
        }
        changes.sort_by_key(|(situations, _)| std::cmp::Reverse(*situations));
        let changes = changes.into_iter().map(|(_, change)| change).collect();
        let rough = named.into_iter().filter_map(|(axis, gap)| self.rough(axis, gap)).collect();
        Compared { changes, rough, cut: self.cut || !self.thinned.is_empty(), runs: self.runs }
    }

    /// How far the limits of a part on an axis may be from where they are told.
    fn widest(&self, n: usize, part: &[bool]) -> i64 {
        let (Some(axis), Some(classes)) = (self.axes.get(n), self.classes.get(n)) else { return 0 };
        let both = classes.iter().zip(part);
        let limits = both.clone().zip(both.skip(1)).filter(|((_, inside), (_, next))| inside != next);
        let gaps = limits.filter_map(|(((first, count), _), ((next, _), _))| {
            // Of classes that were joined only the first value was looked at.
            let last = if self.thinned.contains(&n) { *first } else { (first + count).checked_sub(1)? };
            let (before, after) = (*axis.values.get(last)?, *axis.values.get(*next)?);
            (before != NONE && axis.kind.ordered()).then(|| after.saturating_sub(before))
        });
        gaps.max().unwrap_or_default()
    }

    /// What to say of an axis whose limits may be so far from where they are told; `None` when they are exact.
    fn rough(&self, axis: usize, gap: i64) -> Option<String> {
        let kind = &self.axes.get(axis)?.kind;
        (gap > kind.resolution().unwrap_or(1)).then(|| kind.gap(gap))
    }

    /// What is in one cell, and which kind of change it is.
    fn cell(&self, places: &[usize], kinds: &mut Vec<(Outcome, Outcome)>) -> Cell {
        let shared = self.before.get(..self.shared).unwrap_or_default();
        if self.outcome(shared, places) != Outcome::Nothing {
            return Cell::Hidden;
        }
        let (from, to) = (self.outcome(&self.before, places), self.outcome(&self.after, places));
        if from.same_effect(to) {
            return Cell::Same;
        }
        let known = kinds.iter().position(|kind| *kind == (from, to));
        let kind = known.unwrap_or_else(|| {
            kinds.push((from, to));
            kinds.len() - 1
        });
        // INVARIANT: five outcomes make at most twenty changes.
        u8::try_from(kind).map_or(Cell::Same, Cell::Changed)
    }

    /// A part in words; the axes in them are added to `named`, with how far their limits may be off.
    fn words(&self, part: &Part, named: &mut BTreeMap<usize, i64>) -> Vec<String> {
        let parts = self.axes.iter().zip(&self.classes).zip(&part.0).enumerate();
        let words = parts.filter_map(|(n, ((axis, classes), part))| {
            let values: Vec<bool> = classes
                .iter()
                .zip(part)
                .flat_map(|((_, values), inside)| std::iter::repeat_n(*inside, *values))
                .collect();
            let words = axis.words(&values, &self.names)?;
            let gap = named.entry(n).or_insert(0);
            *gap = self.widest(n, part).max(*gap);
            Some(words)
        });
        words.collect()
    }

    /// The earlier rules that speak in some situations of a part.
    fn hiding(&self, grid: &Grid<'_>, part: &Part) -> Vec<RuleName> {
        let sizes = self.sizes();
        let mut found = Vec::new();
        for cell in grid.within(part).into_iter().filter(|cell| grid.cells.get(*cell) == Some(&Cell::Hidden))
        {
            let places = self.situation(cell, &sizes);
            let shared = self.before.iter().take(self.shared);
            let speaks = shared.filter(|step| self.outcome(&[**step], &places) != Outcome::Nothing);
            found.extend(speaks.filter_map(|step| self.rules.get(step.table)).take(1).cloned());
            found.sort();
            found.dedup();
        }
        found
    }

    /// A change without simple limits: where it may be, and examples.
    fn slope(
        &self,
        grid: &Grid<'_>,
        number: u8,
        kind: (Outcome, Outcome),
        named: &mut BTreeMap<usize, i64>,
    ) -> VerdictChange {
        let cells: Vec<usize> = (0..grid.cells.len())
            .filter(|cell| grid.cells.get(*cell) == Some(&Cell::Changed(number)))
            .collect();
        let around = grid.around(&cells);
        let mut change = told(kind, self.words(&around, named), self.hiding(grid, &around));
        change.exact = false;
        change.examples = self.examples(grid, number, &around, named);
        let place = match change.when.as_slice() {
            [] => "in some situations".to_owned(),
            when => format!("in a part of {}", when.join(", ")),
        };
        change.text = format!("{place}: {} → {}", kind.0, kind.1);
        if !change.examples.is_empty() {
            change.text = format!("{}; for example {}", change.text, change.examples.join("; "));
        }
        change.text += &unless(&change.unless);
        change
    }

    /// Where it changes exactly, for some values of the axis on which most can be told apart.
    fn examples(
        &self,
        grid: &Grid<'_>,
        number: u8,
        around: &Part,
        named: &mut BTreeMap<usize, i64>,
    ) -> Vec<String> {
        let sizes = self.sizes();
        let longest = around.0.iter().enumerate().max_by_key(|(_, part)| part.iter().filter(|n| **n).count());
        let Some((axis, inside)) = longest else { return Vec::new() };
        let chosen: Vec<usize> = (0..inside.len()).filter(|n| inside.get(*n) == Some(&true)).collect();
        let quarters = (1..=EXAMPLES).filter_map(|n| chosen.get(chosen.len() * n / (EXAMPLES + 1)));
        let mut told: Vec<String> = Vec::new();
        for value in quarters {
            let cells: Vec<Cell> = grid
                .cells
                .iter()
                .enumerate()
                .map(|(cell, state)| match places(cell, &sizes).get(axis) {
                    Some(place) if place == value => *state,
                    _ => Cell::Same,
                })
                .collect();
            let (parts, _) = Grid { sides: grid.sides, cells: &cells }.cover(number, 1);
            told.extend(parts.iter().map(|part| self.words(part, named).join(", ")));
        }
        told.dedup();
        told
    }
}

fn extent(axis: &Axis, size: usize) -> Extent {
    Extent { size, ordered: axis.kind.ordered(), cyclic: axis.kind.cyclic() }
}
