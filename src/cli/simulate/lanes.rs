//! The plots of a drawing: level, power and heat over the same time.

use std::fmt::Write as _;

use super::{
    axis::{Axis, LEFT},
    deciders::name,
    svg::{COLOURS, line, rect, text},
};
use crate::{
    model::{Power, Timestamp},
    trial::world::{Figures, Sample, Track},
};

/// Top and bottom of a plot, and the values there.
pub(super) struct Plot {
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Plot {
    fn y(&self, value: f64) -> f64 {
        let part = (value - self.low) / (self.high - self.low);
        self.bottom - part.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    /// Lines across, with their values on the left.
    pub(super) fn grid(&self, axis: &Axis<'_>, values: &[f64], unit: &str) -> String {
        let across = |value: &f64| {
            let y = self.y(*value);
            line("grid", (LEFT, y), (axis.right(), y))
                + &*text("end", LEFT - 8.0, y + 4.0, &format!("{value:.0}{unit}"))
        };
        values.iter().map(across).collect()
    }

    /// A curve. Of many samples on one spot the lowest and the highest are drawn, so that nothing is hidden.
    pub(super) fn curve(&self, axis: &Axis<'_>, samples: &[Sample], value: fn(&Sample) -> f64) -> String {
        let mut path = String::new();
        let mut spot: Option<(f64, f64, f64)> = None;
        let mut draw = |(x, low, high): (f64, f64, f64)| {
            let mut point = |value: f64| {
                let word = if path.is_empty() { 'M' } else { 'L' };
                // Writing to a String cannot fail.
                let _ = write!(path, "{word}{x:.1} {:.1}", self.y(value));
            };
            point(low);
            if high > low {
                point(high);
            }
        };
        for sample in samples {
            let (x, value) = (axis.x(sample.at), value(sample));
            spot = match spot {
                Some((at, low, high)) if x - at < 0.7 => Some((at, low.min(value), high.max(value))),
                before => {
                    before.map(&mut draw);
                    Some((x, value, value))
                }
            };
        }
        spot.map(&mut draw);
        path
    }

    /// The level: a curve over a shade, over a warning colour above 80 %, with a ring at each deadline.
    pub(super) fn level(&self, axis: &Axis<'_>, samples: &[Sample]) -> String {
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return String::new() };
        let curve = self.curve(axis, samples, |sample| sample.level);
        let (from, to, floor) = (axis.x(first.at), axis.x(last.at), self.bottom);
        let under = curve.replacen('M', "L", 1);
        format!(
            "<path class=\"under\" d=\"M{from:.1} {floor:.1}{under}L{to:.1} {floor:.1}Z\"/>\n<path class=\"level\" d=\"{curve}\"/>\n"
        )
    }

    /// What is above 80 %.
    pub(super) fn high(&self, axis: &Axis<'_>) -> String {
        let (top, from) = (self.y(100.0), self.y(80.0));
        rect("high", LEFT, top, axis.right() - LEFT, from - top, "")
    }

    /// A ring for each deadline, with its level beside it while there is room.
    pub(super) fn deadlines(&self, axis: &Axis<'_>, figures: &Figures) -> String {
        let few = figures.ready.len() <= 16;
        let ring = |(at, level): &(Timestamp, f64)| {
            let (x, y) = (axis.x(*at), self.y(*level));
            let words = format!("{level:.0} % at {}", axis.words(*at));
            let mut drawn = format!(
                "<circle class=\"due\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\"><title>{words}</title></circle>\n",
                if few { 4.0 } else { 2.0 }
            );
            if few {
                drawn += &text("strong mid", x, y - 10.0, &format!("{level:.0} %"));
            }
            drawn
        };
        figures.ready.iter().map(ring).collect()
    }

    /// The heat.
    pub(super) fn heat(&self, axis: &Axis<'_>, samples: &[Sample]) -> String {
        format!("<path class=\"heat\" d=\"{}\"/>\n", self.curve(axis, samples, |sample| sample.temperature))
    }
}

/// The times at which the device was away, hatched from top to bottom; `label`: where that is said.
pub(super) fn away(axis: &Axis<'_>, samples: &[Sample], (top, bottom): (f64, f64), label: f64) -> String {
    let mut drawn = String::new();
    let mut since: Option<Timestamp> = None;
    let end = samples.last().map(|sample| (sample.at, true));
    let steps = samples.iter().map(|sample| (sample.at, sample.present)).chain(end);
    for (at, present) in steps {
        match (present, since) {
            (false, None) => since = Some(at),
            (true, Some(from)) => {
                let (left, right) = (axis.x(from), axis.x(at));
                let words = format!("away from {} to {}", axis.words(from), axis.words(at));
                drawn += &rect("away", left, top, right - left, bottom - top, &words);
                if right - left > 44.0 {
                    drawn += &text("mid", f64::midpoint(left, right), label, "away");
                }
                since = None;
            }
            _ => {}
        }
    }
    drawn
}

/// The power of the port: full where it is on, pale where it is off, in the colour of whoever switched it.
pub(super) fn power(axis: &Axis<'_>, track: &Track, names: &[String], top: f64, height: f64) -> String {
    let mut drawn = String::new();
    let first = track.switches.first().map_or(axis.end, |switched| switched.at);
    if let Some(start) = track.samples.first().filter(|start| start.at < first) {
        let (left, right) = (axis.x(start.at), axis.x(first));
        let words = format!("on until {}: as the hub was", axis.words(first));
        drawn += &rect(&format!("c{}", COLOURS - 1), left, top, right - left, height, &words);
    }
    for (n, switched) in track.switches.iter().enumerate() {
        let until = track.switches.get(n + 1).map_or(axis.end, |next| next.at);
        let who = name(track.decision_at(switched.at).map(AsRef::as_ref));
        let (left, right) = (axis.x(switched.at), axis.x(until));
        let words = format!(
            "{} from {} to {}\n{who}: {}",
            switched.power,
            axis.words(switched.at),
            axis.words(until),
            switched.reason
        );
        let off = if switched.power == Power::Off { " off" } else { "" };
        let class = format!("c{}{off}", colour(names, &who));
        drawn += &rect(&class, left, top, right - left, height, &words);
    }
    drawn
}

/// The colour of a decider; the same in all drawings of one simulation.
pub(super) fn colour(names: &[String], name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or(COLOURS - 1).min(COLOURS - 1)
}
