//! Devices that do not report. They are charged for a while, for their batteries may be empty; then their ports are off,
//! are switched on now and then for a moment to hear them, and charge again before the batteries may be empty (`endurance`).
//!
//! A device that was never heard is charged without end: nobody has set up its reports, and nothing is known of it.

use super::judge::Judgement;
use crate::engine::core::{Engine, Step, later};
use crate::engine::state::PortState;
use crate::model::{
    EventKind, PortId, Power, Safeguard, Silence, SilenceStage, Span, Steady, Timestamp, Verdict, Wish, words,
};

/// A silent device is woken at least so often: in the end two switches of its port in half a day, for somebody who may be
/// away for weeks. One that reports without power need not be switched on to be heard, and is woken so seldom at once, for
/// the case that its battery was empty.
const RARELY: Span = Span::from_hours(12);

/// What a device says so soon after its port went off says nothing of how it reports without power: it may have been on
/// its way, and it was what switched the port.
const SHORTLY: Span = Span::from_mins(3);

impl Engine {
    /// Notes who has fallen silent, and how far things have come since then.
    pub(in crate::engine) fn notice_silence(&mut self, id: PortId, now: Timestamp, step: &mut Step) {
        let Some(port) = self.view.ports.get(&id) else { return };
        let reports = port.care().battery && (port.device().is_some() || port.memory.battery.is_some());
        let kept_off = self.view.switched_by_person(port).is_some_and(|(power, _)| power == Power::Off);
        match &port.memory.safe.silence {
            Some(_) if !reports || now < later(port.last_heard(), self.view.station.silent_after) => {
                self.change(id, PortState::end_silence);
                self.remember(id, step);
            }
            Some(silence) => {
                let mut silence = silence.clone();
                let before = silence.stage;
                silence.hold(kept_off, now);
                if !kept_off {
                    silence.stage = self.stage_of(port, &silence, now);
                    self.tell_stage(id, before, silence.stage, now, step);
                }
                if port.memory.safe.silence.as_ref() != Some(&silence) {
                    self.change(id, |port| port.memory.safe.silence = Some(silence));
                    self.remember(id, step);
                }
            }
            None if reports && now >= self.silent_at(port) => {
                let called = port.stopped_with_power();
                let stage = if called { SilenceStage::Called } else { SilenceStage::Charged };
                let (before, held) = (Wish::of(&port.memory), kept_off.then_some(now));
                let silence = Silence { since: now, called, stage, before, held };
                self.change(id, |port| {
                    port.memory.safe.silence = Some(silence);
                    port.silent = true;
                });
                if stage == SilenceStage::Charged {
                    self.tell(step, id, now, EventKind::Silent);
                }
                self.remember(id, step);
            }
            None => {}
        }
    }

    fn tell_stage(
        &self,
        id: PortId,
        before: SilenceStage,
        stage: SilenceStage,
        now: Timestamp,
        step: &mut Step,
    ) {
        match (before, stage) {
            (SilenceStage::Called, SilenceStage::Charged) => self.tell(step, id, now, EventKind::Silent),
            (SilenceStage::Called | SilenceStage::Charged, SilenceStage::Waited | SilenceStage::Woken) => {
                self.tell(step, id, now, EventKind::SilentChargeOver)
            }
            _ => {}
        }
    }

    fn stage_of(&self, port: &PortState, silence: &Silence, now: Timestamp) -> SilenceStage {
        let safety = &self.view.station.safety;
        let call = if silence.called { safety.wake_for } else { Span::ZERO };
        let after_call = now.duration_since(silence.since).saturating_sub(call);
        let over = after_call.saturating_sub(safety.silent_charge);
        if after_call.is_negative() {
            SilenceStage::Called
        } else if over.is_negative() || port.memory.battery.is_none() {
            SilenceStage::Charged
        } else if let Some(round) = self.round(port) {
            let whole = round.rest.saturating_add(round.charge).as_secs().max(1);
            let into = Span::from_secs(over.as_secs().rem_euclid(whole));
            if into >= round.rest { SilenceStage::Charged } else { self.waits_or_wakes(port, over) }
        } else {
            SilenceStage::Charged
        }
    }

    /// `over`: since the charge ended. The pauses grow from `wake_every` on: who was not heard the last time may be away, or
    /// its cable is broken.
    fn waits_or_wakes(&self, port: &PortState, over: Span) -> SilenceStage {
        let safety = &self.view.station.safety;
        let longest = safety.wake_every.max(RARELY);
        let unpowered = port.memory.safe.reports_unpowered == Some(true);
        let mut pause = if unpowered { longest } else { safety.wake_every.max(Span::from_secs(1)) };
        let mut rest = over;
        while pause < longest && rest >= pause {
            rest = rest.saturating_sub(pause);
            pause = pause.saturating_mul(2).min(longest);
        }
        let into = Span::from_secs(rest.as_secs().rem_euclid(pause.as_secs().max(1)));
        if into >= pause.saturating_sub(safety.wake_for) { SilenceStage::Woken } else { SilenceStage::Waited }
    }

