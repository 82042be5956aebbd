//! Covers the situations that differ with few boxes, exactly.
//!
//! A box is a part of every axis. It holds only cells of one change, and such that nobody can tell apart: where an
//! earlier rule speaks, a difference behind it changes nothing.

use super::table::places;

/// What is in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing changes.
    Same,
    /// Nothing can change here: an earlier rule speaks.
    Hidden,
    /// It changes, in the way of this number.
    Changed(u8),
}

/// An axis as the cover sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) size: usize,
    /// Parts are runs of neighbours.
    pub(super) ordered: bool,
    /// The last is a neighbour of the first.
    pub(super) cyclic: bool,
}

/// Cells over a product of axes; the last axis changes fastest.
pub(super) struct Grid<'a> {
    pub(super) sides: &'a [Extent],
    pub(super) cells: &'a [Cell],
}

/// A part of every axis: one entry for each of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part(pub(super) Vec<Vec<bool>>);

impl Part {
    /// On how many axes it is not everything.
    fn limits(&self) -> usize {
        self.0.iter().filter(|part| part.contains(&false)).count()
    }
}

impl Grid<'_> {
    fn sizes(&self) -> Vec<usize> {
        self.sides.iter().map(|side| side.size).collect()
    }

    fn strides(&self) -> Vec<usize> {
        let mut strides: Vec<usize> = self
            .sides
            .iter()
            .rev()
            .scan(1, |stride, side| {
                let this = *stride;
                *stride *= side.size;
                Some(this)
            })
            .collect();
        strides.reverse();
        strides
    }

    /// The cells of a part.
    pub(super) fn within(&self, part: &Part) -> Vec<usize> {
        let mut cells = vec![0];
        for (inside, stride) in part.0.iter().zip(self.strides()) {
            let chosen: Vec<usize> = (0..inside.len()).filter(|n| inside.get(*n) == Some(&true)).collect();
            cells = cells.iter().flat_map(|cell| chosen.iter().map(move |n| cell + n * stride)).collect();
        }
        cells
    }

    /// Boxes that together hold every cell of this change and none of another or of none; at most `most` of them. Also
    /// the cells that are then left.
    pub(super) fn cover(&self, change: u8, most: usize) -> (Vec<Part>, Vec<usize>) {
        let mut left: Vec<bool> = self.cells.iter().map(|cell| *cell == Cell::Changed(change)).collect();
        let mut boxes = Vec::new();
        while let Some(seed) = left.iter().position(|open| *open).filter(|_| boxes.len() < most) {
            let grown = (0..self.sides.len().max(1)).map(|first| self.grow(seed, change, first));
            let gain = |part: &Part| {
                self.within(part).into_iter().filter(|cell| left.get(*cell) == Some(&true)).count()
            };
            let best = grown.max_by_key(|part| (gain(part), std::cmp::Reverse(part.limits())));
            let Some(best) = best else { break };
            for cell in self.within(&best) {
                if let Some(open) = left.get_mut(cell) {
                    *open = false;
                }
            }
            boxes.push(best);
        }
        (boxes, (0..left.len()).filter(|cell| left.get(*cell) == Some(&true)).collect())
    }

    /// The largest box around a cell that is found by widening one axis after the other, from `first` on.
    fn grow(&self, seed: usize, change: u8, first: usize) -> Part {
        let mut part = Part(
            places(seed, &self.sizes())
                .into_iter()
                .zip(self.sides)
                .map(|(place, side)| (0..side.size).map(|n| n == place).collect())
                .collect(),
        );
        for n in 0..self.sides.len() {
            self.widen(&mut part, (first + n) % self.sides.len(), change);
        }
        part
    }

    fn widen(&self, part: &mut Part, axis: usize, change: u8) {
        let Some(side) = self.sides.get(axis) else { return };
        let start = part.0.get(axis).and_then(|inside| inside.iter().position(|n| *n)).unwrap_or_default();
        if !side.ordered {
            for value in 0..side.size {
                self.take(part, axis, value, change);
            }
            return;
        }
        let up = start + 1..side.size;
        let around = 0..if side.cyclic { start } else { 0 };
        if !up.clone().chain(around).all(|n| self.take(part, axis, n, change)) {
            let down = (0..start).rev();
            let around = (start + 1..if side.cyclic { side.size } else { 0 }).rev();
            let _stopped = down.chain(around).all(|n| self.take(part, axis, n, change));
        }
    }

    /// Takes one more value of an axis into a part, if all its cells may be in it.
    fn take(&self, part: &mut Part, axis: usize, value: usize, change: u8) -> bool {
        let known = part.0.get(axis).and_then(|inside| inside.get(value)).copied();
        if known == Some(true) {
            return true;
        }
        let mut slab = part.clone();
        if let Some(inside) = slab.0.get_mut(axis) {
            inside.iter_mut().enumerate().for_each(|(n, inside)| *inside = n == value);
        }
        let fits = self
            .within(&slab)
            .into_iter()
            .all(|cell| matches!(self.cells.get(cell), Some(Cell::Hidden)) || self.is(cell, change));
        if let Some(inside) = part.0.get_mut(axis).and_then(|inside| inside.get_mut(value)).filter(|_| fits) {
            *inside = true;
        }
        fits
    }

    fn is(&self, cell: usize, change: u8) -> bool {
        self.cells.get(cell) == Some(&Cell::Changed(change))
    }

    /// The smallest part that holds all these cells.
    pub(super) fn around(&self, cells: &[usize]) -> Part {
        let sizes = self.sizes();
        let mut part = Part(sizes.iter().map(|size| vec![false; *size]).collect());
        for cell in cells {
            for (inside, place) in part.0.iter_mut().zip(places(*cell, &sizes)) {
                if let Some(inside) = inside.get_mut(place) {
                    *inside = true;
                }
            }
        }
        for (inside, side) in part.0.iter_mut().zip(self.sides) {
            let (first, last) = (inside.iter().position(|n| *n), inside.iter().rposition(|n| *n));
            if let (true, false, Some(first), Some(last)) = (side.ordered, side.cyclic, first, last) {
                inside.iter_mut().take(last + 1).skip(first).for_each(|n| *n = true);
            }
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn side(size: usize, kind: u8) -> Extent {
        Extent { size, ordered: kind != 0, cyclic: kind == 2 }
    }

    fn runs(inside: &[bool]) -> usize {
        let before = inside.iter().skip(inside.len() - 1).chain(inside);
        let starts = before.zip(inside).filter(|(before, now)| !**before && **now).count();
        starts.max(usize::from(inside.iter().all(|n| *n)))
    }

    proptest! {
        #[test]
        fn boxes_hold_all_that_changes_and_nothing_that_does_not(
            sides in proptest::collection::vec((1..6_usize, 0..3_u8), 1..4),
            seed in proptest::collection::vec(0..4_u8, 125),
            most in 1..200_usize,
        ) {
            let sides: Vec<Extent> = sides.into_iter().map(|(size, kind)| side(size, kind)).collect();
            let count = sides.iter().map(|side| side.size).product();
            let cells: Vec<Cell> = seed
                .into_iter()
                .map(|n| match n {
                    0 => Cell::Same,
                    1 => Cell::Hidden,
                    n => Cell::Changed(n),
                })
                .take(count)
                .collect();
            let grid = Grid { sides: &sides, cells: &cells };
            for change in [2, 3] {
                let (boxes, left) = grid.cover(change, most);
                prop_assert!(boxes.len() <= most);
                let covered: std::collections::BTreeSet<usize> =
                    boxes.iter().flat_map(|part| grid.within(part)).collect();
                for (n, cell) in cells.iter().enumerate() {
                    let inside = covered.contains(&n);
                    let right = match cell {
                        Cell::Changed(known) if *known == change => inside != left.contains(&n),
                        Cell::Hidden => true,
                        Cell::Same | Cell::Changed(_) => !inside,
                    };
                    prop_assert!(right);
                }
                let rest = grid.around(&left);
                prop_assert!(left.iter().all(|cell| grid.within(&rest).contains(cell)));
                for part in &boxes {
                    for (inside, side) in part.0.iter().zip(&sides) {
                        prop_assert!(!side.ordered || runs(inside) == 1, "{:?} is no run", inside);
                    }
                }
            }
        }
    }

    #[test]
    fn a_band_around_midnight_is_one_box() {
        let sides = [side(3, 1), side(6, 2)];
        let cells: Vec<Cell> = (0..18)
            .map(|n| if n / 6 > 0 && !(1..5).contains(&(n % 6)) { Cell::Changed(0) } else { Cell::Same })
            .collect();
        let (boxes, left) = Grid { sides: &sides, cells: &cells }.cover(0, 10);
        assert_eq!((boxes.len(), left.len()), (1, 0));
        let holds = |places: [usize; 2]| boxes[0].0.iter().zip(places).all(|(part, place)| part[place]);
        assert!(holds([2, 5]) && holds([1, 0]) && !holds([0, 0]));
    }

    #[test]
    fn what_is_hidden_does_not_break_a_box_in_two() {
        let sides = [side(5, 1)];
        let cells = [Cell::Changed(1), Cell::Hidden, Cell::Changed(1), Cell::Same, Cell::Hidden];
        let (boxes, _) = Grid { sides: &sides, cells: &cells }.cover(1, 10);
        assert_eq!(boxes, [Part(vec![vec![true, true, true, false, false]])]);
    }
}
