//! How fast a device charges and drains, learned from its own reports.
//!
//! A report is late, repeated, rounded to whole percents, and sometimes wrong. So nothing is learned from two neighbours: a *run* of
//! reports under the same conditions is followed, and what is taken is the way between two moments at which the level had just
//! changed, some points apart: there the rounding is the same at both ends, and falls out.
//!
//! Never guesses: before enough was seen every answer is `None`.

use serde::{Deserialize, Serialize};

use super::{
    Battery, Power, Timestamp,
    pace::{BANDS, Paces, THROUGH, bands, effort, efforts},
};

/// Between two reports that lie further apart anything may have happened, seconds: 45 minutes.
const TOGETHER: i64 = 45 * 60;
/// A device needs so long to agree with its charger, seconds. Ours: two minutes.
const SETTLE: i64 = 120;
/// Percent points per hour that batteries can gain and lose; what lies beyond is another device, or a report from another time.
/// The fastest phones charge a little over one point per minute.
const POSSIBLE: f64 = 120.0;
/// So many points at once may be rounding on top of that.
const ROUNDING: f64 = 2.0;
/// So many points make a span of charging; less is mostly rounding.
const SPAN: f64 = 3.0;
/// So many points, or so many seconds, make a span of draining, which goes slowly.
const DRAINED: (f64, i64) = (5.0, 3600);
/// Full paces, points per hour, below which a device does not charge but waits: for cooler days, or for its own limit to end.
const WAITS: f64 = 2.0;
/// A step that took so many times what was to be expected, and so many minutes more, was a pause, too.
const PAUSE: (f64, f64) = (3.0, 10.0);
/// So many pauses in a row are none: it has become that slow.
const PAUSES: u8 = 5;
/// Each band remembers so many passes; older ones fade, for batteries age and cables change.
const PASSES: f64 = 3.0;
/// Of draining so many seconds are remembered: a day.
const DRAIN_KEPT: f64 = 86_400.0;
/// Before so many bands were passed nothing is said: fifteen points.
const ENOUGH_PASSES: f64 = 1.5;
/// Before so many seconds of draining nothing is said: three hours.
const ENOUGH_DRAIN: u32 = 3 * 3600;
/// What all bands say together counts in each as so much of a pass.
const SHARED: f64 = 0.15;
/// One sample may be so many times as fast or as slow as what is known; more counts as that much.
const STRAY: f64 = 3.0;

/// What was learned of one device. Its size does not grow with the number of reports: under 200 bytes, and under 400 in history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learned {
    /// What was seen of charging in each band of 10 %.
    charge: [Sum; BANDS],
    /// What was seen of draining.
    drain: Sum,
    /// By how much samples differ from what was known before, in thousandths.
    spread: u16,
    /// Pauses in a row that were taken as such.
    pauses: u8,
    /// What is being followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<Run>,
}

/// Points and the time that they took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u32, u32)", into = "(u32, u32)")]
struct Sum {
    /// Hundredths of a point; of charging at full pace.
    points: u32,
    seconds: u32,
}

/// Reports of one device under the same conditions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Run {
    power: Power,
    /// Where the span begins that was not taken yet: hundredths of a percent, and seconds.
    anchor: (i32, i64),
    /// The furthest level that was reported, and when it was first.
    reached: (u8, i64),
    /// When the last report was measured.
    last: i64,
    /// The report with which it begins did not fit the one before it: who knows which of them is wrong?
    #[serde(default)]
    doubtful: bool,
}

/// A time that was learned, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Minutes.
    pub minutes: f64,
    /// From 0, a guess, to 1, as sure as it gets.
    pub sure: f64,
}

/// What was learned of one band of levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearnedBand {
    /// Where it begins, percent.
    pub from: f64,
    /// Where it ends, percent.
    pub to: f64,
    /// Percent points per hour through it.
    pub per_hour: f64,
    /// How often it was charged through, of late; 0: its pace is taken from the other bands.
    pub passes: f64,
}

impl Learned {
    /// Minutes to charge from one level to another, percent; `None` as long as too little was seen.
    pub fn minutes_to_charge(&self, from: f64, to: f64) -> Option<Estimate> {
        let minutes = self.paces()?.minutes(from, to);
        minutes.is_finite().then(|| Estimate { minutes, sure: self.sure_of(from, to) })
    }

    /// Percent points per hour that the device uses without power; `None` as long as too little was seen.
    pub fn drain_per_hour(&self) -> Option<f64> {
        (self.drain.seconds >= ENOUGH_DRAIN).then(|| self.drain.points() / self.drain.hours())
    }

    /// The pace in each band; `None` as long as too little was seen.
    pub fn paces(&self) -> Option<Paces> {
        if self.passes().sum::<f64>() < ENOUGH_PASSES {
            return None;
        }
        let usual = self.usual();
        let mut per_hour = [usual; BANDS];
        for ((pace, seen), through) in per_hour.iter_mut().zip(self.charge).zip(THROUGH) {
            let shared = SHARED * through;
            *pace = (seen.points() + shared) / (seen.hours() + shared / usual);
        }
        Some(Paces::new(per_hour))
    }

