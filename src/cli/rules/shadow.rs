//! `scs rules shadow`: asks a running service.

use std::io::Write;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    args::{Shadow, ShadowCommand, Show, Start},
    files,
    page::{Page, page},
    refused::in_commands,
};
use crate::cli::{failure::Failure, look::Look};

/// What came of a promotion.
#[derive(Debug, Deserialize)]
struct Promoted {
    version: String,
    files: Vec<String>,
}

/// Does what the command line says with what runs in shadow.
pub(super) async fn shadow(args: &Shadow, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    match &args.command {
        ShadowCommand::Start(args) => start(args, look, out).await,
        ShadowCommand::Show(args) => show(args, look, out).await,
        ShadowCommand::Promote(service) => {
            let done: Promoted =
                service.api()?.post("shadow/promote", &json!({})).await.map_err(in_commands)?;
            for file in &done.files {
                writeln!(out, "changed {file}")?;
            }
            Ok(writeln!(out, "version {} is at work, and nothing runs in shadow any more", done.version)?)
        }
        ShadowCommand::Drop(service) => {
            service.api()?.delete("shadow").await.map_err(in_commands)?;
            Ok(writeln!(out, "dropped; nothing was changed")?)
        }
    }
}

async fn start(args: &Start, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let present = args.files.iter().map(|path| files::present(path));
    let absent = args.without.iter().map(|path| files::absent(path));
    let edits: Vec<_> = present.chain(absent).collect::<Result<_, _>>()?;
    let shadow: Page =
        args.service.api()?.put("shadow", &json!({"edits": edits})).await.map_err(in_commands)?;
    write!(out, "{}", page(&shadow, &TimeZone::system(), look))?;
    Ok(writeln!(out, "look at it with `scs rules shadow show`, for days if you like")?)
}

async fn show(args: &Show, look: Look, out: &mut impl Write) -> Result<(), Failure> {
    let api = args.service.api()?;
    if args.json {
        let shadow: Value = api.get("shadow").await.map_err(in_commands)?;
        return Ok(writeln!(out, "{shadow:#}")?);
    }
    let shadow: Page = api.get("shadow").await.map_err(in_commands)?;
    Ok(write!(out, "{}", page(&shadow, &TimeZone::system(), look))?)
}