    /// When the device was last heard, by this life of the service: nobody could report while it was down.
    pub(in crate::engine) fn heard_at(&self, port: &PortState) -> Timestamp {
        port.memory.heard_at.map_or(self.view.started_at, |at| at.max(self.view.started_at))
    }

    /// When the device falls silent if nothing is heard of it. One whose reports stop with its port is not waited for
    /// while that is off, but switched on every `wake_every`.
    pub(in crate::engine) fn silent_at(&self, port: &PortState) -> Timestamp {
        let at = later(self.heard_at(port), self.view.station.silent_after);
        match port.off().filter(|_| port.memory.safe.reports_unpowered == Some(false)) {
            Some(off) => at.max(later(off.since, self.view.station.safety.wake_every)),
            None => at,
        }
    }

    /// What is done about a silent device.
    pub(in crate::engine) fn by_silence(&self, port: &PortState, now: Timestamp) -> Option<Judgement> {
        let silence = port.memory.safe.silence.as_ref()?;
        let (safety, limit) = (&self.view.station.safety, words(self.view.station.silent_after));
        let for_so_long = || {
            let silent = now.duration_since(port.last_heard());
            words(Span::from_mins(silent.as_mins()))
        };
        let wake = words(safety.wake_for);
        Some(match silence.stage {
            SilenceStage::Called => {
                let reason = "its reports stopped when its port went off: switched on to be heard".to_owned();
                Judgement::safe(Verdict::Charge, Safeguard::Wake, reason)
            }
            SilenceStage::Charged => {
                let most = match port.memory.battery {
                    Some(_) => format!(", for {} at most", words(safety.silent_charge)),
                    None => String::new(),
                };
                let reason = format!("no report for {limit}: charged until the device reports again{most}");
                Judgement::safe(Verdict::Charge, Safeguard::Silent, reason)
            }
            SilenceStage::Waited => {
                let reason = format!(
                    "no report for {}: not charged any longer, switched on for {wake} now and then to hear it",
                    for_so_long()
                );
                Judgement::safe(Verdict::Rest, Safeguard::SilentTooLong, reason)
            }
            SilenceStage::Woken => {
                let reason = format!("no report for {}: switched on for {wake} to be heard", for_so_long());
                Judgement::safe(Verdict::Charge, Safeguard::Wake, reason)
            }
        })
    }
}

impl PortState {
    /// When the device was last heard, over restarts; long ago where that is not known.
    fn last_heard(&self) -> Timestamp {
        self.memory.heard_at.unwrap_or(Timestamp::MIN)
    }

    /// Since when the port has been off, if it is.
    fn off(&self) -> Option<&Steady> {
        let steady = self.memory.steady.as_ref();
        steady.filter(|steady| steady.power == Power::Off && self.actual == Some(Power::Off))
    }

    /// The port is off, and nothing was heard since shortly after it went off.
    fn stopped_with_power(&self) -> bool {
        if self.memory.safe.reports_unpowered == Some(true) {
            return false;
        }
        let last = self.memory.heard_at.filter(|_| self.memory.battery.is_some());
        self.off().zip(last).is_some_and(|(off, last)| last <= later(off.since, SHORTLY))
    }

    /// The device reports. True when it had been silent. Where it was only to be heard, what was wanted before that is wanted
    /// again; else it has power, and rules decide from there.
    pub(in crate::engine) fn hear(&mut self, measured_at: Timestamp, now: Timestamp) -> bool {
        if self.off().is_some_and(|off| measured_at > later(off.since, SHORTLY)) {
            self.memory.safe.reports_unpowered = Some(true);
        }
        self.memory.heard_at = Some(now);
        let was_silent = self.silent;
        match self.memory.safe.silence.as_ref().map(|silence| silence.stage) {
            Some(SilenceStage::Called) => {
                if self.off().is_none() {
                    self.memory.safe.reports_unpowered = Some(false);
                }
                self.end_silence();
            }
            Some(SilenceStage::Waited | SilenceStage::Woken) if self.memory.wanted == Some(Power::Off) => {
                // What held hours ago says nothing any more, and off was no rule's wish.
                self.memory.wanted = Some(Power::On);
                "it reports again after a long silence".clone_into(&mut self.memory.because);
            }
            Some(SilenceStage::Charged | SilenceStage::Waited | SilenceStage::Woken) | None => {}
        }
        self.memory.safe.silence = None;
        self.silent = false;
        was_silent
    }

    /// The device was put here at this moment, or is heard from it on: what it was before does not count.
    pub(in crate::engine) fn begin_to_listen(&mut self, at: Timestamp) {
        self.memory.heard_at = Some(at);
        self.end_silence();
    }

    fn end_silence(&mut self) {
        self.silent = false;
        if let Some(silence) = self.memory.safe.silence.take() {
            self.wish_again(silence.before);
        }
    }

    /// What is wanted is what was wanted before.
    pub(in crate::engine) fn wish_again(&mut self, wish: Wish) {
        let before = self.memory.wanted;
        wish.restore(&mut self.memory);
        if self.memory.wanted != before {
            self.try_again();
            self.unheld = self.actual == self.memory.wanted;
        }
    }
}
