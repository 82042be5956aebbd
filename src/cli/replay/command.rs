//! Asks the service to decide its past again.

use std::io::Write;

use serde_json::Value;

use super::{
    answers::Past,
    args::{Replay, minutes},
    page::past,
};
use crate::cli::{
    failure::{Exit, Failure},
    look::Look,
};

/// Prints what would be decided otherwise today.
pub(in crate::cli) async fn replay(args: &Replay, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    let mut path = format!("replay?since={}", minutes(args.since).replace(' ', "%20"));
    if let Some(station) = &args.station {
        path += &format!("&station={station}");
    }
    let answer: Value = api.get_slow(&path).await?;
    if args.json {
        writeln!(out, "{answer:#}")?;
        return Ok(());
    }
    let found: Past = serde_json::from_value(answer).map_err(|_| {
        let what = format!("the answer of `{}` is not understood", api.base());
        Failure::new(Exit::Failed, what, "is this the address of a Smart Charging Station of this version?")
    })?;
    write!(out, "{}", past(&found, look))?;
    Ok(())
}
