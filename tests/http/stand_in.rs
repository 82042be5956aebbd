//! Hubs that do not exist, for a service to talk to.

use std::collections::BTreeMap;

use smart_charging_station::model::{
    Ask, HubLocation, Plugged, PortId, Power, Seen, SwitchProblem, SwitchRequest,
};
use tokio::sync::{mpsc, watch};

/// What a hub that works shows beside the power of its ports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// What is plugged in; a port without power shows nothing of it.
    pub(crate) plugged: BTreeMap<u16, Plugged>,
    /// Where it is, if elsewhere.
    pub(crate) hub_at: Option<HubLocation>,
    /// What is wrong with it.
    pub(crate) problem: Option<SwitchProblem>,
}

/// A hub that does what it is told.
pub(crate) async fn works(
    mut asked: mpsc::Receiver<SwitchRequest>,
    answers: mpsc::Sender<Vec<Seen>>,
    shown: watch::Receiver<Shown>,
) {
    let mut ports = BTreeMap::<PortId, Power>::new();
    while let Some(request) = asked.recv().await {
        let seen: Vec<Seen> = match request.ask {
            Ask::Switch(orders) => orders
                .into_iter()
                .map(|order| {
                    ports.insert(order.port, order.power);
                    Seen::new(order.port, Some(order.id), Some(order.power), None)
                })
                .collect(),
            Ask::Read(wanted) => wanted
                .into_iter()
                .map(|(port, _)| {
                    let power = *ports.entry(port).or_insert(Power::On);
                    Seen::new(port, None, Some(power), None)
                })
                .collect(),
        };
        let shown = shown.borrow().clone();
        let seen = seen.into_iter().map(|one| as_shown(one, &shown)).collect();
        if answers.send(seen).await.is_err() {
            return;
        }
    }
}

fn as_shown(mut seen: Seen, shown: &Shown) -> Seen {
    seen.hub_at.clone_from(&shown.hub_at);
    match (&shown.problem, seen.power) {
        (Some(problem), _) => (seen.power, seen.problem) = (None, Some(problem.clone())),
        (None, Some(Power::On)) => {
            seen.plugged = shown.plugged.get(&seen.port.get()).cloned().unwrap_or(Plugged::Nothing);
        }
        (None, _) => {}
    }
    seen
}

/// A hub that cannot be asked.
pub(crate) async fn missing(mut asked: mpsc::Receiver<SwitchRequest>, answers: mpsc::Sender<Vec<Seen>>) {
    let problem = || Some(SwitchProblem::ToolMissing("no such file".to_owned()));
    while let Some(request) = asked.recv().await {
        let wanted: Vec<_> = match request.ask {
            Ask::Switch(orders) => orders.iter().map(|order| (order.port, Some(order.id))).collect(),
            Ask::Read(ports) => ports.iter().map(|(port, _)| (*port, None)).collect(),
        };
        let seen = wanted.into_iter().map(|(port, order)| Seen::new(port, order, None, problem()));
        if answers.send(seen.collect()).await.is_err() {
            return;
        }
    }
}
