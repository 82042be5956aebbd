//! Reads messages, and checks when no more are waiting.

use std::{
    io::{self, BufReader, Write},
    sync::mpsc,
    thread,
};

use serde_json::Value;

use super::{args::Lsp, server::Server, wire};
use crate::cli::failure::{Exit, Failure};

/// Messages that wait: who types fast sends one for each letter, and only the last of them is checked.
const WAITING: usize = 64;

/// Serves an editor until it ends. Fails when the settings are broken or the editor goes without a word.
pub(in crate::cli) fn lsp(
    args: &Lsp,
    environment: &dyn Fn(&str) -> Option<String>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let settings = args.settings.load(environment).map_err(Failure::settings)?;
    let (sender, messages) = mpsc::sync_channel(WAITING);
    // Standard input can only be waited for; what has come meanwhile is seen from here.
    thread::spawn(move || {
        let mut input = BufReader::new(io::stdin());
        loop {
            let message = wire::read(&mut input);
            let goes_on = matches!(message, Ok(Some(_)));
            if sender.send(message).is_err() || !goes_on {
                return;
            }
        }
    });
    let server = Server::new(settings.directories);
    serve(server, &messages, out)
}

fn serve(
    mut server: Server,
    messages: &mpsc::Receiver<io::Result<Option<Value>>>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    loop {
        let next = if server.stale { messages.try_recv().ok() } else { messages.recv().ok() };
        match next {
            Some(Ok(Some(message))) => {
                if let Some(answer) = server.take(&message) {
                    wire::write(out, &answer)?;
                }
                if server.ended {
                    let ending = server.ending;
                    return if ending { Ok(()) } else { Err(Failure::told(Exit::Failed)) };
                }
            }
            Some(Err(error)) => {
                let what = format!("the editor sent something that is no message ({error})");
                return Err(Failure::new(
                    Exit::Failed,
                    what,
                    "`scs lsp` is started by an editor, not by hand",
                ));
            }
            // What was sent before the end is answered: who checks files from a script closes at once.
            Some(Ok(None)) if server.stale => return publish(&mut server, out),
            Some(Ok(None)) => return Ok(()),
            None if server.stale => publish(&mut server, out)?,
            None => return Ok(()),
        }
    }
}

fn publish(server: &mut Server, out: &mut impl Write) -> Result<(), Failure> {
    for message in server.check() {
        wire::write(out, &message)?;
    }
    Ok(())
}
