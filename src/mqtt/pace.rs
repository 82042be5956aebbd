//! How many commands a port takes, so that two masters that switch it to and fro do no harm.
//!
//! Ten commands in ten seconds are more than a person gives. What comes beyond waits, one wish of each kind, the last one
//! wins; it is carried out once things have calmed down, that is when at most ten came in the last ten seconds. So a fight
//! that goes on switches nothing any more. Pure: the moment is an argument. Bounded by the ports of the station.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use super::wishes::{Command, Target};
use crate::model::PortId;

/// So many commands are carried out at once.
const COMMANDS: usize = 10;
/// In so long.
const WINDOW: Duration = Duration::from_secs(10);

/// What becomes of a command.
#[derive(Debug, PartialEq)]
pub(super) enum Turn {
    /// It is carried out.
    Now(Command),
    /// It waits; `first`: the others before it did not.
    Waits {
        /// Whether this is news.
        first: bool,
    },
}

/// The commands of one connection.
#[derive(Default)]
pub(super) struct Pace {
    lines: BTreeMap<Option<PortId>, Line>,
}

#[derive(Default)]
struct Line {
    /// When the last commands came, the oldest first; one more than may be carried out.
    came: VecDeque<Instant>,
    /// The last wish of each kind.
    waiting: BTreeMap<Target, Command>,
}

impl Line {
    /// Until when too many came; `None`: they did not.
    fn busy_until(&self, now: Instant) -> Option<Instant> {
        let oldest = self.came.front().filter(|_| self.came.len() > COMMANDS)?;
        Some(*oldest + WINDOW).filter(|until| *until > now)
    }
}

impl Pace {
    /// A command came for a port that there is.
    pub(super) fn came(&mut self, command: Command, now: Instant) -> Turn {
        let line = self.lines.entry(command.target.port).or_default();
        line.came.push_back(now);
        if line.came.len() > COMMANDS + 1 {
            line.came.pop_front();
        }
        if line.busy_until(now).is_none() && line.waiting.is_empty() {
            return Turn::Now(command);
        }
        let first = line.waiting.is_empty();
        line.waiting.insert(command.target, command);
        Turn::Waits { first }
    }

    /// When something that waits may be carried out; `None`: nothing waits.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        let waiting = self.lines.values().filter(|line| !line.waiting.is_empty());
        waiting.map(|line| line.busy_until(now).unwrap_or(now)).min()
    }

    /// Takes out what may be carried out now.
    pub(super) fn calm(&mut self, now: Instant) -> Vec<Command> {
        let calm = self.lines.values_mut().filter(|line| line.busy_until(now).is_none());
        calm.flat_map(|line| std::mem::take(&mut line.waiting).into_values()).collect()
    }

    /// The ports, and the station as `None`, for which commands wait.
    pub(super) fn crowded(&self) -> impl Iterator<Item = Option<PortId>> {
        self.lines.iter().filter(|(_, line)| !line.waiting.is_empty()).map(|(port, _)| *port)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{topics::Field, wishes::Wish},
        *,
    };
    use crate::model::ModeKind;

    fn command(port: u16, kind: ModeKind) -> Command {
        let target = Target { port: PortId::new(port).ok(), field: Field::Mode };
        Command { target, wish: Wish::Mode(kind.into()) }
    }

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn ten_are_carried_out_and_of_the_others_the_last_one() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let mut turns = Vec::new();
        for n in 0..50 {
            let kind = if n % 2 == 0 { ModeKind::On } else { ModeKind::Off };
            turns.push(pace.came(command(1, kind), after(start, n * 100)));
        }
        assert!(turns[..10].iter().all(|turn| matches!(turn, Turn::Now(_))));
        assert_eq!(turns[10], Turn::Waits { first: true });
        assert!(turns[11..].iter().all(|turn| *turn == Turn::Waits { first: false }));
        let end = after(start, 4900);
        assert_eq!(pace.crowded().collect::<Vec<_>>(), [PortId::new(1).ok()]);
        assert!(pace.calm(end).is_empty());
        // The eleventh from the end came at 3.9 s.
        let calm = pace.next(end).unwrap();
        assert_eq!(calm, after(start, 13_900));
        assert_eq!(pace.calm(calm), [command(1, ModeKind::Off)], "the last wish wins");
        assert_eq!(pace.next(calm), None);
        assert_eq!(pace.crowded().count(), 0);
    }

    #[test]
    fn a_fight_that_goes_on_switches_nothing() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let mut carried = 0;
        for n in 0..600 {
            let now = after(start, n * 500);
            carried += usize::from(matches!(pace.came(command(1, ModeKind::On), now), Turn::Now(_)));
            carried += pace.calm(now).len();
        }
        assert_eq!(carried, 10);
    }

    #[test]
    fn ports_do_not_wait_for_each_other_and_kinds_are_kept_apart() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        for _ in 0..20 {
            pace.came(command(1, ModeKind::On), now);
        }
        assert!(matches!(pace.came(command(2, ModeKind::On), now), Turn::Now(_)));
        let target = Target { port: PortId::new(1).ok(), field: Field::Device };
        assert_eq!(
            pace.came(Command { target, wish: Wish::Device(None) }, now),
            Turn::Waits { first: false }
        );
        assert_eq!(pace.calm(now + WINDOW).len(), 2);
    }

    #[test]
    fn a_person_is_never_held_up() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        for n in 0..100 {
            let turn = pace.came(command(1, ModeKind::On), after(start, n * 1001));
            assert!(matches!(turn, Turn::Now(_)), "{n}");
        }
    }
}
