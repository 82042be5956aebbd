//! How often the pictures of a station are looked at: at once while few come, and together in a storm. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// Of a storm, what comes within this is published together.
const WINDOW: Duration = Duration::from_millis(1);
/// So many looks in a window are no storm: each takes some ten microseconds.
const AT_ONCE: u8 = 8;

/// The last looks.
#[derive(Debug)]
pub(super) struct Looks {
    began: Instant,
    taken: u8,
}

impl Looks {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, taken: 0 }
    }

    /// A look is taken.
    pub(super) fn take(&mut self, now: Instant) {
        if now >= self.began + WINDOW {
            (self.began, self.taken) = (now, 0);
        }
        self.taken = self.taken.saturating_add(1);
    }

    /// Until when the next one waits; `None`: it does not.
    pub(super) fn rest(&self) -> Option<Instant> {
        (self.taken >= AT_ONCE).then(|| self.began + WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_changes_are_seen_at_once_and_a_storm_once_a_millisecond() {
        let start = Instant::now();
        let at = |micros| start + Duration::from_micros(micros);
        let mut looks = Looks::new(start);
        for n in 0..100 {
            looks.take(at(150 * n));
            assert_eq!(looks.rest(), None, "{n}");
        }
        let mut looks = Looks::new(start);
        for n in 0..8 {
            assert_eq!(looks.rest(), None);
            looks.take(at(10 * n));
        }
        assert_eq!(looks.rest(), Some(start + WINDOW));
        looks.take(at(1000));
        assert_eq!(looks.rest(), None);
    }
}
