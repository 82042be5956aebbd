//! The search with a person: a port is switched for a moment, and the person says what that was.

use std::io::Write;

use tokio::time::sleep;

use super::{
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
}

/// Walks through these ports.
pub(super) async fn walk<W: Write>(
    search: &mut Search<'_, W>,
    ports: &[PortId],
    moment: Span,
) -> Result<(), Failure> {
    search.say(&format!("Each time answer with {KEYS}."))?;
    for port in ports {
        match visit(search, *port, moment).await? {
            Step::Known(outcome) => {
                if let Outcome::Skipped(_) | Outcome::Unclear(_) = &outcome {
                    search.say(&format!("port {port}: {}", outcome.words()))?;
                }
                search.progress.learn(*port, outcome);
            }
            Step::Stop => return Ok(()),
        }
    }
    Ok(())
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
                Some("q") | None => return Ok(Step::Stop),
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
            None | Some("q") => return Ok(Some(Step::Stop)),
            Some("r") => return Ok(None),
            Some("s") => return Ok(Some(Step::Known(Outcome::Skipped("you skipped it".to_owned())))),
            Some("") => return Ok(Some(Step::Known(Outcome::Nothing))),
            Some(name) => name,
        };
        let why = match DeviceName::new(name) {
            Err(error) => error.to_string(),
            Ok(device) => match search.name(port, &device, picture).await? {
                Ok(()) => return Ok(Some(Step::Known(Outcome::Found(device)))),
                Err(why) => why,
            },
        };
        search.say(&plain(&why))?;
    }
}
