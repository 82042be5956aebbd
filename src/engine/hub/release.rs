//! Sockets that belong to no port any more get their power back: nobody else would do it.

use super::alarm::pause;
use super::pursue::ANSWER_LIMIT;
use crate::engine::core::{Engine, Step, later};
use crate::model::{Event, EventKind, Order, OrderId, PortId, Power, Seen, Socket, SwitchProblem, Timestamp};

/// So often it is tried, over an hour or more; then somebody has to look, and an event says so.
const TRIES: u32 = 12;

/// A socket on its way back to power.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Release {
    /// The number that it had.
    port: PortId,
    /// The order that is on its way.
    order: Option<OrderId>,
    /// When to try, or to take the order as lost.
    due: Timestamp,
    tries: u32,
}

impl Release {
    /// The number that the socket had.
    pub(in crate::engine) fn port(&self) -> PortId {
        self.port
    }

    /// The clock was set back.
    pub(in crate::engine) fn not_later_than(&mut self, now: Timestamp) {
        self.due = self.due.min(later(now, ANSWER_LIMIT));
    }
}

impl Engine {
    /// From now on this socket is brought back to power.
    pub(in crate::engine) fn release(&mut self, port: PortId, socket: Socket, now: Timestamp) {
        self.releasing.insert(socket, Release { port, order: None, due: now, tries: 0 });
    }

    /// Orders what is due.
    pub(in crate::engine) fn pursue_releases(&mut self, now: Timestamp, step: &mut Step) {
        let due: Vec<Socket> = self
            .releasing
            .iter()
            .filter(|(_, release)| release.due <= now)
            .map(|(socket, _)| socket.clone())
            .collect();
        for socket in due {
            let id = self.next_order_id();
            let Some(release) = self.releasing.get_mut(&socket) else { continue };
            if release.tries >= TRIES {
                let port = release.port;
                self.releasing.remove(&socket);
                self.tell(step, port, now, EventKind::SwitchFailed {
                    wanted: Power::On,
                    message: format!(
                        "{socket}, which is no port any more, was not seen to have power and is given up: \
                         switch it on with `uhubctl -l {} -p {} -a on`",
                        socket.hub(),
                        socket.port()
                    ),
                    problem: "given_up".to_owned(),
                    failures: TRIES,
                });
                continue;
            }
            release.tries += 1;
            release.order = Some(id);
            release.due = later(now, ANSWER_LIMIT);
            step.orders.push(Order { id, port: release.port, socket, power: Power::On });
        }
    }

    /// Takes an answer that belongs to a release; false when it belongs to none.
    pub(in crate::engine) fn take_release(&mut self, seen: &Seen, now: Timestamp, step: &mut Step) -> bool {
        let found = self
            .releasing
            .iter_mut()
            .find(|(_, release)| seen.order.is_some() && release.order == seen.order);
        let Some((socket, release)) = found else { return false };
        if seen.power == Some(Power::On) {
            let socket = socket.clone();
            self.releasing.remove(&socket);
            return true;
        }
        release.order = None;
        release.due = later(now, pause(release.tries));
        let problem = seen.problem.clone().unwrap_or(SwitchProblem::Refused(Power::Off));
        if matches!(problem, SwitchProblem::HubMissing(_)) {
            // A hub that comes back powers its ports by itself, and no port of the station waits for it.
            return true;
        }
        let kind = EventKind::SwitchFailed {
            wanted: Power::On,
            message: format!("{socket}, which is no port any more: {problem}"),
            problem: problem.code().to_owned(),
            failures: release.tries,
        };
        let (station, port) = (Some(self.view.station.name.clone()), Some(release.port));
        step.events.push(Event { at: now, station, port, kind });
        true
    }

    /// When the next release is due.
    pub(in crate::engine) fn release_due(&self) -> Option<Timestamp> {
        self.releasing.values().map(|release| release.due).min()
    }
}
