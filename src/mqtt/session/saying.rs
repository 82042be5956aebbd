//! What a session says: all that is true at its start, then every change, and every event.

use std::{borrow::Cow, sync::Arc, time::Duration};

use tokio::{
    sync::broadcast::error::{RecvError, TryRecvError},
    time::{Instant, timeout},
};

use super::{
    super::{
        discovery::PortFacts,
        info::{Info, moment},
        publisher::Round,
        shown::{self, Shown},
        topics::{self, Field, Topic},
    },
    Session, deadlines,
};
use crate::{
    controller::{PortState, View},
    model::{Event, EventShown, PortId},
};

/// How long a station that is gone tries to clear its topics: a broker takes thousands in that time.
const CLEARING: Duration = Duration::from_secs(2);
/// So long an event waits, so that the state it tells of is with the broker and on its way before. Some hundred may come
/// in that time, and four times as many can wait.
const EVENTS_REST: Duration = Duration::from_millis(5);
/// So many events are published before states have their turn again.
const EVENTS_AT_ONCE: usize = 16;

impl Session<'_> {
    /// Takes note of what changed since the last look. False when the station's topics are others now.
    pub(super) fn look(&mut self) -> bool {
        let view = self.pictures.borrow_and_update().clone();
        let same_files = Arc::ptr_eq(&view.station, &self.station);
        if !same_files {
            let station = &view.station;
            if station.topic != self.root
                || station.signals != self.signals
                || deadlines(station) != self.deadlines
                || station.reports != self.feed.plans
            {
                return false;
            }
            self.station = Arc::clone(station);
        }
        let now = Instant::now();
        self.looks.take(now);
        self.publisher.set(Topic::PortsOn, Cow::Owned(view.ports_on.to_string()), now);
        self.announcing.station(&view.station);
        let before = self.said.replace(view.clone());
        let Some(changed) = before.and_then(|before| view.ports_changed_since(&before)) else {
            self.say_station(&view, now);
            for (port, state) in &view.ports {
                self.say_port(&view, *port, state, now);
            }
            self.say_gone(&view);
            return true;
        };
        for port in changed {
            if let Some(state) = view.ports.get(&port) {
                self.say_port(&view, port, state, now);
            }
        }
        true
    }

    /// Looks if there is something new and nothing to rest for. False when the station's topics are others now.
    pub(super) fn look_again(&mut self) -> bool {
        let rests = self.looks.rest().is_some_and(|from| from > Instant::now());
        rests || !self.pictures.has_changed().unwrap_or(false) || self.look()
    }

    fn say_station(&mut self, view: &View, now: Instant) {
        let started = moment(view.started_at, &view.station.zone);
        for (topic, payload) in [
            (Topic::Mode, Cow::Borrowed(view.memory.mode.kind.upper())),
            (Topic::Started, Cow::Owned(started)),
            (Topic::Version, Cow::Borrowed(env!("CARGO_PKG_VERSION"))),
        ] {
            self.publisher.set(topic, payload, now);
        }
    }

    fn say_port(&mut self, view: &View, port: PortId, state: &PortState, now: Instant) {
        let shown = shown(view, state);
        let (low, high) = (shown.low.is_some(), shown.high.is_some());
        self.announcing.port(port, PortFacts { device: shown.device.cloned(), low, high });
        for (field, said) in shown.said() {
            self.publisher.say(Topic::Port(port, field), said, now);
        }
    }

    /// Clears the topics of ports that the station no longer has.
    fn say_gone(&mut self, view: &View) {
        self.announcing.ports_gone(|port| !view.ports.contains_key(&port));
        let gone = |topic: Topic| match topic {
            Topic::Port(port, field) if !view.ports.contains_key(&port) => Some((port, field)),
            _ => None,
        };
        let gone: Vec<(PortId, Field)> = self.publisher.topics().filter_map(gone).collect();
        for (port, field) in gone {
            self.publisher.end(Topic::Port(port, field), shown::last_words(field));
        }
    }

    /// What stands with the broker since an earlier connection and was not said now is not true any more.
    pub(super) fn forget_the_rest(&mut self) {
        self.publisher.end_the_rest();
    }

    /// Says what is due: states, then what is announced, then at the beginning that we are here.
    pub(super) fn publish(&mut self) {
        let now = Instant::now();
        let mut taken = false;
        // What is gone is taken back before its topics are cleared, or who still listens to them wonders.
        let mut round = match self.announcing.is_steady() && !self.say_announcements(&mut taken) {
            true => Round::Full,
            false => self.say_states(now, &mut taken),
        };
        if let Round::Done(next) = round {
            round = match self.announce(now, &mut taken) {
                Round::Done(None) => self.say_states(now, &mut taken),
                Round::Done(later) => Round::Done(next.into_iter().chain(later).min()),
                Round::Full => Round::Full,
            };
        }
        (self.full_since, self.next_round) = match round {
            Round::Done(next) => (None, next.into_iter().chain(self.announcing.due()).min()),
            Round::Full if taken => (Some(now), None),
            Round::Full => (self.full_since.or(Some(now)), None),
        };
        if self.full_since.is_none() && self.event.is_some() {
            match self.tell_at.filter(|at| *at > now) {
                Some(at) => self.next_round = self.next_round.into_iter().chain([at]).min(),
                None => self.tell_events(),
            }
        }
    }

    fn say_states(&mut self, now: Instant, taken: &mut bool) -> Round {
        self.publisher.round(now, |topic, payload| {
            let retain = self.caller.bridge.settings.retain || topic.is_always_retained();
            let has_room = self.connection.publish(&topic.path(&self.root), retain, payload);
            *taken |= has_room;
            has_room
        })
    }

    /// An event came, or some were missed because the broker was slower than they came.
    pub(super) fn happened(&mut self, event: Result<Arc<Event>, RecvError>) {
        let told = match event {
            Ok(event) => self.in_json(&event),
            Err(RecvError::Lagged(missed)) => Some(self.missed(missed)),
            Err(RecvError::Closed) => {
                self.events = None;
                None
            }
        };
        self.event = told;
        self.tell_at = Some(Instant::now() + EVENTS_REST);
    }

    /// Publishes the event that waits, and those that wait behind it. States go first: who hears of an event finds it done.
    fn tell_events(&mut self) {
        for _ in 0..EVENTS_AT_ONCE {
            if let Some(text) = self.event.take()
                && !self.connection.publish(&topics::event(&self.root), false, &text)
            {
                self.event = Some(text);
                self.full_since = Some(Instant::now());
                return;
            }
            let Some(events) = &mut self.events else { return };
            match events.try_recv() {
                Ok(event) => self.event = self.in_json(&event),
                Err(TryRecvError::Lagged(missed)) => self.event = Some(self.missed(missed)),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
        if self.event.is_some() {
            self.next_round = Some(Instant::now());
        }
    }

    /// The event as the event stream of REST tells it; `None` for those of other stations.
    fn in_json(&self, event: &Event) -> Option<String> {
        let ours = event.station.as_ref() == Some(&self.caller.bridge.name);
        ours.then(|| serde_json::to_string(&EventShown::from(event)).ok()).flatten()
    }

    fn missed(&self, events: u64) -> String {
        let (at, station) = (self.caller.bridge.notices.now(), &self.caller.bridge.name);
        serde_json::json!({"at": at, "station": station, "code": "missed", "events": events}).to_string()
    }

    /// Clears all topics but the status, when the station is gone or has other topics: first it is offline.
    pub(super) async fn clear(&mut self) {
        if !self.caller.bridge.settings.retain {
            return;
        }
        self.publisher.end_all();
        self.publisher.set(Topic::Status, shown::availability(false).into(), Instant::now());
        let room = self.connection.room();
        let all = async {
            loop {
                self.publish();
                if self.full_since.is_none() {
                    return;
                }
                tokio::select! {
                    () = room.notified() => {}
                    heard = self.connection.next() => if heard.is_err() { return },
                }
            }
        };
        // What is left then stands until somebody clears it.
        let _ = timeout(CLEARING, all).await;
    }
}

fn shown<'a>(view: &'a View, state: &'a PortState) -> Shown<'a> {
    let bounds = state.bounds(&view.rules);
    let battery = state.memory.battery.as_ref();
    Shown {
        power: state.actual,
        mode: state.memory.mode.kind,
        device: state.device(),
        battery,
        silent: state.silent,
        low: bounds.as_ref().and_then(|bounds| bounds.low.as_ref()).map(|low| low.level),
        high: bounds.as_ref().map(|bounds| bounds.high.level),
        reason: state.decision.as_ref().map(|decision| decision.reason.as_str()),
        last_report: battery.map(|battery| moment(battery.measured_at, &view.station.zone)),
        info: Info::new(view, state, bounds.as_ref()),
    }
}
