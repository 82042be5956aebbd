//! When to answer Home Assistant's birth message: soon, not all at once, and not again and again.

use std::time::Duration;

use tokio::time::Instant;

/// The soonest that somebody who has just started is answered; he subscribes first.
const SOONEST: Duration = Duration::from_secs(1);
/// The latest; in between, chance decides, so that not all services answer at the same moment.
const LATEST: Duration = Duration::from_secs(5);
/// Between two answers.
const PAUSE: Duration = Duration::from_secs(10);

/// The births that were heard.
#[derive(Debug, Default)]
pub(in super::super) struct Births {
    due: Option<Instant>,
    answered: Option<Instant>,
}

impl Births {
    /// Somebody says that it has started. `random` is any number.
    pub(in super::super) fn heard(&mut self, now: Instant, random: u32) {
        let share = f64::from(random) / f64::from(u32::MAX);
        let soon = now + SOONEST + (LATEST - SOONEST).mul_f64(share);
        let calm = self.answered.map_or(soon, |answered| answered + PAUSE);
        // One that waits already is not put off: somebody who says it every second would never be answered.
        self.due = self.due.or(Some(soon.max(calm)));
    }

    /// When the next answer is due.
    pub(in super::super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// True once, when an answer is due.
    pub(in super::super) fn take(&mut self, now: Instant) -> bool {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            (self.due, self.answered) = (None, Some(now));
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birth_is_answered_after_one_to_five_seconds() {
        let now = Instant::now();
        for (random, seconds) in [(0, 1), (u32::MAX, 5)] {
            let mut births = Births::default();
            births.heard(now, random);
            let due = births.due().unwrap();
            assert!((due - now).abs_diff(Duration::from_secs(seconds)) < Duration::from_millis(1));
            assert!(!births.take(due - Duration::from_millis(1)));
            assert!(births.take(due));
            assert!(!births.take(due + PAUSE), "once");
        }
    }

    #[test]
    fn a_hub_that_is_born_all_the_time_is_answered_every_ten_seconds() {
        let (mut births, start) = (Births::default(), Instant::now());
        let mut answers = Vec::new();
        for half in 0..120 {
            let now = start + Duration::from_millis(500 * half);
            births.heard(now, 0);
            if births.take(now) {
                answers.push((now - start).as_secs());
            }
        }
        assert_eq!(answers, [1, 11, 21, 31, 41, 51]);
    }
}
