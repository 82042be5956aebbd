//! What every kind of hub can do.

use crate::model::{Order, PortId, Seen, Socket};

/// Something that switches and reads ports. Answers always, in bounded time: what cannot be done is answered with
/// its problem.
pub trait PowerSwitch: Send {
    /// Switches, and says what is seen afterwards: one answer per order, in the same order.
    fn switch(&mut self, orders: &[Order]) -> impl Future<Output = Vec<Seen>> + Send;
    /// Says what is seen: one answer per port, in the same order.
    fn read(&mut self, ports: &[(PortId, Socket)]) -> impl Future<Output = Vec<Seen>> + Send;
}
