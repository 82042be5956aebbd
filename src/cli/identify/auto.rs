//! The search that needs nobody: devices say themselves when their port was switched.

use std::io::Write;

use tokio::time::{Instant, sleep};

use super::{
    page::Outcome,
    picture::Picture,
    search::{PACE, Search},
    trial::{Finding, Next, Trial},
};
use crate::{
    cli::{
        failure::{Exit, Failure},
        look::age,
    },
    model::{DeviceName, PortId, Power, Span},
};

/// So long a port stays held when this program is gone; more than a call of `uhubctl` takes.
const HOLD: Span = Span::from_secs(45);
/// A hold is renewed this often.
const RENEW: Span = Span::from_secs(15);

/// Searches these ports, one after the other.
pub(super) async fn auto<W: Write>(
    search: &mut Search<'_, W>,
    ports: &[PortId],
    wait: Span,
) -> Result<(), Failure> {
    await_reports(search, wait).await?;
    for port in ports {
        let picture = search.station.picture().await?;
        let outcome = match skipped(&picture, *port) {
            Some(why) => Outcome::Skipped(why),
            None => {
                search.say(&format!(
                    "port {port}: is switched; devices have up to {} each time to say so",
                    age(wait)
                ))?;
                let finding = watch(search, *port, wait).await?;
                concluded(search, *port, finding, &picture).await?
            }
        };
        let device = match &outcome {
            Outcome::Found(device) | Outcome::KeepsCharging(device, _) => format!("`{device}` "),
            _ => String::new(),
        };
        search.say(&format!("port {port}: {device}{}", outcome.words()))?;
        search.progress.learn(*port, outcome);
    }
    let picture = search.station.picture().await?;
    let quiet: Vec<String> = picture.silent_about_charging().map(|device| format!("`{device}`")).collect();
    if !quiet.is_empty() {
        search.say(&format!(
            "{} cannot be found so: their reports do not say `charging`. Let their app send it, or leave --auto out",
            quiet.join(", ")
        ))?;
    }
    Ok(())
}

/// Waits until a device reports whether it charges. Without one, no port says anything however often it is switched.
async fn await_reports<W: Write>(search: &mut Search<'_, W>, wait: Span) -> Result<(), Failure> {
    let began = Instant::now();
    let mut told = false;
    while search.station.picture().await?.said.values().all(|said| said.charging.is_none()) {
        if began.elapsed() >= wait.unsigned_abs() {
            let what = "no device reports whether it charges, so none can be found so; nothing was switched";
            let hint = "let their app send `charging`, or leave --auto out: then you are asked";
            return Err(Failure::new(Exit::Failed, what, hint));
        }
        if !std::mem::replace(&mut told, true) {
            let what = "No device has reported whether it charges: waiting for the first one, up to";
            search.say(&format!("{what} {}", age(wait)))?;
        }
        sleep(PACE).await;
    }
    Ok(())
}

/// Why a port is not to be searched.
fn skipped(picture: &Picture, port: PortId) -> Option<String> {
    let state = picture.ports.get(&port)?;
    state.forbidden().or_else(|| {
        let stranger = state.stranger(&picture.said)?;
        Some(format!(
            "`{}` in it never reported, and it may not like that; `scs identify --ports {port}` asks you",
            stranger.words()
        ))
    })
}

/// Switches one port and looks until something is known.
async fn watch<W: Write>(search: &mut Search<'_, W>, port: PortId, wait: Span) -> Result<Finding, Failure> {
    let began = Instant::now();
    let mut trial = Trial::new(port, wait);
    let mut held: Option<(Power, Span)> = None;
    loop {
        let picture = search.station.picture().await?;
        let now = Span::try_from(began.elapsed()).unwrap_or(Span::MAX);
        match trial.look(&picture, now) {
            Next::Wait => {
                if let Some((power, since)) = held
                    && now.saturating_sub(since) >= RENEW
                    && is_held(&picture, port)
                {
                    search.hold(port, power, HOLD).await?;
                    held = Some((power, now));
                }
            }
            Next::Hold(power) => {
                search.hold(port, power, HOLD).await?;
                held = Some((power, now));
            }
            Next::LetGo => {
                search.let_go(port).await?;
                held = None;
            }
            Next::Done(finding) => {
                search.let_go(port).await?;
                return Ok(finding);
            }
        }
        sleep(PACE).await;
    }
}

/// A hold that somebody else ended is not taken up again: the trial sees that and says what is next.
fn is_held(picture: &Picture, port: PortId) -> bool {
    picture.ports.get(&port).is_some_and(|port| port.probe.is_some())
}

/// What a finding means for the station; a device that was found is named. `before` is from before the switches.
async fn concluded<W: Write>(
    search: &mut Search<'_, W>,
    port: PortId,
    finding: Finding,
    before: &Picture,
) -> Result<Outcome, Failure> {
    Ok(match finding {
        Finding::Device(device) => match contradiction(before, port, &device) {
            Some(why) => {
                let hint = format!("scs identify --station {} --ports {port}", search.station.name);
                Outcome::Contradicted(format!("{why}. If it is `{device}`, say so by `{hint}`"))
            }
            None => match search.name(port, &device, before).await? {
                Ok(()) => Outcome::Found(device),
                Err(why) => Outcome::Unclear(why),
            },
        },
        Finding::KeepsCharging { device, proven } => Outcome::KeepsCharging(device, proven),
        Finding::Nobody(why) => Outcome::Silent(why),
        Finding::Skipped(why) => Outcome::Skipped(why),
        Finding::Unclear(why) => Outcome::Unclear(why),
    })
}

/// Why a device cannot be the one in a port: that is known by its serial number, and reports by another name. A name that
/// never reported was only a guess, as `scs discover` makes them, and gives way.
fn contradiction(before: &Picture, port: PortId, device: &DeviceName) -> Option<String> {
    let (known, serial) = before.ports.get(&port)?.proven().filter(|(known, _)| *known != device)?;
    before.said.contains_key(known).then(|| {
        format!(
            "`{device}` reacts, but the serial number `{serial}` in it belongs to `{known}`, which reports too: \
             one of them has the wrong name"
        )
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{
        super::picture::{Said, tests::port},
        *,
    };
    use crate::model::Timestamp;

    #[test]
    fn a_name_that_never_reported_gives_way_to_the_one_that_reacts() {
        let (id, device) = (PortId::new(1).unwrap(), DeviceName::new("pixel-7").unwrap());
        let plugged = json!({"id": "18d1:4ee1", "serial": "28021FDH2000AB", "name": "Google Pixel 7"});
        let known = port(1, &json!({"device": "google-pixel-7", "plugged": plugged}));
        let mut picture = Picture {
            at: Timestamp::UNIX_EPOCH,
            ports: BTreeMap::from([(id, known)]),
            said: BTreeMap::new(),
        };
        assert_eq!(contradiction(&picture, id, &device), None);
        let said = Said { charging: Some(true), measured_at: Timestamp::UNIX_EPOCH };
        picture.said.insert(DeviceName::new("google-pixel-7").unwrap(), said);
        let why = contradiction(&picture, id, &device).unwrap();
        assert!(why.contains("`google-pixel-7`, which reports too"), "{why}");
    }
}
