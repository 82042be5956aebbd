//! One policy beside the other.

use super::{
    Outcome, VerdictChange,
    axis::Axis,
    cover::{Cell, Extent, Grid, Part},
    situation::Base,
    table::{Asked, Said, Table, places},
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

/// A policy, the rules that it names, and what its port is like.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) policy: &'a Policy,
    pub(super) base: &'a Base,
}

/// What changes between two policies.
pub(super) struct Compared {
    pub(super) changes: Vec<VerdictChange>,
    pub(super) differing: u64,
    pub(super) situations: u64,
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
}

/// What changes; `None` when both are made of the same rules with the same values.
pub(super) fn compare(before: Asking<'_>, after: Asking<'_>) -> Option<Compared> {
    let comparison = Comparison::new(before, after)?;
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
    fn new(before: Asking<'_>, after: Asking<'_>) -> Option<Self> {
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
        let mut asked: Vec<Asked<'_>> =
            old.iter().map(|(usage, _)| Asked::new(before.rules, usage, before.base, &names)).collect();
        let mut rules: Vec<RuleName> = old.iter().map(|(usage, _)| usage.rule.clone()).collect();
        let first: Vec<Step> =
            old.iter().enumerate().map(|(table, (_, guard))| Step { table, guard: *guard }).collect();
        let mut second = Vec::new();
        for (usage, guard) in &new {
            let known = old.iter().position(|(other, _)| same((&before, other), (&after, usage)));
            let table = known.unwrap_or_else(|| {
                asked.push(Asked::new(after.rules, usage, after.base, &names));
                rules.push(usage.rule.clone());
                asked.len() - 1
            });
            second.push(Step { table, guard: *guard });
        }
        let axes = joined(&asked);
        let tables: Vec<Table> = asked.iter_mut().map(|asked| asked.table(&axes)).collect();
        let classes = (0..axes.len()).map(|n| classes(n, &axes, &tables)).collect();
        let mut comparison =
            Self { names, axes, tables, rules, before: first, after: second, shared: 0, classes };
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
        while self.sizes().iter().product::<usize>() > CELLS {
            let Some(longest) = self.classes.iter_mut().max_by_key(|classes| classes.len()) else { return };
            let halved = longest.chunks(2).filter_map(|pair| {
                let (first, _) = pair.first()?;
                Some((*first, pair.iter().map(|(_, values)| values).sum()))
            });
            *longest = halved.collect();
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
        let mut weights: Vec<u64> = Vec::new();
        for cell in 0..count {
            let (state, change) = self.cell(&self.situation(cell, &sizes), &mut kinds);
            cells.push(state);
            if let Some(change) = change {
                weights.resize(weights.len().max(change + 1), 0);
                if let Some(sum) = weights.get_mut(change) {
                    *sum = sum.saturating_add(weight(cell));
                }
            }
        }
        let extents: Vec<Extent> =
            self.axes.iter().zip(&sizes).map(|(axis, size)| extent(axis, *size)).collect();
        let grid = Grid { sides: &extents, cells: &cells };
        let mut changes: Vec<VerdictChange> = Vec::new();
        for (n, kind) in kinds.iter().enumerate() {
            let Ok(number) = u8::try_from(n) else { break };
            let (parts, left) = grid.cover(number, SENTENCES);
            if left.is_empty() {
                changes.extend(parts.iter().map(|part| {
                    let inside = grid.within(part).into_iter();
                    let changed = inside.filter(|cell| cells.get(*cell) == Some(&Cell::Changed(number)));
                    let (when, unless) = (self.words(part), self.hiding(&grid, part));
                    told(*kind, when, unless, changed.map(weight).sum())
                }));
            } else {
                changes.push(self.slope(&grid, number, *kind, weights.get(n).copied().unwrap_or_default()));
            }
        }
        changes.sort_by_key(|change| std::cmp::Reverse(change.situations));
        let situations = (0..count).map(weight).sum();
        Compared { changes, differing: weights.iter().sum(), situations }
    }

    /// What is in one cell, and which kind of change it is.
    fn cell(&self, places: &[usize], kinds: &mut Vec<(Outcome, Outcome)>) -> (Cell, Option<usize>) {
        let shared = self.before.get(..self.shared).unwrap_or_default();
        if self.outcome(shared, places) != Outcome::Nothing {
            return (Cell::Hidden, None);
        }
        let (from, to) = (self.outcome(&self.before, places), self.outcome(&self.after, places));
        if from.same_effect(to) {
            return (Cell::Same, None);
        }
        let known = kinds.iter().position(|kind| *kind == (from, to));
        let kind = known.unwrap_or_else(|| {
            kinds.push((from, to));
            kinds.len() - 1
        });
        // INVARIANT: five outcomes make at most twenty changes.
        (u8::try_from(kind).map_or(Cell::Same, Cell::Changed), Some(kind))
    }

    /// A part in words.
    fn words(&self, part: &Part) -> Vec<String> {
        let parts = self.axes.iter().zip(&self.classes).zip(&part.0);
        let words = parts.filter_map(|((axis, classes), part)| {
            let values: Vec<bool> = classes
                .iter()
                .zip(part)
                .flat_map(|((_, values), inside)| std::iter::repeat_n(*inside, *values))
                .collect();
            axis.words(&values, &self.names)
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
    fn slope(&self, grid: &Grid<'_>, number: u8, kind: (Outcome, Outcome), situations: u64) -> VerdictChange {
        let cells: Vec<usize> = (0..grid.cells.len())
            .filter(|cell| grid.cells.get(*cell) == Some(&Cell::Changed(number)))
            .collect();
        let around = grid.around(&cells);
        let mut change = told(kind, self.words(&around), self.hiding(grid, &around), situations);
        change.exact = false;
        change.examples = self.examples(grid, number, &around);
        let place = if change.when.is_empty() {
            String::new()
        } else {
            format!(" within {}", change.when.join(", "))
        };
        change.text = format!("in {situations} situations{place}: {} → {}", kind.0, kind.1);
        if !change.examples.is_empty() {
            change.text = format!("{}; for example {}", change.text, change.examples.join("; "));
        }
        change.text += &unless(&change.unless);
        change
    }

    /// Where it changes exactly, for some values of the axis on which most can be told apart.
    fn examples(&self, grid: &Grid<'_>, number: u8, around: &Part) -> Vec<String> {
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
            told.extend(parts.iter().map(|part| self.words(part).join(", ")));
        }
        told.dedup();
        told
    }
}

fn told(
    (from, to): (Outcome, Outcome),
    when: Vec<String>,
    silent: Vec<RuleName>,
    situations: u64,
) -> VerdictChange {
    let place = if when.is_empty() { "in every situation".to_owned() } else { when.join(", ") };
    let text = format!("{place}: {from} → {to}{}", unless(&silent));
    VerdictChange { text, from, to, when, unless: silent, situations, exact: true, examples: Vec::new() }
}

fn unless(silent: &[RuleName]) -> String {
    let names: Vec<&str> = silent.iter().map(RuleName::as_str).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!(" (unless {one} speaks before)"),
        several => format!(" (unless {} speak before)", several.join(" or ")),
    }
}

fn extent(axis: &Axis, size: usize) -> Extent {
    Extent { size, ordered: axis.kind.ordered(), cyclic: axis.kind.cyclic() }
}

/// The axes of all rules, each once, with the values of all.
fn joined(asked: &[Asked<'_>]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    for axis in asked.iter().flat_map(|asked| &asked.axes) {
        match axes.iter_mut().find(|known| known.kind == axis.kind) {
            Some(known) => *known = known.clone().joined(axis),
            None => axes.push(axis.clone()),
        }
    }
    axes.sort_by(|a, b| a.kind.cmp(&b.kind));
    axes
}

/// Neighbours that no table tells apart, as the first and how many.
fn classes(n: usize, axes: &[Axis], tables: &[Table]) -> Vec<(usize, usize)> {
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
