//! When a port is given up for a while. Nothing is tried for ever without a pause, nothing is told again and again, and
//! no port is given up for good: a device that waits for its power gets it once the trouble is over.

use crate::engine::core::{Engine, Step, later};
use crate::engine::state::PortState;
use crate::model::{Alarm, EventKind, PortId, Power, Span, SwitchProblem, Timestamp};

/// So often in a row it is tried, over some three minutes; then somebody has to look, and an alarm says so.
pub(in crate::engine) const TRIES: u32 = 5;
/// So many drifts within [`DRIFTS_WITHIN`] are no accident: from then on the others have it.
const DRIFTS: usize = 5;
/// Drifts are counted over this time, and a port that is left alone for so long is contested no more.
const DRIFTS_WITHIN: Span = Span::from_mins(10);
/// First pause after a failed order; it triples with each failure, up to the longest.
const FIRST_PAUSE: Span = Span::from_secs(5);
/// The longest pause between tries while nobody was called.
const LONGEST_PAUSE: Span = Span::from_mins(10);
/// The pause between tries once somebody was called.
const QUIET_PAUSE: Span = Span::from_hours(1);

impl Engine {
    /// It was tried as often as is sensible.
    pub(in crate::engine) fn give_up(
        &mut self,
        id: PortId,
        wanted: Power,
        problem: &SwitchProblem,
        now: Timestamp,
        step: &mut Step,
    ) {
        // Without knowing what a port is nothing is ordered; then the last thing that failed is a reading.
        let is_unread = self.view.ports.get(&id).is_some_and(|port| port.unread);
        let advice = advice(problem);
        let message = if is_unread {
            format!(
                "the port should be {wanted}, and the hub does not tell what it is ({problem}); asked {TRIES} times, it is \
                 switched when it can be read again: {advice}"
            )
        } else {
            format!(
                "the port cannot be switched {wanted} ({problem}); tried {TRIES} times, from now on once an hour: {advice}"
            )
        };
        self.change(id, |port| port.contested = false);
        self.raise_alarm(id, wanted, message, now, step);
    }

    /// The port was as wanted, and somebody else switched it. `told` is false where the reason is known otherwise: the
    /// port could not be read meanwhile.
    pub(in crate::engine) fn drifted(
        &mut self,
        id: PortId,
        seen: Power,
        told: bool,
        now: Timestamp,
        step: &mut Step,
    ) {
        let drift = self.change(id, |port| {
            let times = port.count_drift(now);
            if !port.resting && times >= 2 {
                port.retry_at = Some(later(now, pause(times - 1)));
            } else if port.resting && port.retry_at.is_none_or(|at| at <= now) {
                port.retry_at = Some(later(now, QUIET_PAUSE));
            }
            (times, port.resting, port.target())
        });
        let Some((times, resting, Some(wanted))) = drift else { return };
        if told {
            self.view.counts.drifted += 1;
        }
        if resting {
            return;
        }
        if told {
            self.tell(step, id, now, EventKind::Drift { seen, wanted, times });
        }
        if usize::try_from(times).is_ok_and(|times| times >= DRIFTS) {
            let message = format!(
                "the port should be {wanted} and was switched {seen} {times} times in ten minutes by something else: it is left \
                 {seen} and tried once an hour. Stop the other program, or look at the hub: it may restart (`dmesg` tells), \
                 and with a Linux before 6.0 ports switch themselves on"
            );
            self.change(id, |port| port.contested = true);
            self.raise_alarm(id, wanted, message, now, step);
        }
    }

    /// One alarm per case: a port that is tried anew in vain, because somebody asked for it, rests again without a word.
    fn raise_alarm(&mut self, id: PortId, wanted: Power, message: String, now: Timestamp, step: &mut Step) {
        let first = self.change(id, |port| {
            port.resting = true;
            port.retry_at = Some(later(now, QUIET_PAUSE));
            let since = port.alarm.as_ref().map(|alarm| alarm.since);
            port.alarm = Some(Alarm { since: since.unwrap_or(now), wanted, message: message.clone() });
            since.is_none()
        });
        if first == Some(true) {
            self.view.counts.alarms += 1;
            self.tell(step, id, now, EventKind::Alarm { wanted, message });
        }
    }

    /// Ends an alarm when the port is as wanted, and when something else is wanted.
    pub(in crate::engine) fn follow_alarm(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        if !self.view.ports.get(&id).is_some_and(|port| port.alarm_is_over(now)) {
            return;
        }
        self.change(id, |port| {
            port.alarm = None;
            port.contested = false;
            port.try_again();
        });
        self.tell(step, id, now, EventKind::AlarmOver);
    }
}

impl PortState {
    /// Something has changed that may help: it is tried at once, and as often as at first.
    pub(in crate::engine) fn try_again(&mut self) {
        self.failures = 0;
        self.retry_at = None;
        self.resting = false;
        self.drifts.clear();
    }

    /// One more failure, and a pause.
    pub(in crate::engine) fn fail(&mut self, problem: &SwitchProblem, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.retry_at = Some(later(now, if self.resting { QUIET_PAUSE } else { pause(self.failures) }));
        self.problem = Some(problem.clone());
    }

    /// One more drift; gives how many there were of late. Each takes a reading and, once the port rests, an hour.
    fn count_drift(&mut self, now: Timestamp) -> u32 {
        self.drifts.retain(|at| now.duration_since(*at) < DRIFTS_WITHIN);
        self.drifts.push(now);
        u32::try_from(self.drifts.len()).unwrap_or(u32::MAX)
    }

    fn alarm_is_over(&self, now: Timestamp) -> bool {
        let Some(alarm) = &self.alarm else { return false };
        let met = self.actual == Some(alarm.wanted) && !self.half;
        let lasts = |since: Timestamp| now.duration_since(since) >= DRIFTS_WITHIN;
        // A port that waits for power is wanted on, and is to be off meanwhile.
        let stands = [self.memory.wanted, self.target()].contains(&Some(alarm.wanted));
        let settled =
            !self.contested || self.memory.steady.as_ref().is_some_and(|steady| lasts(steady.since));
        !stands || (met && settled)
    }
}

/// What to do where the problem does not say it.
fn advice(problem: &SwitchProblem) -> &'static str {
    match problem {
        SwitchProblem::Refused(_)
        | SwitchProblem::Half(_)
        | SwitchProblem::Timeout(_)
        | SwitchProblem::Unreadable(_) => {
            "unplug the hub from the computer and from its power for ten seconds, then set the mode of the port to try at once"
        }
        SwitchProblem::ToolMissing(_)
        | SwitchProblem::Permission(_)
        | SwitchProblem::NotTried(_)
        | SwitchProblem::Busy(_)
        | SwitchProblem::Missing(_)
        | SwitchProblem::HubMissing(_)
        | SwitchProblem::Misfit(_)
        | SwitchProblem::OtherSide(_)
        | SwitchProblem::Forbidden(_) => "set the mode of the port to try at once",
    }
}

/// Pause before the next try after so many failures in a row: 5 s, 15 s, 45 s, … up to 10 minutes.
pub(in crate::engine) fn pause(failures: u32) -> Span {
    let factor = 3_i32.saturating_pow(failures.saturating_sub(1).min(10));
    FIRST_PAUSE.checked_mul(factor).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE)
}
