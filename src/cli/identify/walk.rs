//! The search with a person: a port is switched for a moment, and the person says what that was.

use std::io::Write;

use tokio::time::sleep;

use super::{
    Ended,
    page::Outcome,
    picture::Picture,
    search::Search,
    trial::{SWITCHED_WITHIN, opposite, unread},
};
use crate::{
    cli::{
        failure::Failure,
        look::{count, plain},
    },
    model::{DeviceName, PortId, Power, Span},
};

/// A moment is held so much longer than it lasts, so that it does not end while it is told.
const SPARE: Span = Span::from_secs(5);
const KEYS: &str = "a name, Enter = nothing there, r = again, s = skip, q = stop";

/// Where the walk goes from here.
enum Step {
    Known(Outcome),
    Stop,
    /// Nobody answers any more.
    End,
}

/// Walks through these ports.
pub(super) async fn walk<W: Write>(
    search: &mut Search<'_, W>,
    ports: &[PortId],
    moment: Span,
) -> Result<Ended, Failure> {
    search.say(&format!("Each time answer with {KEYS}."))?;
    for port in ports {
        match visit(search, *port, moment).await? {
            Step::Known(outcome) => {
                if let Outcome::Skipped(_) | Outcome::Unclear(_) = &outcome {
                    search.say(&format!("port {port}: {}", outcome.words()))?;
                }
                search.progress.learn(*port, outcome);
            }
            Step::Stop => return Ok(Ended::Done),
            Step::End => return Ok(Ended::BrokenOff),
        }
    }
    Ok(Ended::Done)
}

async fn visit<W: Write>(search: &mut Search<'_, W>, port: PortId, moment: Span) -> Result<Step, Failure> {
    let skipped = |why: &str| Ok(Step::Known(Outcome::Skipped(why.to_owned())));
    loop {
        let picture = search.station.picture().await?;
        let Some(state) = picture.ports.get(&port) else {
            return skipped("the station has no such port any more");
        };
        if let Some(why) = state.forbidden() {
            return skipped(&why);
        }
        let Some(rest) = state.power else { return skipped(&unread(state)) };
        if let Some(stranger) = state.stranger(&picture.said) {
            let what = plain(&stranger.words());
            let question =
                format!("port {port} has `{what}`, which never reported. Switch it all the same? [y/N]");
            match search.ask(&question).await?.as_deref() {
                Some("y" | "Y" | "yes") => {}
                Some("q") => return Ok(Step::Stop),
                None => return Ok(Step::End),
                Some(_) => return skipped("it never reported, and you said no"),
            }
        }
        if let Err(why) = show(search, port, opposite(rest), moment).await? {
            return Ok(Step::Known(Outcome::Unclear(why)));
        }
        match answer(search, port, &picture).await? {
            Some(step) => return Ok(step),
            None => continue,
        }
    }
}

/// Switches a port for a moment and says so. The inner error is why it could not be.
async fn show<W: Write>(
    search: &mut Search<'_, W>,
    port: PortId,
    power: Power,
    moment: Span,
) -> Result<Result<(), String>, Failure> {
    search.hold(port, power, SWITCHED_WITHIN.saturating_add(SPARE)).await?;
    if let Err(why) = search.switched(port, power).await? {
        search.let_go(port).await?;
        return Ok(Err(why));
    }
    // Anew, so that the moment is whole however long the hub took.
    search.hold(port, power, moment.saturating_add(SPARE)).await?;
    let question = match power {
        Power::Off => "which lamp went out, which phone stopped charging?",
        Power::On => "which lamp went on, which phone began to charge?",
    };
    let moment_in_words = count(usize::try_from(moment.as_secs()).unwrap_or_default(), "second");
    search.say(&format!("\nport {port} is {power} for {moment_in_words}: {question}"))?;
    sleep(moment.unsigned_abs()).await;
    search.let_go(port).await?;
    Ok(Ok(()))
}

/// Takes the answer; `None`: once more.
async fn answer<W: Write>(
    search: &mut Search<'_, W>,
    port: PortId,
    picture: &Picture,
) -> Result<Option<Step>, Failure> {
    loop {
        let answer = search.ask(&format!("port {port} >")).await?;
        let name = match answer.as_deref() {
            None => return Ok(Some(Step::End)),
            Some("q") => return Ok(Some(Step::Stop)),
            Some("r") => return Ok(None),
            Some("s") => return Ok(Some(Step::Known(Outcome::Skipped("you skipped it".to_owned())))),
            Some("") => {
                still_named(search, port, picture)?;
                return Ok(Some(Step::Known(Outcome::Nothing)));
            }
            Some(name) => name,
        };
        let why = match DeviceName::new(name) {
            Err(error) => error.to_string(),
            Ok(device) => match take(search, port, &device).await? {
                None => return Ok(Some(Step::End)),
                Some(false) => continue,
                Some(true) => match search.name(port, &device, picture).await? {
                    Ok(()) => {
                        search.progress.taken(&device, port);
                        return Ok(Some(Step::Known(Outcome::Found(device))));
                    }
                    Err(why) => why,
                },
            },
        };
        search.say(&plain(&why))?;
    }
}

/// Whether a name may be taken from the port that has it by what is known so far; `None`: nobody answers.
async fn take<W: Write>(
    search: &mut Search<'_, W>,
    port: PortId,
    device: &DeviceName,
) -> Result<Option<bool>, Failure> {
    let Some(other) = search.progress.port_of(device).filter(|other| *other != port) else {
        return Ok(Some(true));
    };
    let question = format!("`{device}` is in port {other} already: take it from there? [y/N]");
    let answer = search.ask(&question).await?;
    Ok(answer.map(|answer| matches!(answer.as_str(), "y" | "Y" | "yes")))
}

/// A port that is empty as a person says, and has a name all the same.
fn still_named<W: Write>(search: &mut Search<'_, W>, port: PortId, picture: &Picture) -> Result<(), Failure> {
    let Some(state) = picture.ports.get(&port) else { return Ok(()) };
    let Some(device) = &state.device else { return Ok(()) };
    let station = &search.station.name;
    let hint = if state.file_device.as_ref() == Some(device) {
        format!("take `{device}` out of port {port} in stations/{station}.ron")
    } else {
        format!("give `{device}` to its port when you come to it")
    };
    search.say(&format!("port {port}: the service still has `{device}` here; {hint}"))
}
