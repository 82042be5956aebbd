//! Carries commands to the station, one after the other, and says for what each was.

use tokio::sync::mpsc;

use super::{
    notices::Notices,
    wishes::{Command, Target, Wish},
};
use crate::{
    controller::{Handle, Refused},
    model::{Author, Timestamp, WrongMode},
};

/// Commands that wait for the disk: people press few buttons at a time.
pub(super) const COMMANDS: usize = 64;

/// Runs until nobody can send commands any more.
pub(super) async fn obey(
    mut commands: mpsc::Receiver<Command>,
    answers: mpsc::Sender<Target>,
    handle: Handle,
    mut notices: Notices,
) {
    while let Some(command) = commands.recv().await {
        match carry(&command, &handle, notices.now()).await {
            Ok(()) => {}
            Err(Failed::Refused(refused @ Refused::NotKept(_))) => tracing::warn!("{command}: {refused}"),
            Err(refused) => notices.command(&format!("{command}: {refused}")),
        }
        // Without a connection nobody takes the answers, and nobody waits for them: all is said again then.
        let _ = answers.try_send(command.target);
    }
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Wrong(#[from] WrongMode),
    #[error("a station is not unplugged: use a time, or set the mode of a port")]
    StationUnplugged,
    #[error("this can be set for a port only")]
    PortOnly,
    #[error(transparent)]
    Refused(#[from] Refused),
}

async fn carry(command: &Command, handle: &Handle, now: Timestamp) -> Result<(), Failed> {
    let by = Author::Mqtt;
    let Some(port) = command.target.port else {
        let Wish::Mode(wish) = &command.wish else { return Err(Failed::PortOnly) };
        let mode = wish.mode(by, now, &handle.view().station.zone)?;
        if mode.unplugged {
            return Err(Failed::StationUnplugged);
        }
        handle.set_station_mode(mode).await?;
        return Ok(());
    };
    match &command.wish {
        Wish::Mode(wish) => {
            let mode = wish.mode(by, now, &handle.view().station.zone)?;
            handle.set_mode(port, mode).await?;
        }
        Wish::Device(name) => drop(handle.name_device(port, name.clone(), by).await?),
        Wish::Level(bound, level) => drop(handle.set_bound(port, *bound, *level, by).await?),
        Wish::Cycle => drop(handle.cycle(port, by).await?),
    }
    Ok(())
}
