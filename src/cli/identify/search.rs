//! What both kinds of search have in common: the station, what was found, and which port is held right now.

use std::{collections::BTreeMap, io::Write, time::Duration};

use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use super::{
    client::Station,
    page::Outcome,
    picture::Picture,
    trial::{SWITCHED_WITHIN, unswitched},
};
use crate::{
    cli::failure::Failure,
    model::{DeviceName, PortId, Power, Span},
};

/// Between two looks at the service: short against what hubs and phones take.
pub(super) const PACE: Duration = Duration::from_millis(300);
/// Lines that may wait to be read.
const LINES: usize = 16;

/// What was found, and what is held: outlives a search that is broken off.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) outcomes: BTreeMap<PortId, Outcome>,
    /// The port that a probe holds, if one does.
    pub(super) held: Option<PortId>,
}

impl Progress {
    /// Notes what was found. A proof stays unless something else is found.
    pub(super) fn learn(&mut self, port: PortId, outcome: Outcome) {
        let proven = matches!(self.outcomes.get(&port), Some(Outcome::Proven(_)));
        if !(proven && outcome.says_nothing()) {
            self.outcomes.insert(port, outcome);
        }
    }

    /// The port in which a device was found.
    pub(super) fn port_of(&self, device: &DeviceName) -> Option<PortId> {
        let found = |(port, outcome): (&PortId, &Outcome)| match outcome {
            Outcome::Proven(known) | Outcome::Found(known) => (known == device).then_some(*port),
            _ => None,
        };
        self.outcomes.iter().find_map(found)
    }

    /// A device was found in this port after all, so it is in no other.
    pub(super) fn taken(&mut self, device: &DeviceName, port: PortId) {
        if let Some(other) = self.port_of(device).filter(|other| *other != port) {
            self.outcomes.insert(other, Outcome::Taken(device.clone(), port));
        }
    }
}

/// A search that is under way.
pub(super) struct Search<'a, W> {
    pub(super) station: &'a Station,
    pub(super) progress: &'a mut Progress,
    pub(super) answers: Answers,
    pub(super) out: &'a mut W,
}

impl<W: Write> Search<'_, W> {
    /// Holds a port for so long, unless it is told otherwise before.
    pub(super) async fn hold(&mut self, port: PortId, power: Power, length: Span) -> Result<(), Failure> {
        // Noted before it is asked for: a search that is broken off in between must end it too.
        self.progress.held = Some(port);
        self.station.hold(port, power, length).await
    }

    /// Lets a port go.
    pub(super) async fn let_go(&mut self, port: PortId) -> Result<(), Failure> {
        self.station.let_go(port).await?;
        self.progress.held = None;
        Ok(())
    }

    /// Waits until the hub shows a port as it is held; says why it does not.
    pub(super) async fn switched(&self, port: PortId, power: Power) -> Result<Result<(), String>, Failure> {
        let began = Instant::now();
        loop {
            let picture = self.station.picture().await?;
            match picture.ports.get(&port) {
                None => return Ok(Err("the station has no such port any more".to_owned())),
                Some(state) if state.power == Some(power) => return Ok(Ok(())),
                Some(state) if began.elapsed() > SWITCHED_WITHIN.unsigned_abs() => {
                    return Ok(Err(unswitched(state, power)));
                }
                Some(_) => sleep(PACE).await,
            }
        }
    }

    /// Names the device in a port, unless it has that name. The inner error is why that name cannot be.
    pub(super) async fn name(
        &mut self,
        port: PortId,
        device: &DeviceName,
        picture: &Picture,
    ) -> Result<Result<(), String>, Failure> {
        let known = picture.ports.get(&port).and_then(|port| port.device.as_ref());
        if known == Some(device) {
            return Ok(Ok(()));
        }
        match self.station.name(port, device).await {
            Ok(()) => Ok(Ok(())),
            Err(refusal) if matches!(refusal.code.as_str(), "name_taken" | "device_elsewhere") => {
                Ok(Err(refusal.failure.what))
            }
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// Says something, at once.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "{text}")?;
        Ok(self.out.flush()?)
    }

    /// Asks something; `None` when nobody answers any more.
    pub(super) async fn ask(&mut self, question: &str) -> Result<Option<String>, Failure> {
        write!(self.out, "{question} ")?;
        self.out.flush()?;
        let answer = self.answers.next().await;
        if answer.is_none() {
            writeln!(self.out)?;
        }
        Ok(answer)
    }
}

/// What a person types, line by line.
#[derive(Default)]
pub(super) struct Answers(Option<mpsc::Receiver<String>>);

impl Answers {
    /// The next line of standard input, which is read from the first question on; `None` at its end.
    async fn next(&mut self) -> Option<String> {
        let lines = self.0.get_or_insert_with(stdin);
        lines.recv().await.map(|line| line.trim().to_owned())
    }
}

fn stdin() -> mpsc::Receiver<String> {
    let (lines, answers) = mpsc::channel(LINES);
    // A thread of its own: reading cannot be broken off, and the program must end all the same.
    let reader = std::thread::Builder::new().name("answers".to_owned()).spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    if let Err(error) = reader {
        tracing::error!("no thread can be started, so nobody can answer: {error}");
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_nothing_against_a_proof() {
        let port = PortId::new(1).unwrap();
        let name = |text: &str| DeviceName::new(text).unwrap();
        let mut progress = Progress::default();
        progress.learn(port, Outcome::Silent("quiet".to_owned()));
        let proven = Outcome::Proven(name("pixel-7"));
        progress.learn(port, proven.clone());
        for nothing in [Outcome::Silent, Outcome::Skipped, Outcome::Unclear] {
            progress.learn(port, nothing(String::new()));
            assert_eq!(progress.outcomes[&port], proven);
        }
        let second = PortId::new(2).unwrap();
        assert_eq!(progress.port_of(&name("pixel-7")), Some(port));
        progress.taken(&name("pixel-7"), second);
        assert_eq!(progress.outcomes[&port], Outcome::Taken(name("pixel-7"), second));
        assert_eq!(progress.port_of(&name("pixel-7")), None);
        progress.learn(port, Outcome::KeepsCharging(name("pixel-7"), true));
        assert_ne!(progress.outcomes[&port], proven);
    }
}
