//! Asks a service, or reads a history file, and prints the account.

use std::{io::Write, path::Path};

use jiff::{ToSpan as _, tz::TimeZone};
use serde_json::Value;

use super::{
    args::Care,
    page::{Told, page},
};
use crate::{
    cli::{
        failure::{Exit, Failure},
        look::Look,
    },
    history::Archive,
    http::care_json,
    model::{Care as DeviceCare, Timestamp},
    workshop::care::{CareAsked, Cared, csv},
};

/// Prints what the battery of a device went through.
pub(in crate::cli) async fn care(
    args: &Care,
    look: Look,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let answer = match &args.history {
        Some(path) => {
            let cared = from_file(args, path, now)?;
            if args.csv {
                return Ok(out.write_all(csv(&cared.account).as_bytes())?);
            }
            care_json(&cared)
        }
        None => {
            let api = args.service.api()?;
            if args.csv {
                let table = api.get_text(&path(args, "care.csv")).await?;
                return Ok(out.write_all(table.as_bytes())?);
            }
            api.get_slow(&path(args, "care")).await?
        }
    };
    if args.json {
        writeln!(out, "{answer:#}")?;
        return Ok(());
    }
    let told = read(answer)?;
    write!(out, "{}", page(&told, look))?;
    Ok(())
}

fn read(answer: Value) -> Result<Told, Failure> {
    serde_json::from_value(answer).map_err(|_| {
        let hint = "is this the address of a Smart Charging Station of this version?";
        Failure::new(Exit::Failed, "the answer is not understood", hint)
    })
}

fn path(args: &Care, last: &str) -> String {
    let days = [("from", args.from), ("to", args.to)];
    let days: Vec<String> =
        days.into_iter().filter_map(|(name, day)| Some(format!("{name}={}", day?))).collect();
    let question = if days.is_empty() { String::new() } else { format!("?{}", days.join("&")) };
    format!("devices/{}/{last}{question}", args.device)
}

fn from_file(args: &Care, path: &Path, now: Timestamp) -> Result<Cared, Failure> {
    let unreadable = |why: String| {
        let hint = "name the file that `history` of settings.ron names, or a copy of it";
        Failure::new(Exit::Failed, format!("`{}` cannot be read: {why}", path.display()), hint)
    };
    let archive = Archive::open(path).map_err(|error| unreadable(error.to_string()))?;
    let archive = archive.ok_or_else(|| unreadable("there is no such file".to_owned()))?;
    let zone = args.zone.clone().unwrap_or_else(TimeZone::system);
    let to = args.to.unwrap_or_else(|| zone.to_datetime(now).date());
    let from = args.from.unwrap_or_else(|| to.saturating_sub(29.days()));
    let per_hour = DeviceCare::default().charge_per_hour;
    let asked = CareAsked { device: args.device.clone(), zone, from, to, per_hour };
    let bounds = asked.bounds().filter(|(from, to)| from < to);
    let Some((first, end)) = bounds else {
        let what = format!("from {from} to {to} there is no day");
        return Err(Failure::new(Exit::Failed, what, "the last day comes after the first"));
    };
    let lived = archive.lived(&args.device, first, end).map_err(|error| unreadable(error.to_string()))?;
    Ok(asked.of(lived))
}
