//! How much power a station, its hubs and groups of its ports may give at once.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{HubLocation, PortId, Span};

/// What one limit is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Circuit {
    /// The whole station.
    Station,
    /// One hub of it.
    Hub(HubLocation),
    /// A group of ports that the file names.
    Group(Arc<str>),
}

impl fmt::Display for Circuit {
    /// As one says it: `the station`, `hub 5-2.4`, `group left`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Station => f.write_str("the station"),
            Self::Hub(hub) => write!(f, "hub {hub}"),
            Self::Group(name) => write!(f, "group {name}"),
        }
    }
}

/// One limit of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What it is about.
    pub circuit: Circuit,
    /// So many ports at most have power at once.
    pub max_on: Option<u32>,
    /// So many watts at most, as devices are said to take.
    pub watts: Option<f64>,
}

/// The power budget of a station: a tree of limits, and how turns are taken. No limits: no budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// All limits; outer ones stand before the inner ones.
    pub limits: Vec<Limit>,
    /// By which limits each port is bound, as places in `limits`, outermost first.
    pub bound: BTreeMap<PortId, Vec<usize>>,
    /// A port that got power keeps it for so long before another one may have its place.
    pub turn: Span,
    /// Two ports of the station are not switched on within this time.
    pub stagger: Span,
}

impl Budget {
    /// How long a turn is where the file does not say: a phone gains ten percent points or more in it.
    pub const TURN: Span = Span::from_mins(15);

    /// By which limits a port is bound, outermost first.
    pub fn limits_of(&self, port: PortId) -> &[usize] {
        self.bound.get(&port).map_or(&[], Vec::as_slice)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self { limits: Vec::new(), bound: BTreeMap::new(), turn: Self::TURN, stagger: Span::ZERO }
    }
}

/// Ports with power, and what they take: whole milliwatts, so that sums do not drift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draw {
    /// How many ports.
    pub ports: i64,
    /// What they take together, milliwatts.
    pub milliwatts: i64,
}

impl Draw {
    /// One port whose device takes so many watts.
    pub fn of(watts: f64) -> Self {
        Self { ports: 1, milliwatts: milliwatts(watts) }
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        Self {
            ports: self.ports.saturating_add(other.ports),
            milliwatts: self.milliwatts.saturating_add(other.milliwatts),
        }
    }

    /// Without the other.
    pub fn without(self, other: Self) -> Self {
        Self {
            ports: self.ports.saturating_sub(other.ports),
            milliwatts: self.milliwatts.saturating_sub(other.milliwatts),
        }
    }

    /// Watts.
    #[expect(clippy::cast_precision_loss, reason = "no station takes 2^53 milliwatts")]
    pub fn watts(self) -> f64 {
        self.milliwatts as f64 / 1000.0
    }
}

impl Limit {
    /// True when so much is allowed here.
    pub fn allows(&self, draw: Draw) -> bool {
        self.max_on.is_none_or(|most| draw.ports <= i64::from(most))
            && self.watts.is_none_or(|most| draw.milliwatts <= milliwatts(most))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "`as` keeps what is too large at the largest number")]
fn milliwatts(watts: f64) -> i64 {
    (watts * 1000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_reached_exactly() {
        let limit = |max_on, watts| Limit { circuit: Circuit::Station, max_on, watts };
        let three = Draw::of(0.1).and(Draw::of(0.1)).and(Draw::of(0.1));
        assert!(limit(Some(3), Some(0.3)).allows(three), "0.1 + 0.1 + 0.1 is 0.3 here");
        assert!(!limit(Some(2), None).allows(three) && !limit(None, Some(0.299)).allows(three));
        assert_eq!(three.without(Draw::of(0.1)), Draw::of(0.1).and(Draw::of(0.1)));
    }
}
