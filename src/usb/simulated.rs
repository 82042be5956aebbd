//! A hub that does not exist: it does what it is told, and shows its ports to the phones of the demo.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::watch;

use super::{Asked, Line, Ordered, PowerSwitch, task};
use crate::model::{Order, PortId, Power, Reach, Seen};

struct Simulated {
    powers: watch::Sender<BTreeMap<PortId, Power>>,
}

impl Simulated {
    /// A port that is new in the station file is there at once, with power as on a real hub.
    fn show(&self, port: PortId, order: Option<&Order>) -> Seen {
        let mut seen = Power::On;
        self.powers.send_if_modified(|powers| {
            let before = powers.get(&port).copied();
            seen = order.map_or(before.unwrap_or(Power::On), |order| order.power);
            powers.insert(port, seen);
            before != Some(seen)
        });
        Seen::new(port, order.map(|order| order.id), Some(seen), None)
    }
}

impl PowerSwitch for Simulated {
    async fn switch(&mut self, orders: &[Ordered]) -> Vec<Seen> {
        orders.iter().map(|Ordered { order, .. }| self.show(order.port, Some(order))).collect()
    }
    async fn read(&mut self, ports: &[Asked]) -> Vec<Seen> {
        ports.iter().map(|asked| self.show(asked.port, None)).collect()
    }
}

/// A hub of this station with these ports, all on: the line to it, its task (it ends when `requests` of the line is dropped), and
/// the power of its ports. Ports that are asked for later are added.
pub fn simulated(
    reach: Arc<Reach>,
    ports: impl IntoIterator<Item = PortId>,
) -> (Line, impl Future<Output = ()> + Send + 'static, watch::Receiver<BTreeMap<PortId, Power>>) {
    let (powers, shown) = watch::channel(ports.into_iter().map(|port| (port, Power::On)).collect());
    let (bus, task) = task::serve(Simulated { powers });
    let line = bus.line(reach);
    (line, task, shown)
}

#[cfg(test)]
mod tests {
    use super::{
        super::task::tests::{asking, reach},
        *,
    };
    use crate::model::{Ask, HubLocation, Socket};

    #[tokio::test]
    async fn what_is_switched_is_shown_and_the_task_ends_with_its_line() {
        let port = |number| PortId::new(number).unwrap();
        let socket = Socket::new(HubLocation::new("1-1").unwrap(), 1).unwrap();
        let (mut line, task, powers) = simulated(reach("desk"), [port(1)]);
        let task = tokio::spawn(task);
        let order = Order { id: 7, port: port(1), socket: socket.clone(), power: Power::Off };
        line.requests.send(asking(Ask::Switch(vec![order]))).await.unwrap();
        let seen = Seen::new(port(1), Some(7), Some(Power::Off), None);
        assert_eq!(line.outcomes.recv().await, Some(vec![seen]));
        line.requests
            .send(asking(Ask::Read(vec![(port(1), socket.clone()), (port(2), socket)])))
            .await
            .unwrap();
        let powers_read: Vec<_> =
            line.outcomes.recv().await.unwrap().into_iter().map(|seen| seen.power).collect();
        assert_eq!(powers_read, [Some(Power::Off), Some(Power::On)]);
        assert_eq!(powers.borrow().get(&port(1)), Some(&Power::Off));
        drop(line.requests);
        assert_eq!(line.outcomes.recv().await, None);
        task.await.unwrap();
    }
}
