use super::*;
use crate::model::HubLocation;

/// A hub on which nothing answers.
struct Mute;

impl PowerSwitch for Mute {
    async fn switch(&mut self, _: &[Ordered]) -> Vec<Seen> {
        Vec::new()
    }
    async fn read(&mut self, _: &[Asked]) -> Vec<Seen> {
        Vec::new()
    }
}

/// A request of a station that may reach what it asks for.
pub(in crate::usb) fn asking(ask: Ask) -> SwitchRequest {
    let sockets = match &ask {
        Ask::Switch(orders) => orders.iter().map(|order| order.socket.clone()).collect(),
        Ask::Read(ports) => ports.iter().map(|(_, socket)| socket.clone()).collect(),
    };
    let station = StationName::new("desk").unwrap();
    SwitchRequest { reach: Arc::new(Reach { station, hub: None, sockets }), ask }
}

/// A station that reaches nothing yet.
pub(in crate::usb) fn reach(station: &str) -> Arc<Reach> {
    let station = StationName::new(station).unwrap();
    Arc::new(Reach { station, hub: None, sockets: BTreeSet::new() })
}

fn reading() -> SwitchRequest {
    let socket = Socket::new(HubLocation::new("1-1").unwrap(), 1).unwrap();
    asking(Ask::Read(vec![(PortId::new(1).unwrap(), socket)]))
}

#[tokio::test]
async fn a_station_that_takes_no_answers_holds_up_nobody_else_and_loses_none() {
    let (bus, task) = serve(Mute);
    let task = tokio::spawn(task);
    let (mut deaf, mut other) = (bus.line(reach("desk")), bus.line(reach("desk")));
    drop(bus);
    let mut sent = 0;
    while deaf.requests.try_send(reading()).is_ok() || deaf.outcomes.len() < LINE_CAPACITY {
        sent += 1;
        tokio::task::yield_now().await;
    }
    other.requests.send(reading()).await.unwrap();
    assert_eq!(other.outcomes.recv().await.map(|seen| seen.len()), Some(1));
    drop((deaf.requests, other.requests));
    let mut answered = 0;
    while let Some(seen) = deaf.outcomes.recv().await {
        assert!(seen.iter().all(|seen| seen.power.is_none() && seen.problem.is_some()));
        answered += 1;
    }
    assert!(answered >= 2 * LINE_CAPACITY && answered <= sent, "{answered} of {sent}");
    task.await.unwrap();
}

/// A hub that tells which stations were met and forgotten.
struct Telling(mpsc::UnboundedSender<String>);

impl PowerSwitch for Telling {
    fn meet(&mut self, reach: &Arc<Reach>) {
        let _ = self.0.send(format!("{} comes", reach.station));
    }
    async fn switch(&mut self, _: &[Ordered]) -> Vec<Seen> {
        Vec::new()
    }
    async fn read(&mut self, asked: &[Asked]) -> Vec<Seen> {
        let _ = self.0.send(format!("{} readings", asked.len()));
        Vec::new()
    }
    fn forget(&mut self, station: &StationName) {
        let _ = self.0.send(format!("{station} goes"));
    }
}

#[tokio::test]
async fn a_station_is_forgotten_with_its_last_line_after_its_last_request() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (bus, task) = serve(Telling(tell));
    let (first, mut second) = (bus.line(reach("desk")), bus.line(reach("desk")));
    drop(bus);
    first.requests.send(reading()).await.unwrap();
    second.requests.send(reading()).await.unwrap();
    drop(first);
    let task = tokio::spawn(task);
    second.outcomes.recv().await.unwrap();
    second.requests.send(reading()).await.unwrap();
    drop(second);
    task.await.unwrap();
    let mut all = Vec::new();
    while let Some(next) = told.recv().await {
        all.push(next);
    }
    assert_eq!(all.iter().filter(|line| *line == "desk comes").count(), 5, "{all:?}");
    assert_eq!(all.iter().position(|line| line == "desk goes"), Some(all.len() - 1), "{all:?}");
}

#[tokio::test]
async fn all_lines_and_reaches_are_known_before_anything_is_asked() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (bus, task) = serve(Telling(tell));
    let mut first = bus.line(reach("desk"));
    first.requests.send(reading()).await.unwrap();
    let silent = bus.line(reach("lab"));
    bus.expect(reach("lab"));
    bus.expect(reach("nobody"));
    drop(bus);
    let task = tokio::spawn(task);
    first.outcomes.recv().await.unwrap();
    let mut all = Vec::new();
    while let Ok(next) = told.try_recv() {
        all.push(next);
    }
    assert_eq!(all, ["desk comes", "lab comes", "lab comes", "desk comes", "1 readings"]);
    drop(silent);
    assert_eq!(told.recv().await.as_deref(), Some("lab goes"), "also if it never asked");
    drop(first);
    task.await.unwrap();
}