    /// How sure the paces are over all levels, 0 to 1.
    pub fn sure(&self) -> f64 {
        self.sure_over(THROUGH.into_iter())
    }

    /// The same as whole percent.
    pub fn percent_sure(&self) -> u8 {
        #[expect(clippy::cast_possible_truncation, reason = "clamped to percent")]
        let percent = (self.sure() * 100.0).round().clamp(0.0, 100.0) as u8;
        percent
    }

    /// All bands from the lowest on; empty as long as too little was seen.
    pub fn bands(&self) -> Vec<LearnedBand> {
        let Some(paces) = self.paces() else { return Vec::new() };
        let each = bands().zip(self.passes()).map(|((from, to), passes)| {
            let per_hour = (to - from) / paces.minutes(from, to) * 60.0;
            LearnedBand { from, to, per_hour, passes }
        });
        each.collect()
    }

    /// Takes a report of a device in a port that has been on, or off, since then without a break. Whoever is not certain of
    /// that calls [`Learned::interrupt`].
    pub fn take(&mut self, power: Power, since: Timestamp, battery: &Battery) {
        let (level, now) = (battery.level.percent(), battery.measured_at.as_second());
        let begins = since.as_second().saturating_add(SETTLE);
        let waits = battery.charging.is_some_and(|charging| charging != (power == Power::On));
        if waits || now < begins {
            self.run = None;
            return;
        }
        let known = self.run.filter(|run| run.power == power && run.anchor.1 >= begins);
        if known.is_some_and(|run| now <= run.last) {
            return;
        }
        let Some(mut run) = known.filter(|run| now.saturating_sub(run.last) <= TOGETHER) else {
            self.run = Some(Run::new(power, level, now, false));
            return;
        };
        let moved = run.moved(level);
        let most = POSSIBLE * hours(now - run.last) + ROUNDING;
        if f64::from(moved) > most || moved < -1 {
            self.run = Some(Run::new(power, level, now, true));
        } else if run.doubtful {
            self.run = Some(Run::new(power, level, now, false));
        } else {
            let ended = match power {
                Power::On => self.follow_charge(&mut run, level, now),
                Power::Off => self.follow_drain(&mut run, level, now),
            };
            run.last = now;
            self.run = Some(if ended { Run::new(power, level, now, false) } else { run });
        }
    }

    /// What comes next has nothing to do with what was before. True when that changed something.
    pub fn interrupt(&mut self) -> bool {
        self.run.take().is_some()
    }

    /// True when a run is followed that an interruption would end.
    pub fn is_following(&self) -> bool {
        self.run.is_some()
    }

    /// True when the run ends here, without what was seen last.
    fn follow_charge(&mut self, run: &mut Run, level: u8, now: i64) -> bool {
        if run.moved(level) < 1 {
            return false;
        }
        let (before, took) = (f64::from(run.reached.0), hours(now - run.reached.1));
        let way = effort(before, f64::from(level));
        let usual = self.paces().map(|paces| paces.minutes(before, f64::from(level)));
        let (times, more) = PAUSE;
        let slow = usual.is_some_and(|usual| took * 60.0 > usual * times + more);
        if way < WAITS * took || slow && self.pauses < PAUSES {
            self.pauses = self.pauses.saturating_add(1);
            return true;
        }
        let here = run.step(level, now);
        let from = f64::from(run.anchor.0) / 100.0;
        if here - from >= SPAN {
            self.pauses = 0;
            self.charged(from, here, now - run.anchor.1);
            run.anchor = (hundredths(here), now);
        }
        false
    }

    fn follow_drain(&mut self, run: &mut Run, level: u8, now: i64) -> bool {
        let here = if run.moved(level) >= 1 { run.step(level, now) } else { f64::from(run.reached.0) };
        let (points, seconds) = DRAINED;
        let (used, took) = (f64::from(run.anchor.0) / 100.0 - here, now - run.anchor.1);
        if used >= points || took >= seconds {
            // A level that is estimated a little higher than before is no charge.
            self.drain.add(used.max(0.0), took);
            self.drain.fade(f64::from(self.drain.seconds) / DRAIN_KEPT);
            run.anchor = (hundredths(here), now);
        }
        false
    }

