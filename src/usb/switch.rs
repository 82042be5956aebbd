//! What every kind of hub can do.

use std::{sync::Arc, time::Duration};

use crate::model::{Order, PortId, Reach, Seen, Socket, StationName};

/// An order of a station.
#[derive(Clone, Debug)]
pub struct Ordered {
    /// What the station may have switched at all.
    pub reach: Arc<Reach>,
    /// What it wants now.
    pub order: Order,
}

/// A port of a station that is to be read.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the station may have switched at all.
    pub reach: Arc<Reach>,
    /// The port.
    pub port: PortId,
    /// Where the file says that it is.
    pub socket: Socket,
}

/// Something that switches and reads ports. Answers always, in bounded time: what cannot be done is answered with
/// its problem.
pub trait PowerSwitch: Send {
    /// How long the next order is waited for, to be done together with those that are there: short against one call.
    const GATHERS: Duration = Duration::ZERO;

    /// A station has this reach: told when its line is made, when it is about to have another one, and for every request
    /// before it is served.
    fn meet(&mut self, _reach: &Arc<Reach>) {}
    /// Switches, and says what is seen afterwards: one answer per order, in the same order.
    fn switch(&mut self, orders: &[Ordered]) -> impl Future<Output = Vec<Seen>> + Send;
    /// Says what is seen: one answer per port, in the same order.
    fn read(&mut self, ports: &[Asked]) -> impl Future<Output = Vec<Seen>> + Send;
    /// A station has gone: nothing is its own any more.
    fn forget(&mut self, _station: &StationName) {}
}
