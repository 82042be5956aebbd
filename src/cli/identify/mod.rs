//! `scs identify`: finds out which device is in which port, with a person or by what devices report.
//!
//! A client of the service's API. When no service runs here, it runs one in this process meanwhile. What it switches,
//! it switches by probes, which end by themselves: a search that is killed leaves every port as it is wanted.
//!
//! `trial` is the pure part: what a series of looks means.

pub(super) mod args;
mod auto;
mod client;
mod host;
mod page;
mod picture;
mod search;
#[cfg(test)]
mod tests;
mod trial;
mod walk;

use std::io::Write;

use self::{
    args::Identify,
    client::Station,
    page::Outcome,
    picture::Picture,
    search::{Answers, Progress, Search},
};
use super::{
    api::Api,
    failure::{Exit, Failure},
    look::{Look, count},
    service::Requests,
};
use crate::model::PortId;

/// Finds out what is plugged in where.
pub(super) async fn identify(
    args: &Identify,
    environment: &dyn Fn(&str) -> Option<String>,
    look: Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut requests = Requests::listen().map_err(Failure::signals)?;
    let api = args.service.api()?;
    if !api.answers().await? && host::is_here(api.base()) {
        let work = async |api, out: &mut _| whole(args, api, look, &mut requests, out).await;
        return host::host(args, environment, out, work).await;
    }
    whole(args, api, look, &mut requests, out).await
}

/// The search, and its end: also when it is broken off, nothing stays held and what is known is told.
async fn whole<W: Write>(
    args: &Identify,
    api: Api,
    look: Look,
    requests: &mut Requests,
    out: &mut W,
) -> Result<(), Failure> {
    let station = Station::find(api, args.station.as_ref()).await?;
    let mut progress = Progress::default();
    let ended = {
        let answers = Answers::default();
        let search = Search { station: &station, progress: &mut progress, answers, out };
        tokio::select! {
            ended = Box::pin(run(args, search)) => ended,
            () = requests.next() => Ok(Ended::BrokenOff),
        }
    };
    if let Some(port) = progress.held {
        // It ends by itself too, if a little later.
        let _ = station.let_go(port).await;
    }
    let ended = match ended {
        Ok(ended) => ended,
        Err(failure) => {
            if !progress.outcomes.is_empty() {
                write!(out, "{}", page::summary(&progress.outcomes, look))?;
            }
            return Err(failure);
        }
    };
    tell(&station, &progress, look, out).await?;
    if ended == Ended::BrokenOff {
        return Err(Failure::new(Exit::Failed, "broken off: the ports are as they were", ""));
    }
    let troubles = progress.outcomes.values().filter(|outcome| outcome.is_trouble()).count();
    if troubles > 0 {
        return Err(Failure::new(
            Exit::Failed,
            match troubles {
                1 => "1 port needs a look".to_owned(),
                many => format!("{many} ports need a look"),
            },
            "",
        ));
    }
    Ok(())
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It is done, or somebody said that it is.
    Done,
    /// Nobody answers any more, or a signal came.
    BrokenOff,
}

/// Everything up to the last port.
async fn run<W: Write>(args: &Identify, mut search: Search<'_, W>) -> Result<Ended, Failure> {
    let picture = search.station.picture().await?;
    check_ports(args, &picture)?;
    for port in picture.ports.values().filter(|port| port.probe.is_some()) {
        search.say(&format!("port {}: a search that was broken off is ended", port.port))?;
        search.station.let_go(port.port).await?;
    }
    for (id, port) in &picture.ports {
        if let Some((device, serial)) = port.proven() {
            search.say(&format!("port {id}: `{device}`, by its serial number {serial}"))?;
            search.progress.outcomes.insert(*id, Outcome::Proven(device.clone()));
        }
    }
    let ports = wanted(args, &picture);
    if ports.is_empty() {
        search.say("Serial numbers say it all: nothing needs to be switched.")?;
        return Ok(Ended::Done);
    }
    if !args.yes {
        let many = count(ports.len(), "port");
        let question =
            format!("{many} of `{}` will be switched one by one. Begin? [Y/n]", search.station.name);
        match search.ask(&question).await?.as_deref() {
            Some("" | "y" | "Y" | "yes") => {}
            Some(_) => return Ok(Ended::Done),
            None => {
                let what = "nothing was switched: nobody answers";
                return Err(Failure::new(Exit::Failed, what, "say --yes to begin unasked"));
            }
        }
    }
    if args.auto {
        auto::auto(&mut search, &ports, args.wait).await.map(|()| Ended::Done)
    } else {
        walk::walk(&mut search, &ports, crate::model::Span::from_secs(i64::from(args.seconds))).await
    }
}

/// Fails with the first port that is named and not there.
fn check_ports(args: &Identify, picture: &Picture) -> Result<(), Failure> {
    let mut named = args.ports.iter().flat_map(|ports| &ports.0);
    match named.find(|port| !picture.ports.contains_key(port)) {
        Some(port) => {
            let what = format!("the station has no port {port}");
            Err(Failure::new(Exit::Failed, what, "`scs status` shows its ports"))
        }
        None => Ok(()),
    }
}

/// The ports to be searched: those that are named, else all; a person is not asked about what is proven.
fn wanted(args: &Identify, picture: &Picture) -> Vec<PortId> {
    match &args.ports {
        Some(named) => named.0.iter().copied().collect(),
        None => {
            let open = picture.ports.values().filter(|port| args.auto || port.proven().is_none());
            open.map(|port| port.port).collect()
        }
    }
}

/// What is known at the end, and what to write into the station file.
async fn tell<W: Write>(
    station: &Station,
    progress: &Progress,
    look: Look,
    out: &mut W,
) -> Result<(), Failure> {
    let outcomes = &progress.outcomes;
    if outcomes.is_empty() {
        return Ok(());
    }
    let picture = station.picture().await?;
    write!(out, "\n{}", page::summary(outcomes, look))?;
    let lines = page::lines(outcomes, &picture, station.writes_sockets);
    for (port, device) in page::still_named(outcomes, &picture) {
        writeln!(
            out,
            "\nport {port}: stations/{}.ron still names `{device}` there: take it out of the file",
            station.name
        )?;
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nThe service knows these names already. To keep them in stations/{}.ron, write",
        station.name
    )?;
    writeln!(out, "(and keep what else stands in these lines, and all other lines):\n")?;
    write!(out, "{lines}")?;
    Ok(())
}