    /// Takes one span of charging.
    fn charged(&mut self, from: f64, to: f64, seconds: i64) {
        let ways: Vec<f64> = efforts(from, to).collect();
        let paces = self.paces();
        let per_hour = paces.map_or([1.0; BANDS], |paces| paces.per_hour());
        let shares: Vec<f64> = ways.iter().zip(per_hour).map(|(way, pace)| way / pace).collect();
        let expected: f64 = shares.iter().sum();
        if expected <= 0.0 {
            return;
        }
        let mut took = hours(seconds) / expected;
        let known = ways.iter().zip(self.passes()).all(|(way, passes)| *way <= 0.0 || passes >= 1.0);
        if known && paces.is_some() {
            took = took.clamp(1.0 / STRAY, STRAY);
            let off = hundredths((took - 1.0).abs().min(1.0) * 10.0);
            let spread = i32::from(self.spread) + (off - i32::from(self.spread)) / 8;
            self.spread = u16::try_from(spread).unwrap_or_default();
        }
        for (((sum, way), share), through) in self.charge.iter_mut().zip(&ways).zip(&shares).zip(THROUGH) {
            if *way > 0.0 {
                sum.add(*way, seconds_of(share * took));
                sum.fade(sum.points() / (PASSES * through));
            }
        }
    }

    /// Points per hour at full pace, over the bands before the taper if there is enough of them.
    fn usual(&self) -> f64 {
        let over = |bands: &[Sum]| {
            let (points, hours) = bands
                .iter()
                .fold((0.0, 0.0), |(points, hours), sum| (points + sum.points(), hours + sum.hours()));
            (points, points / f64::max(hours, 1e-3))
        };
        let (even, _) = self.charge.split_at(8);
        let (points, pace) = over(even);
        if points >= 5.0 { pace } else { over(&self.charge).1 }
    }

    /// How often each band was passed, of late.
    fn passes(&self) -> impl Iterator<Item = f64> {
        self.charge.iter().zip(THROUGH).map(|(sum, through)| sum.points() / through)
    }

    /// One pass is two thirds of all that can be known of a band; of one that was never passed the others tell a part.
    fn sure_of(&self, from: f64, to: f64) -> f64 {
        self.sure_over(efforts(from, to))
    }

    /// The same over parts of a way, one for each band.
    fn sure_over(&self, parts: impl Iterator<Item = f64>) -> f64 {
        let all: f64 = self.passes().sum();
        if all < ENOUGH_PASSES {
            return 0.0;
        }
        let shared = 0.4 * all / (all + 1.0);
        let (mut way, mut sure) = (0.0, 0.0);
        for (part, passes) in parts.zip(self.passes()) {
            way += part;
            sure += part * f64::max(passes / (passes + 0.5), shared);
        }
        let steady = 1.0 - f64::from(self.spread.min(1000)) / 1000.0;
        if way > 0.0 { sure / way * steady } else { steady }
    }
}

impl Run {
    fn new(power: Power, level: u8, now: i64, doubtful: bool) -> Self {
        let anchor = (i32::from(level) * 100, now);
        Self { power, anchor, reached: (level, now), last: now, doubtful }
    }

    /// By how many points the level is further than it was before, in the direction of the run.
    fn moved(&self, level: u8) -> i16 {
        let gained = i16::from(level) - i16::from(self.reached.0);
        match self.power {
            Power::On => gained,
            Power::Off => -gained,
        }
    }

    /// The level has just changed: what it really is. One that changes at each report is what it says; one that stood for long
    /// and changes now has just passed the half between two whole numbers.
    fn step(&mut self, level: u8, now: i64) -> f64 {
        let moved = f64::from(self.moved(level));
        let each = moved * hours(now - self.last) / hours(now - self.reached.1).max(1e-9);
        self.reached = (level, now);
        let behind = 0.5 - 0.5 * each.clamp(0.0, 1.0);
        match self.power {
            Power::On => f64::from(level) - behind,
            Power::Off => f64::from(level) + behind,
        }
    }
}

impl Sum {
    fn points(self) -> f64 {
        f64::from(self.points) / 100.0
    }

    fn hours(self) -> f64 {
        f64::from(self.seconds) / 3600.0
    }

    fn add(&mut self, points: f64, seconds: i64) {
        let points = u32::try_from(hundredths(points)).unwrap_or_default();
        self.points = self.points.saturating_add(points);
        self.seconds = self.seconds.saturating_add(u32::try_from(seconds).unwrap_or_default());
    }

    /// Makes it so many times less when that is more than once.
    fn fade(&mut self, times: f64) {
        if times > 1.0 {
            self.points = u32::try_from(hundredths(self.points() / times)).unwrap_or_default();
            self.seconds = u32::try_from(seconds_of(self.hours() / times)).unwrap_or_default();
        }
    }
}

impl From<(u32, u32)> for Sum {
    fn from((points, seconds): (u32, u32)) -> Self {
        Self { points, seconds }
    }
}

impl From<Sum> for (u32, u32) {
    fn from(sum: Sum) -> Self {
        (sum.points, sum.seconds)
    }
}

fn hours(seconds: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "runs last hours, far below 2^53 seconds")]
    let seconds = seconds as f64;
    seconds / 3600.0
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
fn hundredths(points: f64) -> i32 {
    (points * 100.0).round().clamp(-1e9, 1e9) as i32
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
fn seconds_of(hours: f64) -> i64 {
    (hours * 3600.0).round().clamp(0.0, 1e9) as i64
}
